#!/usr/bin/env python3
"""Golden numbers of real radar sequences: netCDF4 for the Bureau of Meteorology, pysteps for MeteoSwiss.

    pip install netCDF4==1.7.5.1.post1 pysteps==1.21.5 numpy==2.4.6
    python Reference/radar.py DATA/radar            writes Tests/Goldens/data/bom.json and mch.json
    python Reference/radar.py DATA/radar --check    says whether the files still hold

For every frame in order of time what knmi.py says: time, shape, missing pixels, and of the valid rain rates (mm/h)
the minimum, mean, maximum and a mean weighted by position.
"""
import argparse
import datetime
import json
import pathlib
import sys

import netCDF4
import numpy as np

GOLDENS = pathlib.Path(__file__).resolve().parent.parent / "Tests/Goldens/data"


def describe(path, time, rate, valid):
    row, column = np.indices(rate.shape)
    weight = (7 * row + 13 * column) % 101
    return {
        "file": path.name,
        "time": int(time),
        "shape": list(rate.shape),
        "missing": int((~valid).sum()),
        "minimum": float(rate[valid].min()),
        "mean": float(rate[valid].mean()),
        "maximum": float(rate[valid].max()),
        "weightedMean": float((rate * weight)[valid].mean()),
    }


def bom(path):
    with netCDF4.Dataset(path) as file:
        field = file["precipitation"][:]
        start, end = (float(file[name][()]) for name in ("start_time", "valid_time"))
    valid = ~np.ma.getmaskarray(field)
    return describe(path, end, np.asarray(field.filled(0), np.float64) * 3600 / (end - start), valid)


def mch(path):
    import pysteps.io.importers

    millimetres = pysteps.io.importers.import_mch_gif(str(path), "AQC", "mm", 5.0)[0]
    time = datetime.datetime.strptime(path.name[3:12], "%y%j%H%M").replace(tzinfo=datetime.timezone.utc)
    valid = np.isfinite(millimetres)
    return describe(path, time.timestamp(), np.where(valid, millimetres, 0) * 12, valid)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    good = True
    for name, reader, pattern in [("bom", bom, "bom/**/*.nc"), ("mch", mch, "mch/**/*.gif")]:
        frames = sorted((reader(path) for path in options.folder.glob(pattern)), key=lambda frame: frame["time"])
        golden = GOLDENS / f"{name}.json"
        if options.check:
            old = json.loads(golden.read_text())["frames"]
            same = len(old) == len(frames) and all(
                a[k] == b[k] if not isinstance(a[k], float) else np.isclose(a[k], b[k], rtol=1e-9)
                for a, b in zip(old, frames) for k in a)
            print(f"{name}: the golden file holds" if same else f"{name}: the golden file differs")
            good = good and same
            continue
        versions = {"netCDF4": netCDF4.__version__, "numpy": np.__version__}
        lines = ",\n".join("    " + json.dumps(frame) for frame in frames)
        golden.write_text(f'{{\n  "versions": {json.dumps(versions)},\n  "frames": [\n{lines}\n  ]\n}}\n')
        print(f"{len(frames)} frames written to {golden}")
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
