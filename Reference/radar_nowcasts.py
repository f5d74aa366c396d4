#!/usr/bin/env python3
"""Scores of pysteps' nowcasts on real radar: extrapolation and S-PROG on 2 km means.

    pip install h5py==3.14.0 pysteps==1.21.5 opencv-python-headless==5.0.0.93 numpy==2.4.6
    OMP_NUM_THREADS=1 python Reference/radar_nowcasts.py DATA/radar            writes Tests/Goldens/data/nowcasts.json
    OMP_NUM_THREADS=1 python Reference/radar_nowcasts.py DATA/radar --check    says whether the file still holds

The mean of the CSIs (rain > threshold in mm/h) of the starts of a sequence by lead time, over the pixels where the
observation, the forecast and the last observed frame are valid. A start is the place of the last observed frame. The
motion is found in three frames by dense Lucas-Kanade; S-PROG has pysteps' default options and a threshold of 0.1 mm/h.
"""
import argparse
import contextlib
import io
import json
import pathlib
import sys
from importlib.metadata import version

import h5py
import numpy as np

with contextlib.redirect_stdout(io.StringIO()):
    import pysteps.io.importers
from pysteps.extrapolation.semilagrangian import extrapolate  # noqa: E402
from pysteps.motion.lucaskanade import dense_lucaskanade  # noqa: E402
from pysteps.nowcasts import sprog  # noqa: E402
from pysteps.utils.transformation import dB_transform  # noqa: E402

GOLDEN = pathlib.Path(__file__).resolve().parent.parent / "Tests/Goldens/data/nowcasts.json"
THRESHOLDS = (0.5, 1, 2)
LEADS = (1, 3, 6, 9, 12)
SEQUENCES = {
    "KNMI": ("KNMI/**/*.h5", tuple(range(61, 80, 3))),
    "mch/20160711": ("mch/20160711/*.gif", tuple(range(3, 28, 4))),
    "mch/20170131": ("mch/20170131/*.gif", tuple(range(3, 28, 4))),
}


def knmi(path):
    with h5py.File(path) as file:
        pixels = file["image1/image_data"][()]
        calibration = file["image1/calibration"].attrs
        gain, offset = calibration["calibration_formulas"].decode().removeprefix("GEO=").split("*PV")
        missing = calibration["calibration_missing_data"][0]
    rate = (float(gain) * pixels.astype(np.float64) + float(offset)) * 12
    return np.where(pixels == missing, np.nan, rate)


def mch(path):
    return pysteps.io.importers.import_mch_gif(str(path), "AQC", "mm", 5.0)[0] * 12


def halved(field):
    """Means of the valid pixels of 2 x 2, where at least two are."""
    height, width = field.shape[0] // 2, field.shape[1] // 2
    blocks = field[: 2 * height, : 2 * width].reshape(height, 2, width, 2)
    counts = np.isfinite(blocks).sum(axis=(1, 3))
    sums = np.nansum(blocks, axis=(1, 3))
    return np.where(counts >= 2, sums / np.maximum(counts, 1), np.nan)


def nowcasts(observed):
    decibels = dB_transform(observed, threshold=0.1, zerovalue=-15.0)[0]
    with contextlib.redirect_stdout(io.StringIO()):
        motion = dense_lucaskanade(np.ma.masked_invalid(decibels))
        prognosis = sprog.forecast(decibels, motion, max(LEADS), precip_thr=-10.0)
    return {
        "extrapolation": extrapolate(observed[-1], motion, max(LEADS), allow_nonfinite_values=True),
        "s-prog": dB_transform(prognosis, threshold=-10.0, inverse=True)[0],
    }


def csi(forecast, truth, mask, threshold):
    f, o = forecast[mask] > threshold, truth[mask] > threshold
    return (f & o).sum() / (f | o).sum()


def scores(frames, starts):
    sums = {}
    for start in starts:
        observed = np.stack(frames[start - 2 : start + 1])
        for method, forecast in nowcasts(observed).items():
            table = sums.setdefault(method, np.zeros((len(LEADS), len(THRESHOLDS))))
            for row, lead in enumerate(LEADS):
                made, truth = forecast[lead - 1], frames[start + lead]
                mask = np.isfinite(made) & np.isfinite(truth) & np.isfinite(observed[-1])
                for column, threshold in enumerate(THRESHOLDS):
                    table[row, column] += csi(made, truth, mask, threshold) / len(starts)
    return {method: np.round(table, 5).tolist() for method, table in sums.items()}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    made = {
        "versions": {name: version(name) for name in ("pysteps", "opencv-python-headless", "numpy", "h5py")},
        "thresholds": list(THRESHOLDS),
        "leads": list(LEADS),
    }
    for name, (pattern, starts) in SEQUENCES.items():
        paths = sorted(options.folder.glob(pattern), key=lambda path: path.name)
        if not paths:
            sys.exit(f"radar_nowcasts: expected files {pattern} in {options.folder}; found none.")
        reader = knmi if pattern.endswith("h5") else mch
        made[name] = {"starts": list(starts), **scores([halved(reader(path)) for path in paths], starts)}
    if options.check:
        old = json.loads(GOLDEN.read_text())
        same = old.keys() == made.keys() and all(
            np.allclose(old[name][method], made[name][method], rtol=0, atol=1e-4)
            for name in SEQUENCES for method in made[name])
        print("the golden file holds" if same else "the golden file differs")
        sys.exit(0 if same else 1)
    lines = ",\n".join(f"  {json.dumps(key)}: {json.dumps(value)}" for key, value in made.items())
    GOLDEN.write_text(f"{{\n{lines}\n}}\n")
    print(f"{len(SEQUENCES)} sequences written to {GOLDEN}")


if __name__ == "__main__":
    main()
