"""Golden files of nowcasts: bands, cascades, correlations, autoregressive models, matching and S-PROG, from pysteps.

Pinned: Python 3.11, pysteps 1.21.5, scipy 1.17.1, numpy 2.4.6, safetensors 0.8.0.

    python Reference/nowcasts.py            writes Tests/Goldens/nowcasts/*.safetensors
    python Reference/nowcasts.py --check    says whether the committed files are still true

The rain of motion.py, on smaller fields and along a motion that varies from place to place; missing rain is -1 in the
files. S-PROG's forecasts are in mm/h.
"""

import contextlib
import io
import json
from importlib.metadata import version

import numpy as np

import goldens
from goldens import Golden, exact
from motion import MISSING, rain

with contextlib.redirect_stdout(io.StringIO()):
    import pysteps  # noqa: F401
from pysteps.cascade.bandpass_filters import filter_gaussian  # noqa: E402
from pysteps.cascade.decomposition import decomposition_fft, recompose_fft  # noqa: E402
from pysteps.nowcasts import sprog  # noqa: E402
from pysteps.postprocessing.probmatching import nonparam_match_empirical_cdf  # noqa: E402
from pysteps.timeseries import autoregression  # noqa: E402
from pysteps.timeseries.correlation import temporal_autocorrelation  # noqa: E402
from pysteps.utils.transformation import dB_transform  # noqa: E402

STEPS = 4
FLOOR = -10.0
CASES = {}


def motion_field(height, width, drift):
    """[2, height, width]: columns and rows a frame."""
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float64)
    return exact(
        np.stack([drift[1] + 0.4 * np.sin(rows / 17) + 0.01 * columns, drift[0] + 0.3 * np.cos(columns / 13 + 1)])
    )


def observed(name, height, width, drift, missing):
    frames = rain(np.random.default_rng(goldens.seed(name)), height, width, drift, 0.0)
    if missing:
        frames[:, :, -5:] = np.nan
        frames[0, 3:6, 4:9] = np.nan
        frames[2, height // 2 : height // 2 + 3, 8:12] = np.nan
    return frames, dB_transform(frames, threshold=0.1, zerovalue=-15.0)[0]


def decomposed(decibels, levels, mask=None):
    return [
        decomposition_fft(field, filter_gaussian(field.shape, levels), mask=mask, normalize=True, compute_stats=True)
        for field in decibels
    ]


def forecast(decibels, motion, options):
    with contextlib.redirect_stdout(io.StringIO()):
        made = sprog.forecast(decibels.copy(), motion, STEPS, precip_thr=FLOOR, **options)
    return dB_transform(made, threshold=FLOOR, inverse=True)[0]


def meta(name, **more):
    return {"seed": str(goldens.seed(name)), "pysteps": version("pysteps"), **more}


def cascade(name, height, width, levels, masked):
    """Bands, levels, moments, correlations and models of three fields without motion."""

    def golden(name):
        frames, decibels = observed(name, height, width, (0.6, 1.1), False)
        mask = np.logical_and.reduce(decibels >= FLOOR) if masked else None
        weights = filter_gaussian((height, width), levels)["weights_2d"]
        parts = decomposed(decibels, levels, mask)
        series = np.stack([part["cascade_levels"] for part in parts], axis=1)
        gamma = np.array([temporal_autocorrelation(level, mask=mask) for level in series])
        adjusted = gamma.copy()
        adjusted[:, 1] = [autoregression.adjust_lag2_corrcoef2(*row) for row in gamma]
        phi = np.array([autoregression.estimate_ar_params_yw(row) for row in adjusted])
        first = np.array([autoregression.estimate_ar_params_yw(row[:1]) for row in adjusted])
        advanced = np.stack([autoregression.iterate_ar_model(x[1:], p)[-1] for x, p in zip(series, phi)])
        return Golden(
            {
                "rain": frames,
                "weights": weights,
                "levels": np.stack([part["cascade_levels"] for part in parts]),
                "means": np.array([part["means"] for part in parts]),
                "deviations": np.array([part["stds"] for part in parts]),
                "recomposed": np.stack([recompose_fft(part) for part in parts]),
                "correlations": gamma,
                "adjusted": adjusted,
                "coefficients": phi,
                "coefficients.1": first,
                "advanced": advanced,
            },
            meta(name, levels=str(levels), masked=str(masked).lower()),
        )

    CASES[name] = golden


def matching(name, height, width):
    """Distributions: of a wetter field, of a drier one, and of one without rain."""

    def golden(name):
        rng = np.random.default_rng(goldens.seed(name))
        _, decibels = observed(name, height, width, (0.6, 1.1), False)
        field = exact(np.maximum(rng.normal(-12, 8, (height, width)), -15))
        stored = {"field": field}
        for key, target in [("wet", decibels[2]), ("wetter", exact(field + 3)), ("drier", exact(np.maximum(field - 6, -15)))]:
            target = exact(target)
            stored[f"{key}.target"] = target
            stored[f"{key}.matched"] = nonparam_match_empirical_cdf(field, target)
        pairs = np.array([(a, b) for a in (-0.9, -0.3, 0.05, 0.4, 0.8, 0.97) for b in (-0.8, -0.1, 0.3, 0.7, 0.95)])
        stored["correlations"] = exact(pairs)
        stored["adjusted"] = np.array([autoregression.adjust_lag2_corrcoef2(*row) for row in exact(pairs)])
        return Golden(stored, meta(name))

    CASES[name] = golden


def nowcast(name, height, width, drift, missing, **options):
    def golden(name):
        options_ = {"n_cascade_levels": 6, "ar_order": 2, **options}
        frames, decibels = observed(name, height, width, drift, missing)
        motion = motion_field(height, width, drift)
        made = forecast(decibels[-(options_["ar_order"] + 1) :], motion, options_)
        return Golden(
            {
                "rain": np.nan_to_num(frames, nan=MISSING),
                "motion": motion,
                "forecast": np.nan_to_num(made, nan=MISSING),
            },
            meta(name, options=json.dumps(options_)),
        )

    CASES[name] = golden


cascade("cascade-tall", 34, 21, 6, False)
cascade("cascade-wide", 24, 39, 5, False)
cascade("cascade-masked", 35, 27, 6, True)
matching("matching", 23, 31)
nowcast("sprog", 57, 44, (0.6, 1.4), False)
nowcast("sprog-missing", 46, 61, (-1.2, 0.7), True)
nowcast("sprog-mean", 40, 53, (0.8, -1.1), False, probmatching_method="mean")
nowcast("sprog-unmatched", 51, 36, (0.3, 0.9), True, probmatching_method=None)
nowcast("sprog-conditional", 45, 58, (0.5, 1.3), False, conditional=True)
nowcast("sprog-first-order", 38, 49, (-0.7, 1.2), False, ar_order=1, n_cascade_levels=4)

if __name__ == "__main__":
    goldens.main(__doc__, "nowcasts", CASES)
