"""Golden models as people build them: video classifiers, forecasters, residual and nested graphs. See
`keras_models.py`."""

from keras_golden import add, keras
from keras import layers as L

from keras_models_recurrent import ends_early

# MARK: Video classifiers


@add("lrcn", (4, 12, 10, 1))
def _(_x):
    """Donahue et al. 2015 in small, as tutorials write it."""
    model = keras.Sequential([keras.Input((4, 12, 10, 1))])
    model.add(L.TimeDistributed(L.Conv2D(3, (3, 3), padding="same", activation="relu")))
    model.add(L.TimeDistributed(L.MaxPooling2D((3, 2))))
    model.add(L.TimeDistributed(L.Dropout(0.25)))
    model.add(L.TimeDistributed(L.Conv2D(4, (3, 3), padding="same", activation="relu")))
    model.add(L.TimeDistributed(L.MaxPooling2D((2, 2))))
    model.add(L.TimeDistributed(L.Flatten()))
    model.add(L.LSTM(5))
    model.add(L.Dense(3, activation="softmax"))
    return model


@add("convlstm-dropout-classifier", (4, 10, 12, 1), single=True)
def _(_x):
    """The ConvLSTM2D classifier of action recognition tutorials, in small."""
    model = keras.Sequential([keras.Input((4, 10, 12, 1))])
    for filters in (2, 3):
        model.add(
            L.ConvLSTM2D(filters, (3, 3), activation="tanh", recurrent_dropout=0.2, return_sequences=True)
        )
        model.add(L.MaxPooling3D((1, 2, 2), padding="same"))
        model.add(L.TimeDistributed(L.Dropout(0.2)))
    model.add(L.Flatten())
    model.add(L.Dense(4, activation="softmax"))
    return model


@add("cnn-gru-classifier", (4, 9, 8, 2))
def _(x):
    x = L.TimeDistributed(L.Conv2D(3, 3, strides=2, use_bias=False))(x)
    x = L.TimeDistributed(L.BatchNormalization())(x)
    x = L.TimeDistributed(L.ReLU())(x)
    x = L.TimeDistributed(L.GlobalAveragePooling2D())(x)
    x = L.GRU(6, return_sequences=True, dropout=0.1)(x)
    x = L.GRU(4)(x)
    return L.Dense(3, activation="softmax")(L.Dropout(0.4)(x))


@add("features-mask-classifier", (6, 5), (6,), prepare=lambda rng, x, mask: ends_early(rng, x))
def _(features, extra):
    """Features of frames of clips of different lengths, and values of the whole clip beside them."""
    x = L.Masking()(features)
    x = L.GRU(4, return_sequences=True)(x)
    x = L.GRU(3)(x)
    x = L.Concatenate()([x, L.Dense(2, activation="relu")(extra)])
    return L.Dense(3, activation="softmax")(x)


@add("conv3d-classifier", (6, 8, 10, 1), single=True)
def _(x):
    x = L.Conv3D(3, 3, activation="relu", padding="same")(x)
    x = L.MaxPooling3D(2)(x)
    x = L.BatchNormalization()(x)
    x = L.Conv3D(4, (2, 3, 3), activation="relu")(x)
    x = L.GlobalAveragePooling3D()(x)
    return L.Dense(2, activation="softmax")(L.Dense(5, activation="relu")(x))


@add("bidirectional-classifier", (5, 8, 6, 1))
def _(x):
    x = L.TimeDistributed(L.SeparableConv2D(4, 3, padding="same", activation="relu"))(x)
    x = L.TimeDistributed(L.GlobalMaxPooling2D())(x)
    x = L.Bidirectional(L.LSTM(4, return_sequences=True))(x)
    x = L.Bidirectional(L.LSTM(3), merge_mode="sum")(x)
    return L.Dense(3, activation="softmax")(x)


@add("conv-2plus1d-residual", (4, 8, 6, 2))
def _(x):
    """(2+1)D convolutions in residual blocks, as Keras' video tutorial has them."""
    y = L.Conv3D(4, (1, 3, 3), padding="same")(x)
    y = L.Conv3D(4, (3, 1, 1), padding="same")(y)
    y = L.ReLU()(L.BatchNormalization()(y))
    skip = L.LayerNormalization()(L.Dense(4)(x))
    y = L.Add()([y, skip])
    return L.Dense(3)(L.Flatten()(L.GlobalAveragePooling3D()(y)))


# MARK: Forecasters


@add("convlstm-conv3d-forecaster", (None, 8, 7, 1))
def _(x):
    """Keras' older next-frame example: ConvLSTM2D layers and one Conv3D at the end."""
    for _ in range(2):
        x = L.ConvLSTM2D(3, (3, 3), padding="same", return_sequences=True)(x)
        x = L.BatchNormalization()(x)
    return L.Conv3D(1, (3, 3, 3), activation="sigmoid", padding="same")(x)


@add("convlstm-autoencoder", (3, 12, 10, 1))
def _(_x):
    """Chong & Tay 2017: convolutions in space, ConvLSTMs between, transposed convolutions back."""
    model = keras.Sequential([keras.Input((3, 12, 10, 1))])
    model.add(L.TimeDistributed(L.Conv2D(4, (4, 4), strides=2, padding="same")))
    model.add(L.LayerNormalization())
    model.add(L.TimeDistributed(L.Conv2D(3, (3, 3), strides=(2, 1), padding="same")))
    model.add(L.LayerNormalization())
    model.add(L.ConvLSTM2D(3, (3, 3), padding="same", return_sequences=True))
    model.add(L.LayerNormalization())
    model.add(L.ConvLSTM2D(2, (3, 3), padding="same", return_sequences=True))
    model.add(L.TimeDistributed(L.Conv2DTranspose(3, (3, 3), strides=(2, 1), padding="same")))
    model.add(L.TimeDistributed(L.Conv2DTranspose(4, (4, 4), strides=2, padding="same")))
    model.add(L.TimeDistributed(L.Conv2D(1, (5, 5), activation="sigmoid", padding="same")))
    return model


@add("encoder-forecaster-deep", (3, 8, 8, 1), (2, 4, 4, 2))
def _(x, start):
    """Shi et al. 2017 in small: states of two levels of the encoder start the levels of the forecaster."""
    x = L.TimeDistributed(L.Conv2D(2, 3, padding="same", activation="leaky_relu"))(x)
    y, h1, c1 = L.ConvLSTM2D(3, 3, padding="same", return_sequences=True, return_state=True)(x)
    y = L.TimeDistributed(L.Conv2D(2, 3, strides=2, padding="same", activation="leaky_relu"))(y)
    _, h2, c2 = L.ConvLSTM2D(2, 3, padding="same", return_state=True)(y)
    z = L.ConvLSTM2D(2, 3, padding="same", return_sequences=True)(start, initial_state=[h2, c2])
    z = L.TimeDistributed(L.Conv2DTranspose(2, 4, strides=2, padding="same", activation="leaky_relu"))(z)
    z = L.ConvLSTM2D(3, 3, padding="same", return_sequences=True)(z, initial_state=[h1, c1])
    return L.TimeDistributed(L.Conv2D(1, 1))(z)


@add("seq2seq-gru", (5, 3), (4, 2))
def _(x, y):
    """An encoder and a decoder with teacher forcing."""
    _, state = L.GRU(4, return_state=True, name="encoder")(x)
    outputs, last = L.GRU(4, return_sequences=True, return_state=True, name="decoder")(y, initial_state=state)
    return [L.Dense(2)(outputs), last]


@add("cnn-lstm-forecaster", (4, 6, 5, 1))
def _(x):
    x = L.TimeDistributed(L.Conv2D(3, 3, padding="same", activation="relu"))(x)
    x = L.TimeDistributed(L.Flatten())(x)
    x = L.LSTM(6)(x)
    x = L.RepeatVector(3)(x)
    x = L.LSTM(7, return_sequences=True)(x)
    x = L.TimeDistributed(L.Dense(30))(x)
    return L.Reshape((3, 6, 5, 1))(x)


@add("convlstm-unet", (3, 8, 12, 1), single=True)
def _(x):
    """Skips on two levels around ConvLSTMs; upsampling without weights."""
    a = L.ConvLSTM2D(2, 3, padding="same", return_sequences=True)(x)
    b = L.TimeDistributed(L.MaxPooling2D())(a)
    b = L.ConvLSTM2D(3, 3, padding="same", return_sequences=True)(b)
    c = L.MaxPooling3D((1, 2, 2))(b)
    c = L.Bidirectional(L.ConvLSTM2D(2, 3, padding="same", return_sequences=True))(c)
    u = L.UpSampling3D((1, 2, 2))(c)
    u = L.Concatenate()([u, b])
    u = L.TimeDistributed(L.Conv2D(3, 3, padding="same", activation="relu"))(u)
    v = L.TimeDistributed(L.UpSampling2D(interpolation="bilinear"))(u)
    v = L.Concatenate(axis=-1)([v, a])
    return L.Conv2D(1, 1, activation="sigmoid")(L.ConvLSTM2D(2, 3, padding="same")(v))


@add("residual-convlstm", (4, 7, 6, 3))
def _(x):
    """Operations written with plus and times become operation layers in Keras' configuration."""
    y = L.ConvLSTM2D(3, 3, padding="same", return_sequences=True)(x)
    y = x + y
    z = L.ConvLSTM2D(3, 3, padding="same", return_sequences=True)(y)
    gate = L.TimeDistributed(L.Conv2D(3, 1, activation="sigmoid"))(z)
    return L.ConvLSTM2D(1, 3, padding="same")((y * gate) - z)


@add("stateful-forecaster", (2, 6, 5, 1), fixed_batch=True, calls=2)
def _(x):
    """Streaming: two frames a call."""
    x = L.ConvLSTM2D(2, 3, padding="same", stateful=True, return_sequences=True)(x)
    x = L.TimeDistributed(L.BatchNormalization())(x)
    x = L.ConvLSTM2D(3, 3, padding="same", stateful=True, return_sequences=True)(x)
    return L.TimeDistributed(L.Conv2D(1, 3, padding="same"))(x)


# MARK: Graphs


@add("resnet-block", (8, 9, 3))
def _(x):
    def block(x, filters, stride):
        skip = L.Conv2D(filters, 1, strides=stride, use_bias=False)(x) if stride > 1 else x
        y = L.Conv2D(filters, 3, strides=stride, padding="same", use_bias=False)(x)
        y = L.ReLU()(L.BatchNormalization()(y))
        y = L.Conv2D(filters, 3, padding="same", use_bias=False)(y)
        return L.Activation("relu")(L.Add()([L.BatchNormalization()(y), skip]))

    x = block(block(x, 3, 1), 4, 2)
    return L.Dense(2)(L.GlobalAveragePooling2D()(x))


@add("mobilenet-block", (8, 7, 3))
def _(x):
    y = L.Conv2D(6, 1, use_bias=False)(x)
    y = L.ReLU(max_value=6.0)(L.BatchNormalization()(y))
    y = L.ZeroPadding2D(((0, 1), (0, 1)))(y)
    y = L.DepthwiseConv2D(3, padding="same", use_bias=False)(y)
    y = L.Cropping2D(((0, 1), (0, 1)))(L.BatchNormalization()(y))
    squeezed = L.GlobalAveragePooling2D(keepdims=True)(y)
    squeezed = L.Conv2D(2, 1, activation="swish")(squeezed)
    gates = L.Conv2D(6, 1, activation="sigmoid")(squeezed)
    y = L.Multiply()([y, gates])
    return L.Add()([x, L.Conv2D(3, 1)(y)])


@add("two-streams", (4, 8, 6, 1), (4, 8, 6, 2))
def _(frames, motion):
    """Appearance and motion, each with its own tower, two heads."""
    a = L.TimeDistributed(L.Conv2D(3, 3, activation="relu"))(frames)
    a = L.ConvLSTM2D(3, 3)(a)
    b = L.Conv3D(2, (2, 3, 3), activation="relu")(motion)
    b = L.GlobalMaxPooling3D()(b)
    joined = L.Concatenate()([L.GlobalAveragePooling2D()(a), b])
    return [L.Dense(3, activation="softmax", name="class")(joined), L.Dense(1, name="speed")(joined)]


@add("shared-convlstm", (3, 6, 5, 2), (4, 6, 5, 2))
def _(a, b):
    """One ConvLSTM for two sequences: a siamese pair."""
    shared = L.ConvLSTM2D(3, 3, padding="same", name="shared")
    first, second = shared(a), shared(b)
    return [L.Subtract()([first, second]), L.Dense(1)(L.GlobalMaxPooling2D()(L.Maximum()([first, second])))]


@add("nested-state-models", (4, 6, 5, 2), (3, 6, 5, 1))
def _(x, start):
    """An encoder model with states as outputs, a decoder model with states as inputs."""
    frames = keras.Input((4, 6, 5, 2))
    encoder = keras.Model(
        frames, L.ConvLSTM2D(3, 3, padding="same", return_state=True)(frames)[1:], name="encoder"
    )
    seeds, h, c = keras.Input((3, 6, 5, 1)), keras.Input((6, 5, 3)), keras.Input((6, 5, 3))
    decoded = L.ConvLSTM2D(3, 3, padding="same", return_sequences=True)(seeds, initial_state=[h, c])
    decoder = keras.Model([seeds, h, c], L.Conv3D(1, 1)(decoded), name="decoder")
    return decoder([start, *encoder(x)])


@add("nested-in-sequential", (4, 8, 6, 1))
def _(_x):
    frame = keras.Input((8, 6, 1))
    y = L.Conv2D(3, 3, padding="same", activation="relu")(frame)
    y = L.Add()([L.Conv2D(3, 1)(frame), y])
    backbone = keras.Model(frame, L.Flatten()(L.MaxPooling2D()(y)), name="backbone")
    head = keras.Sequential([keras.Input((36,)), L.Dense(5, activation="relu"), L.Dense(2)], name="head")
    model = keras.Sequential([keras.Input((4, 8, 6, 1)), L.TimeDistributed(backbone), L.LSTM(36), head])
    return model


@add("nested-thrice", (4, 5))
def _(x):
    inner = keras.Sequential([keras.Input((5,)), L.Dense(4, activation="tanh")], name="inner")
    entry = keras.Input((5,))
    middle = keras.Model(entry, L.BatchNormalization()(inner(entry)), name="middle")
    outer_entry = keras.Input((4, 5))
    outer = keras.Model(outer_entry, L.GRU(3, return_sequences=True)(L.TimeDistributed(middle)(outer_entry)), name="outer")
    return L.Dense(1)(outer(x))


@add("frozen-backbone", (3, 6, 5, 1))
def _(x):
    """Transfer learning: a frozen part, and a layer that is frozen by itself."""
    backbone = keras.Sequential([keras.Input((6, 5, 1)), L.Conv2D(2, 3), L.BatchNormalization(), L.Flatten()], name="base")
    backbone.trainable = False
    frozen = L.LSTM(4, trainable=False)
    return L.Dense(2)(frozen(L.TimeDistributed(backbone)(x)))


@add("model-output-is-input", (4, 3), (3,))
def _(x, y):
    """An output that is an input, one value given out twice, an input that two layers use."""
    h = L.LSTM(3)(x)
    return [y, h, L.Add()([h, y]), h]


@add("inception", (7, 8, 2))
def _(x):
    a = L.Conv2D(2, 1, activation="relu")(x)
    b = L.Conv2D(3, 3, padding="same", activation="relu")(L.Conv2D(2, 1, activation="relu")(x))
    c = L.Conv2D(2, 1, activation="relu")(L.MaxPooling2D(3, strides=1, padding="same")(x))
    y = L.Concatenate(name="mixed")([a, b, c])
    return L.PReLU(shared_axes=[1, 2])(L.GroupNormalization(7)(y))


@add("temporal-convolution", (12, 3))
def _(x):
    """Causal dilated convolutions with residuals: a TCN block."""
    skip = x
    for rate in (1, 2, 4):
        y = L.Conv1D(3, 2, padding="causal", dilation_rate=rate, activation="relu")(skip)
        y = L.SpatialDropout1D(0.1)(y)
        skip = L.Add()([skip, y])
    return L.Dense(2)(L.GlobalMaxPooling1D()(skip))
