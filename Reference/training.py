"""Golden files of training: two small models, 50 Adam steps each, from Keras in float32.

Pinned: Python 3.11, keras 3.15.1, tensorflow-cpu 2.21.0, numpy 2.4.6, safetensors 0.8.0.

    python Reference/training.py            writes Tests/Goldens/training/*.safetensors
    python Reference/training.py --check    says whether the committed files are still true

Weights start as Keras initialises them. The batches are cycled in order: step k (from 0) trains on batch
k mod `batches`; `losses[k]` is the loss before that step's update, as `final` is the state after all.
"""

import numpy as np

import goldens
from goldens import Golden

keras, tf = goldens.start_keras("float32")
from keras import layers  # noqa: E402

STEPS, BATCHES, BATCH, TIME, HEIGHT, WIDTH = 50, 10, 4, 5, 12, 10
MATTERING = {
    "activation",
    "data_format",
    "dilation_rate",
    "filters",
    "go_backwards",
    "kernel_size",
    "padding",
    "pool_size",
    "recurrent_activation",
    "return_sequences",
    "return_state",
    "strides",
    "unit_forget_bias",
    "units",
    "use_bias",
}
OPTIMIZER = {
    "class_name": "Adam",
    "config": {"learning_rate": 0.001, "beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-07, "amsgrad": False},
}
# (rows, columns) a blob moves in one frame; its index is the class.
DIRECTIONS = ((0.0, 0.9), (0.0, -0.9), (0.9, 0.0), (-0.9, 0.0))

CASES = {}


def described(layer):
    if isinstance(layer, layers.TimeDistributed):
        return {"class_name": "TimeDistributed", "config": {"layer": described(layer.layer)}}
    config = {key: value for key, value in layer.get_config().items() if key in MATTERING}
    return {"class_name": type(layer).__name__, "config": config}


def moving_blobs(rng, count, frames):
    """Gaussian blobs drifting over an empty field [count, frames, height, width, 1], and their directions."""
    directions = rng.integers(0, len(DIRECTIONS), count)
    rows, columns = np.arange(HEIGHT)[:, None], np.arange(WIDTH)[None, :]
    fields = np.zeros((count, frames, HEIGHT, WIDTH, 1))
    for sample in range(count):
        row, column = rng.uniform(4, 8), rng.uniform(3, 7)
        width, peak = rng.uniform(1.0, 1.8), rng.uniform(0.6, 1.0)
        velocity = np.array(DIRECTIONS[directions[sample]]) + rng.normal(0, 0.1, 2)
        for frame in range(frames):
            away = np.array([row, column]) + (frame - frames // 2) * velocity
            distance = (rows - away[0]) ** 2 + (columns - away[1]) ** 2
            fields[sample, frame, :, :, 0] = peak * np.exp(-distance / (2 * width**2))
    return fields.astype(np.float32), directions.astype(np.float32)


def forecasting(rng):
    """Each frame's next one; targets [batches, batch, time, height, width, 1]."""
    fields, _ = moving_blobs(rng, BATCHES * BATCH, TIME + 1)
    fields = fields.reshape(BATCHES, BATCH, TIME + 1, HEIGHT, WIDTH, 1)
    return fields[:, :, :-1], fields[:, :, 1:]


def classification(rng):
    """The direction of motion as a class index; targets [batches, batch]. Scaled to about unit variance."""
    fields, directions = moving_blobs(rng, BATCHES * BATCH, TIME)
    fields = fields * np.float32(4)
    return fields.reshape(BATCHES, BATCH, TIME, HEIGHT, WIDTH, 1), directions.reshape(BATCHES, BATCH)


def conv_lstm_stack():
    return [
        layers.ConvLSTM2D(8, 3, padding="same", return_sequences=True),
        layers.ConvLSTM2D(4, 3, padding="same", return_sequences=True),
        layers.TimeDistributed(layers.Conv2D(1, 3, padding="same")),
    ]


def cnn_lstm():
    stack = []
    for filters in (8, 12):
        stack += [
            layers.TimeDistributed(layers.Conv2D(filters, 3, padding="same")),
            layers.TimeDistributed(layers.Activation("relu")),
            layers.TimeDistributed(layers.MaxPooling2D()),
        ]
    return stack + [
        layers.TimeDistributed(layers.Flatten()),
        layers.LSTM(24),
        layers.Dense(len(DIRECTIONS), activation="softmax"),
    ]


def trajectory(name, make_layers, make_data, loss):
    seed = goldens.seed(name)
    inputs, targets = make_data(np.random.default_rng(seed))
    keras.utils.set_random_seed(seed)
    stack = make_layers()
    model = keras.Sequential([keras.Input(inputs.shape[2:]), *stack])
    optimizer = keras.optimizers.Adam(**OPTIMIZER["config"])
    optimizer.build(model.trainable_variables)
    function = getattr(keras.losses, loss)()

    def weights(prefix):
        return {
            f"{prefix}.{index}.{weight.name}": weight.numpy()
            for index, layer in enumerate(stack)
            for weight in layer.weights
        }

    @tf.function(jit_compile=False)
    def step(batch, wanted):
        with tf.GradientTape() as tape:
            value = function(wanted, model(batch, training=True))
        variables = [variable.value for variable in model.trainable_variables]
        optimizer.apply(tape.gradient(value, variables), model.trainable_variables)
        return value

    stored = {"inputs": inputs, "targets": targets} | weights("param")
    stored["losses"] = np.array(
        [step(inputs[k % BATCHES], targets[k % BATCHES]).numpy() for k in range(STEPS)]
    )
    stored |= weights("final")
    metadata = {
        "model": goldens.as_json([described(layer) for layer in stack]),
        "optimizer": goldens.as_json(OPTIMIZER),
        "loss": loss,
        "batches": str(BATCHES),
        "steps": str(STEPS),
        "seed": str(seed),
        **goldens.versions(),
    }
    return Golden(stored, metadata)


CASES["ConvLSTM2D-stack"] = lambda name: trajectory(name, conv_lstm_stack, forecasting, "MeanSquaredError")
CASES["CNN-LSTM"] = lambda name: trajectory(name, cnn_lstm, classification, "SparseCategoricalCrossentropy")


def tolerance(tensor):
    """Another processor sums float32 in another order, and Adam carries that on through 50 steps."""
    return {"losses": 1e-4, "final": 1e-3}.get(tensor.split(".")[0], 1e-6)


if __name__ == "__main__":
    goldens.main(__doc__, "training", CASES, tolerance)
