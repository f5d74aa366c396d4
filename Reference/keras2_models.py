"""Golden models of Keras 2: whole-model `.h5` files, with inputs and what Keras 2 computes of them.

Pinned: Python 3.11, tf_keras 2.21.0, tensorflow-cpu 2.21.0, numpy 2.4.6, safetensors 0.8.0.

    python Reference/keras2_models.py            writes Tests/Goldens/keras2/
    python Reference/keras2_models.py --check    says whether the committed files are still true

As `keras_models.py`, with tf_keras. Keras 2's `hard_sigmoid`, the default inside its ConvLSTM2D, is another
function than Keras 3's.
"""

import os
import tempfile
from pathlib import Path

import numpy as np

import goldens
from goldens import Golden

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"
import tf_keras  # noqa: E402
from tf_keras import layers as L  # noqa: E402

FOLDER = goldens.ROOT / "keras2"
CASES = {}


def add(name, *shapes, batch=2):
    def register(build):
        CASES[name] = lambda case: golden(case, build, shapes, batch)
        return build

    return register


def randomised(model, rng):
    values = []
    for weight in model.weights:
        shape = tuple(weight.shape)
        fan = max(1, int(np.prod(shape[:-1]))) if len(shape) > 1 else 10
        value = rng.standard_normal(shape) / np.sqrt(fan)
        if "moving_variance" in weight.name:
            value = 0.5 + rng.random(shape)
        values.append(value.astype(np.float32))
    return values


def golden(name, build, shapes, batch):
    seed = goldens.seed(name)

    def made(floatx):
        tf_keras.backend.clear_session()
        tf_keras.backend.set_floatx(floatx)
        inputs = [tf_keras.Input(shape, name=f"in{index}") for index, shape in enumerate(shapes)]
        model = build(*inputs)
        if not isinstance(model, tf_keras.Model):
            model = tf_keras.Model(inputs, model, name="golden")
        return model

    rng = np.random.default_rng(seed)
    model = made("float32")
    weights = randomised(model, rng)
    model.set_weights(weights)
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "model.h5")
        model.save(path)
        data = Path(path).read_bytes()
    file = FOLDER / f"{name}.h5"
    if not file.exists() or len(file.read_bytes()) != len(data):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    values = [goldens.normal(rng, (batch, *(length or 6 for length in shape))) for shape in shapes]
    double = made("float64")
    double.set_weights([weight.astype(np.float64) for weight in weights])
    outputs = double(values if len(values) > 1 else values[0], training=False)
    outputs = outputs if isinstance(outputs, (list, tuple)) else [outputs]
    tensors = {f"input.{index}": value for index, value in enumerate(values)}
    tensors |= {f"output.{index}": np.asarray(value) for index, value in enumerate(outputs)}
    return Golden(tensors, {"model": f"{name}.h5", "seed": str(seed), "tf_keras": tf_keras.__version__})


@add("convlstm-hard-sigmoid", (3, 7, 6, 2))
def _(x):
    x = L.ConvLSTM2D(3, 3, padding="same", return_sequences=True, recurrent_activation="hard_sigmoid")(x)
    x = L.BatchNormalization()(x)
    return L.ConvLSTM2D(2, (3, 2), recurrent_activation="hard_sigmoid")(x)


@add("sequential", (4, 8, 6, 1))
def _(_x):
    return tf_keras.Sequential(
        [
            L.TimeDistributed(L.Conv2D(3, 3, activation="swish"), input_shape=(4, 8, 6, 1)),
            L.TimeDistributed(L.MaxPooling2D()),
            L.TimeDistributed(L.Flatten()),
            L.LSTM(5),
            L.Dense(3, activation="softmax"),
        ]
    )


@add("states-and-sharing", (5, 3), (4, 3))
def _(a, b):
    _, h, c = L.LSTM(4, return_state=True)(a)
    y = L.LSTM(4, return_sequences=True)(b, initial_state=[h, c])
    shared = L.Dense(2, activation="tanh")
    return [shared(y), shared(h)]


@add("nested-frozen", (8, 6, 1))
def _(x):
    inner = tf_keras.Sequential(
        [L.Conv2D(3, 3, input_shape=(8, 6, 1)), L.BatchNormalization(), L.Conv2D(2, 2)], name="encoder"
    )
    inner.layers[0].trainable = False
    return L.Dense(2)(L.GlobalAveragePooling2D()(L.BatchNormalization()(inner(x))))


if __name__ == "__main__":
    goldens.main(__doc__, "keras2", CASES)
