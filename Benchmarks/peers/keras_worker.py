"""Keras 3 on TensorFlow: a compiled training step (`tf.function`), and a compiled forward pass."""

import os
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"

import keras
import tensorflow as tf
from keras import layers

from common import arrays, serve, spec

s = spec(sys.argv[1])
x, y, weights = arrays(sys.argv[1])

frames = keras.Input((s["t"], s["h"], s["w"], s["c"]))


def conv_lstm(return_state=False):
    return layers.ConvLSTM2D(
        s["f"], s["k"], padding="same", return_sequences=True, return_state=return_state)


if s["kind"] in ("convlstm", "step"):
    ordered = [conv_lstm()]
    output = ordered[0](frames)
elif s["kind"] == "classifier":
    maps, ordered = frames, []
    for filters in s["conv"]:
        ordered.append(layers.TimeDistributed(layers.Conv2D(filters, 3, padding="same", activation="relu")))
        maps = layers.TimeDistributed(layers.MaxPooling2D())(ordered[-1](maps))
    vectors = layers.TimeDistributed(layers.Flatten())(maps)
    ordered += [layers.LSTM(s["units"]), layers.Dense(s["classes"], activation="softmax")]
    output = ordered[-1](ordered[-2](vectors))
else:
    ordered = [conv_lstm(True), conv_lstm(True), conv_lstm(), conv_lstm()]
    ordered.append(layers.TimeDistributed(layers.Conv2D(s["c"], 1)))
    lower, *lower_state = ordered[0](frames)
    _, *upper_state = ordered[1](lower)
    last = layers.Lambda(lambda v: tf.repeat(v[:, -1:], s["t"], axis=1))(frames)
    first = ordered[2](last, initial_state=lower_state)
    output = ordered[4](ordered[3](first, initial_state=upper_state))

model = keras.Model(frames, output)
rest = list(weights)
for layer in ordered:
    count = len(layer.weights)
    layer.set_weights(rest[:count])
    rest = rest[count:]
assert not rest

optimizer = keras.optimizers.Adam()
optimizer.build(model.trainable_variables)
x, y = tf.constant(x), tf.constant(y)


@tf.function
def step():
    with tf.GradientTape() as tape:
        prediction = model(x, training=True)
        if s["kind"] == "classifier":
            loss = tf.reduce_mean(keras.losses.sparse_categorical_crossentropy(y, prediction))
        else:
            loss = tf.reduce_mean(tf.square(prediction - y))
    optimizer.apply(tape.gradient(loss, model.trainable_variables), model.trainable_variables)
    return loss


@tf.function
def infer():
    return model(x, training=False)


if s["kind"] == "step":
    cell = ordered[0].cell
    zeros = tf.zeros((s["n"], s["h"], s["w"], s["f"]))
    states = [zeros, zeros]
    frame = [x[:, t] for t in range(s["t"])]

    @tf.function
    def advance(x, hidden, cell_state):
        return cell(x, [hidden, cell_state])

    def next_frame():
        global states
        output, states = advance(frame[0], *states)
        return output.numpy()

    def all_frames():
        global states
        states = [zeros, zeros]
        for x in frame:
            output, states = advance(x, *states)
        return output.numpy()

    serve(all_frames, infer=next_frame)
else:
    serve(lambda: infer().numpy(), lambda: step().numpy())
