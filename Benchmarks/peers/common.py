"""What the workers of all peers share: the arrays, and the commands they answer (see BenchWorker.swift)."""

import json
import pathlib
import sys
import time

import numpy as np


def spec(folder):
    standard = dict(n=8, t=10, h=64, w=64, c=1, f=64, k=3, conv=[32, 64, 128], units=256, classes=10)
    return standard | json.loads(pathlib.Path(folder, "spec.json").read_text())


def arrays(folder):
    """The tensors of `arrays.safetensors`: an 8-byte length, a JSON header, then the data."""
    data = pathlib.Path(folder, "arrays.safetensors").read_bytes()
    length = int.from_bytes(data[:8], "little")
    header = json.loads(data[8 : 8 + length])
    header.pop("__metadata__", None)
    start = 8 + length
    found = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        found[name] = np.frombuffer(data[start + begin : start + end], np.float32).reshape(entry["shape"]).copy()
    weights = [found[name] for name in sorted(found) if name.startswith("w")]
    return found["x"], found["y"], weights


def peak_megabytes():
    for line in pathlib.Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) / 1024
    return float("nan")


def serve(output, train=None, infer=None):
    """Answers commands: `output()` gives what is compared, `infer()` does what is timed (the same where it is not
    given), `train()` does a step and gives the loss before it."""
    infer = infer or output
    for line in sys.stdin:
        words = line.split()
        if not words:
            return
        start = time.perf_counter()
        if words[0] == "infer":
            infer()
        elif words[0] == "train":
            train()
        elif words[0] == "losses":
            print(*[float(train()) for _ in range(3)], flush=True)
            continue
        elif words[0] == "output":
            np.asarray(output(), np.float32).tofile(words[1])
            print("ok", flush=True)
            continue
        elif words[0] == "memory":
            print(peak_megabytes(), flush=True)
            continue
        else:
            return
        print((time.perf_counter() - start) * 1e3, flush=True)
