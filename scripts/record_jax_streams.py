"""Record what JAX, Keras and Flax draw: the digests in `tests/framework_streams/recorded/jax_streams.json`.

Run with these three, into that file: `.venv-peers/bin/python scripts/record_jax_streams.py`. With `--check` it compares
what they draw now with the file, and fails on drift.

A digest is the first 16 hexadecimal digits of SHA-256 of the elements, little endian, in C order. Of float64's normals
the elements themselves are recorded, for the service is near them only.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import sys
from pathlib import Path
from typing import Any

# As processors with AVX2 and FMA draw: those with AVX512-FP16 fuse more in float16.
os.environ["XLA_FLAGS"] = "--xla_cpu_max_isa=AVX2"
os.environ["KERAS_BACKEND"] = "jax"
os.environ["JAX_PLATFORMS"] = "cpu"

import flax
import flax.linen as nn
import jax
import jax.numpy as jnp
import keras
import numpy as np
from flax import nnx
from jax.nn import initializers

FILE = Path(__file__).parent.parent / "tests/framework_streams/recorded/jax_streams.json"
NARROW = ("float32", "bfloat16", "float16")
VECTORS = ((1,), (7,), (15,), (16,), (17,), (513,), (3, 3))
MATRICES = ((1, 1), (4, 4), (33, 47), (2, 3, 4, 5))
SEEDS = (42, 2**32 - 1, 2**40 + 7)
LARGE = (1000, 1001)

PLAIN: Any = (
    ("uniform", {}),
    ("uniform", {"scale": 0.3}),
    ("normal", {}),
    ("normal", {"stddev": 0.02}),
    ("truncated_normal", {}),
    ("truncated_normal", {"stddev": 0.02, "lower": -1.3, "upper": 2.7}),
)
SCALED = (
    *((name, {}) for name in (
        "glorot_uniform", "glorot_normal", "he_uniform", "he_normal", "lecun_uniform", "lecun_normal",
        "xavier_uniform", "xavier_normal", "kaiming_uniform", "kaiming_normal",
    )),
    *(("variance_scaling", {"scale": 1.7, "mode": mode, "distribution": distribution})
      for mode in ("fan_in", "fan_out", "fan_avg", "fan_geo_avg")
      for distribution in ("uniform", "normal", "truncated_normal")),
)  # fmt: skip
AXES = (
    ("he_normal", {"in_axis": 0, "out_axis": 1}, (33, 47)),
    ("he_normal", {"in_axis": [0, 1], "out_axis": [2]}, (3, 5, 8)),
    ("glorot_uniform", {"batch_axis": [0]}, (3, 5, 8)),
    ("lecun_normal", {"in_axis": 1, "out_axis": 0}, (6, 5, 3, 3)),
)
KEYS = (
    ("split(2)[0]", lambda key: jax.random.split(key)[0]),
    ("split(5)[4]", lambda key: jax.random.split(key, 5)[4]),
    ("fold_in(7)", lambda key: jax.random.fold_in(key, 7)),
    ("fold_in(4294967295)", lambda key: jax.random.fold_in(key, 2**32 - 1)),
    ("split(3)[1]/fold_in(7)", lambda key: jax.random.fold_in(jax.random.split(key, 3)[1], 7)),
    ("fold_in(0)/split(3)[1]/split(1)[0]",
     lambda key: jax.random.split(jax.random.split(jax.random.fold_in(key, 0), 3)[1], 1)[0]),
)  # fmt: skip
CODE_OF_KEYS = (
    "jax.random.PRNGKey(7)", "jax.random.split(jax.random.PRNGKey(0), 3)[1]", "jax.random.split(jax.random.key(0))[0]",
    "random.fold_in(random.split(random.PRNGKey(0), num=4)[-1], data=3)", "random.split(key, 3)[1]",
    "jax.random.split(jax.random.key(5), (2, 3))[1, 2]", "jax.random.split(jax.random.key(5), (2, 3))[-1][0]",
    "jax.random.clone(jax.random.key(3))", "jax.random.key(0, impl='threefry2x32')", "nnx.Rngs(7).params()",
)  # fmt: skip
"""Keys as code has them; `key` is that of the seed 42."""
CODE_OF_TENSORS = (
    ("jax", "jax.random.normal(jax.random.PRNGKey(0), shape)"),
    ("jax", "jax.random.uniform(jax.random.split(key)[0], shape, minval=-1, maxval=1)"),
    ("jax", "0.01 * jax.random.normal(key=jax.random.fold_in(key, 3), shape=shape)"),
    ("jax", "jax.nn.initializers.he_normal()(jax.random.split(jax.random.PRNGKey(0), 3)[1], shape, jnp.float32)"),
    ("jax", "jax.nn.initializers.normal(0.02)(key, shape)"),
)
"""What is called for a tensor."""
KERAS_PLAIN: Any = (
    ("RandomNormal", {}),
    ("RandomNormal", {"mean": 0.3, "stddev": 0.7}),
    ("RandomUniform", {}),
    ("RandomUniform", {"minval": -0.1, "maxval": 0.3}),
    ("TruncatedNormal", {}),
    ("TruncatedNormal", {"mean": -0.3, "stddev": 0.7}),
)
KERAS_SCALED = (
    *((name, {}) for name in (
        "GlorotUniform", "GlorotNormal", "HeUniform", "HeNormal", "LecunUniform", "LecunNormal", "VarianceScaling",
    )),
    *(("VarianceScaling", {"scale": 1.7, "mode": mode, "distribution": distribution})
      for mode in ("fan_in", "fan_out", "fan_avg")
      for distribution in ("uniform", "untruncated_normal", "truncated_normal")),
)  # fmt: skip


def digest(array):
    return hashlib.sha256(np.asarray(array).tobytes()).hexdigest()[:16]


def is_near(name, parameters):
    """Whether the service promises float64 numbers that are near only."""
    return "uniform" not in (name + parameters.get("distribution", "")).lower()


def record(stream, name, parameters, dtype, draw, shapes, seeds):
    """Return the digests of one function's tensors, by shape and seed."""
    near = dtype == "float64" and is_near(name, parameters)
    told = {}
    for shape in shapes:
        if near and np.prod(shape) > 17:
            continue
        for seed in seeds:
            array = np.asarray(draw(seed, shape))
            assert array.dtype == jnp.dtype(dtype), (array.dtype, dtype)
            told[f"{','.join(map(str, shape))}/{seed}"] = array.tobytes().hex() if near else digest(array)
    kind = "elements" if near else "digests"
    return {"stream": stream, "initializer": name, "parameters": parameters, "dtype": dtype, kind: told}


def jax_draw(name, parameters, dtype):
    tuples = {key: tuple(value) if isinstance(value, list) else value for key, value in parameters.items()}
    make = getattr(initializers, name)(**tuples)
    return lambda seed, shape: make(jax.random.key(seed), shape, jnp.dtype(dtype))


def of_jax(dtypes):
    for dtype in dtypes:
        for name, parameters in PLAIN:
            yield record("jax", name, parameters, dtype, jax_draw(name, parameters, dtype), VECTORS, SEEDS)
        for name, parameters in SCALED:
            yield record("jax", name, parameters, dtype, jax_draw(name, parameters, dtype), MATRICES, SEEDS[:1])
        for name, parameters, shape in AXES:
            yield record("jax", name, parameters, dtype, jax_draw(name, parameters, dtype), (shape,), SEEDS[:1])


def of_large():
    for name, parameters in (("uniform", {"scale": 0.3}), ("normal", {"stddev": 0.02}), ("he_normal", {})):
        draw = jax_draw(name, parameters, "float32")
        yield record("jax", name, parameters, "float32", draw, (LARGE,), SEEDS[2:])


def of_keys():
    for text, derive in KEYS:
        draw = lambda seed, shape, derive=derive: initializers.normal(1.0)(derive(jax.random.key(seed)), shape)
        yield {**record("jax", "normal", {"stddev": 1.0}, "float32", draw, ((17,),), SEEDS), "key": text}


def of_code():
    names = {"jax": jax, "jnp": jnp, "random": jax.random, "nnx": nnx, "key": jax.random.key(42), "shape": (5, 7)}
    told = {"parameters": {}, "dtype": "float32"}
    for code in CODE_OF_KEYS:
        key = eval(code, dict(names))  # noqa: S307 (texts of this file)
        seed = next((text for text in re.findall(r"(?:[kK]ey|Rngs)\(([0-9]+)", code)), 42)
        stream = "flax" if "nnx" in code else "jax"
        made = {f"5,7/{seed}": digest(initializers.normal(1.0)(key, (5, 7)))}
        yield {
            "stream": stream,
            "initializer": "normal",
            **told,
            "parameters": {"stddev": 1.0},
            "key": code,
            "digests": made,
        }
    for stream, code in CODE_OF_TENSORS:
        seed = 0 if "PRNGKey(0)" in code else 42
        made = {f"5,7/{seed}": digest(eval(code, dict(names)))}  # noqa: S307 (texts of this file)
        yield {"stream": stream, "initializer": code, **told, "digests": made}


def of_seed_generators():
    """Record what an initializer of Keras draws, time after time, with a seed generator."""
    generator = keras.random.SeedGenerator(42)
    make = keras.initializers.HeNormal(seed=generator)
    for count in range(3):
        yield {
            "stream": "keras", "initializer": "HeNormal", "parameters": {}, "dtype": "float32",
            "key": f"keras.random.SeedGenerator(42)[{count}]", "digests": {"5,7/42": digest(make((5, 7)))},
        }  # fmt: skip


def _keras_draw(kind, parameters, dtype):
    return lambda seed, shape: kind(**parameters, seed=seed)(shape, dtype=dtype)


def of_keras(dtypes):
    for dtype in dtypes:
        for functions, shapes in ((KERAS_PLAIN, VECTORS), (KERAS_SCALED, MATRICES)):
            for name, parameters in functions:
                kind = getattr(keras.initializers, name)
                draw = _keras_draw(kind, parameters, dtype)
                yield record(
                    "keras", name, parameters, dtype, draw, shapes, SEEDS[:2] if shapes == VECTORS else SEEDS[:1]
                )


def of_keras_layers():
    """Record the kernels of a model that is built after set_random_seed."""
    for seed in SEEDS[:2]:
        keras.utils.set_random_seed(seed)
        layers = [keras.layers.Dense(7), keras.layers.Dropout(0.5), keras.layers.Conv2D(5, 3), keras.layers.LSTM(6)]
        # A layer draws the seeds of its initializers when it is made, and Dropout that of its generator.
        layers[0].build((None, 4))
        layers[2].build((None, 8, 8, 3))
        layers[3].build((None, 5, 4))
        for number, kernel in ((0, layers[0].kernel), (2, layers[2].kernel), (3, layers[3].cell.kernel)):
            array = np.asarray(kernel.value)
            told = {f"{','.join(map(str, array.shape))}/{seed}": digest(array)}
            yield {
                "stream": "keras", "initializer": "GlorotUniform", "parameters": {}, "dtype": "float32",
                "key": f"set_random_seed[{number}]", "digests": told,
            }  # fmt: skip


class Block(nn.Module):
    @nn.compact
    def __call__(self, inputs):
        hidden = nn.Dense(6, kernel_init=initializers.he_normal(), bias_init=initializers.normal(0.1))(inputs)
        return nn.Dense(5, name="out")(hidden)


class Network(nn.Module):
    @nn.compact
    def __call__(self, inputs):
        hidden = Block(name="encoder")(nn.Dense(4)(inputs))
        scale = self.param("scale", initializers.uniform(1.0), (5,))
        return nn.Dense(3)(Block()(hidden)) * jnp.sum(scale)


LINEN: Any = (
    ("Dense_0/kernel", "lecun_normal", {}, "linen(Dense_0)[1]"),
    ("encoder/Dense_0/kernel", "he_normal", {}, "linen(encoder/Dense_0)[1]"),
    ("encoder/Dense_0/bias", "normal", {"stddev": 0.1}, "linen(encoder/Dense_0)[2]"),
    ("encoder/out/kernel", "lecun_normal", {}, "linen(encoder/out)[1]"),
    ("scale", "uniform", {"scale": 1.0}, "linen()[1]"),
    ("Block_0/out/kernel", "lecun_normal", {}, "linen(Block_0/out)[1]"),
    ("Dense_1/kernel", "lecun_normal", {}, "linen(Dense_1)[1]"),
)


def _flax(array, name, parameters, key, seed):
    array = np.asarray(array)
    told = {f"{','.join(map(str, array.shape))}/{seed}": digest(array)}
    made = {"stream": "flax", "initializer": name, "parameters": parameters, "dtype": "float32", "key": key}
    return {**made, "digests": told}


def of_flax():
    for seed in SEEDS:
        for begin, key in (("", jax.random.key(seed)), ("split(2)[1]/", jax.random.split(jax.random.key(seed))[1])):
            params = Network().init(key, jnp.ones((2, 3)))["params"]
            for path, name, parameters, of_path in LINEN:
                array = params
                for part in path.split("/"):
                    array = array[part]
                yield _flax(array, name, parameters, begin + of_path, seed)
        rngs = nnx.Rngs(seed)
        kernels = [
            nnx.Linear(4, 6, rngs=rngs).kernel,
            nnx.Linear(6, 5, use_bias=False, rngs=rngs).kernel,
            nnx.Conv(3, 8, (3, 3), rngs=rngs).kernel,
        ]
        # A bias takes a number, though it is zeros.
        for count, kernel in zip((0, 2, 3), kernels, strict=True):
            yield _flax(kernel[...], "lecun_normal", {}, f"nnx[{count}]", seed)


def records():
    yield from of_jax(NARROW)
    yield from of_large()
    yield from of_keys()
    yield from of_code()
    yield from of_seed_generators()
    yield from of_keras(NARROW)
    yield from of_keras_layers()
    yield from of_flax()
    jax.config.update("jax_enable_x64", True)
    yield from of_jax(("float64",))
    yield from of_keras(("float64",))


def main():
    versions = {"jax": jax.__version__, "keras": keras.__version__, "flax": flax.__version__}
    head = json.dumps({**versions, "written_by": "scripts/record_jax_streams.py"})[:-1]
    lines = ",\n".join(json.dumps(entry, separators=(",", ":")) for entry in records())
    text = f'{head}, "records": [\n{lines}\n]}}\n'
    if "--check" not in sys.argv:
        sys.stdout.write(text)
        return 0
    known = json.loads(FILE.read_text())["records"]
    drawn = json.loads(text)["records"]
    drifted = [now for now, then in zip(drawn, known, strict=True) if now != then]
    for entry in drifted:
        print({key: entry[key] for key in ("stream", "initializer", "parameters", "dtype")}, "has drifted")
    return 1 if drifted else 0


if __name__ == "__main__":
    sys.exit(main())
