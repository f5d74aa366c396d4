"""Golden files of scores: contingency and error scores of rain fields, from pysteps in float64.

Pinned: Python 3.11, pysteps 1.21.5, scipy 1.17.1, numpy 2.4.6, safetensors 0.8.0.

    python Reference/scores.py            writes Tests/Goldens/scores/*.safetensors
    python Reference/scores.py --check    says whether the committed files are still true

An event is rain > threshold, as pysteps has it: the cases with values exactly on a threshold show that.
It counts a NaN as "no event" in its contingency table, so it is given the valid pixels alone.
"""

import contextlib
import io
import json
from importlib.metadata import version

import numpy as np

import goldens
from goldens import Golden, exact

with contextlib.redirect_stdout(io.StringIO()):
    import pysteps  # noqa: F401  (names its configuration file on standard output)
from pysteps.verification import detcatscores, detcontscores  # noqa: E402

THRESHOLDS = ("0.5", "2", "5")
HEIGHT, WIDTH = 13, 11
CATEGORICAL = ("CSI", "POD", "FAR", "BIAS", "HSS", "ETS")
CONTINUOUS = ("ME", "MSE", "MAE", "RMSE")
COUNTS = ("hits", "misses", "false_alarms", "correct_negatives")

CASES = {}


def rain(rng, shape):
    """Rain rates in mm/h: 40% dry, the rest skewed as rain is."""
    return exact(np.where(rng.random(shape) < 0.4, 0.0, rng.gamma(0.8, 4.0, shape)))


def forecast_of(rng, observation):
    return exact(
        np.maximum(
            observation * rng.lognormal(0, 0.5, observation.shape) + rng.normal(0, 0.6, observation.shape),
            0,
        )
    )


def on_thresholds(rng, field, share):
    """Puts a share of the pixels exactly on a threshold, and as many one float32 step above and below it."""
    values = np.float32([float(text) for text in THRESHOLDS])
    values = np.concatenate(
        [values, values, np.nextafter(values, np.float32(99)), np.nextafter(values, np.float32(0))]
    )
    chosen = rng.random(field.shape) < share
    return np.where(chosen, exact(rng.choice(values, field.shape)), field)


def score_golden(name, forecast, observation, mask):
    """Fields [fields, height, width]; a table is made for each field and all are merged."""
    stored = {"forecast": forecast, "observation": observation, "mask": mask}
    undefined = []

    def keep(key, value):
        if np.isfinite(value):
            stored[key] = np.float64(value)
        else:
            undefined.append(key)

    valid = [(f[m == 1], o[m == 1]) for f, o, m in zip(forecast, observation, mask)]
    with np.errstate(divide="ignore", invalid="ignore"):
        for threshold in THRESHOLDS:
            merged = None
            for pair in valid:
                table = detcatscores.det_cat_fct_init(float(threshold))
                detcatscores.det_cat_fct_accum(table, *pair)
                merged = detcatscores.det_cat_fct_merge(merged, table) if merged else table
            for count in COUNTS:
                keep(f"{count}.{threshold}", merged[count])
            for score in CATEGORICAL:
                keep(f"{score.lower()}.{threshold}", detcatscores.det_cat_fct_compute(merged, score)[score])
        errors = None
        for pair in valid:
            error = detcontscores.det_cont_fct_init()
            detcontscores.det_cont_fct_accum(error, *pair)
            errors = detcontscores.det_cont_fct_merge(errors, error) if errors else error
        for score in CONTINUOUS:
            keep(score.lower(), detcontscores.det_cont_fct_compute(errors, score)[score])
    metadata = {
        "thresholds": json.dumps(THRESHOLDS),
        "undefined": json.dumps(undefined),
        "seed": str(goldens.seed(name)),
        "pysteps": version("pysteps"),
    }
    return Golden(stored, metadata)


def case(name, make):
    """`make(rng)` gives forecast, observation [fields, height, width] in mm/h and the share missing."""

    def golden(name):
        rng = np.random.default_rng(goldens.seed(name))
        forecast, observation, missing = make(rng)
        mask = (rng.random(forecast.shape) >= missing).astype(np.float64)
        return score_golden(name, forecast, observation, mask)

    CASES[name] = golden


def pair(rng, fields=1, share=0.0):
    observation = rain(rng, (fields, HEIGHT, WIDTH))
    forecast = forecast_of(rng, observation)
    return on_thresholds(rng, forecast, share), on_thresholds(rng, observation, share)


case("complete", lambda rng: (*pair(rng), 0.0))
case("missing", lambda rng: (*pair(rng), 0.25))
case("on-thresholds", lambda rng: (*pair(rng, share=0.5), 0.0))
case("on-thresholds-missing", lambda rng: (*pair(rng, share=0.5), 0.3))
case("pooled", lambda rng: (*pair(rng, fields=4, share=0.2), 0.2))


def uneven(rng):
    """Fields of very different rain, where the mean of ratios and the ratio of sums part widely."""
    forecast, observation = pair(rng, fields=5)
    scale = np.float64([0.125, 0.25, 1, 2, 4])[:, None, None]
    return exact(forecast * scale), exact(observation * scale), 0.2


def dry(rng):
    return np.zeros((1, HEIGHT, WIDTH)), np.zeros((1, HEIGHT, WIDTH)), 0.1


def light(rng):
    """Rain reaches the first threshold only, and that only in the observation: nothing is forecast."""
    return np.zeros((1, HEIGHT, WIDTH)), exact(rng.uniform(0, 1.5, (1, HEIGHT, WIDTH))), 0.1


case("pooled-uneven", uneven)
case("dry", dry)
case("missed", light)

if __name__ == "__main__":
    goldens.main(__doc__, "scores", CASES)
