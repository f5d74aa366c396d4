"""Golden models of every layer by itself, with its options. See `keras_models.py`."""

from keras_golden import add, keras
from keras import layers as L

# MARK: Convolutions


@add("conv1d-options", (11, 3))
def _(x):
    y = L.Conv1D(4, 3, padding="causal", dilation_rate=2, activation="relu")(x)
    y = L.Conv1D(5, 4, strides=2, padding="same", use_bias=False)(y)
    return [L.Conv1D(2, 2, activation="tanh")(y), L.Conv1D(3, 3, strides=3, padding="causal")(x)]


@add("conv-groups", (7, 6, 4))
def _(x):
    return [
        L.Conv2D(6, (3, 2), groups=2, padding="same", activation="relu")(x),
        L.Conv1D(4, 3, groups=2)(L.Reshape((21, 8))(x)),
    ]


@add("conv3d-options", (5, 7, 6, 2))
def _(x):
    y = L.Conv3D(3, (2, 3, 2), padding="same", activation="elu")(x)
    y = L.Conv3D(2, (3, 1, 2), strides=(1, 2, 1), use_bias=False)(y)
    return L.Conv3D(2, 2, dilation_rate=(1, 2, 1), padding="same")(y)


@add("conv3d-transpose", (3, 4, 3, 2))
def _(x):
    y = L.Conv3DTranspose(3, (2, 3, 2), strides=(1, 2, 2), padding="same", activation="relu")(x)
    return L.Conv3DTranspose(2, (3, 2, 2), padding="valid", use_bias=False)(y)


@add("conv2d-transpose-options", (5, 4, 3))
def _(x):
    y = L.Conv2DTranspose(4, (3, 2), strides=(2, 3), padding="valid", activation="relu")(x)
    return [
        L.Conv2DTranspose(2, 3, strides=2, padding="same", output_padding=1)(x),
        L.Conv2DTranspose(2, (2, 4), strides=(1, 2), padding="same", use_bias=False)(y),
    ]


@add("conv1d-transpose", (6, 3))
def _(x):
    y = L.Conv1DTranspose(4, 3, strides=2, padding="same", activation="relu")(x)
    return L.Conv1DTranspose(2, 4, padding="valid")(y)


@add("separable-conv2d", (8, 7, 3))
def _(x):
    y = L.SeparableConv2D(5, (3, 2), padding="same", depth_multiplier=2, activation="relu")(x)
    y = L.SeparableConv2D(4, 3, strides=2, use_bias=False)(y)
    return L.SeparableConv2D(2, 2, dilation_rate=2, padding="same")(y)


@add("separable-conv1d", (9, 3))
def _(x):
    return L.SeparableConv1D(4, 3, padding="same", depth_multiplier=2, activation="tanh")(x)


@add("depthwise-conv2d", (8, 7, 3))
def _(x):
    y = L.DepthwiseConv2D((3, 2), padding="same", depth_multiplier=2, activation="relu")(x)
    y = L.DepthwiseConv2D(3, strides=2, use_bias=False)(y)
    return L.DepthwiseConv2D(2, dilation_rate=(1, 2), padding="same")(y)


# MARK: Pooling


@add("pooling-1d", (11, 3))
def _(x):
    return [
        L.MaxPooling1D(3, strides=2, padding="same")(x),
        L.AveragePooling1D(2, padding="same")(x),
        L.MaxPooling1D(4, strides=3)(x),
        L.AveragePooling1D(3)(x),
        L.GlobalMaxPooling1D()(x),
        L.GlobalAveragePooling1D(keepdims=True)(x),
    ]


@add("pooling-2d", (9, 7, 2))
def _(x):
    return [
        L.MaxPooling2D((3, 2), strides=(1, 2), padding="same")(x),
        L.AveragePooling2D((2, 3), strides=2, padding="same")(x),
        L.MaxPooling2D(2)(x),
        L.AveragePooling2D((4, 1), strides=(3, 1))(x),
        L.GlobalMaxPooling2D(keepdims=True)(x),
        L.GlobalAveragePooling2D()(x),
    ]


@add("pooling-3d", (5, 6, 7, 2), single=True)
def _(x):
    return [
        L.MaxPooling3D((2, 3, 2), padding="same")(x),
        L.AveragePooling3D((2, 2, 3), strides=(1, 2, 2), padding="same")(x),
        L.MaxPooling3D(2)(x),
        L.AveragePooling3D((1, 2, 3))(x),
        L.GlobalMaxPooling3D()(x),
        L.GlobalAveragePooling3D(keepdims=True)(x),
    ]


# MARK: Normalisation


@add("group-normalization", (5, 4, 6))
def _(x):
    return [
        L.GroupNormalization(groups=3)(x),
        L.GroupNormalization(groups=-1, epsilon=1e-2, center=False)(x),
        L.GroupNormalization(groups=1, scale=False)(x),
    ]


@add("batch-normalization-options", (5, 4, 3))
def _(x):
    return [
        L.BatchNormalization(axis=1, momentum=0.9)(x),
        L.BatchNormalization(center=False, epsilon=1e-2)(x),
        L.BatchNormalization(scale=False)(x),
    ]


@add("unit-normalization", (5, 4, 3))
def _(x):
    return [L.UnitNormalization()(x), L.UnitNormalization(axis=[1, 2])(x)]


@add("rescaling", (4, 3, 2))
def _(x):
    return L.Rescaling(0.25, offset=-1.5)(x)


# MARK: Sizes


@add("upsampling-1d", (4, 3))
def _(x):
    return L.UpSampling1D(3)(x)


@add("upsampling-2d", (4, 3, 2))
def _(x):
    return [
        L.UpSampling2D((2, 3))(x),
        L.UpSampling2D((2, 3), interpolation="bilinear")(x),
        L.UpSampling2D(4, interpolation="bilinear")(x),
    ]


@add("upsampling-3d", (2, 3, 4, 2))
def _(x):
    return L.UpSampling3D((2, 1, 3))(x)


@add("padding-cropping-1d", (7, 3))
def _(x):
    return [L.ZeroPadding1D((2, 1))(x), L.Cropping1D((1, 2))(x), L.ZeroPadding1D(2)(x)]


@add("padding-cropping-2d", (7, 6, 3))
def _(x):
    return [
        L.ZeroPadding2D(((2, 1), (0, 3)))(x),
        L.ZeroPadding2D((1, 2))(x),
        L.Cropping2D(((1, 2), (0, 1)))(x),
        L.Cropping2D(1)(x),
    ]


@add("padding-cropping-3d", (4, 5, 6, 2))
def _(x):
    return [
        L.ZeroPadding3D(((0, 1), (2, 1), (0, 2)))(x),
        L.Cropping3D(((1, 0), (1, 2), (0, 2)))(x),
        L.Cropping3D(1)(L.ZeroPadding3D(1)(x)),
    ]


@add("reshaping", (4, 3, 2))
def _(x):
    y = L.Permute((3, 1, 2))(x)
    return [y, L.Reshape((-1, 6))(y), L.RepeatVector(3)(L.Flatten()(x))]


@add("flatten-channels-first", (3, 4, 2))
def _(x):
    return L.Dense(3)(L.Flatten(data_format="channels_first")(x))


# MARK: Regularisation: nothing happens in inference


@add("dropout-family", (4, 5, 6, 3))
def _(x):
    x = L.Dropout(0.3, noise_shape=(None, 1, 5, 6, 3), seed=3)(x)
    x = L.SpatialDropout3D(0.2)(x)
    x = L.GaussianDropout(0.2)(x)
    x = L.GaussianNoise(0.1)(x)
    x = L.AlphaDropout(0.1)(x)
    x = L.TimeDistributed(L.SpatialDropout2D(0.4))(x)
    x = L.Reshape((20, 18))(x)
    return L.Dense(2)(L.SpatialDropout1D(0.2)(x))


@add("activity-regularization", (5,))
def _(x):
    return L.Dense(3)(L.ActivityRegularization(l1=0.1, l2=0.2)(x))


# MARK: Merging


@add("merge-layers", (4, 3), (4, 3), (4, 3))
def _(a, b, c):
    return [
        L.Add()([a, b, c]),
        L.Subtract()([a, b]),
        L.Multiply()([a, b, c]),
        L.Average()([a, b, c]),
        L.Maximum()([a, b]),
        L.Minimum()([a, b, c]),
        L.Concatenate(axis=1)([a, b]),
        L.Dot(axes=2)([a, b]),
        L.Dot(axes=(1, 1), normalize=True)([a, c]),
    ]


@add("merge-broadcast", (4, 3, 2), (1, 1, 2), (3, 1))
def _(a, b, c):
    return [L.Multiply()([a, b]), L.Add()([a, c]), L.Maximum()([b, a])]


# MARK: Activations


@add("activation-names", (4, 6))
def _(x):
    names = [
        "linear", "relu", "relu6", "leaky_relu", "elu", "celu", "selu", "gelu", "silu", "mish", "sigmoid",
        "hard_sigmoid", "hard_silu", "log_sigmoid", "tanh", "hard_tanh", "tanh_shrink", "softplus", "softsign",
        "squareplus", "soft_shrink", "hard_shrink", "sparse_plus", "sparse_sigmoid", "exponential", "softmax",
        "log_softmax", "glu",
    ]
    return L.Concatenate()([L.Activation(name)(x) for name in names])


@add("activation-layers", (5, 4, 3))
def _(x):
    return [
        L.LeakyReLU(negative_slope=0.17)(x),
        L.ELU(alpha=0.6)(x),
        L.ReLU(max_value=0.8, negative_slope=0.1, threshold=0.2)(x),
        L.Softmax()(x),
        L.Softmax(axis=1)(x),
        L.Softmax(axis=[1, 2])(x),
        L.ReLU()(x),
    ]


@add("prelu", (5, 4, 3))
def _(x):
    return [L.PReLU()(x), L.PReLU(shared_axes=[1, 2])(x), L.PReLU(shared_axes=[1])(x)]


@add("activations-in-layers", (6, 5, 3))
def _(x):
    x = L.Conv2D(4, 3, activation="softmax")(x)
    x = L.Dense(6, activation="sparse_plus")(x)
    x = L.Conv2D(3, 2, activation="hard_silu")(x)
    return L.Dense(4, activation="log_softmax")(L.Dense(5, activation=keras.activations.celu)(L.Flatten()(x)))


# MARK: Channels first where Keras computes it on processors


@add("channels-first", (3, 6, 8))
def _(x):
    y = L.ZeroPadding2D(((1, 0), (2, 1)), data_format="channels_first")(x)
    y = L.UpSampling2D((2, 1), data_format="channels_first")(y)
    y = L.Cropping2D(((0, 1), (1, 1)), data_format="channels_first")(y)
    return [y, L.GlobalAveragePooling2D(data_format="channels_first")(y)]
