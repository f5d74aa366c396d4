"""ONNX Runtime, or with `--openvino` OpenVINO in float32, on the model that `squall convert` wrote."""

import pathlib
import sys

import numpy as np

from common import arrays, serve, spec

x, _, _ = arrays(sys.argv[1])
model = str(pathlib.Path(sys.argv[1], "model.onnx"))

if "--openvino" in sys.argv:
    import openvino as ov

    hints = {"INFERENCE_PRECISION_HINT": "f32", "PERFORMANCE_HINT": "LATENCY"}
    compiled = ov.Core().compile_model(model, "CPU", hints)
    names = [next(iter(port.names)) for port in compiled.inputs]

    def run(*values):
        results = compiled(dict(zip(names, values)))
        return [results[port] for port in compiled.outputs]
else:
    import onnxruntime as ort

    session = ort.InferenceSession(model, providers=["CPUExecutionProvider"])
    names = [port.name for port in session.get_inputs()]

    def run(*values):
        return session.run(None, dict(zip(names, values)))


s = spec(sys.argv[1])
if s["kind"] == "step":
    zeros = np.zeros((s["n"], s["h"], s["w"], s["f"]), np.float32)
    states = [zeros, zeros]

    def advance(frame):
        global states
        output, *states = run(frame, *states)
        return output[:, 0]

    def all_frames():
        global states
        states = [zeros, zeros]
        return [advance(x[:, t : t + 1]) for t in range(s["t"])][-1]

    serve(all_frames, infer=lambda: advance(x[:, :1]))
else:
    serve(lambda: run(x)[0])
