"""One layer on random tensors: its outputs, every gradient, and the state a training call leaves.

Used by layers.py, which starts Keras (3.15.1 on tensorflow-cpu 2.21.0) before it imports this.
"""

import numpy as np
import tensorflow as tf
from keras import layers
from keras.src.layers.merging.base_merge import Merge

import goldens
from goldens import Golden, normal

# Keys of a Keras config that change what a layer computes; the rest (initialisers, names, ...) is left out.
MATTERING = {
    "activation",
    "alpha",
    "approximate",
    "axes",
    "axis",
    "center",
    "cropping",
    "data_format",
    "depth_multiplier",
    "dilation_rate",
    "dims",
    "epsilon",
    "filters",
    "go_backwards",
    "groups",
    "interpolation",
    "keepdims",
    "kernel_size",
    "max_value",
    "momentum",
    "negative_slope",
    "noise_shape",
    "normalize",
    "offset",
    "output_padding",
    "padding",
    "pool_size",
    "rate",
    "recurrent_activation",
    "return_sequences",
    "return_state",
    "scale",
    "shared_axes",
    "size",
    "strides",
    "target_shape",
    "threshold",
    "unit_forget_bias",
    "units",
    "use_bias",
}


def config_of(layer):
    config = layer.get_config()
    if isinstance(layer, layers.TimeDistributed):
        inner = {"class_name": type(layer.layer).__name__, "config": config_of(layer.layer)}
        return {"layer": inner}
    return {key: value for key, value in config.items() if key in MATTERING}


def random_weight(rng, weight):
    """Sized so that activations neither vanish nor saturate; no weight is left at a constant."""
    match weight.name:
        case "gamma":
            return normal(rng, weight.shape, 0.3, mean=1.0)
        case "alpha" | "beta" | "bias" | "moving_mean":
            return normal(rng, weight.shape, 0.5)
        case "moving_variance":
            return goldens.uniform(rng, weight.shape, 0.5, 2.0)
        case _:
            return normal(rng, weight.shape, 1.0 / np.sqrt(np.prod(weight.shape[:-1])))


def call(layer, tensors, training):
    """Merge layers take a list; what other layers get beside their input is an initial state."""
    if isinstance(layer, Merge):
        return layer(tensors, training=training)
    extra = {"initial_state": tensors[1:]} if len(tensors) > 1 else {}
    return layer(tensors[0], training=training, **extra)


def layer_golden(name, layer, inputs, training=False, scale=1.0, config=None):
    """Runs `layer` on random tensors of the shapes `inputs` (the sequence, then its initial state)."""
    seed = goldens.seed(name)
    rng = np.random.default_rng(seed)
    values = [normal(rng, shape, scale) for shape in inputs]
    if not layer.built:
        layer.build(list(inputs) if isinstance(layer, Merge) else inputs[0])
    for weight in layer.weights:
        if "seed" not in weight.name:
            weight.assign(random_weight(rng, weight))
    before = {weight.name: weight.numpy() for weight in layer.weights if "seed" not in weight.name}

    tensors = [tf.constant(value) for value in values]
    trainable = layer.trainable_weights
    with tf.GradientTape() as tape:
        tape.watch(tensors)
        result = call(layer, tensors, training)
        outputs = list(result) if isinstance(result, (list, tuple)) else [result]
        outputs = [tf.cast(output, "float64") for output in outputs]
        cotangents = [normal(rng, output.shape) for output in outputs]
        scalar = sum(tf.reduce_sum(output * cotangent) for output, cotangent in zip(outputs, cotangents))
    sources = tensors + [weight.value for weight in trainable]
    gradients = tape.gradient(scalar, sources, unconnected_gradients="zero")

    stored = {f"input.{index}": value for index, value in enumerate(values)}
    stored |= {f"param.{key}": value for key, value in before.items()}
    stored |= {f"output.{index}": value.numpy() for index, value in enumerate(outputs)}
    stored |= {f"cotangent.{index}": value for index, value in enumerate(cotangents)}
    stored |= {f"grad.input.{index}": gradients[index].numpy() for index in range(len(tensors))}
    for weight, gradient in zip(trainable, gradients[len(tensors) :]):
        stored[f"grad.param.{weight.name}"] = gradient.numpy()
    if training:
        for weight in layer.non_trainable_weights:
            if "seed" not in weight.name:
                stored[f"updated.{weight.name}"] = weight.numpy()
    metadata = {
        "layer": type(layer).__name__,
        "config": goldens.as_json(config or config_of(layer)),
        "training": "true" if training else "false",
        "seed": str(seed),
        **goldens.versions(),
    }
    return Golden(stored, metadata)
