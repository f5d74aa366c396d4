"""Golden files of motion: corners, tracked features, dense fields and extrapolated rain, from pysteps and OpenCV.

Pinned: Python 3.11, pysteps 1.21.5, opencv-python-headless 5.0.0.93, scipy 1.17.1, numpy 2.4.6,
safetensors 0.8.0.

    python Reference/motion.py            writes Tests/Goldens/motion/*.safetensors
    python Reference/motion.py --check    says whether the committed files are still true

Rain that rotates about a point outside the field and drifts, with an own life; in one case a part is missing (-1 in the files).
"""

import contextlib
import io
from importlib.metadata import version

import cv2
import numpy as np

import goldens
from goldens import Golden, exact

with contextlib.redirect_stdout(io.StringIO()):
    import pysteps  # noqa: F401
from pysteps.extrapolation.semilagrangian import extrapolate  # noqa: E402
from pysteps.motion.lucaskanade import dense_lucaskanade  # noqa: E402
from pysteps.utils.transformation import dB_transform  # noqa: E402

FRAMES = 3
STEPS = (1, 4)
MISSING = -1.0
CASES = {}


def rain(rng, height, width, drift, turn):
    """Frames [time, height, width] in mm/h: waves of many lengths, moved along circles."""
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float64)
    waves = [
        (rng.uniform(0, 2 * np.pi), 2 * np.pi / rng.uniform(9, 60), rng.uniform(0, 2 * np.pi), rng.normal(0, 0.05))
        for _ in range(60)
    ]
    frames = []
    for time in range(FRAMES):
        angle = -turn * time
        y, x = rows - height * 1.3 - drift[0] * time, columns + width * 0.4 - drift[1] * time
        y, x = y * np.cos(angle) - x * np.sin(angle), y * np.sin(angle) + x * np.cos(angle)
        field = sum(
            np.cos(number * (np.sin(direction) * y + np.cos(direction) * x) + phase + own * time) / number**0.8
            for direction, number, phase, own in waves
        )
        frames.append(field)
    field = np.stack(frames)
    field = (field - field.mean()) / field.std()
    return exact(np.round(np.where(field > 0.3, np.exp(1.6 * (field - 0.3)) - 0.95, 0), 2))


def corners_of(field):
    """pysteps' `shitomasi.detection` with its options, without a slip in it: it indexes the image with a mask of
    integers, which overwrites the first two rows and puts corners there that do not exist."""
    low, high = field.min(), field.max()
    image = ((field.filled(low) - low) / (high - low) * 255).astype("uint8")
    mask = cv2.dilate(np.ma.getmaskarray(field).astype("uint8"), np.ones((5, 5), np.uint8))
    corners = cv2.goodFeaturesToTrack(
        image, mask=1 - mask, maxCorners=1000, qualityLevel=0.01, minDistance=10, blockSize=5
    )
    return corners[:, 0, :]


def case(name, height, width, drift, turn, missing):
    def golden(name):
        rng = np.random.default_rng(goldens.seed(name))
        frames = rain(rng, height, width, drift, turn)
        if missing:
            frames[:, :, -9:] = np.nan
            frames[:, height // 2 : height // 2 + 4, 12:18] = np.nan
        decibels, _ = dB_transform(frames, threshold=0.1, zerovalue=-15.0)
        decibels = np.ma.masked_invalid(decibels)
        corners = corners_of(decibels[0])
        places, moves = dense_lucaskanade(decibels, dense=False)
        dense = dense_lucaskanade(decibels)
        extrapolated = extrapolate(frames[-1], exact(dense), max(STEPS), allow_nonfinite_values=True)
        extrapolated = extrapolated[[step - 1 for step in STEPS]]
        stored = {
            "rain": np.nan_to_num(frames, nan=MISSING),
            "corners": corners,
            "vectors": np.concatenate([places, moves], axis=1),
            "motion": dense,
            "extrapolated": np.nan_to_num(extrapolated, nan=MISSING),
        }
        return Golden(
            stored,
            {"seed": str(goldens.seed(name)), "pysteps": version("pysteps"), "opencv": cv2.__version__},
        )

    CASES[name] = golden


case("turning", 96, 108, (0.6, 1.4), 0.012, False)
case("missing", 106, 91, (-1.2, 0.7), 0.0, True)

if __name__ == "__main__":
    goldens.main(__doc__, "motion", CASES)
