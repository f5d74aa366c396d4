"""Golden trainings: compiled Keras models that have been trained a little, and the same after five more epochs.

Pinned: Python 3.11, keras 3.15.1, tensorflow-cpu 2.21.0, numpy 2.4.6, safetensors 0.8.0.

    python Reference/keras_fit.py            writes Tests/Goldens/fit/
    python Reference/keras_fit.py --check    says whether the committed files are still true

For each case: `<case>.keras` as it was after two epochs, the optimizer's variables included;
`<case>.trained.keras` after five more epochs of `fit(shuffle=False)`; `<case>.safetensors` with the samples `x`
and `y` and the five `losses`. All in float32, as people run Keras.
"""

import os
import tempfile

import numpy as np

import goldens
from goldens import Golden
from keras_golden import fixed_archive, keep_if_same_model, keras

from keras import layers as L  # noqa: E402

FOLDER = goldens.ROOT / "fit"
CASES = {}


def add(name, optimizer, loss, x, y, batch_size):
    def register(build):
        CASES[name] = lambda case: trained(case, build, optimizer, loss, x, y, batch_size)
        return build

    return register


def trained(name, build, optimizer, loss, x_shape, y_shape, batch_size):
    seed = goldens.seed(name)
    rng = np.random.default_rng(seed)
    keras.backend.clear_session()
    keras.utils.set_random_seed(seed)
    model = keras.Sequential([keras.Input(x_shape[1:]), *build()])
    model.compile(optimizer(), loss)
    x = goldens.normal(rng, x_shape).astype(np.float32)
    y = rng.integers(0, 3, y_shape).astype(np.float32) if len(y_shape) == 1 else rng.random(y_shape, np.float32)
    options = dict(batch_size=batch_size, shuffle=False, verbose=0)

    def save(ending):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "model.keras")
            model.save(path)
            keep_if_same_model(FOLDER / f"{name}{ending}", fixed_archive(path, True))

    model.fit(x, y, epochs=2, **options)
    save(".keras")
    losses = model.fit(x, y, epochs=5, **options).history["loss"]
    save(".trained.keras")
    metadata = {"loss": loss, "batch_size": str(batch_size), "seed": str(seed), **goldens.versions()}
    return Golden({"x": x, "y": y, "losses": np.array(losses)}, metadata)


@add("cnn-lstm-adam", lambda: keras.optimizers.Adam(3e-3), "sparse_categorical_crossentropy", (10, 4, 8, 6, 1), (10,), 4)
def _():
    return [
        L.TimeDistributed(L.Conv2D(3, 3, activation="relu")),
        L.TimeDistributed(L.BatchNormalization()),
        L.TimeDistributed(L.Flatten()),
        L.LSTM(5),
        L.Dense(3, activation="softmax"),
    ]


@add("convlstm-rmsprop", lambda: keras.optimizers.RMSprop(2e-3, momentum=0.5), "mse", (6, 3, 7, 6, 1), (6, 3, 7, 6, 1), 4)
def _():
    return [
        L.ConvLSTM2D(3, 3, padding="same", return_sequences=True),
        L.TimeDistributed(L.Conv2D(1, 1)),
    ]


@add("dense-nesterov", lambda: keras.optimizers.SGD(0.05, momentum=0.9, nesterov=True), "mae", (9, 5), (9, 2), 4)
def _():
    return [L.Dense(6, activation="tanh"), L.Dense(2)]


if __name__ == "__main__":
    goldens.main(__doc__, "fit", CASES, lambda name: {"losses": 1e-4}.get(name, 1e-6))
