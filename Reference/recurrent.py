"""Golden files of recurrent layers beyond the plain ConvLSTM2D and LSTM of layers.py: masks, dropout with given
masks, ConvLSTM1D/3D, GRU, SimpleRNN, stacked cells, Bidirectional, in float64 from Keras; peepholes, layer
normalisation inside cells and ConvGRU, which Keras lacks, from the equations written out with TensorFlow.

Pinned: Python 3.11, keras 3.15.1, tensorflow-cpu 2.21.0, numpy 2.4.6, safetensors 0.8.0.

    python Reference/recurrent.py            writes Tests/Goldens/recurrent/*.safetensors
    python Reference/recurrent.py --check    says whether the committed files are still true

Each file has `input.N` (the sequence, then the initial state), `param.NAME`, `output.N`, `cotangent.N`,
`grad.input.N`, `grad.param.NAME`; `mask` where there is one, and `dropout.N`: the masks in the order in which
Squall draws them (input, then state, gate by gate).
"""

import numpy as np

import goldens

goldens.start_keras("float64")
import tensorflow as tf  # noqa: E402
from keras import layers as L  # noqa: E402

from goldens import Golden, normal  # noqa: E402
from layer_golden import MATTERING, random_weight  # noqa: E402

CASES = {}
OPTIONS = MATTERING | {
    "dropout",
    "mask_value",
    "merge_mode",
    "recurrent_dropout",
    "reset_after",
    "stateful",
    "zero_output_for_mask",
}


def record(layer):
    return {"class_name": type(layer).__name__, "config": config_of(layer)}


def config_of(layer):
    config = {key: value for key, value in layer.get_config().items() if key in OPTIONS}
    if isinstance(layer, L.Bidirectional):
        config |= {"layer": record(layer.forward_layer), "backward_layer": record(layer.backward_layer)}
    elif isinstance(layer, L.StackedRNNCells):
        config["cells"] = [record(cell) for cell in layer.cells]
    elif type(layer) is L.RNN:
        config["cell"] = record(layer.cell)
    return config


def named_weights(layer, prefix=""):
    """Squall's names of the weights, and the weights."""
    if isinstance(layer, L.Bidirectional):
        parts = [("forward_layer/", layer.forward_layer), ("backward_layer/", layer.backward_layer)]
    elif isinstance(layer, L.StackedRNNCells):
        parts = [(f"cells/{index}/", cell) for index, cell in enumerate(layer.cells)]
    elif isinstance(layer, L.RNN):
        parts = [("", layer.cell)]
    else:
        return [(prefix + w.name, w) for w in layer.weights if "seed" not in w.name]
    return [pair for name, part in parts for pair in named_weights(part, prefix + name)]


def cells_of(layer):
    if isinstance(layer, L.Bidirectional):
        return cells_of(layer.forward_layer) + cells_of(layer.backward_layer)
    if isinstance(layer, L.StackedRNNCells):
        return [cell for part in layer.cells for cell in cells_of(part)]
    return cells_of(layer.cell) if isinstance(layer, L.RNN) else [layer]


def given_dropout(layer, rng, step_shapes):
    """Puts masks into every cell and returns them in order. `step_shapes`: (input, state) of each cell."""
    masks = []

    def draw(shape, rate, count):
        drawn = [(rng.random(shape) >= rate) / (1 - rate) for _ in range(count or 1)]
        drawn = [goldens.exact(mask) for mask in drawn]
        masks.extend(drawn)
        drawn = [tf.constant(mask) for mask in drawn]
        return drawn if count else drawn[0]

    for cell, (input_shape, state_shape) in zip(cells_of(layer), step_shapes):
        count = getattr(cell, "dropout_mask_count", None)
        if cell.dropout > 0:
            cell._dropout_mask = draw(input_shape, cell.dropout, count)
        if cell.recurrent_dropout > 0:
            cell._recurrent_dropout_mask = draw(state_shape, cell.recurrent_dropout, count)
    return masks


def finish(name, layer_name, config, sources, run, extra, training=False):
    """Outputs and gradients of `run`, a function of the tensors in the dictionary `sources`."""
    rng = np.random.default_rng(goldens.seed(name + " cotangents"))
    tensors = {key: tf.constant(value) for key, value in sources.items()}
    with tf.GradientTape() as tape:
        tape.watch(tensors)
        outputs = run(tensors)
        cotangents = [normal(rng, output.shape) for output in outputs]
        scalar = sum(tf.reduce_sum(output * cotangent) for output, cotangent in zip(outputs, cotangents))
    gradients = tape.gradient(scalar, tensors, unconnected_gradients="zero")
    stored = dict(sources) | extra
    stored |= {f"output.{index}": value.numpy() for index, value in enumerate(outputs)}
    stored |= {f"cotangent.{index}": value for index, value in enumerate(cotangents)}
    stored |= {f"grad.{key}": value.numpy() for key, value in gradients.items()}
    metadata = {
        "layer": layer_name,
        "config": goldens.as_json(config),
        "training": "true" if training else "false",
        **goldens.versions(),
    }
    return Golden(stored, metadata)


def flat(value):
    if isinstance(value, (list, tuple)):
        return [item for part in value for item in flat(part)]
    return [value]


def keras_case(name, make, *shapes, mask=False, dropout=None, nested_state=None):
    def golden(name):
        rng = np.random.default_rng(goldens.seed(name))
        layer = make()
        values = [normal(rng, shape) for shape in shapes]
        layer.build(shapes[0])
        weights = named_weights(layer)
        for _, weight in weights:
            if weight.name == "bias" and len(weight.shape) == 2:
                weight.assign(normal(rng, weight.shape, 0.5))
            else:
                weight.assign(random_weight(rng, weight))
        extra = {}
        arguments = {}
        if mask:
            steps = rng.random(shapes[0][:2]) < 0.6
            steps[0, 0] = False  # at the beginning, and
            steps[1, -1] = False  # at the end
            steps[0, -1] = True
            steps[1, 0] = True
            extra["mask"] = steps.astype(np.float64)
            arguments["mask"] = tf.constant(steps)
        if dropout:
            for index, drawn in enumerate(given_dropout(layer, rng, dropout)):
                extra[f"dropout.{index}"] = drawn
        sources = {f"input.{index}": value for index, value in enumerate(values)}
        sources |= {f"param.{key}": weight.numpy() for key, weight in weights}

        def run(tensors):
            states = [tensors[f"input.{index}"] for index in range(1, len(values))]
            if states:
                arguments["initial_state"] = nested_state(states) if nested_state else states
            saved = [(weight, weight._value) for _, weight in weights]
            for key, weight in weights:
                weight._value = tensors[f"param.{key}"]
            result = flat(layer(tensors["input.0"], training=bool(dropout), **arguments))
            for weight, value in saved:
                weight._value = value
            return result

        return finish(
            name, type(layer).__name__, config_of(layer), sources, run, extra, training=bool(dropout)
        )

    CASES[name] = golden


# MARK: Masks

X, V = (2, 5, 6, 4, 3), (3, 6, 4)
keras_case("LSTM-mask", lambda: L.LSTM(5, return_sequences=True, return_state=True), V, mask=True)
keras_case("LSTM-mask-last", lambda: L.LSTM(5, go_backwards=True), V, mask=True)
keras_case(
    "LSTM-mask-zero-output-initial-state",
    lambda: L.LSTM(5, return_sequences=True, return_state=True, zero_output_for_mask=True),
    V,
    (3, 5),
    (3, 5),
    mask=True,
)
keras_case(
    "ConvLSTM2D-mask",
    lambda: L.ConvLSTM2D(4, (3, 2), padding="same", return_sequences=True, return_state=True),
    X,
    mask=True,
)
keras_case(
    "ConvLSTM2D-mask-backwards-strides",
    lambda: L.ConvLSTM2D(4, 3, strides=(2, 1), go_backwards=True, return_state=True),
    X,
    mask=True,
)
keras_case("GRU-mask", lambda: L.GRU(5, return_sequences=True), V, mask=True)
keras_case(
    "GRU-mask-initial-state", lambda: L.GRU(5, go_backwards=True, return_state=True), V, (3, 5), mask=True
)
keras_case("SimpleRNN-mask", lambda: L.SimpleRNN(5), V, mask=True)

# MARK: Dropout

STEP, STATE = (3, 4), (3, 5)
keras_case(
    "LSTM-dropout", lambda: L.LSTM(5, dropout=0.4, return_sequences=True), V, dropout=[(STEP, STATE)]
)
keras_case(
    "LSTM-dropout-recurrent",
    lambda: L.LSTM(5, dropout=0.4, recurrent_dropout=0.3, return_sequences=True, return_state=True),
    V,
    dropout=[(STEP, STATE)],
)
keras_case("LSTM-recurrent-dropout", lambda: L.LSTM(5, recurrent_dropout=0.5), V, dropout=[(STEP, STATE)])
keras_case(
    "ConvLSTM2D-dropout",
    lambda: L.ConvLSTM2D(4, (3, 2), padding="same", dropout=0.4, return_sequences=True),
    X,
    dropout=[((2, 6, 4, 3), (2, 6, 4, 4))],
)
keras_case(
    "ConvLSTM2D-dropout-recurrent",
    lambda: L.ConvLSTM2D(4, 3, strides=(2, 1), dropout=0.3, recurrent_dropout=0.4, return_state=True),
    X,
    dropout=[((2, 6, 4, 3), (2, 2, 2, 4))],
)
for after in (True, False):
    keras_case(
        f"GRU-dropout-recurrent-reset-{'after' if after else 'before'}",
        lambda after=after: L.GRU(
            5, dropout=0.4, recurrent_dropout=0.3, reset_after=after, return_sequences=True
        ),
        V,
        dropout=[(STEP, STATE)],
    )
keras_case("GRU-dropout", lambda: L.GRU(5, dropout=0.4), V, dropout=[(STEP, STATE)])
keras_case(
    "SimpleRNN-dropout-recurrent",
    lambda: L.SimpleRNN(5, dropout=0.4, recurrent_dropout=0.3, return_sequences=True),
    V,
    dropout=[(STEP, STATE)],
)

# MARK: ConvLSTM1D and 3D


def conv_lstm(rank, name, space, state=None, steps=4, **options):
    kind = getattr(L, f"ConvLSTM{rank}D")
    arguments = {"filters": 4, "kernel_size": 3, "padding": "same", "return_sequences": True} | options
    shapes = [(2, steps, *space, 3)]
    if state:
        shapes += [(2, *state, arguments["filters"])] * 2
    keras_case(f"ConvLSTM{rank}D-{name}", lambda: kind(**arguments), *shapes)


conv_lstm(1, "base", (7,))
conv_lstm(1, "strides-valid", (9,), kernel_size=4, strides=2, padding="valid", return_state=True)
conv_lstm(1, "dilation", (8,), dilation_rate=2, padding="valid", activation="softsign")
conv_lstm(
    1, "together", (9,), (5,), strides=2, use_bias=False, go_backwards=True, return_state=True,
    recurrent_activation="hard_sigmoid", return_sequences=False,
)  # fmt: skip
SMALL = {"filters": 2, "steps": 3}
conv_lstm(3, "base", (3, 4, 5), kernel_size=(2, 3, 2), **SMALL)
conv_lstm(3, "strides-valid", (4, 5, 3), strides=(2, 1, 1), kernel_size=(2, 3, 2), padding="valid", **SMALL)
conv_lstm(3, "dilation", (4, 5, 3), dilation_rate=(1, 2, 1), kernel_size=2, **SMALL)
conv_lstm(
    3, "together", (4, 3, 5), (2, 3, 3), kernel_size=(3, 1, 2), strides=(2, 1, 2), return_state=True,
    go_backwards=True, activation="relu", use_bias=False, **SMALL,
)  # fmt: skip

# MARK: GRU and SimpleRNN


def gru(name, state=False, shape=V, **options):
    arguments = {"units": 5, "return_sequences": True} | options
    shapes = [shape] + ([(shape[0], arguments["units"])] if state else [])
    keras_case(f"GRU-{name}", lambda: L.GRU(**arguments), *shapes)


gru("base")
gru("reset-before", reset_after=False)
gru("last-output-return-state", return_sequences=False, return_state=True)
gru("initial-state", state=True, return_state=True)
gru("initial-state-reset-before", state=True, return_state=True, reset_after=False)
gru("go-backwards", go_backwards=True)
gru("no-bias", use_bias=False)
gru("no-bias-reset-before", use_bias=False, reset_after=False, activation="softsign")
gru("hard-sigmoid-relu", recurrent_activation="hard_sigmoid", activation="relu")
gru("units-1", units=1)
gru("wide", shape=(4, 4, 9), units=17)


def simple(name, state=False, **options):
    arguments = {"units": 5, "return_sequences": True} | options
    keras_case(f"SimpleRNN-{name}", lambda: L.SimpleRNN(**arguments), V, *([(3, 5)] if state else []))


simple("base")
simple("last-output-return-state", return_sequences=False, return_state=True)
simple("initial-state", state=True, return_state=True, go_backwards=True)
simple("no-bias-relu", use_bias=False, activation="relu")

# MARK: Cells

keras_case("RNN-lstm", lambda: L.RNN(L.LSTMCell(5), return_sequences=True), V)
keras_case("RNN-gru-backwards", lambda: L.RNN(L.GRUCell(5), go_backwards=True, return_state=True), V)
keras_case(
    "RNN-stacked",
    lambda: L.RNN([L.LSTMCell(5), L.GRUCell(3), L.SimpleRNNCell(2)], return_sequences=True),
    V,
)
keras_case(
    "RNN-stacked-states",
    lambda: L.RNN(
        [L.LSTMCell(5), L.GRUCell(3, reset_after=False)], return_state=True, go_backwards=True
    ),
    V,
    (3, 5),
    (3, 5),
    (3, 3),
    nested_state=lambda s: [s[:2], s[2]],
)
keras_case(
    "RNN-stacked-mask",
    lambda: L.RNN([L.LSTMCell(5), L.LSTMCell(3)], return_sequences=True, go_backwards=True),
    V,
    mask=True,
)

# MARK: Bidirectional

for mode in ("sum", "mul", "concat", "ave", None):
    keras_case(
        f"Bidirectional-{mode or 'none'}".lower(),
        lambda mode=mode: L.Bidirectional(L.LSTM(5, return_sequences=True), merge_mode=mode),
        V,
    )
    CASES[f"Bidirectional-{mode or 'none'}"] = CASES.pop(f"Bidirectional-{mode or 'none'}".lower())
keras_case("Bidirectional-last-output", lambda: L.Bidirectional(L.GRU(5)), V)
keras_case(
    "Bidirectional-return-state",
    lambda: L.Bidirectional(L.LSTM(4, return_sequences=True, return_state=True), merge_mode=None),
    V,
)
keras_case(
    "Bidirectional-initial-state",
    lambda: L.Bidirectional(L.LSTM(4, return_state=True), merge_mode="sum"),
    V,
    *[(3, 4)] * 4,
)
keras_case(
    "Bidirectional-backward-layer",
    lambda: L.Bidirectional(
        L.LSTM(4, return_sequences=True),
        backward_layer=L.GRU(3, return_sequences=True, go_backwards=True, activation="softsign"),
    ),
    V,
)
keras_case(
    "Bidirectional-mask", lambda: L.Bidirectional(L.LSTM(4, return_sequences=True)), V, mask=True
)
keras_case("Bidirectional-mask-last", lambda: L.Bidirectional(L.GRU(4), merge_mode="mul"), V, mask=True)
keras_case(
    "Bidirectional-ConvLSTM2D",
    lambda: L.Bidirectional(
        L.ConvLSTM2D(3, (2, 3), padding="same", return_sequences=True), merge_mode="ave"
    ),
    (2, 4, 5, 4, 2),
)
keras_case(
    "Bidirectional-dropout",
    lambda: L.Bidirectional(L.LSTM(5, dropout=0.4, recurrent_dropout=0.3, return_sequences=True)),
    V,
    dropout=[(STEP, STATE)] * 2,
)

# MARK: Beyond Keras, from the equations


def conv(x, kernel, strides=1, padding="SAME"):
    return tf.nn.conv2d(x, kernel, strides, padding)


def normed(x, gamma, beta=0.0, epsilon=1e-3):
    mean, variance = tf.nn.moments(x, [-1], keepdims=True)
    return (x - mean) / tf.sqrt(variance + epsilon) * gamma + beta


def written_out(name, layer, config, shapes, params, step, states, sequences=True):
    """`step(x, states, params)` gives the next states, the output first."""

    def golden(name):
        rng = np.random.default_rng(goldens.seed(name))
        sources = {f"input.{index}": normal(rng, shape) for index, shape in enumerate(shapes)}
        for key, shape in params.items():
            fan = np.prod(shape[:-1]) if len(shape) > 1 else 4
            if key == "peephole":
                fan = 2
            mean = 1.0 if "gamma" in key else 0.0
            sources[f"param.{key}"] = normal(rng, shape, 1 / np.sqrt(fan), mean=mean)

        def run(tensors):
            p = {key: tensors[f"param.{key}"] for key in params}
            x = tensors["input.0"]
            state = [tensors[f"input.{1 + index}"] for index in range(states)]
            outputs = []
            for t in range(x.shape[1]):
                state = step(x[:, t], state, p)
                outputs.append(state[0])
            return [tf.stack(outputs, axis=1) if sequences else outputs[-1], *state]

        options = config | {"return_sequences": sequences, "return_state": True}
        return finish(name, layer, options, sources, run, {})

    CASES[name] = golden


def lstm_step(product, recur, normalise=False):
    def step(x, state, p):
        h, c = state
        zx, zh = product(x, p["kernel"]), recur(h, p["recurrent_kernel"])
        if normalise:
            zx, zh = normed(zx, p["kernel_gamma"]), normed(zh, p["recurrent_gamma"])
        i, f, g, o = tf.split(zx + zh + p["bias"], 4, axis=-1)
        wi, wf, wo = tf.split(p["peephole"], 3, axis=-1) if "peephole" in p else (0.0, 0.0, 0.0)
        i, f = tf.sigmoid(i + wi * c), tf.sigmoid(f + wf * c)
        c = f * c + i * tf.tanh(g)
        o = tf.sigmoid(o + wo * c)
        shown = normed(c, p["state_gamma"], p["state_beta"]) if normalise else c
        return [o * tf.tanh(shown), c]

    return step


def gru_step(recur, after):
    def step(x, state, p):
        (h,) = state
        kz, kr, kh = tf.split(p["recurrent_kernel"], 3, axis=-1)
        bias = p["bias"] if after else tf.stack([p["bias"], tf.zeros_like(p["bias"])])
        xz, xr, xh = tf.split(conv(x, p["kernel"]) + bias[0], 3, axis=-1)
        bz, br, bh = tf.split(bias[1], 3, axis=-1)
        z, r = tf.sigmoid(xz + recur(h, kz) + bz), tf.sigmoid(xr + recur(h, kr) + br)
        inner = r * (recur(h, kh) + bh) if after else recur(r * h, kh)
        return [z * h + (1 - z) * tf.tanh(xh + inner)]

    return step


MAPS, MAP_STATE = (2, 4, 6, 5, 3), (2, 6, 5, 4)
KERNELS = {"kernel": (3, 2, 3, 16), "recurrent_kernel": (3, 2, 4, 16), "bias": (16,)}
NORMS = {"kernel_gamma": (16,), "recurrent_gamma": (16,), "state_gamma": (4,), "state_beta": (4,)}
CONV = {"filters": 4, "kernel_size": [3, 2], "padding": "same"}
written_out(
    "ConvLSTM2D-peepholes-channel",
    "ConvLSTM2D",
    CONV | {"peepholes": "channel"},
    [MAPS, MAP_STATE, MAP_STATE],
    KERNELS | {"peephole": (12,)},
    lstm_step(conv, conv),
    2,
)
written_out(
    "ConvLSTM2D-peepholes-position",
    "ConvLSTM2D",
    CONV | {"peepholes": "position"},
    [MAPS, MAP_STATE, MAP_STATE],
    KERNELS | {"peephole": (6, 5, 12)},
    lstm_step(conv, conv),
    2,
)
written_out(
    "ConvLSTM2D-layer-normalization",
    "ConvLSTM2D",
    CONV | {"layer_normalization": True},
    [MAPS, MAP_STATE, MAP_STATE],
    KERNELS | NORMS,
    lstm_step(conv, conv, normalise=True),
    2,
)
written_out(
    "LSTM-layer-normalization",
    "LSTM",
    {"units": 4, "layer_normalization": True},
    [(3, 5, 6), (3, 4), (3, 4)],
    {"kernel": (6, 16), "recurrent_kernel": (4, 16), "bias": (16,)} | NORMS,
    lstm_step(tf.matmul, tf.matmul, normalise=True),
    2,
    sequences=False,
)
for after in (True, False):
    written_out(
        f"ConvGRU2D-reset-{'after' if after else 'before'}",
        "ConvGRU2D",
        CONV | {"reset_after": after},
        [MAPS, MAP_STATE],
        {"kernel": (3, 2, 3, 12), "recurrent_kernel": (3, 2, 4, 12), "bias": (2, 12) if after else (12,)},
        gru_step(conv, after),
        1,
    )

if __name__ == "__main__":
    goldens.main(__doc__, "recurrent", CASES)
