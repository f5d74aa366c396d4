"""What the scripts of golden models share: a Keras model becomes an archive, and what Keras computes of it.

Pinned: Python 3.11, keras 3.15.1, tensorflow-cpu 2.21.0, numpy 2.4.6, safetensors 0.8.0.
"""

import io
import json
import os
import tempfile
import zipfile
from pathlib import Path

import numpy as np

import goldens
from goldens import Golden

keras, tf = goldens.start_keras("float32")
from keras import layers as L  # noqa: E402

FOLDER = goldens.ROOT / "keras"
CASES = {}


def add(name, *shapes, ending=".keras", batch=2, prepare=None, calls=1, fixed_batch=False, single=False):
    """Registers a model: the decorated function builds it; `shapes` are its inputs' without the batch.

    `prepare` changes the inputs, as where steps are to be masked. A stateful model has a `fixed_batch` and is
    called more than once. `single` is for layers that TensorFlow computes in float32 only.
    """

    def register(build):
        assert name not in CASES, name
        CASES[name] = lambda case: golden(
            case, build, shapes, ending, batch, prepare, calls, fixed_batch, single
        )
        return build

    return register


def randomise(model, rng):
    """Random weights that float32 holds exactly; variances stay positive."""
    values = []
    for weight in model.weights:
        fan = max(1, int(np.prod(weight.shape[:-1])))
        value = rng.standard_normal(weight.shape) / np.sqrt(fan) if len(weight.shape) > 1 else None
        if value is None:
            value = 0.3 * rng.standard_normal(weight.shape)
        if weight.name in ("moving_variance",):
            value = 0.5 + rng.random(weight.shape)
        if weight.name in ("gamma",):
            value = 1 + value
        values.append(value.astype(np.float32))
    model.set_weights(values)


def in_double(model):
    """The same model computing in float64."""
    config = json.dumps(keras.saving.serialize_keras_object(model)).replace('"float32"', '"float64"')
    copy = keras.saving.deserialize_keras_object(json.loads(config))
    copy.set_weights([np.asarray(value, np.float64) for value in model.get_weights()])
    return copy


def flat(outputs):
    return list(keras.tree.flatten(outputs))


def fixed_archive(path, deflated):
    """The archive's bytes with fixed dates."""
    source = zipfile.ZipFile(path)
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED if deflated else zipfile.ZIP_STORED) as archive:
        for name in source.namelist():
            data = source.read(name)
            if name == "metadata.json":
                data = json.dumps(json.loads(data) | {"date_saved": "2026-01-01@00:00:00"}).encode()
            archive.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), data, compress_type=archive.compression)
    return target.getvalue()


def keep_if_same_model(path, data):
    """Writes the file unless it holds the same already (Keras numbers objects by memory address)."""
    if path.exists() and contents(path.read_bytes(), path.suffix) == contents(data, path.suffix):
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def contents(data, suffix):
    if suffix != ".keras":
        return data
    archive = zipfile.ZipFile(io.BytesIO(data))
    return without_addresses(json.loads(archive.read("config.json"))), archive.read("model.weights.h5")


def without_addresses(value):
    if isinstance(value, dict):
        return {key: without_addresses(item) for key, item in value.items() if key != "shared_object_id"}
    return [without_addresses(item) for item in value] if isinstance(value, list) else value


def golden(name, build, shapes, ending, batch, prepare, calls, fixed_batch, single):
    """One case: the archive is written, the tensors are returned. Later calls follow as `again.N`."""
    seed = goldens.seed(name)
    rng = np.random.default_rng(seed)
    keras.backend.clear_session()
    keras.utils.set_random_seed(seed)
    size = {"batch_size": batch} if fixed_batch else {}
    inputs = [keras.Input(shape, name=f"in{index}", **size) for index, shape in enumerate(shapes)]
    model = build(*inputs)
    if not isinstance(model, keras.Model):
        model = keras.Model(inputs if len(inputs) > 1 else inputs[0], model, name="golden")
    randomise(model, rng)
    values = [
        goldens.normal(rng, (batch, *(4 + axis if length is None else length for axis, length in enumerate(shape))))
        for shape in shapes
    ]
    if prepare is not None:
        prepare(rng, *values)
    computing = in_double(model) if not single else model
    outputs = [flat(computing(values if len(values) > 1 else values[0], training=False)) for _ in range(calls)]
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, f"model{ending}")
        model.save(path)
        data = fixed_archive(path, seed % 8 > 0) if ending == ".keras" else Path(path).read_bytes()
    keep_if_same_model(FOLDER / f"{name}{ending}", data)
    tensors = {f"input.{index}": value for index, value in enumerate(values)}
    for call, found in enumerate(outputs):
        part = "again" if call else "output"
        # Of several later calls the last one counts.
        tensors |= {f"{part}.{index}": np.asarray(value) for index, value in enumerate(found)}
    metadata = {"model": f"{name}{ending}", "seed": str(seed), **goldens.versions()}
    return Golden(tensors, metadata | ({"calls": str(calls)} if calls > 1 else {}))
