"""Golden files of optimizers: ten steps with given small gradients, from Keras in float64.

Pinned: Python 3.11, keras 3.15.1, tensorflow-cpu 2.21.0, numpy 2.4.6, safetensors 0.8.0.

    python Reference/optimizers.py            writes Tests/Goldens/optimizers/*.safetensors
    python Reference/optimizers.py --check    says whether the committed files are still true

Gradients lie between 1e-6 and 1e-4: there Adam's epsilon matters, and with it where it is added.
"""

import numpy as np

import goldens
from goldens import Golden, exact, normal

keras, tf = goldens.start_keras("float64")

STEPS = 10
SHAPES = ((3, 5), (4,))
MATTERING = {
    "amsgrad",
    "beta",
    "beta_1",
    "beta_2",
    "centered",
    "clipnorm",
    "clipvalue",
    "epsilon",
    "global_clipnorm",
    "initial_accumulator_value",
    "l1_regularization_strength",
    "l2_regularization_strength",
    "l2_shrinkage_regularization_strength",
    "learning_rate",
    "learning_rate_power",
    "momentum",
    "nesterov",
    "rho",
    "weight_decay",
}

CASES = {}


def optimizer_golden(name, make, tensors):
    rng = np.random.default_rng(goldens.seed(name))
    shapes = SHAPES[:tensors]
    initial = [normal(rng, shape) for shape in shapes]
    # Magnitudes spread over two decades, the second tensor's smaller; one element has no gradient at all.
    gradients = []
    for index, shape in enumerate(shapes):
        size = 10.0 ** rng.uniform(-6, -4, (STEPS, *shape)) / (1 + 2 * index)
        gradients.append(exact(size * rng.choice([-1.0, 1.0], (STEPS, *shape))))
        gradients[-1].reshape(STEPS, -1)[:, 1] = 0.0

    optimizer = make()
    variables = [keras.Variable(value, dtype="float64") for value in initial]
    optimizer.build(variables)
    values = [[] for _ in shapes]
    for step in range(STEPS):
        optimizer.apply([tf.constant(gradient[step]) for gradient in gradients])
        for kept, variable in zip(values, variables):
            kept.append(variable.numpy())

    config = {
        key: value
        for key, value in optimizer.get_config().items()
        if key in MATTERING and value is not None
    }
    # The configuration is read back from a variable; keep the number that was asked for.
    assert abs(config["learning_rate"] - make.keywords["learning_rate"]) < 1e-9
    config["learning_rate"] = make.keywords["learning_rate"]
    stored = {}
    for index in range(tensors):
        suffix = "" if tensors == 1 else f".{index}"
        stored[f"initial{suffix}"] = initial[index]
        stored[f"gradients{suffix}"] = gradients[index]
        stored[f"values{suffix}"] = np.stack(values[index])
    metadata = {
        "optimizer": type(optimizer).__name__,
        "config": goldens.as_json(config),
        "seed": str(goldens.seed(name)),
        **goldens.versions(),
    }
    return Golden(stored, metadata)


class Make:
    """An optimizer to be built later, with the arguments it was asked for."""

    def __init__(self, kind, **keywords):
        self.kind, self.keywords = kind, keywords

    def __call__(self):
        return getattr(keras.optimizers, self.kind)(**self.keywords)


def add(name, kind, tensors=1, **keywords):
    make = Make(kind, **keywords)
    CASES[name] = lambda name: optimizer_golden(name, make, tensors)


SGD = {"learning_rate": 50.0}  # large, so that small gradients move a value of order one
ADAM = {"learning_rate": 0.001}
CLIPPED = {"clipnorm": 1e-4}
GLOBALLY_CLIPPED = {"global_clipnorm": 1e-4, "tensors": 2}

add("SGD-base", "SGD", **SGD)
add("SGD-momentum", "SGD", momentum=0.9, **SGD)
add("SGD-nesterov", "SGD", momentum=0.9, nesterov=True, **SGD)
add("SGD-weight-decay", "SGD", momentum=0.9, weight_decay=0.0004, **SGD)
add("SGD-clipnorm", "SGD", **SGD, **CLIPPED)
add("SGD-clipnorm-two-tensors", "SGD", tensors=2, momentum=0.9, **SGD, **CLIPPED)
add("SGD-global-clipnorm", "SGD", **SGD, **GLOBALLY_CLIPPED)
add("SGD-momentum-global-clipnorm", "SGD", momentum=0.9, **SGD, **GLOBALLY_CLIPPED)
add("Adam-base", "Adam", **ADAM)
add("Adam-amsgrad", "Adam", amsgrad=True, **ADAM)
add("Adam-betas-epsilon", "Adam", learning_rate=0.01, beta_1=0.8, beta_2=0.95, epsilon=1e-4)
add("Adam-two-tensors", "Adam", tensors=2, **ADAM)
add("Adam-clipnorm", "Adam", **ADAM, **CLIPPED)
add("Adam-global-clipnorm", "Adam", **ADAM, **GLOBALLY_CLIPPED)
add("AdamW-base", "AdamW", **ADAM)
add("AdamW-weight-decay", "AdamW", weight_decay=0.1, **ADAM)
add("AdamW-amsgrad", "AdamW", amsgrad=True, weight_decay=0.01, **ADAM)
add("AdamW-clipnorm", "AdamW", weight_decay=0.01, **ADAM, **CLIPPED)
add("AdamW-global-clipnorm", "AdamW", weight_decay=0.01, **ADAM, **GLOBALLY_CLIPPED)
add("RMSprop-base", "RMSprop", learning_rate=0.01)
add("RMSprop-momentum", "RMSprop", learning_rate=0.01, momentum=0.9)
add("RMSprop-centered", "RMSprop", learning_rate=0.01, centered=True, rho=0.8)
add("Adadelta-base", "Adadelta", learning_rate=50.0)
add("Adadelta-rho-epsilon", "Adadelta", learning_rate=50.0, rho=0.8, epsilon=1e-5)
add("Adagrad-base", "Adagrad", learning_rate=10.0)
add("Adagrad-small-start", "Adagrad", learning_rate=0.01, initial_accumulator_value=1e-9)
add("Adamax-base", "Adamax", **ADAM)
add("Nadam-base", "Nadam", **ADAM)
add("Nadam-clipnorm", "Nadam", weight_decay=0.01, **ADAM, **CLIPPED)
add("Lion-base", "Lion", **ADAM)
add("Lamb-two-tensors", "Lamb", tensors=2, **ADAM)
add("Ftrl-base", "Ftrl", learning_rate=10.0)
add(
    "Ftrl-regularised",
    "Ftrl",
    learning_rate=0.1,
    learning_rate_power=-0.7,
    initial_accumulator_value=1e-6,
    l1_regularization_strength=1e-5,
    l2_regularization_strength=1e-4,
    l2_shrinkage_regularization_strength=1e-5,
    beta=1e-3,
)
add("RMSprop-together", "RMSprop", learning_rate=0.01, centered=True, momentum=0.5, weight_decay=0.01)
add("Adamax-options", "Adamax", learning_rate=0.01, beta_1=0.8, beta_2=0.9, epsilon=1e-5, weight_decay=0.01)
add("Nadam-options", "Nadam", learning_rate=0.01, beta_1=0.8, beta_2=0.95, epsilon=1e-5)
add("Adagrad-options", "Adagrad", learning_rate=0.01, initial_accumulator_value=0.0, epsilon=1e-9)
add("Adadelta-options", "Adadelta", learning_rate=10.0, rho=0.8, epsilon=1e-9, tensors=2)
add("Lion-options", "Lion", learning_rate=0.01, beta_1=0.5, beta_2=0.8, weight_decay=0.1)

if __name__ == "__main__":
    goldens.main(__doc__, "optimizers", CASES)
