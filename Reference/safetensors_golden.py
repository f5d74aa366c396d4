"""Writes Tests/Goldens/safetensors/mixed.safetensors with the format's reference implementation.

pip install safetensors==0.8.0 numpy==2.4.6
python Reference/safetensors_golden.py          writes the file
python Reference/safetensors_golden.py --check  says whether the committed file is still what it would write
python Reference/safetensors_golden.py --read FILE  prints name, type and shape of every tensor
"""

import sys
from pathlib import Path

import numpy
from safetensors import safe_open
from safetensors.numpy import save

PATH = Path(__file__).parent.parent / "Tests/Goldens/safetensors/mixed.safetensors"


def content():
    tensors = {
        "kernel": (numpy.arange(2 * 3 * 5, dtype=numpy.float32).reshape(2, 3, 5) - 7) / 8,
        "double": numpy.array([1 / 3, -1e300, 5e-324, numpy.inf], dtype=numpy.float64),
        "half": numpy.array([[0.0, -0.0, 1.0], [65504.0, 6e-8, -numpy.inf]], dtype=numpy.float16),
        "int64": numpy.array([-(2**63), 2**63 - 1, 0], dtype=numpy.int64),
        "int32": numpy.array([[-(2**31)], [2**31 - 1]], dtype=numpy.int32),
        "bytes": numpy.array([0, 1, 254, 255, 7], dtype=numpy.uint8),
        "mask": numpy.array([[True, False, True]]),
        "scalar": numpy.array(0.1, dtype=numpy.float32),
        "empty": numpy.zeros((3, 0, 2), dtype=numpy.float32),
        "größe/ü \"quoted\"": numpy.array([2.5], dtype=numpy.float32),
    }
    return save(tensors, metadata={"units": "mm/h", "text": "line\n\ttab \\ \"x\" µ 🌧 \u0001"})


if sys.argv[1:2] == ["--check"]:
    # The reference implementation keeps metadata in no fixed order, so contents are compared, not bytes.
    import tempfile

    def read(path):
        with safe_open(path, "numpy") as file:
            return file.metadata(), {k: file.get_tensor(k) for k in file.keys()}

    with tempfile.NamedTemporaryFile(suffix=".safetensors") as fresh:
        fresh.write(content())
        fresh.flush()
        (meta_a, a), (meta_b, b) = read(PATH), read(fresh.name)
    same = meta_a == meta_b and a.keys() == b.keys()
    same = same and all(a[k].dtype == b[k].dtype and a[k].tobytes() == b[k].tobytes() for k in a)
    sys.exit(0 if same else f"{PATH} is not what this script writes")
elif sys.argv[1:2] == ["--read"]:
    with safe_open(sys.argv[2], "numpy") as file:
        print(file.metadata())
        for key in file.keys():
            tensor = file.get_tensor(key)
            print(key, tensor.dtype, tensor.shape, tensor.ravel()[:6])
else:
    PATH.parent.mkdir(parents=True, exist_ok=True)
    PATH.write_bytes(content())
