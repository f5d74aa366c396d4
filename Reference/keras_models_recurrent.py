"""Golden models of everything that goes through time. See `keras_models.py`."""

from keras_golden import add, keras
from keras import layers as L


def ends_early(rng, *values):
    """Some steps of every sample are zeros, which Masking takes for missing: at the end, and one in between."""
    for value in values:
        for sample in range(value.shape[0]):
            value[sample, value.shape[1] - 1 - sample :] = 0
        value[0, 1] = 0


def starts_late(rng, *values):
    for value in values:
        value[0, :2] = 0
        value[1, 3] = 0


# MARK: ConvLSTM of every rank


@add("convlstm1d", (4, 9, 2))
def _(x):
    x = L.ConvLSTM1D(3, 4, padding="same", return_sequences=True)(x)
    return L.ConvLSTM1D(2, 3, strides=2, padding="valid", recurrent_activation="hard_sigmoid")(x)


@add("convlstm1d-options", (4, 10, 2))
def _(x):
    y = L.ConvLSTM1D(3, 3, dilation_rate=2, padding="same", activation="elu", go_backwards=True)(x)
    return [y, *L.ConvLSTM1D(2, 2, use_bias=False, return_state=True)(x)]


@add("convlstm3d", (3, 5, 4, 6, 1))
def _(x):
    return L.ConvLSTM3D(2, (2, 3, 2), padding="same", return_sequences=True)(x)


@add("convlstm3d-options", (3, 6, 5, 4, 2))
def _(x):
    return L.ConvLSTM3D(2, (3, 2, 2), strides=(2, 1, 1), padding="valid", use_bias=False, return_state=True)(x)


@add("convlstm2d-activations", (4, 6, 5, 2))
def _(x):
    x = L.ConvLSTM2D(3, (2, 3), padding="same", activation="softsign", recurrent_activation="tanh", return_sequences=True)(x)
    return L.ConvLSTM2D(2, 3, padding="same", activation="relu", use_bias=False, unit_forget_bias=False)(x)


@add("convlstm2d-states", (4, 6, 5, 2))
def _(x):
    return L.ConvLSTM2D(3, (3, 2), padding="same", return_sequences=True, return_state=True)(x)


@add("convlstm2d-dropout", (4, 6, 5, 2))
def _(x):
    return L.ConvLSTM2D(3, 3, padding="same", dropout=0.3, recurrent_dropout=0.2, seed=5)(x)


@add("convlstm2d-stateful", (3, 6, 5, 2), fixed_batch=True, calls=2)
def _(x):
    return L.ConvLSTM2D(2, 3, padding="same", stateful=True, return_sequences=True)(x)


@add("convlstm2d-masked", (5, 6, 4, 2), prepare=ends_early)
def _(x):
    x = L.Masking()(x)
    x = L.ConvLSTM2D(3, 3, padding="same", return_sequences=True)(x)
    return L.ConvLSTM2D(2, 2, padding="same")(x)


# MARK: LSTM, GRU, SimpleRNN


@add("lstm-states", (5, 3), (4,), (4,))
def _(x, h, c):
    return L.LSTM(4, return_sequences=True, return_state=True, activation="relu")(x, initial_state=[h, c])


@add("lstm-dropout", (5, 3))
def _(x):
    x = L.LSTM(4, dropout=0.2, return_sequences=True)(x)
    return L.LSTM(3, dropout=0.2, recurrent_dropout=0.3)(x)


@add("lstm-masked", (6, 3), prepare=ends_early)
def _(x):
    x = L.Masking()(x)
    x = L.LSTM(4, return_sequences=True)(x)
    return [L.LSTM(3)(x), L.LSTM(2, return_sequences=True, return_state=True, go_backwards=True)(x)[0]]


@add("lstm-masked-value", (6, 3), prepare=starts_late)
def _(x):
    """The mask goes through layers that keep steps apart."""
    x = L.Masking(mask_value=0.0)(x)
    x = L.TimeDistributed(L.Dense(5, activation="tanh"))(x)
    x = L.Dropout(0.2)(x)
    return L.GRU(4)(L.LSTM(3, return_sequences=True)(L.Dense(4)(x)))


@add("lstm-stateful", (4, 3), fixed_batch=True, calls=3)
def _(x):
    x = L.LSTM(4, stateful=True, return_sequences=True)(x)
    return L.LSTM(3, stateful=True)(x)


@add("gru-reset-after", (5, 3))
def _(x):
    x = L.GRU(4, return_sequences=True)(x)
    return L.GRU(3, activation="elu", recurrent_activation="hard_sigmoid")(x)


@add("gru-reset-before", (5, 3))
def _(x):
    x = L.GRU(4, reset_after=False, return_sequences=True, go_backwards=True)(x)
    return L.GRU(3, reset_after=False, use_bias=False)(x)


@add("gru-states", (5, 3), (4,))
def _(x, h):
    return L.GRU(4, return_sequences=True, return_state=True, use_bias=False, dropout=0.1)(x, initial_state=h)


@add("gru-masked-stateful", (5, 3), fixed_batch=True, calls=2, prepare=ends_early)
def _(x):
    return L.GRU(4, stateful=True, return_sequences=True)(L.Masking()(x))


@add("simple-rnn", (5, 3))
def _(x):
    x = L.SimpleRNN(4, return_sequences=True)(x)
    x = L.SimpleRNN(5, activation="relu", use_bias=False, return_sequences=True, go_backwards=True)(x)
    return L.SimpleRNN(3, return_state=True, recurrent_dropout=0.1)(x)


@add("simple-rnn-states", (5, 3), (4,))
def _(x, h):
    return L.SimpleRNN(4, return_sequences=True)(x, initial_state=[h])


# MARK: Cells


@add("rnn-cells", (5, 3))
def _(x):
    x = L.RNN(L.LSTMCell(4, activation="softsign"), return_sequences=True)(x)
    x = L.RNN(L.GRUCell(3, reset_after=False), return_sequences=True, go_backwards=True)(x)
    return L.RNN(L.SimpleRNNCell(2))(x)


@add("rnn-stacked-cells", (5, 3))
def _(x):
    x = L.RNN([L.LSTMCell(4), L.LSTMCell(3)], return_sequences=True)(x)
    return L.RNN(L.StackedRNNCells([L.GRUCell(4), L.SimpleRNNCell(3), L.LSTMCell(2)]))(x)


@add("rnn-stacked-states", (5, 3))
def _(x):
    return keras.tree.flatten(L.RNN([L.LSTMCell(4), L.GRUCell(3)], return_state=True)(x))


# MARK: Bidirectional


@add("bidirectional-merge-modes", (5, 3))
def _(x):
    return [
        L.Bidirectional(L.LSTM(3, return_sequences=True))(x),
        L.Bidirectional(L.LSTM(3, return_sequences=True), merge_mode="sum")(x),
        L.Bidirectional(L.GRU(3), merge_mode="mul")(x),
        L.Bidirectional(L.SimpleRNN(3), merge_mode="ave")(x),
        *L.Bidirectional(L.LSTM(2, return_sequences=True), merge_mode=None)(x),
    ]


@add("bidirectional-convlstm", (4, 6, 5, 2))
def _(x):
    x = L.Bidirectional(L.ConvLSTM2D(3, 3, padding="same", return_sequences=True))(x)
    return L.Bidirectional(L.ConvLSTM2D(2, 2, padding="same"), merge_mode="ave")(x)


@add("bidirectional-backward-layer", (5, 3))
def _(x):
    forward = L.LSTM(4, return_sequences=True)
    backward = L.GRU(3, return_sequences=True, go_backwards=True, activation="relu")
    return L.Bidirectional(forward, backward_layer=backward)(x)


@add("bidirectional-states", (5, 3))
def _(x):
    y, fh, fc, bh, bc = L.Bidirectional(L.LSTM(3, return_sequences=True, return_state=True))(x)
    z = L.Bidirectional(L.LSTM(3))(y, initial_state=[bh, bc, fh, fc])
    return [y, fh, fc, bh, bc, z]


@add("bidirectional-masked", (6, 3), prepare=ends_early)
def _(x):
    x = L.Bidirectional(L.LSTM(3, return_sequences=True))(L.Masking()(x))
    return L.Bidirectional(L.GRU(2), merge_mode="sum")(x)


# MARK: TimeDistributed


@add("time-distributed-layers", (3, 8, 6, 2))
def _(x):
    x = L.TimeDistributed(L.Conv2DTranspose(3, 3, strides=(1, 2), padding="same", activation="relu"))(x)
    x = L.TimeDistributed(L.AveragePooling2D((2, 3)))(x)
    x = L.TimeDistributed(L.LayerNormalization())(x)
    x = L.TimeDistributed(L.Activation("tanh"))(x)
    x = L.TimeDistributed(L.Reshape((2, -1)))(x)
    x = L.TimeDistributed(L.LSTM(4))(x)
    return L.TimeDistributed(L.Dropout(0.5))(x)


@add("time-distributed-twice", (2, 3, 4, 5))
def _(x):
    return L.TimeDistributed(L.TimeDistributed(L.Dense(3, activation="relu")))(x)
