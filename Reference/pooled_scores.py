"""Golden files of contingency tables of maxima over blocks, in numpy.

Pinned: Python 3.11, numpy 2.4.6, safetensors 0.8.0.

    python Reference/pooled_scores.py            writes Tests/Goldens/pooled-scores/*.safetensors
    python Reference/pooled_scores.py --check    says whether the committed files are still true

Blocks start at the upper left corner and do not overlap; what fills no block at the lower and right edge is left out,
as by max pooling in networks. An event is a maximum > threshold. A block counts where a pixel of it is valid.
"""

import numpy as np

import goldens
from goldens import Golden, exact

THRESHOLDS = ("0.5", "2")
SCALES = (1, 4, 16)
CASES = {}


def pooled(field, valid, scale):
    height, width = (side // scale * scale for side in field.shape)
    shown = np.where(valid, field, -np.inf)[:height, :width]
    blocks = shown.reshape(height // scale, scale, width // scale, scale)
    return blocks.max(axis=(1, 3))


def counts(forecast, observation, mask, threshold, scale):
    total = np.zeros(4)
    for f, o, valid in zip(forecast, observation, mask != 0):
        f, o = pooled(f, valid, scale), pooled(o, valid, scale)
        known = np.isfinite(f)
        f, o = f[known] > threshold, o[known] > threshold
        total += [(f & o).sum(), (~f & o).sum(), (f & ~o).sum(), (~f & ~o).sum()]
    return total


def case(name, fields, height, width, masked):
    def golden(name):
        rng = np.random.default_rng(goldens.seed(name))
        shape = (fields, height, width)
        wet = np.kron(rng.random((fields, height // 8 + 1, width // 8 + 1)) < 0.4, np.ones((8, 8)))
        rain = wet[:, :height, :width] * rng.gamma(0.3, 1.5, shape)
        forecast = np.roll(rain, (2, -3), (1, 2)) * rng.lognormal(0, 0.3, shape)
        on = [rng.random(shape) < 0.02 for _ in range(2)]
        forecast, rain = (
            exact(np.where(place, np.float32(float(rng.choice(THRESHOLDS))), np.float32(field)))
            for place, field in zip(on, (forecast, rain))
        )
        mask = np.ones(shape)
        if masked:
            mask = (rng.random(shape) < 0.7).astype(float)
            mask[0, 3:25, 2:22] = 0
            mask[0, 7, 7] = 1
        stored = {"forecast": forecast, "observation": rain, "mask": mask}
        for text in THRESHOLDS:
            for scale in SCALES:
                stored[f"counts.{text}.{scale}"] = counts(
                    forecast, rain, mask, np.float32(float(text)), scale
                )
        return Golden(stored, {"seed": str(goldens.seed(name)), "numpy": np.__version__})

    CASES[name] = golden


case("whole", 2, 32, 48, False)
case("edges", 3, 37, 22, False)
case("masked", 2, 39, 50, True)

if __name__ == "__main__":
    goldens.main(__doc__, "pooled-scores", CASES)
