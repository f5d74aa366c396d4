"""Has other runtimes open what Squall writes, and writes down which ONNX files they computed rightly.

Pinned: onnxruntime 1.32.0, onnx 1.23.2, openvino 2026.4.1, numpy 2.4.6, safetensors 0.8.0 (`onnx`, an environment
of its own); keras 3.15.1, tensorflow-cpu 2.21.0 (`keras`).

    mkdir exports
    SQUALL_WRITE_EXPORTS=$PWD/exports swift test -c release --filter ONNXExportTests
    python Reference/exports.py onnx exports      ONNX Runtime and OpenVINO; writes Tests/Goldens/exports/digests.json
    python Reference/exports.py keras exports     keras.saving.load_model

Every output must be within 1e-5 of the RMS of Keras' float64 outputs in the golden files. The single-step files
are fed frame by frame with their own states. OpenVINO is told to compute in float32.
"""

import json
import os
import sys
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file

ROOT = Path(__file__).resolve().parent.parent / "Tests" / "Goldens"
TOLERANCE = 1e-5


def golden(name):
    kind, case = name.split("-", 1)
    if kind == "forecaster":
        return None
    return load_file(ROOT / kind / f"{case}.safetensors")


def plain(folder, name):
    """Input and output that Squall itself wrote, of models that Keras' goldens do not have."""
    tensors = {}
    for part in ("input.0", "output.0"):
        shape, values = (folder / f"{name}.{part}.txt").read_text().split("\n")
        tensors[part] = np.array(values.split(), np.float32).reshape([int(length) for length in shape.split()])
    return tensors


def numbered(tensors, prefix):
    found = []
    while f"{prefix}.{len(found)}" in tensors:
        found.append(tensors[f"{prefix}.{len(found)}"])
    return found


def distance(outputs, expected):
    worst = 0.0
    for got, wanted in zip(outputs, expected, strict=True):
        if got.shape != wanted.shape:
            return float("inf")
        scale = max(float(np.sqrt(np.mean(wanted.astype(np.float64) ** 2))), 1e-30)
        worst = max(worst, float(np.max(np.abs(got.astype(np.float64) - wanted))) / scale)
    return worst


def digest(data):
    """FNV-1a, 64 bits, as in ONNXExportTests."""
    value = 0xCBF29CE484222325
    for byte in data:
        value = ((value ^ byte) * 0x100000001B3) & 0xFFFFFFFFFFFFFFFF
    return format(value, "x")


class Runtime:
    def __init__(self, path):
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        self.inputs = [value.name for value in self.session.get_inputs()]
        self.shapes = {value.name: value.shape for value in self.session.get_inputs()}
        self.outputs = [value.name for value in self.session.get_outputs()]

    def __call__(self, values):
        return dict(zip(self.outputs, self.session.run(None, values), strict=True))


class OpenVINO:
    def __init__(self, path):
        import openvino

        model = openvino.Core().read_model(str(path))
        self.model = openvino.Core().compile_model(model, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
        self.inputs = [value.any_name for value in self.model.inputs]  # each has one name
        self.shapes = {
            value.any_name: [
                length.get_length() if length.is_static else "open" for length in value.get_partial_shape()
            ]
            for value in self.model.inputs
        }
        import onnx

        # OpenVINO drops Identity and may know an output under other names too: places count, not names.
        self.outputs = [value.name for value in onnx.load(str(path)).graph.output]

    def __call__(self, values):
        result = self.model(values)
        return {name: result[index] for index, name in enumerate(self.outputs)}


def named_outputs(result):
    names = [name for name in result if name == "output" or name.startswith("output_")]
    return [result[name] for name in sorted(names, key=lambda name: int((name + "_0").split("_")[1]))]


def first_states(model, inputs):
    """Zeros for every state that goes in. Open lengths: the maps keep their size in all such models here."""
    states = {}
    for name in model.inputs:
        if ".state_" in name:
            shape = [inputs[0].shape[0], *model.shapes[name][1:]]
            shape = [length if isinstance(length, int) else inputs[0].shape[axis + 1] for axis, length in enumerate(shape)]
            states[name] = np.zeros(shape, np.float32)
    return states


def whole(model, inputs):
    names = [name for name in model.inputs if ".state_" not in name]
    values = dict(zip(names, inputs, strict=True))
    return named_outputs(model(values | first_states(model, inputs)))


def steps(model, inputs, expected):
    """Frame by frame; outputs of sequences are joined again."""
    names = [name for name in model.inputs if ".state_" not in name]
    states = first_states(model, inputs)
    collected = []
    for time in range(inputs[0].shape[1]):
        # Inputs without a time axis are the same at every step.
        values = {
            name: value[:, time : time + 1] if model.shapes[name][1] == 1 and value.ndim > 2 else value
            for name, value in zip(names, inputs, strict=True)
        }
        result = model(values | states)
        states = {name: result[name.replace(".state_", ".next_state_")] for name in states}
        collected.append(named_outputs(result))
    joined = []
    for index, wanted in enumerate(expected):
        parts = [step[index] for step in collected]
        joined.append(np.concatenate(parts, axis=1) if wanted.shape[1:2] == (len(parts),) and parts[0].ndim == wanted.ndim and parts[0].shape[1] == 1 else parts[-1])
    return joined


def check_onnx(folder):
    import onnx

    digests, failures = {}, 0
    for path in sorted(folder.glob("*.onnx")):
        name, form, _ = path.name.rsplit(".", 2)
        tensors = golden(name) or plain(folder, name)
        inputs, expected = numbered(tensors, "input"), numbered(tensors, "output")
        onnx.checker.check_model(onnx.load(str(path)), full_check=True)
        found = []
        for runtime in (Runtime, OpenVINO):
            try:
                model = runtime(path)
                outputs = steps(model, inputs, expected) if form == "step" else whole(model, inputs)
                found.append(distance(outputs, expected))
            except Exception as error:  # noqa: BLE001
                found.append(float("inf"))
                print(f"  {runtime.__name__}: {str(error)[:300]}")
        ok = max(found) <= TOLERANCE
        failures += not ok
        print(f"{'ok ' if ok else 'BAD'} {path.name}: ONNX Runtime {found[0]:.1e}, OpenVINO {found[1]:.1e}")
        if ok and not name.startswith("forecaster"):
            digests[path.name] = digest(path.read_bytes())
    target = ROOT / "exports" / "digests.json"
    target.parent.mkdir(exist_ok=True)
    target.write_text(json.dumps(digests, indent=1, sort_keys=True) + "\n")
    return failures


def check_keras(folder):
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"
    import keras

    failures = 0
    for path in sorted(folder.glob("*.keras")):
        name = path.stem
        tensors = golden(name) or plain(folder, name)
        inputs, expected = numbered(tensors, "input"), numbered(tensors, "output")
        model = keras.saving.load_model(path)
        outputs = model(inputs if len(inputs) > 1 else inputs[0], training=False)
        found = distance([np.asarray(value) for value in keras.tree.flatten(outputs)], expected)
        # The other file's weights, in Keras' own order and to the bit.
        same = "-"
        kind, case = name.split("-", 1)
        source = ROOT / kind / f"{case}.keras"
        if source.exists():
            mine, theirs = model.get_weights(), keras.saving.load_model(source).get_weights()
            bits = sorted(value.tobytes() for value in mine) == sorted(value.tobytes() for value in theirs)
            same = "same bits" if bits else "OTHER BITS"
        ok = found <= 1e-4 and same != "OTHER BITS"
        failures += not ok
        print(f"{'ok ' if ok else 'BAD'} {path.name}: Keras {found:.1e} (float32), weights {same}")
    return failures


if __name__ == "__main__":
    if len(sys.argv) != 3 or sys.argv[1] not in ("onnx", "keras"):
        sys.exit(__doc__)
    failures = {"onnx": check_onnx, "keras": check_keras}[sys.argv[1]](Path(sys.argv[2]))
    print(f"{failures} failures")
    sys.exit(1 if failures else 0)
