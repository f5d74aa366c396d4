"""Golden .npy, .npz and .zip files, written by NumPy and Python's zipfile.

Pinned: Python 3.11, numpy 2.4.6.

    python Reference/archives.py            writes Tests/Goldens/archives/
    python Reference/archives.py --check    says whether the committed files are still true

Every array holds `3 * i - 20` (unsigned: `3 * i`, truth values: whether i is odd) at place i in C order, in the
shape [2, 3, 4].
"""

import io
import sys
import zipfile

import numpy as np

import goldens

FOLDER = goldens.ROOT / "archives"
TYPES = ["b1", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8"]
DATE = (2026, 1, 1, 0, 0, 0)


def values(code):
    index = np.arange(24)
    number = index % 2 if code == "b1" else 3 * index if code[0] == "u" else 3 * index - 20
    return number.reshape(2, 3, 4)


def npy(code, order="<", fortran=False, version=(1, 0)):
    data = io.BytesIO()
    array = values(code).astype(order + code)
    np.lib.format.write_array(data, np.asfortranarray(array) if fortran else array, version=version)
    return data.getvalue()


def archive(compression, streamed=False, wide=False):
    data = io.BytesIO()
    target = Unseekable(data) if streamed else data
    with zipfile.ZipFile(target, "w", compression) as file:
        for name, text in (("a.txt", b"squall " * 100), ("folder/b.bin", bytes(range(256))), ("empty", b"")):
            info = zipfile.ZipInfo(name, DATE)
            info.compress_type = compression
            with file.open(info, "w", force_zip64=wide) as entry:
                entry.write(text)
    return data.getvalue()


class Unseekable:
    """Makes zipfile write sizes behind the data."""

    def __init__(self, target):
        self.target = target

    def write(self, data):
        return self.target.write(data)

    def flush(self):
        pass


def npz():
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as file:
        for name, code in (("x", "f4"), ("labels", "i8")):
            info = zipfile.ZipInfo(name + ".npy", DATE)
            info.compress_type = zipfile.ZIP_DEFLATED
            file.writestr(info, npy(code))
    return data.getvalue()


def files():
    made = {}
    for code in TYPES:
        made[f"{code}-little-c.npy"] = npy(code)
        if code[1] != "1":
            made[f"{code}-big-fortran.npy"] = npy(code, ">", True)
    made["f4-little-fortran-v2.npy"] = npy("f4", fortran=True, version=(2, 0))
    made["f8-big-c-v3.npy"] = npy("f8", ">", version=(3, 0))
    made["stored.zip"] = archive(zipfile.ZIP_STORED)
    made["deflated.zip"] = archive(zipfile.ZIP_DEFLATED)
    made["streamed.zip"] = archive(zipfile.ZIP_DEFLATED, streamed=True)
    made["wide.zip"] = archive(zipfile.ZIP_DEFLATED, wide=True)
    made["arrays.npz"] = npz()
    return made


if __name__ == "__main__":
    check = "--check" in sys.argv
    made = files()
    FOLDER.mkdir(parents=True, exist_ok=True)
    strangers = {path.name for path in FOLDER.iterdir()} - made.keys()
    wrong = sorted(strangers)
    for name, data in made.items():
        path = FOLDER / name
        if check and (not path.exists() or path.read_bytes() != data):
            wrong.append(name)
        elif not check:
            path.write_bytes(data)
    print(f"archives: {len(made)} files, differences: {', '.join(wrong) or 'none'}")
    sys.exit(1 if wrong else 0)
