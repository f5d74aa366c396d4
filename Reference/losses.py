"""Golden files of losses: value and gradient for the prediction, with and without a mask, in float64.

Those of Keras come from Keras, the rain-weighted and the spectral ones from their formulas in numpy.

Pinned: Python 3.11, keras 3.15.1, tensorflow-cpu 2.21.0, numpy 2.4.6, safetensors 0.8.0.

    python Reference/losses.py            writes Tests/Goldens/losses/*.safetensors
    python Reference/losses.py --check    says whether the committed files are still true

A mask counts elements: the loss is the mean over those where it is 1. Keras averages the last axis before
it looks at a mask, so element-wise losses are given to it with a trailing axis of one.
"""

import numpy as np

import goldens
from goldens import Golden, exact, normal, uniform

keras, tf = goldens.start_keras("float64")

FIELD = (2, 3, 5, 4, 1)
SAMPLES, CLASSES = (3, 4), 6
MEAN = "mean over the elements where the mask is 1"
# Rain rate in mm/h from which each weight holds (Shi et al. 2017); dry and light rain below 2 weigh 1.
RAIN_CLASSES = ((0.0, 1.0), (2.0, 2.0), (5.0, 5.0), (10.0, 10.0), (30.0, 30.0))

CASES = {}


def random_mask(rng, shape):
    mask = (rng.random(shape) < 0.6).astype(np.float64)
    assert 0 < mask.sum() < mask.size
    return mask


def golden(name, loss, config, prediction, target, mask, value, gradient, versions):
    tensors = {"prediction": prediction, "target": target, "value": value, "grad.prediction": gradient}
    metadata = {
        "loss": loss,
        "config": goldens.as_json(config),
        "seed": str(goldens.seed(name)),
        **versions,
    }
    if mask is not None:
        tensors["mask"] = mask
        metadata["mask"] = MEAN
    return Golden(tensors, metadata)


def keras_golden(name, loss, config, make, masked):
    """`make(rng)` gives prediction and target; classes, if any, are the prediction's last axis."""
    rng = np.random.default_rng(goldens.seed(name))
    prediction, target = make(rng)
    elementwise = "Categorical" not in loss and loss not in ("KLDivergence", "CosineSimilarity")
    per_loss = prediction.shape if elementwise else prediction.shape[:-1]
    mask = random_mask(rng, per_loss) if masked else None

    function = getattr(keras.losses, loss)(**config)
    variable = tf.constant(prediction)
    with tf.GradientTape() as tape:
        tape.watch(variable)
        given, wanted = (variable[..., None], target[..., None]) if elementwise else (variable, target)
        given = tf.identity(given)
        if masked:
            given._keras_mask = tf.constant(mask != 0)
        value = function(tf.constant(wanted), given)
    gradient = tape.gradient(value, variable)

    each = function.call(tf.constant(wanted), tf.constant(given)).numpy()
    assert each.shape == per_loss
    expected = each.mean() if mask is None else (each * mask).sum() / mask.sum()
    assert abs(expected - value.numpy()) < 1e-12 * abs(expected), "the mask does not count as we say"
    return golden(
        name, loss, config, prediction, target, mask, value.numpy(), gradient.numpy(), goldens.versions()
    )


def add(name, loss, make, **config):
    for suffix, masked in (("", False), ("-masked", True)):
        CASES[f"{name}{suffix}"] = lambda name, masked=masked: keras_golden(
            name, loss, config, make, masked
        )


def regression(rng):
    return normal(rng, FIELD, 2.0), normal(rng, FIELD, 2.0)


def binary(rng, from_logits, soft=False):
    prediction = normal(rng, FIELD, 3.0) if from_logits else uniform(rng, FIELD, 0.02, 0.98)
    target = uniform(rng, FIELD, 0.0, 1.0) if soft else (rng.random(FIELD) < 0.4).astype(np.float64)
    return prediction, target


def class_prediction(rng, from_logits):
    logits = normal(rng, (*SAMPLES, CLASSES))
    if from_logits:
        return logits
    odds = np.exp(logits)
    return exact(odds / odds.sum(-1, keepdims=True))


def sparse(rng, from_logits):
    return class_prediction(rng, from_logits), rng.integers(0, CLASSES, SAMPLES).astype(np.float64)


def categorical(rng, from_logits, soft=False):
    prediction, classes = sparse(rng, from_logits)
    if not soft:
        return prediction, np.eye(CLASSES)[classes.astype(int)]
    shares = rng.random((*SAMPLES, CLASSES))
    return prediction, exact(shares / shares.sum(-1, keepdims=True))


add("MeanSquaredError", "MeanSquaredError", regression)
add("MeanAbsoluteError", "MeanAbsoluteError", regression)
for kind, from_logits in (("probabilities", False), ("logits", True)):
    options = {"from_logits": from_logits}
    add(
        f"BinaryCrossentropy-{kind}",
        "BinaryCrossentropy",
        lambda rng, f=from_logits: binary(rng, f),
        **options,
    )
    add(
        f"BinaryCrossentropy-{kind}-soft",
        "BinaryCrossentropy",
        lambda rng, f=from_logits: binary(rng, f, soft=True),
        **options,
    )
    add(
        f"CategoricalCrossentropy-{kind}",
        "CategoricalCrossentropy",
        lambda rng, f=from_logits: categorical(rng, f),
        **options,
    )
    add(
        f"CategoricalCrossentropy-{kind}-soft",
        "CategoricalCrossentropy",
        lambda rng, f=from_logits: categorical(rng, f, soft=True),
        **options,
    )
    add(
        f"SparseCategoricalCrossentropy-{kind}",
        "SparseCategoricalCrossentropy",
        lambda rng, f=from_logits: sparse(rng, f),
        **options,
    )


def positive(rng):
    return uniform(rng, FIELD, 0.05, 4.0), uniform(rng, FIELD, 0.05, 4.0)


def labels(rng, low):
    return normal(rng, FIELD), np.where(rng.random(FIELD) < 0.4, 1.0, low)


add("Huber", "Huber", regression)
add("Huber-delta", "Huber", regression, delta=0.4)
add("LogCosh", "LogCosh", regression)
add("MeanAbsolutePercentageError", "MeanAbsolutePercentageError", positive)
add("MeanSquaredLogarithmicError", "MeanSquaredLogarithmicError", positive)
add("Poisson", "Poisson", positive)
add("Hinge", "Hinge", lambda rng: labels(rng, -1.0))
add("Hinge-zero-one", "Hinge", lambda rng: labels(rng, 0.0))
add("SquaredHinge", "SquaredHinge", lambda rng: labels(rng, -1.0))
add("CategoricalHinge", "CategoricalHinge", lambda rng: categorical(rng, True))
add("KLDivergence", "KLDivergence", lambda rng: categorical(rng, False, soft=True))
add(
    "CosineSimilarity",
    "CosineSimilarity",
    lambda rng: (normal(rng, (*SAMPLES, CLASSES)), normal(rng, (*SAMPLES, CLASSES))),
)

add("SquaredHinge-binary", "SquaredHinge", lambda rng: labels(rng, 0.0))
for kind, from_logits in (("probabilities", False), ("logits", True)):
    options = {"from_logits": from_logits}
    smooth = options | {"label_smoothing": 0.2}
    add(
        f"BinaryCrossentropy-{kind}-smooth",
        "BinaryCrossentropy",
        lambda rng, f=from_logits: binary(rng, f),
        **smooth,
    )
    add(
        f"CategoricalCrossentropy-{kind}-smooth",
        "CategoricalCrossentropy",
        lambda rng, f=from_logits: categorical(rng, f),
        **smooth,
    )
    add(
        f"BinaryFocalCrossentropy-{kind}",
        "BinaryFocalCrossentropy",
        lambda rng, f=from_logits: binary(rng, f),
        **options,
    )
    add(
        f"BinaryFocalCrossentropy-{kind}-balanced",
        "BinaryFocalCrossentropy",
        lambda rng, f=from_logits: binary(rng, f),
        apply_class_balancing=True,
        alpha=0.75,
        gamma=1.5,
        **smooth,
    )
    add(
        f"CategoricalFocalCrossentropy-{kind}",
        "CategoricalFocalCrossentropy",
        lambda rng, f=from_logits: categorical(rng, f),
        **options,
    )
    add(
        f"CategoricalFocalCrossentropy-{kind}-smooth",
        "CategoricalFocalCrossentropy",
        lambda rng, f=from_logits: categorical(rng, f),
        alpha=0.6,
        gamma=3.0,
        **smooth,
    )

# MARK: Rain-weighted loss


def rain_weight(target):
    weight = np.zeros_like(target)
    for rate, value in RAIN_CLASSES:
        weight[target >= rate] = value
    return weight


def rain_weighted(prediction, target, mask):
    """mean(w·(p−t)²) + mean(w·|p−t|) over valid elements, and its gradient for p."""
    weight, error = rain_weight(target) * mask, prediction - target
    count = mask.sum()
    value = (weight * error**2).sum() / count + (weight * np.abs(error)).sum() / count
    return value, weight * (2 * error + np.sign(error)) / count


def rain_golden(name, masked, on_boundaries):
    rng = np.random.default_rng(goldens.seed(name))
    target = exact(np.where(rng.random(FIELD) < 0.3, 0.0, rng.gamma(0.7, 12.0, FIELD)))
    if on_boundaries:
        edges = np.float32([2, 5, 10, 30])
        edges = np.concatenate(
            [edges, np.nextafter(edges, np.float32(0)), np.nextafter(edges, np.float32(99))]
        )
        target = exact(np.resize(edges, FIELD))
    prediction = exact(np.maximum(target + rng.normal(0.3, 3.0, FIELD), 0.0))
    prediction[prediction == target] += 0.25
    mask = random_mask(rng, FIELD) if masked else np.ones(FIELD)
    value, gradient = rain_weighted(prediction, target, mask)
    step = 1e-6
    for index in zip(*(rng.integers(0, size, 8) for size in FIELD)):
        moved = [prediction.copy(), prediction.copy()]
        moved[0][index] += step
        moved[1][index] -= step
        slope = (rain_weighted(moved[0], target, mask)[0] - rain_weighted(moved[1], target, mask)[0]) / (
            2 * step
        )
        assert abs(slope - gradient[index]) < 1e-6
    config = {
        "rates": [rate for rate, _ in RAIN_CLASSES],
        "weights": [weight for _, weight in RAIN_CLASSES],
        "unit": "mm/h",
    }
    return golden(
        name,
        "RainWeighted",
        config,
        prediction,
        target,
        mask if masked else None,
        value,
        gradient,
        {"numpy": np.__version__},
    )


for kind, on_boundaries in (("random", False), ("boundaries", True)):
    for suffix, masked in (("", False), ("-masked", True)):
        CASES[f"RainWeighted-{kind}{suffix}"] = lambda name, masked=masked, on=on_boundaries: rain_golden(
            name, masked, on
        )

# MARK: Spectral loss


def spectral_frame(p, t, share):
    """share·FCL + (1 − share)·FAL of a frame [height, width], and its gradient for p, as matrices of the transform."""
    height, width = p.shape
    n = height * width
    rows = np.fft.fft(np.eye(height), norm="ortho")
    columns = np.fft.fft(np.eye(width), norm="ortho")
    P, T = rows @ p @ columns.T, rows @ t @ columns.T
    fal = np.mean((np.abs(P) - np.abs(T)) ** 2)
    slope = 2 / n * (np.abs(P) - np.abs(T)) * P / np.abs(P)
    fal_gradient = np.real(rows.conj().T @ slope @ columns.conj())
    floor = 1e-3 * n
    product = np.sum(np.real(P * np.conj(T))) + floor
    energies = np.sum(np.abs(P) ** 2) + floor, np.sum(np.abs(T) ** 2) + floor
    norm = np.sqrt(energies[0] * energies[1])
    fcl = 1 - product / norm
    fcl_gradient = -t / norm + product / norm * p / energies[0]
    return share * fcl + (1 - share) * fal, share * fcl_gradient + (1 - share) * fal_gradient


def spectral(prediction, target, mask, share):
    """The mean over frames, each counted by its valid pixels; missing ones take the mean of the valid targets."""
    total, gradient = 0.0, np.zeros_like(prediction)
    for batch, time, channel in np.ndindex(*prediction.shape[:2], prediction.shape[-1]):
        place = (batch, time, slice(None), slice(None), channel)
        valid = mask[place] != 0
        if not valid.any():
            continue
        fill = target[place][valid].mean()
        p, t = (np.where(valid, field[place], fill) for field in (prediction, target))
        value, slope = spectral_frame(p, t, share)
        total += value * valid.sum()
        gradient[place] = np.where(valid, slope * valid.sum(), 0)
    return total / mask.sum(), gradient / mask.sum()


def spectral_golden(name, masked, share):
    rng = np.random.default_rng(goldens.seed(name))
    shape = (2, 3, 6, 5, 2)
    prediction, target = normal(rng, shape, 1.5, 0.4), normal(rng, shape, 1.5)
    mask = random_mask(rng, shape) if masked else np.ones(shape)
    if masked:
        mask[1, 2, :, :, 0] = 0
    value, gradient = spectral(prediction, target, mask, share)
    step = 1e-6
    for index in zip(*(rng.integers(0, size, 12) for size in shape)):
        moved = [prediction.copy(), prediction.copy()]
        moved[0][index] += step
        moved[1][index] -= step
        slope = (spectral(moved[0], target, mask, share)[0] - spectral(moved[1], target, mask, share)[0]) / (
            2 * step
        )
        assert abs(slope - gradient[index]) < 1e-7
    return golden(
        name,
        "FourierAmplitudeCorrelation",
        {"correlation_share": share},
        prediction,
        target,
        mask if masked else None,
        value,
        gradient,
        {"numpy": np.__version__},
    )


for kind, share in (("amplitude", 0.0), ("correlation", 1.0), ("mixed", 0.3)):
    for suffix, masked in (("", False), ("-masked", True)):
        CASES[f"FourierAmplitudeCorrelation-{kind}{suffix}"] = (
            lambda name, masked=masked, share=share: spectral_golden(name, masked, share)
        )

if __name__ == "__main__":
    goldens.main(__doc__, "losses", CASES)
