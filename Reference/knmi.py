#!/usr/bin/env python3
"""Golden numbers of the KNMI radar sequence, read with h5py.

    pip install h5py==3.16.0 numpy==2.4.6
    python Reference/knmi.py DATA/radar/KNMI            writes Tests/Goldens/data/knmi.json
    python Reference/knmi.py DATA/radar/KNMI --check    says whether the file still holds

For every frame in order of time: its time, the number of missing pixels, and of the valid rain rates (mm/h)
the minimum, mean, maximum and a mean weighted by position, which a transposed or mirrored image changes.
"""
import argparse
import datetime
import json
import pathlib
import sys

import h5py
import numpy as np

GOLDEN = pathlib.Path(__file__).resolve().parent.parent / "Tests/Goldens/data/knmi.json"


def time_of(text):
    time = datetime.datetime.strptime(text.decode().title(), "%d-%b-%Y;%H:%M:%S.%f")
    return time.replace(tzinfo=datetime.timezone.utc)


def read(path):
    with h5py.File(path) as file:
        pixels = file["image1/image_data"][()]
        calibration = file["image1/calibration"].attrs
        gain, offset = calibration["calibration_formulas"].decode().removeprefix("GEO=").split("*PV")
        missing = calibration["calibration_missing_data"][0]
        start, end = (
            time_of(file["overview"].attrs[f"product_datetime_{name}"][0]) for name in ("start", "end"))
    hours = (end - start).total_seconds() / 3600
    valid = pixels != missing
    rate = (float(gain) * pixels.astype(np.float64) + float(offset)) / hours
    row, column = np.indices(pixels.shape)
    weight = (7 * row + 13 * column) % 101
    return {
        "file": path.name,
        "time": int(end.timestamp()),
        "shape": list(pixels.shape),
        "missing": int((~valid).sum()),
        "minimum": rate[valid].min(),
        "mean": rate[valid].mean(),
        "maximum": rate[valid].max(),
        "weightedMean": (rate * weight)[valid].mean(),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    frames = sorted((read(path) for path in options.folder.rglob("*.h5")), key=lambda frame: frame["time"])
    if options.check:
        old = json.loads(GOLDEN.read_text())["frames"]
        same = len(old) == len(frames) and all(
            a.keys() == b.keys()
            and all(a[k] == b[k] if not isinstance(a[k], float) else np.isclose(a[k], b[k], rtol=1e-9) for k in a)
            for a, b in zip(old, frames))
        print("the golden file holds" if same else "the golden file differs")
        sys.exit(0 if same else 1)
    GOLDEN.parent.mkdir(parents=True, exist_ok=True)
    versions = {"h5py": h5py.__version__, "numpy": np.__version__}
    lines = ",\n".join("    " + json.dumps(frame) for frame in frames)
    GOLDEN.write_text(f'{{\n  "versions": {json.dumps(versions)},\n  "frames": [\n{lines}\n  ]\n}}\n')
    print(f"{len(frames)} frames written to {GOLDEN}")


if __name__ == "__main__":
    main()
