"""Golden files of the contenders: whole models written once more with PyTorch, in float64.

Pinned: Python 3.11, torch 2.13.0 (CPU), numpy 2.4.6, safetensors 0.8.0; in an environment of its own:

    python3 -m venv .venv-torch
    .venv-torch/bin/pip install torch==2.13.0+cpu numpy==2.4.6 safetensors==0.8.0
    .venv-torch/bin/python Reference/contenders.py            writes Tests/Goldens/contenders/*.safetensors
    .venv-torch/bin/python Reference/contenders.py --check    says whether the committed files are still true

Each file has `input.N`, `param.NAME`, `output.0`, `cotangent.0`, `grad.input.N`, `grad.param.NAME`. A case of training
also has `updated.NAME` of the moving averages and, where a model has one, `penalty`, which the scalar of the gradients
then includes besides the product of output and cotangent. The models are in contender_models.py.
"""

import functools

import numpy as np
import torch

import contender_models as models
import goldens
from contender_models import F, Weights, dense
from goldens import Golden, normal

CASES = {}
BATCH = 2


def golden(name, task, text, width, signature, model, inputs, training):
    seed = goldens.seed(name)
    rng = np.random.default_rng(seed)
    w = Weights(rng, training)
    tensors = [torch.tensor(normal(rng, shape)).requires_grad_() for shape in inputs]
    output = model(w, tensors)
    cotangent = normal(rng, output.shape)
    scalar = (output * torch.tensor(cotangent)).sum()
    penalty = None
    if training and w.penalties:
        penalty = 0.1 * torch.stack(w.penalties).mean()
        scalar = scalar + penalty
    scalar.backward()

    stored = {f"input.{index}": x.detach() for index, x in enumerate(tensors)}
    stored |= {f"param.{key}": value.detach() for key, value in w.values.items()}
    stored |= {"output.0": output.detach(), "cotangent.0": cotangent}
    stored |= {f"grad.input.{index}": x.grad for index, x in enumerate(tensors)}
    for key, value in w.values.items():
        if value.requires_grad:
            gradient = torch.zeros_like(value) if value.grad is None else value.grad
            stored[f"grad.param.{key}"] = gradient
    stored |= {f"updated.{key}": value.detach() for key, value in w.updates.items()}
    if penalty is not None:
        stored["penalty"] = penalty.detach()
    metadata = {
        "task": task,
        "contender": text,
        "width": str(width),
        "signature": goldens.as_json(signature),
        "training": "true" if training else "false",
        "seed": str(seed),
        "torch": torch.__version__,
    }
    return Golden({key: np.asarray(value) for key, value in stored.items()}, metadata)


def forecaster(
    text, function, width, frames=(3, 2), size=(8, 12), channels=1, guided=False, residual=False,
    decoding=None, training=False, **options
):  # fmt: skip
    signature = {
        "inputFrames": frames[0],
        "forecastFrames": frames[1],
        "height": size[0],
        "width": size[1],
        "channels": channels,
        "background": "advected" if guided else "lastFrame",
        "isResidual": residual,
    }
    if decoding:
        signature["decoding"] = decoding
    inputs = [(BATCH, frames[0], *size, channels)]
    if guided:
        inputs.append((BATCH, frames[1], *size, 1))
    known = signature | {"decoding": decoding, "headName": "change" if residual else "forecast"}

    def model(w, tensors):
        guidance = tensors[1] if guided else None
        output = function(w, tensors[0], guidance, known, width, **options)
        if residual:
            output = output + (guidance if guided else tensors[0][:, -1:, ..., :1])
        return output

    marks = [f"{frames[0]}-{frames[1]}", decoding, guided and "guided", residual and "residual"]
    marks.append(training and "training")
    name = "-".join([text.split(":")[0]] + [mark for mark in marks if mark])
    assert name not in CASES
    CASES[name] = functools.partial(
        golden, task="forecast", text=text, width=width, signature=signature, model=model, inputs=inputs,
        training=training,
    )  # fmt: skip


def classifier(text, function, width, frames=5, size=(9, 12), channels=2, stages=2, training=False, **options):
    signature = {
        "frames": frames,
        "height": size[0],
        "width": size[1],
        "channels": channels,
        "classes": 3,
        "stages": stages,
        "scale": [],
        "offset": [],
    }

    def model(w, tensors):
        return F.softmax(dense(w, "classes", function(w, tensors[0], signature, width, **options), 3), -1)

    name = text.split(":")[0] + ("-training" if training else "")
    assert name not in CASES
    CASES[name] = functools.partial(
        golden, task="classification", text=text, width=width, signature=signature, model=model,
        inputs=[(BATCH, frames, *size, channels)], training=training,
    )  # fmt: skip


classifier("cnn-mean", models.cnn_mean, 5)
classifier("c3d", models.c3d, 50, stages=3)
for training in (False, True):
    classifier("r2plus1d:blocks=2", models.r2plus1d, 5, stages=2, training=training, blocks=2)

for text, recurrence in (("convlstm2d", models.conv_lstm), ("convgru2d", models.conv_gru)):
    shared = functools.partial(models.encoder_forecaster, recurrence=recurrence)
    forecaster(text, shared, 3, channels=2)
    forecaster(text, shared, 3, guided=True, residual=True, decoding="direct")
# Patches by twos, and by a factor that is none.
shared = functools.partial(models.encoder_forecaster, recurrence=models.conv_lstm)
forecaster("convlstm2d:patch=4", shared, 3, (2, 3), patch=4)
forecaster("convlstm2d:patch=6", shared, 3, (2, 1), (12, 18), patch=6)

forecaster("unet:stages=2", models.unet, 9, channels=2, stages=2)
forecaster("unet:stages=2", models.unet, 9, (4, 3), guided=True, residual=True, stages=2)

# Two channels in each of the encoder's groups: with one, the gradient of a bias before the normalisation is zero.
simvp = {"text": "simvp:blocks=2", "function": models.simvp, "width": 24, "stages": 2, "blocks": 2}
forecaster(**simvp, frames=(3, 3), channels=2)
forecaster(**simvp, frames=(3, 2), training=True)
forecaster(**simvp, frames=(3, 5), guided=True, residual=True)

stack = {"width": 3, "patch": 2, "kernel": 5, "layers": 2}
for text, function in (("convlstm-stacked", models.stacked_conv_lstm), ("predrnn-v2", models.predrnn)):
    text += ":layers=2"
    forecaster(text, function, frames=(3, 4), **stack)
    forecaster(text, function, frames=(3, 2), channels=2, residual=True, **stack)
    forecaster(text, function, frames=(3, 3), channels=2, guided=True, residual=True, **stack)
forecaster("predrnn-v2:layers=2", models.predrnn, frames=(3, 3), training=True, **stack)

if __name__ == "__main__":
    torch.set_default_dtype(torch.float64)
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    goldens.main(__doc__, "contenders", CASES)
