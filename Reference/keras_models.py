"""Golden models: small Keras models as files, with inputs and what Keras computes of them.

Pinned: Python 3.11, keras 3.15.1, tensorflow-cpu 2.21.0, numpy 2.4.6, safetensors 0.8.0.

    python Reference/keras_models.py            writes Tests/Goldens/keras/
    python Reference/keras_models.py --check    says whether the committed files are still true

For each case: `<case>.keras` (or `.h5` where Keras' older whole-model format is meant) and
`<case>.safetensors` with `input.N`, `output.N`, and `again.N` of a second call of stateful models. Weights are
random everywhere, biases and moving averages included, and exactly float32; the outputs are computed in float64.
Archives carry a fixed date; the weights of some are stored and of the others deflated, so that both ways are read.

Cases: here graphs of the first layers; `keras_models_layers.py` every layer and option by itself,
`keras_models_recurrent.py` what goes through time, `keras_models_stacks.py` models as people build them.
`keras2_models.py` does the same with tf_keras, in a process of its own.
"""

import goldens
from keras_golden import CASES, add, keras
from keras import layers as L

import keras_models_layers  # noqa: F401
import keras_models_recurrent  # noqa: F401
import keras_models_stacks  # noqa: F401

# MARK: Sequential and simple graphs


@add("sequential-dense", (5,))
def _(_x):
    return keras.Sequential(
        [keras.Input((5,)), L.Dense(7, activation="relu"), L.Dropout(0.3), L.Dense(3, activation="softmax")]
    )


@add("conv-stack", (9, 7, 2))
def _(x):
    x = L.Conv2D(3, (3, 2), padding="same", activation="relu")(x)
    x = L.BatchNormalization(epsilon=1e-3)(x)
    x = L.MaxPooling2D((2, 3), padding="same")(x)
    x = L.Conv2D(4, 2, strides=2, use_bias=False)(x)
    x = L.AveragePooling2D((1, 2), padding="same")(x)
    return L.Dense(2)(L.GlobalAveragePooling2D()(x))


@add("conv-dilated-transpose", (8, 6, 2))
def _(x):
    x = L.Conv2D(3, 3, dilation_rate=(2, 1), padding="same", activation="gelu")(x)
    x = L.Conv2DTranspose(2, (4, 3), strides=(2, 3), padding="same", activation="elu")(x)
    return L.Conv2DTranspose(1, 3, padding="valid")(x)


@add("layer-norm", (5, 4, 3))
def _(x):
    x = L.LayerNormalization(axis=[2, 3])(x)
    x = L.LayerNormalization(epsilon=1e-2, center=False)(x)
    return L.Reshape((6, -1))(x)


@add("activations", (6,))
def _(x):
    names = ["selu", "softplus", "softsign", "hard_sigmoid", "silu", "leaky_relu", "relu6", "exponential", "mish"]
    return L.Concatenate()([L.Activation(name)(x) for name in names])


# MARK: Recurrent


@add("lstm-options", (6, 4))
def _(x):
    x = L.LSTM(5, return_sequences=True, go_backwards=True)(x)
    x = L.LSTM(3, return_sequences=True, use_bias=False, activation="softsign")(x)
    return L.LSTM(4, recurrent_activation="hard_sigmoid", unit_forget_bias=False)(x)


@add("lstm-encoder-decoder", (5, 3))
def _(x):
    last, h, c = L.LSTM(4, return_state=True)(x)
    y = L.RepeatVector(3)(last)
    y = L.LSTM(4, return_sequences=True)(y, initial_state=[h, c])
    return L.TimeDistributed(L.Dense(2))(y)


@add("convlstm-next-frame", (None, 9, 8, 1))
def _(x):
    """Keras' next-frame example, small."""
    x = L.ConvLSTM2D(4, (5, 5), padding="same", return_sequences=True, activation="relu")(x)
    x = L.BatchNormalization()(x)
    x = L.ConvLSTM2D(3, (3, 3), padding="same", return_sequences=True, activation="relu")(x)
    x = L.BatchNormalization()(x)
    x = L.ConvLSTM2D(4, (1, 1), padding="same", return_sequences=True, activation="relu")(x)
    return L.TimeDistributed(L.Conv2D(1, 3, activation="sigmoid", padding="same"))(x)


@add("convlstm-strided", (4, 9, 8, 2))
def _(x):
    return L.ConvLSTM2D(3, (3, 2), strides=(2, 1), padding="valid", recurrent_activation="hard_sigmoid")(x)


@add("convlstm-dilated-backwards", (3, 8, 9, 2))
def _(x):
    return L.ConvLSTM2D(2, 3, dilation_rate=2, padding="same", go_backwards=True, return_sequences=True)(x)


@add("convlstm-forecaster", (4, 6, 5, 2), (3, 6, 5, 1))
def _(x, start):
    """An encoder-forecaster: the states of the encoder start the forecaster."""
    _, h, c = L.ConvLSTM2D(3, 3, padding="same", return_state=True)(x)
    y = L.ConvLSTM2D(3, 3, padding="same", return_sequences=True)(start, initial_state=[h, c])
    return L.TimeDistributed(L.Conv2D(1, 1))(y)


@add("conv-open-size", (None, None, 2))
def _(x):
    """Images of any size; where windows lie depends on it."""
    x = L.Conv2D(3, 3, strides=2, padding="same", activation="relu")(x)
    up = L.Conv2DTranspose(2, 4, strides=2, padding="same")(x)
    x = L.MaxPooling2D(3, 2, padding="same")(up)
    return [L.AveragePooling2D(2, padding="same")(x), L.GlobalAveragePooling2D()(up)]


# MARK: Video classifiers


@add("cnn-lstm-classifier", (5, 10, 8, 1))
def _(x):
    x = L.TimeDistributed(L.Conv2D(4, 3, padding="same", activation="relu"))(x)
    x = L.TimeDistributed(L.MaxPooling2D())(x)
    x = L.TimeDistributed(L.BatchNormalization())(x)
    x = L.TimeDistributed(L.Flatten())(x)
    x = L.LSTM(6)(x)
    return L.Dense(3, activation="softmax")(x)


@add("nested-backbone-classifier", (4, 8, 6, 2))
def _(x):
    """A whole model inside TimeDistributed, as video classifiers with a backbone have it."""
    backbone = keras.Sequential(
        [
            keras.Input((8, 6, 2)),
            L.Conv2D(3, 3, activation="relu"),
            L.BatchNormalization(),
            L.MaxPooling2D(),
            L.GlobalAveragePooling2D(),
        ],
        name="backbone",
    )
    x = L.TimeDistributed(backbone)(x)
    return L.Dense(3, activation="softmax")(L.LSTM(5)(x))


@add("convlstm-classifier", (4, 8, 6, 1))
def _(_x):
    return keras.Sequential(
        [
            keras.Input((4, 8, 6, 1)),
            L.ConvLSTM2D(3, 3, return_sequences=True),
            L.TimeDistributed(L.MaxPooling2D()),
            L.ConvLSTM2D(2, 2),
            L.Flatten(),
            L.Dense(4, activation="softmax"),
        ]
    )


# MARK: Graphs


@add("shared-layer", (5,), (5,))
def _(a, b):
    shared = L.Dense(4, activation="tanh", name="tower")
    joined = L.Concatenate(name="joined")([shared(a), shared(b)])
    return [L.Dense(2, name="first")(joined), shared(b)]


@add("nested-shared-model", (6,), (6,))
def _(a, b):
    """A functional model called twice, inside another, and a sequential one inside that."""
    inner = keras.Sequential([keras.Input((6,)), L.Dense(5, activation="relu"), L.Dense(4)], name="inner")
    entry = keras.Input((6,))
    mid = L.LayerNormalization()(inner(entry))
    tower = keras.Model(entry, [mid, L.Dense(2)(mid)], name="tower")
    (first, second), (third, fourth) = tower(a), tower(b)
    return [L.Concatenate()([first, fourth]), L.Concatenate()([third, second])]


@add("reuse-output", (7, 6, 2))
def _(x):
    """A U-Net in small: skip connections."""
    down = L.Conv2D(3, 3, padding="same", activation="relu")(x)
    low = L.Conv2D(4, 3, strides=(1, 2), padding="same", activation="relu")(down)
    up = L.Conv2DTranspose(3, 3, strides=(1, 2), padding="same")(low)
    return [L.Conv2D(1, 1)(L.Concatenate()([down, up])), L.GlobalMaxPooling2D()(low)]


# MARK: Other files


@add("legacy-classifier", (4, 8, 6, 1), ending=".h5")
def _(x):
    backbone = keras.Sequential(
        [keras.Input((8, 6, 1)), L.Conv2D(3, 3, activation="relu"), L.BatchNormalization(), L.Flatten()], name="b"
    )
    return L.Dense(3, activation="softmax")(L.LSTM(5)(L.TimeDistributed(backbone)(x)))


if __name__ == "__main__":
    goldens.main(__doc__, "keras", CASES)
