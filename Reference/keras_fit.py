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


def classes(rng, shape):
    return rng.integers(0, 3, shape).astype(np.float32)


def numbers(rng, shape):
    return rng.random(shape, np.float32)


def shares(rng, shape):
    values = rng.random(shape, np.float32) + 0.1
    return values / values.sum(-1, keepdims=True)


def one_hot(rng, shape):
    return np.eye(shape[-1], dtype=np.float32)[rng.integers(0, shape[-1], shape[:-1])]


def truths(rng, shape):
    return (rng.random(shape) < 0.4).astype(np.float32)


def add(name, optimizer, loss, x, y, batch_size, targets=None):
    """Registers a training; `loss` is a name, or makes a loss with options."""

    def register(build):
        draw = targets or (classes if len(y) == 1 else numbers)
        CASES[name] = lambda case: trained(case, build, optimizer, loss, x, y, batch_size, draw)
        return build

    return register


def trained(name, build, optimizer, loss, x_shape, y_shape, batch_size, draw):
    seed = goldens.seed(name)
    rng = np.random.default_rng(seed)
    keras.backend.clear_session()
    keras.utils.set_random_seed(seed)
    model = build(keras.Input(x_shape[1:]))
    if not isinstance(model, keras.Model):
        model = keras.Sequential([keras.Input(x_shape[1:]), *model])
    model.compile(optimizer(), loss if isinstance(loss, str) else loss())
    x = goldens.normal(rng, x_shape).astype(np.float32)
    y = draw(rng, y_shape)
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
    metadata = {
        "loss": loss if isinstance(loss, str) else "",
        "batch_size": str(batch_size),
        "seed": str(seed),
        **goldens.versions(),
    }
    return Golden({"x": x, "y": y, "losses": np.array(losses)}, metadata)


@add("cnn-lstm-adam", lambda: keras.optimizers.Adam(3e-3), "sparse_categorical_crossentropy", (10, 4, 8, 6, 1), (10,), 4)
def _(_x):
    return [
        L.TimeDistributed(L.Conv2D(3, 3, activation="relu")),
        L.TimeDistributed(L.BatchNormalization()),
        L.TimeDistributed(L.Flatten()),
        L.LSTM(5),
        L.Dense(3, activation="softmax"),
    ]


@add("convlstm-rmsprop", lambda: keras.optimizers.RMSprop(2e-3, momentum=0.5), "mse", (6, 3, 7, 6, 1), (6, 3, 7, 6, 1), 4)
def _(_x):
    return [
        L.ConvLSTM2D(3, 3, padding="same", return_sequences=True),
        L.TimeDistributed(L.Conv2D(1, 1)),
    ]


@add("dense-nesterov", lambda: keras.optimizers.SGD(0.05, momentum=0.9, nesterov=True), "mae", (9, 5), (9, 2), 4)
def _(_x):
    return [L.Dense(6, activation="tanh"), L.Dense(2)]


# MARK: Every loss and optimizer, on a small model

O, S = keras.optimizers, keras.optimizers.schedules
SMALL = {
    "huber-adamw": (lambda: O.AdamW(3e-3, weight_decay=0.01), "huber", numbers, "linear"),
    "huber-delta-nadam": (lambda: O.Nadam(2e-3), lambda: keras.losses.Huber(delta=0.2), numbers, "linear"),
    "log-cosh-adamax": (lambda: O.Adamax(4e-3), "log_cosh", numbers, "linear"),
    "binary-adagrad": (lambda: O.Adagrad(0.02), "binary_crossentropy", truths, "sigmoid"),
    "binary-logits-adadelta": (
        lambda: O.Adadelta(2.0),
        lambda: keras.losses.BinaryCrossentropy(from_logits=True),
        truths,
        "linear",
    ),
    "categorical-amsgrad": (lambda: O.Adam(3e-3, amsgrad=True), "categorical_crossentropy", one_hot, "softmax"),
    "categorical-logits-clipped": (
        lambda: O.Adam(3e-3, clipnorm=0.05),
        lambda: keras.losses.CategoricalCrossentropy(from_logits=True),
        one_hot,
        "linear",
    ),
    "divergence-lion": (lambda: O.Lion(1e-3), "kl_divergence", shares, "softmax"),
    "poisson-lamb": (lambda: O.Lamb(5e-3), "poisson", numbers, "softplus"),
    "percentage-ftrl": (lambda: O.Ftrl(0.01), "mape", numbers, "linear"),
    "logarithmic-rmsprop": (lambda: O.RMSprop(2e-3, centered=True), "msle", numbers, "softplus"),
    "cosine-exponential": (
        lambda: O.Adam(S.ExponentialDecay(5e-3, 4, 0.8, staircase=True)),
        "cosine_similarity",
        numbers,
        "linear",
    ),
    "hinge-polynomial": (lambda: O.SGD(S.PolynomialDecay(0.05, 12, power=2.0)), "hinge", truths, "tanh"),
    "squared-hinge-inverse": (
        lambda: O.SGD(S.InverseTimeDecay(0.05, 3, 0.4), momentum=0.9),
        "squared_hinge",
        truths,
        "tanh",
    ),
    "categorical-hinge-cosine": (
        lambda: O.Adam(S.CosineDecay(0.0, 12, alpha=0.1, warmup_target=4e-3, warmup_steps=5)),
        "categorical_hinge",
        one_hot,
        "linear",
    ),
    "mse-piecewise": (lambda: O.SGD(S.PiecewiseConstantDecay([4, 9], [0.1, 0.05, 0.01])), "mse", numbers, "linear"),
}
for small, (optimizer, loss, draw, activation) in SMALL.items():

    @add(f"small-{small}", optimizer, loss, (9, 5), (9, 4), 4, draw)
    def _(_x, activation=activation):
        return [L.Dense(6, activation="tanh"), L.Dense(4, activation=activation)]


# MARK: Realistic stacks


@add("next-frame-adam", lambda: keras.optimizers.Adam(2e-3), "binary_crossentropy", (5, 3, 7, 6, 1), (5, 3, 7, 6, 1), 2)
def _(_x):
    return [
        L.ConvLSTM2D(3, 3, padding="same", return_sequences=True, activation="relu"),
        L.BatchNormalization(),
        L.ConvLSTM2D(2, 3, padding="same", return_sequences=True),
        L.Conv3D(1, 3, activation="sigmoid", padding="same"),
    ]


@add("nested-residual-adam", lambda: keras.optimizers.Adam(3e-3), "mse", (6, 4, 6, 5, 2), (6, 3), 4)
def _(x):
    """A backbone inside TimeDistributed, trained, with residuals, and layers that are frozen."""
    frame = keras.Input((6, 5, 2))
    y = L.Conv2D(3, 3, padding="same", use_bias=False)(frame)
    y = L.BatchNormalization()(y)
    y = L.Add()([L.Activation("relu")(y), L.Conv2D(3, 1, trainable=False)(frame)])
    backbone = keras.Model(frame, L.GlobalAveragePooling2D()(y), name="backbone")
    return keras.Model(x, L.Dense(3)(L.LSTM(4)(L.TimeDistributed(backbone)(x))))


@add("bidirectional-gru-rmsprop", lambda: keras.optimizers.RMSprop(2e-3), "sparse_categorical_crossentropy", (8, 5, 4), (8,), 4)
def _(_x):
    return [
        L.Bidirectional(L.GRU(3, return_sequences=True)),
        L.Bidirectional(L.LSTM(2), merge_mode="sum"),
        L.Dense(3, activation="softmax"),
    ]


@add("masked-lstm-adam", lambda: keras.optimizers.Adam(3e-3), "mae", (8, 5, 4), (8, 2), 4)
def _(x):
    """Steps of zeros are masked: a layer before cuts numbers off so that there are some."""
    y = L.ReLU(threshold=1.2)(x)
    y = L.Masking()(y)
    return keras.Model(x, L.Dense(2)(L.LSTM(4)(L.GRU(3, return_sequences=True)(y))))


@add("image-upsampling-adam", lambda: keras.optimizers.Adam(3e-3), "mse", (5, 6, 8, 2), (5, 6, 8, 1), 2)
def _(x):
    y = L.SeparableConv2D(4, 3, padding="same", activation="relu")(x)
    y = L.AveragePooling2D(2)(y)
    y = L.GroupNormalization(2)(L.DepthwiseConv2D(3, padding="same")(y))
    y = L.PReLU(shared_axes=[1, 2])(y)
    y = L.UpSampling2D(interpolation="bilinear")(y)
    return keras.Model(x, L.Conv2D(1, 3, padding="same")(L.Concatenate()([x, y])))


if __name__ == "__main__":
    goldens.main(__doc__, "fit", CASES, lambda name: {"losses": 1e-4}.get(name, 1e-6))
