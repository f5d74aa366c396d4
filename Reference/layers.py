"""Golden files of single layers: outputs and every gradient, from Keras in float64.

Pinned: Python 3.11, keras 3.15.1, tensorflow-cpu 2.21.0, numpy 2.4.6, safetensors 0.8.0.

    python Reference/layers.py            writes Tests/Goldens/layers/*.safetensors
    python Reference/layers.py --check    says whether the committed files are still true

Inputs and weights are random numbers that float32 holds exactly; height, width and the channel counts
all differ, so that a swapped axis, gate or kernel direction cannot pass.
"""

import goldens

goldens.start_keras("float64")
import keras  # noqa: E402
from keras import layers  # noqa: E402

from layer_golden import layer_golden  # noqa: E402

CASES = {}


def add(name, make, *inputs, **options):
    CASES[name] = lambda name: layer_golden(name, make(), inputs, **options)


# MARK: ConvLSTM2D (no channels_first: TensorFlow has that on graphics processors only)


def conv_lstm(name, batch=2, steps=4, height=6, width=5, channels=3, state=None, **options):
    """`options` over a layer of 4 filters, 3x3, same, whole sequence out; `state` is (height, width)."""
    arguments = {"filters": 4, "kernel_size": 3, "padding": "same", "return_sequences": True} | options
    shapes = [(batch, steps, height, width, channels)]
    if state:
        shapes += [(batch, *state, arguments["filters"])] * 2
    add(f"ConvLSTM2D-{name}", lambda: layers.ConvLSTM2D(**arguments), *shapes)


conv_lstm("base")
conv_lstm("valid", padding="valid")
conv_lstm("strides-2", strides=2, height=7)
conv_lstm("strides-2-1", strides=(2, 1), height=7)
conv_lstm("strides-2-valid", strides=2, padding="valid", height=8, width=7)
conv_lstm("dilation-2-same", dilation_rate=2)
conv_lstm("dilation-2-valid", dilation_rate=2, padding="valid", height=8, width=7)
conv_lstm("dilation-2-1", dilation_rate=(2, 1))
conv_lstm("kernel-1", kernel_size=1)
conv_lstm("kernel-2", kernel_size=2)
conv_lstm("kernel-2-valid", kernel_size=2, padding="valid")
conv_lstm("kernel-3-5", kernel_size=(3, 5), height=7, width=8)
conv_lstm("kernel-5", kernel_size=5, height=8, width=7)
conv_lstm("kernel-4-3-strides-1-2", kernel_size=(4, 3), strides=(1, 2))
conv_lstm("kernel-7", kernel_size=7, height=9, width=8, channels=2, filters=3, steps=3)
conv_lstm("last-output", return_sequences=False)
conv_lstm("return-state", return_state=True)
conv_lstm("last-output-return-state", return_sequences=False, return_state=True)
conv_lstm("initial-state", state=(6, 5))
conv_lstm("initial-state-return-state", state=(6, 5), return_state=True)
conv_lstm(
    "initial-state-valid-backwards", state=(4, 3), padding="valid", return_state=True, go_backwards=True
)
conv_lstm("go-backwards", go_backwards=True)
conv_lstm("go-backwards-last-output", go_backwards=True, return_sequences=False)
conv_lstm("no-bias", use_bias=False)
conv_lstm("activation-relu", activation="relu")
conv_lstm("activation-linear", activation="linear")
conv_lstm("activation-hard-sigmoid", activation="hard_sigmoid")
conv_lstm("recurrent-activation-hard-sigmoid", recurrent_activation="hard_sigmoid")
conv_lstm("recurrent-activation-tanh", recurrent_activation="tanh")
conv_lstm("one-sample", batch=1)
conv_lstm("one-channel", channels=1)
conv_lstm("one-filter", filters=1)
conv_lstm("one-pixel", height=1, width=1)
conv_lstm("one-step", steps=1, state=(6, 5))
conv_lstm("wide", channels=5, filters=8, height=10, width=12, steps=3, kernel_size=3)
conv_lstm(
    "together",
    batch=3,
    steps=5,
    height=7,
    width=8,
    channels=2,
    filters=5,
    kernel_size=(2, 3),
    strides=(2, 3),
    activation="linear",
    recurrent_activation="hard_sigmoid",
    use_bias=False,
    return_state=True,
    go_backwards=True,
    state=(4, 3),
)

# MARK: LSTM


def lstm(name, batch=3, steps=5, features=4, state=False, **options):
    arguments = {"units": 6} | options
    shapes = [(batch, steps, features)]
    if state:
        shapes += [(batch, arguments["units"])] * 2
    add(f"LSTM-{name}", lambda: layers.LSTM(**arguments), *shapes)


lstm("base")
lstm("return-sequences", return_sequences=True)
lstm("return-state", return_state=True)
lstm("return-sequences-return-state", return_sequences=True, return_state=True)
lstm("initial-state", state=True, return_sequences=True, return_state=True)
lstm("go-backwards", go_backwards=True)
lstm("go-backwards-return-sequences", go_backwards=True, return_sequences=True)
lstm("no-bias", use_bias=False, return_sequences=True)
lstm("activation-relu", activation="relu", return_sequences=True)
lstm("activation-linear", activation="linear", return_sequences=True)
lstm("recurrent-activation-hard-sigmoid", recurrent_activation="hard_sigmoid", return_sequences=True)
lstm("units-1", units=1, return_sequences=True)
lstm("one-sample", batch=1, return_sequences=True)
lstm("one-feature", features=1, return_sequences=True)
lstm("one-step", steps=1, state=True, return_state=True)
lstm("wide", units=17, features=33, batch=5, return_sequences=True)
lstm(
    "together",
    state=True,
    return_sequences=True,
    return_state=True,
    go_backwards=True,
    use_bias=False,
    activation="linear",
    recurrent_activation="hard_sigmoid",
)

# MARK: Convolution


def conv(name, batch=2, height=7, width=6, channels=3, **options):
    arguments = {"filters": 5, "kernel_size": 3} | options
    add(f"Conv2D-{name}", lambda: layers.Conv2D(**arguments), (batch, height, width, channels))


conv("valid")
conv("same", padding="same")
conv("strides-2-valid", strides=2)
conv("strides-2-same", strides=2, padding="same")
conv("strides-2-3-same", strides=(2, 3), padding="same", kernel_size=(5, 4), height=9, width=10)
conv("dilation-2-valid", dilation_rate=2)
conv("dilation-2-same", dilation_rate=2, padding="same")
conv("dilation-1-3-same", dilation_rate=(1, 3), padding="same")
conv("kernel-1", kernel_size=1)
conv("kernel-1-strides-2", kernel_size=1, strides=2)
conv("kernel-2-same", kernel_size=2, padding="same")
conv("kernel-4-2-same", kernel_size=(4, 2), padding="same")
conv("kernel-4-valid", kernel_size=4)
conv("kernel-5-same", kernel_size=5, padding="same", height=9, width=8)
conv("kernel-7-same", kernel_size=7, padding="same", height=9, width=10, channels=2)
conv("kernel-whole-input", kernel_size=(7, 6))
conv("no-bias", use_bias=False, padding="same")
conv("relu", activation="relu", padding="same")
conv("tanh", activation="tanh", padding="same")
conv("gelu", activation="gelu")
conv("one-channel", channels=1, padding="same")
conv("one-filter", filters=1, padding="same")
conv("one-sample", batch=1)
conv("one-pixel", height=1, width=1, padding="same")
conv("wide", channels=16, filters=32, height=14, width=9, batch=1, padding="same")


def conv_transpose(name, batch=2, height=4, width=3, channels=3, **options):
    arguments = {"filters": 5, "kernel_size": 3} | options
    add(
        f"Conv2DTranspose-{name}",
        lambda: layers.Conv2DTranspose(**arguments),
        (batch, height, width, channels),
    )


conv_transpose("valid")
conv_transpose("same", padding="same")
conv_transpose("strides-2-valid", strides=2)
conv_transpose("strides-2-same", strides=2, padding="same")
conv_transpose("strides-2-3-valid", strides=(2, 3))
conv_transpose("strides-2-3-same", strides=(2, 3), padding="same")
conv_transpose("kernel-2-strides-2", kernel_size=2, strides=2)
conv_transpose("kernel-4-strides-2-same", kernel_size=4, strides=2, padding="same")
conv_transpose("kernel-5-strides-3-same", kernel_size=5, strides=3, padding="same")
conv_transpose("kernel-2-strides-3-valid", kernel_size=2, strides=3)
conv_transpose("kernel-2-strides-3-same", kernel_size=2, strides=3, padding="same")
conv_transpose("kernel-1-strides-2-same", kernel_size=1, strides=2, padding="same")
conv_transpose("kernel-2-4-same", kernel_size=(2, 4), padding="same")
conv_transpose("output-padding-1-valid", strides=2, output_padding=1)
conv_transpose("output-padding-1-same", strides=2, output_padding=1, padding="same")
conv_transpose("output-padding-0-same", strides=2, output_padding=0, padding="same")
conv_transpose("output-padding-1-2", strides=(2, 3), output_padding=(1, 2), padding="same")
conv_transpose("no-bias", use_bias=False, strides=2, padding="same")
conv_transpose("relu", activation="relu", strides=2, padding="same")
conv_transpose("one-channel", channels=1, strides=2, padding="same")
conv_transpose("one-filter", filters=1, strides=2, padding="same")
conv_transpose(
    "wide", channels=16, filters=8, height=7, width=5, batch=1, kernel_size=4, strides=2, padding="same"
)

SEQUENCE, VOLUME = (2, 9, 3), (2, 4, 5, 6, 3)


def named(kind, name, shape, **options):
    add(f"{kind}-{name}", lambda: getattr(layers, kind)(**options), shape)


named("Conv1D", "valid", SEQUENCE, filters=5, kernel_size=3)
named("Conv1D", "same-strides-2", SEQUENCE, filters=5, kernel_size=4, strides=2, padding="same")
named("Conv1D", "causal", SEQUENCE, filters=5, kernel_size=3, padding="causal", activation="tanh")
named("Conv1D", "causal-dilation-2", SEQUENCE, filters=5, kernel_size=3, padding="causal", dilation_rate=2)
named("Conv1D", "causal-strides-2", SEQUENCE, filters=5, kernel_size=3, padding="causal", strides=2)
named("Conv1D", "dilation-3", SEQUENCE, filters=4, kernel_size=3, dilation_rate=3, use_bias=False)
named("Conv3D", "valid", VOLUME, filters=4, kernel_size=(2, 3, 2))
named("Conv3D", "same-strides-1-2-1", VOLUME, filters=4, kernel_size=3, strides=(1, 2, 1), padding="same")
named("Conv3D", "relu-no-bias", VOLUME, filters=4, kernel_size=2, activation="relu", use_bias=False)
named("Conv1DTranspose", "valid", (2, 5, 3), filters=4, kernel_size=3)
named("Conv1DTranspose", "same-strides-2", (2, 5, 3), filters=4, kernel_size=3, strides=2, padding="same")
named("Conv1DTranspose", "output-padding", (2, 5, 3), filters=4, kernel_size=3, strides=3, output_padding=1)
named("Conv3DTranspose", "valid", (2, 2, 3, 4, 3), filters=2, kernel_size=(2, 3, 2), strides=(1, 2, 1))
named("Conv3DTranspose", "same", (2, 2, 3, 4, 3), filters=2, kernel_size=3, strides=2, padding="same")
MAPS_OF_4 = (2, 7, 6, 4)
named("DepthwiseConv2D", "valid", MAPS_OF_4, kernel_size=3)
named("DepthwiseConv2D", "same-strides-2", MAPS_OF_4, kernel_size=3, strides=2, padding="same")
named("DepthwiseConv2D", "multiplier-3", MAPS_OF_4, kernel_size=(3, 2), depth_multiplier=3, padding="same")
named("DepthwiseConv2D", "dilation-2", MAPS_OF_4, kernel_size=3, dilation_rate=2, use_bias=False)
named("DepthwiseConv1D", "same", SEQUENCE, kernel_size=3, padding="same", depth_multiplier=2)
named("DepthwiseConv1D", "strides-2-relu", SEQUENCE, kernel_size=4, strides=2, activation="relu")
named("SeparableConv2D", "valid", MAPS_OF_4, filters=5, kernel_size=3)
named(
    "SeparableConv2D",
    "multiplier-2-strides-2",
    MAPS_OF_4,
    filters=5,
    kernel_size=3,
    strides=2,
    depth_multiplier=2,
    padding="same",
    activation="tanh",
)
named("SeparableConv2D", "dilation-2", MAPS_OF_4, filters=3, kernel_size=3, dilation_rate=2, use_bias=False)
named("SeparableConv1D", "same", SEQUENCE, filters=5, kernel_size=3, padding="same", depth_multiplier=2)
named("SeparableConv1D", "strides-2", SEQUENCE, filters=5, kernel_size=4, strides=2)


def grouped(kind, **options):
    """TensorFlow has no gradient of groups on processors: the convolutions of the parts, side by side."""
    layer = getattr(layers, kind)(**options)

    def parts(inputs, kernel):
        pairs = zip(keras.ops.split(inputs, layer.groups, -1), keras.ops.split(kernel, layer.groups, -1))
        chosen = {
            "strides": layer.strides,
            "padding": layer.padding,
            "dilation_rate": layer.dilation_rate,
            "data_format": "channels_last",
        }
        return keras.ops.concatenate([keras.ops.conv(x, k, **chosen) for x, k in pairs], -1)

    layer.convolution_op = parts
    return layer


for name, options in (
    ("2", {"groups": 2, "filters": 6, "kernel_size": 3}),
    ("4-same", {"groups": 4, "filters": 4, "kernel_size": (3, 2), "padding": "same"}),
):
    add(f"Conv2D-groups-{name}", lambda o=options: grouped("Conv2D", **o), MAPS_OF_4)

# MARK: Pooling


def pool(kind, name, height=7, width=8, channels=3, **options):
    add(f"{kind}-{name}", lambda: getattr(layers, kind)(**options), (2, height, width, channels))


for kind in ("MaxPooling2D", "AveragePooling2D"):
    pool(kind, "base", pool_size=2)
    pool(kind, "same", pool_size=2, padding="same")
    pool(kind, "pool-3-strides-2-valid", pool_size=3, strides=2)
    pool(kind, "pool-3-strides-2-same", pool_size=3, strides=2, padding="same")
    pool(kind, "pool-2-3-strides-1-2-same", pool_size=(2, 3), strides=(1, 2), padding="same")
    pool(kind, "pool-3-strides-1-same", pool_size=3, strides=1, padding="same")
    pool(kind, "pool-2-strides-3-valid", pool_size=2, strides=3, height=9)
    pool(kind, "one-channel", pool_size=2, channels=1)
for kind in ("GlobalAveragePooling2D", "GlobalMaxPooling2D"):
    pool(kind, "base")
    pool(kind, "keepdims", keepdims=True)

# MARK: Wrappers and shapes


def time_distributed(name, make, shape, **options):
    add(f"TimeDistributed-{name}", lambda: layers.TimeDistributed(make()), shape, **options)


FRAMES = (2, 3, 7, 6, 3)
time_distributed("Conv2D", lambda: layers.Conv2D(5, 3), FRAMES)
time_distributed(
    "Conv2D-same-strides-2-relu",
    lambda: layers.Conv2D(5, 3, strides=2, padding="same", activation="relu"),
    FRAMES,
)
time_distributed("Conv2DTranspose", lambda: layers.Conv2DTranspose(4, 3, strides=2, padding="same"), FRAMES)
time_distributed("MaxPooling2D", lambda: layers.MaxPooling2D(), FRAMES)
time_distributed("AveragePooling2D", lambda: layers.AveragePooling2D(3, 2, "same"), FRAMES)
time_distributed("GlobalAveragePooling2D", lambda: layers.GlobalAveragePooling2D(), FRAMES)
time_distributed("Dense", lambda: layers.Dense(5), (3, 4, 6))
time_distributed("Flatten", lambda: layers.Flatten(), FRAMES)
time_distributed("BatchNormalization-training", lambda: layers.BatchNormalization(), FRAMES, training=True)

add("Flatten-base", lambda: layers.Flatten(), (2, 3, 4, 5))
add("Flatten-sequence", lambda: layers.Flatten(), (2, 3, 4, 5, 2))
add("Reshape-base", lambda: layers.Reshape((5, 12)), (2, 3, 4, 5))
add("Reshape-inferred", lambda: layers.Reshape((4, -1, 3)), (2, 3, 4, 5))

# MARK: Normalisation

MAPS = (4, 5, 3, 6)
for mode, training in (("training", True), ("inference", False)):
    add(f"BatchNormalization-{mode}", lambda: layers.BatchNormalization(), MAPS, training=training)
    add(
        f"BatchNormalization-{mode}-no-scale",
        lambda: layers.BatchNormalization(scale=False),
        MAPS,
        training=training,
    )
    add(
        f"BatchNormalization-{mode}-no-center",
        lambda: layers.BatchNormalization(center=False),
        MAPS,
        training=training,
    )
    add(
        f"BatchNormalization-{mode}-plain",
        lambda: layers.BatchNormalization(scale=False, center=False),
        MAPS,
        training=training,
    )
    add(
        f"BatchNormalization-{mode}-sequence",
        lambda: layers.BatchNormalization(),
        (2, 3, 5, 4, 6),
        training=training,
    )
    add(
        f"BatchNormalization-{mode}-axis-1",
        lambda: layers.BatchNormalization(axis=1),
        MAPS,
        training=training,
    )
    add(
        f"BatchNormalization-{mode}-momentum-epsilon",
        lambda: layers.BatchNormalization(momentum=0.7, epsilon=0.01),
        MAPS,
        training=training,
    )
    add(
        f"BatchNormalization-{mode}-vectors", lambda: layers.BatchNormalization(), (5, 7), training=training
    )

add("LayerNormalization-base", lambda: layers.LayerNormalization(), MAPS)
add("LayerNormalization-vectors", lambda: layers.LayerNormalization(), (5, 7))
add("LayerNormalization-several-axes", lambda: layers.LayerNormalization(axis=(1, 2, 3)), MAPS)
add(
    "LayerNormalization-sequence-last-axes",
    lambda: layers.LayerNormalization(axis=(-2, -1)),
    (2, 3, 5, 4, 6),
)
add("LayerNormalization-axis-1", lambda: layers.LayerNormalization(axis=1), MAPS)
add("LayerNormalization-no-scale", lambda: layers.LayerNormalization(scale=False), MAPS)
add("LayerNormalization-no-center", lambda: layers.LayerNormalization(center=False), MAPS)
add("LayerNormalization-plain", lambda: layers.LayerNormalization(scale=False, center=False), MAPS)
add("LayerNormalization-epsilon", lambda: layers.LayerNormalization(epsilon=0.1), MAPS)

for name, options, shape in (
    ("base", {"groups": 3}, MAPS),
    ("instance", {"groups": -1}, MAPS),
    ("one-group", {"groups": 1, "epsilon": 0.1}, MAPS),
    ("axis-1", {"groups": 2, "axis": 1}, (2, 4, 3, 5)),
    ("no-scale", {"groups": 2, "scale": False}, MAPS),
    ("no-center", {"groups": 2, "center": False}, MAPS),
    ("vectors", {"groups": 2}, (3, 6)),
    ("sequence", {"groups": 2}, (2, 3, 5, 2, 4)),
):
    add(f"GroupNormalization-{name}", lambda o=options: layers.GroupNormalization(**o), shape)
add("UnitNormalization-base", lambda: layers.UnitNormalization(), MAPS)
add("UnitNormalization-axes-1-3", lambda: layers.UnitNormalization(axis=(1, 3)), MAPS)

# MARK: Borders, sizes, order

SPACES = {1: (2, 5, 3), 2: (2, 5, 4, 3), 3: (2, 3, 5, 4, 2)}
BORDERS = {
    "ZeroPadding": {
        1: {"two": 2, "ends": (1, 3)},
        2: {"two": 2, "axes": (1, 2), "ends": ((1, 0), (2, 3))},
        3: {"one": 1, "ends": ((1, 0), (2, 3), (0, 1))},
    },
    "Cropping": {
        1: {"one": 1, "ends": (1, 2)},
        2: {"one": 1, "axes": (2, 1), "ends": ((1, 0), (2, 1))},
        3: {"one": 1, "ends": ((1, 0), (2, 2), (0, 3))},
    },
}
for kind, ranks in BORDERS.items():
    for rank, amounts in ranks.items():
        for name, amount in amounts.items():
            add(
                f"{kind}{rank}D-{name}",
                lambda k=f"{kind}{rank}D", a=amount: getattr(layers, k)(a),
                SPACES[rank],
            )
add("Cropping2D-default", lambda: layers.Cropping2D(), SPACES[2])
add("UpSampling1D-base", lambda: layers.UpSampling1D(3), SPACES[1])
add("UpSampling2D-base", lambda: layers.UpSampling2D(), SPACES[2])
add("UpSampling2D-size-3-2", lambda: layers.UpSampling2D((3, 2)), SPACES[2])
for name, size in (("2", 2), ("3", 3), ("4-1", (4, 1)), ("2-3", (2, 3))):
    add(
        f"UpSampling2D-bilinear-{name}",
        lambda size=size: layers.UpSampling2D(size, interpolation="bilinear"),
        SPACES[2],
    )
add("UpSampling2D-bilinear-one-row", lambda: layers.UpSampling2D(2, interpolation="bilinear"), (2, 1, 4, 3))
add("UpSampling3D-size-2-1-3", lambda: layers.UpSampling3D((2, 1, 3)), SPACES[3])
add("Permute-2-1", lambda: layers.Permute((2, 1)), (2, 3, 5))
add("Permute-3-1-4-2", lambda: layers.Permute((3, 1, 4, 2)), (2, 3, 5, 4, 6))
add("Rescaling-base", lambda: layers.Rescaling(0.25, -1.5), (2, 3, 4))
add("Rescaling-channels", lambda: layers.Rescaling([0.25, 2.0, -1.0], [1.0, 0.0, 0.5]), (2, 5, 3))

# MARK: Pooling of sequences and volumes

# TensorFlow pools volumes in float32 only.
for kind in ("MaxPooling", "AveragePooling"):
    for rank, options in (
        (
            1,
            {
                "base": {"pool_size": 2},
                "pool-3-strides-2-same": {"pool_size": 3, "strides": 2, "padding": "same"},
            },
        ),
        (
            3,
            {
                "base": {"pool_size": 2},
                "pool-2-3-2-strides-1-2-1-same": {
                    "pool_size": (2, 3, 2),
                    "strides": (1, 2, 1),
                    "padding": "same",
                },
            },
        ),
    ):
        for name, arguments in options.items():
            add(
                f"{kind}{rank}D-{name}",
                lambda k=f"{kind}{rank}D", a=arguments: getattr(layers, k)(
                    **a, dtype="float32" if k.endswith("3D") else None
                ),
                SPACES[rank],
            )
for kind in ("GlobalAveragePooling", "GlobalMaxPooling"):
    for rank in (1, 3):
        for name, arguments in (("base", {}), ("keepdims", {"keepdims": True})):
            add(
                f"{kind}{rank}D-{name}",
                lambda k=f"{kind}{rank}D", a=arguments: getattr(layers, k)(**a),
                SPACES[rank],
            )

# MARK: Merging

for kind in ("Add", "Multiply", "Average", "Maximum", "Minimum"):
    add(f"{kind}-three", lambda k=kind: getattr(layers, k)(), (2, 3, 5), (2, 3, 5), (2, 3, 5))
    add(f"{kind}-broadcast", lambda k=kind: getattr(layers, k)(), (2, 3, 4, 5), (2, 5), (2, 1, 5))
add("Subtract-base", lambda: layers.Subtract(), (2, 3, 5), (2, 3, 5))
add("Subtract-broadcast", lambda: layers.Subtract(), (2, 5), (2, 4, 5))
add("Concatenate-base", lambda: layers.Concatenate(), (2, 3, 4), (2, 3, 1), (2, 3, 2))
add("Concatenate-axis-1", lambda: layers.Concatenate(axis=1), (2, 3, 4), (2, 2, 4))
add("Dot-vectors", lambda: layers.Dot(axes=1), (3, 5), (3, 5))
add("Dot-matrices", lambda: layers.Dot(axes=(2, 1)), (2, 3, 5), (2, 5, 4))
add("Dot-axes-1-2", lambda: layers.Dot(axes=(1, 2)), (2, 3, 5), (2, 4, 3))
add("Dot-last", lambda: layers.Dot(axes=-1), (2, 3, 5), (2, 4, 5))
add("Dot-normalize", lambda: layers.Dot(axes=-1, normalize=True), (2, 3, 5), (2, 4, 5))
add("Dot-matrix-vector", lambda: layers.Dot(axes=(2, 1)), (2, 3, 5), (2, 5))

# MARK: Activation layers

add("ReLU-base", lambda: layers.ReLU(), (3, 4, 10), scale=4.0)
add("ReLU-max-value", lambda: layers.ReLU(max_value=2.5), (3, 4, 10), scale=4.0)
add("ReLU-max-value-6", lambda: layers.ReLU(max_value=6.0), (3, 4, 10), scale=6.0)
add("ReLU-negative-slope", lambda: layers.ReLU(negative_slope=0.25), (3, 4, 10), scale=4.0)
add("ReLU-threshold", lambda: layers.ReLU(threshold=1.5), (3, 4, 10), scale=4.0)
add(
    "ReLU-together",
    lambda: layers.ReLU(max_value=3.0, negative_slope=0.125, threshold=0.5),
    (3, 4, 10),
    scale=4.0,
)
add("LeakyReLU-base", lambda: layers.LeakyReLU(), (3, 4, 10), scale=4.0)
add("LeakyReLU-slope", lambda: layers.LeakyReLU(negative_slope=0.05), (3, 4, 10), scale=4.0)
add("ELU-base", lambda: layers.ELU(), (3, 4, 10), scale=2.0)
add("ELU-alpha", lambda: layers.ELU(alpha=0.5), (3, 4, 10), scale=2.0)
add("PReLU-base", lambda: layers.PReLU(), (3, 4, 5))
add("PReLU-shared", lambda: layers.PReLU(shared_axes=[1, 2]), MAPS)
add("Softmax-base", lambda: layers.Softmax(), (3, 4, 5))
add("Softmax-axis-1", lambda: layers.Softmax(axis=1), MAPS)
add("Softmax-axes-1-2", lambda: layers.Softmax(axis=(1, 2)), MAPS)

# MARK: Dense and activations

add("Dense-base", lambda: layers.Dense(5), (3, 7))
add("Dense-sequence", lambda: layers.Dense(5), (2, 4, 7))
add("Dense-maps", lambda: layers.Dense(5), (2, 4, 3, 7))
add("Dense-no-bias", lambda: layers.Dense(5, use_bias=False), (3, 7))
add("Dense-relu", lambda: layers.Dense(5, activation="relu"), (3, 7))
add("Dense-softmax", lambda: layers.Dense(5, activation="softmax"), (3, 7))
add("Dense-units-1", lambda: layers.Dense(1), (3, 7))
add("Dense-one-feature", lambda: layers.Dense(5), (3, 1))
add("Dense-wide", lambda: layers.Dense(33), (5, 50))

# `threshold` is absent: it has two arguments without defaults, so that no Keras config can name it.
ACTIVATIONS = (
    "celu",
    "elu",
    "exponential",
    "gelu",
    "glu",
    "hard_shrink",
    "hard_sigmoid",
    "hard_silu",
    "hard_tanh",
    "leaky_relu",
    "linear",
    "log_sigmoid",
    "log_softmax",
    "mish",
    "relu",
    "relu6",
    "selu",
    "sigmoid",
    "silu",
    "soft_shrink",
    "softmax",
    "softplus",
    "softsign",
    "sparse_plus",
    "sparse_sigmoid",
    "sparsemax",
    "squareplus",
    "tanh",
    "tanh_shrink",
)
# The spread reaches past every bend (relu6's 6, the hard sigmoid's -3 and 3) without settling on one class.
SPREAD = {"exponential": 1.5, "softmax": 1.5, "log_softmax": 1.5, "sparsemax": 0.5}
for activation in ACTIVATIONS:
    add(
        f"Activation-{activation.replace('_', '-')}",
        lambda activation=activation: layers.Activation(activation),
        (3, 4, 10),
        scale=SPREAD.get(activation, 4.0),
    )
add(
    "Activation-gelu-approximate",
    lambda: layers.Activation(lambda x: keras.activations.gelu(x, approximate=True)),
    (3, 4, 10),
    scale=2.0,
    config={"activation": "gelu", "approximate": True},
)

if __name__ == "__main__":
    goldens.main(__doc__, "layers", CASES)
