"""Golden files of ensemble scores: the continuous ranked probability score of rain ensembles in float64.

Pinned: Python 3.11, properscoring 0.1, scoringrules 0.10.0, scipy 1.17.1, numpy 2.4.6, safetensors 0.8.0.

    python Reference/ensemble_scores.py            writes Tests/Goldens/ensemble-scores/*.safetensors
    python Reference/ensemble_scores.py --check    says whether the committed files are still true

The score itself is properscoring's; the fair version is scoringrules', for properscoring has none.
"""

import json
from importlib.metadata import version

import numpy as np
import properscoring
import scoringrules

import goldens
from goldens import Golden, exact

HEIGHT, WIDTH = 13, 11

CASES = {}


def case(name, members, fields=1, missing=0.0, dry=0.4):
    def golden(name):
        rng = np.random.default_rng(goldens.seed(name))

        def rain(*shape):
            return np.where(rng.random(shape) < dry, 0.0, rng.gamma(0.8, 4.0, shape))

        observation = exact(rain(fields, HEIGHT, WIDTH))
        spread = rng.lognormal(0, 0.7, (members, fields, HEIGHT, WIDTH))
        forecast = exact(observation * spread * (rng.random(spread.shape) < 0.8) + rain(*spread.shape) / 4)
        mask = (rng.random(observation.shape) >= missing).astype(np.float64)
        valid = mask == 1
        y, x = observation[valid], np.moveaxis(forecast, 0, -1)[valid]
        undefined = []
        stored = {"forecast": forecast, "observation": observation, "mask": mask}
        if y.size:
            stored["crps"] = np.mean(properscoring.crps_ensemble(y, x))
        else:
            undefined.append("crps")
        if y.size and members > 1:
            stored["fair"] = np.mean(scoringrules.crps_ensemble(y, x, estimator="fair"))
        else:
            undefined.append("fair")
        metadata = {
            "members": str(members),
            "undefined": json.dumps(undefined),
            "seed": str(goldens.seed(name)),
            "properscoring": version("properscoring"),
            "scoringrules": version("scoringrules"),
        }
        return Golden(stored, metadata)

    CASES[name] = golden


case("one", members=1)
case("two", members=2, missing=0.2)
case("five-pooled", members=5, fields=3, missing=0.25)
case("eleven-dry", members=11, missing=0.1, dry=0.9)
case("nothing-valid", members=3, missing=1.0)

if __name__ == "__main__":
    goldens.main(__doc__, "ensemble-scores", CASES)
