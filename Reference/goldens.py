"""Shared by the oracle scripts: where golden files live, how they are written and checked.

Pinned: Python 3.11, numpy 2.4.6, safetensors 0.8.0 (requirements.txt).

A script gives `main` its cases, one function per file. Without arguments the files are written;
with `--check` everything is computed anew and compared with what is committed.
"""

import argparse
import json
import os
import sys
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from safetensors import safe_open
from safetensors.numpy import save_file

ROOT = Path(__file__).resolve().parent.parent / "Tests" / "Goldens"


@dataclass
class Golden:
    """One file: tensors by name (stored as F32) and string metadata."""

    tensors: dict
    metadata: dict = field(default_factory=dict)

    def stored(self):
        return {name: np.array(value, dtype=np.float32, order="C") for name, value in self.tensors.items()}


def seed(name):
    """A seed that depends on the case's name alone, so that adding a case leaves the others as they are."""
    return zlib.crc32(name.encode())


def exact(values):
    """Float64 values that float32 holds exactly: the reference and its reader start from the same numbers."""
    return np.asarray(values, dtype=np.float32).astype(np.float64)


def normal(rng, shape, scale=1.0, mean=0.0):
    return exact(mean + scale * rng.standard_normal(shape))


def uniform(rng, shape, low, high):
    return exact(rng.uniform(low, high, shape))


def as_json(value):
    return json.dumps(value, sort_keys=True)


def start_keras(floatx):
    """Imports Keras on a single-threaded, deterministic TensorFlow with `floatx` as its number type."""
    os.environ["KERAS_BACKEND"] = "tensorflow"
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")
    os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"  # one order of summation, whatever the processor
    import tensorflow

    tensorflow.config.threading.set_intra_op_parallelism_threads(1)
    tensorflow.config.threading.set_inter_op_parallelism_threads(1)
    tensorflow.config.experimental.enable_op_determinism()
    import keras

    keras.config.set_floatx(floatx)
    keras.config.set_image_data_format("channels_last")
    return keras, tensorflow


def versions():
    import keras
    import tensorflow

    return {"keras": keras.__version__, "tensorflow": tensorflow.__version__}


def read(path):
    with safe_open(path, framework="numpy") as file:
        return {name: file.get_tensor(name) for name in file.keys()}, file.metadata() or {}


def same_bits(tensors, metadata, other_tensors, other_metadata):
    return (
        metadata == other_metadata
        and tensors.keys() == other_tensors.keys()
        and all(
            tensors[name].shape == other_tensors[name].shape
            and tensors[name].tobytes() == other_tensors[name].tobytes()
            for name in tensors
        )
    )


def write(golden, path):
    """Leaves a file with the same content alone: the order of metadata in the container is not fixed."""
    tensors = golden.stored()
    if path.exists() and same_bits(tensors, golden.metadata, *read(path)):
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file(tensors, path, metadata=golden.metadata)


def differences(golden, path, tolerance):
    """What is no longer true in the committed file, as sentences.

    A tensor is true when max|a - b| <= tolerance * max(RMS of the new values, 1e-30). `tolerance` is a
    number or a function of the tensor's name.
    """
    if not path.exists():
        return ["the file is missing"]
    tensors, metadata = read(path)
    fresh = golden.stored()
    found = []
    for key in sorted(metadata.keys() | golden.metadata.keys()):
        old, new = metadata.get(key), golden.metadata.get(key)
        if old != new:
            found.append(f"metadata `{key}` is {old!r}, expected {new!r}")
    for name in sorted(fresh.keys() | tensors.keys()):
        if name not in tensors or name not in fresh:
            found.append(f"tensor `{name}` is {'missing' if name in fresh else 'not expected'}")
            continue
        old, new = tensors[name].astype(np.float64), fresh[name].astype(np.float64)
        if old.shape != new.shape:
            found.append(f"tensor `{name}` has shape {old.shape}, expected {new.shape}")
            continue
        allowed = tolerance(name) if callable(tolerance) else tolerance
        scale = max(float(np.sqrt(np.mean(new**2))), 1e-30) if new.size else 1.0
        worst = float(np.max(np.abs(old - new))) / scale if new.size else 0.0
        if not worst <= allowed:
            found.append(f"tensor `{name}` differs by {worst:.2e} of its RMS, allowed {allowed:.0e}")
    return found


def main(description, folder, cases: dict[str, Callable[[str], Golden]], tolerance=1e-6):
    """Runs a script's command line. `cases` maps a file's name (without suffix) to what computes it."""
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--check", action="store_true", help="compare with the committed files, write nothing"
    )
    parser.add_argument("--only", metavar="TEXT", default="", help="only cases whose name contains TEXT")
    options = parser.parse_args()

    directory = ROOT / folder
    chosen = {name: make for name, make in cases.items() if options.only in name}
    if not chosen:
        sys.exit(f"no case contains {options.only!r}; the cases are: {', '.join(cases)}")
    failures = 0
    for name, make in chosen.items():
        golden = make(name)
        path = directory / f"{name}.safetensors"
        if not options.check:
            write(golden, path)
            continue
        for sentence in differences(golden, path, tolerance):
            failures += 1
            print(f"{folder}/{name}: {sentence}")
    strangers = sorted({path.stem for path in directory.glob("*.safetensors")} - cases.keys())
    for name in strangers:
        failures += 1
        print(f"{folder}/{name}: no script makes this file")
    if options.check:
        print(f"{folder}: {len(chosen)} cases checked, {failures} differences")
    else:
        print(f"{folder}: {len(chosen)} cases written")
    sys.exit(1 if failures else 0)
