"""Record the test vectors of JAX's streams, as JAX itself makes them: `service/streams/jax/vectors.json`.

Run with JAX: `.venv-peers/bin/python scripts/record_jax_vectors.py > service/streams/jax/vectors.json`.
All words and elements are hexadecimal digits: of an element its bits, the high ones first.
"""

from __future__ import annotations

import json
import os
import sys

# As processors with AVX2 and FMA draw: those with AVX512-FP16 fuse more in float16.
os.environ["XLA_FLAGS"] = "--xla_cpu_max_isa=AVX2"
os.environ["JAX_PLATFORMS"] = "cpu"

import jax
import jax.numpy as jnp
import numpy as np

COUNT = 12
SEEDS = (0, 42, 2**32 - 1, 2**40 + 7)
BOUNDS = ((-2.0, 2.0), (-1.3, 2.7), (0.3, 0.4), (-10.0, 3.3))


def words(key):
    return [f"{int(word):08x}" for word in jax.random.key_data(key)]


def elements(array):
    array = np.asarray(array)
    unsigned = array.view(f"u{array.dtype.itemsize}")
    return [f"{int(bits):0{2 * array.dtype.itemsize}x}" for bits in unsigned.ravel()]


def keys():
    for seed in SEEDS:
        key = jax.random.key(seed)
        yield {
            "seed": str(seed), "key": words(key), "split(3)[1]": words(jax.random.split(key, 3)[1]),
            "fold_in(7)": words(jax.random.fold_in(key, 7)),
            "fold_in(4294967295)": words(jax.random.fold_in(key, 2**32 - 1)),
            "words": elements(jax.random.bits(key, (COUNT,), jnp.uint32)),
        }  # fmt: skip


def distributions(dtype):
    key, shape, kind = jax.random.key(42), (COUNT,), jnp.dtype(dtype)
    made = {"uniform(0, 1)": jax.random.uniform(key, shape, kind)}
    made["uniform(-0.1, 0.3)"] = jax.random.uniform(key, shape, kind, -0.1, 0.3)
    made["normal"] = jax.random.normal(key, shape, kind)
    for low, high in BOUNDS:
        made[f"truncated_normal({low}, {high})"] = jax.random.truncated_normal(key, low, high, shape, kind)
    schemes = jax.nn.initializers
    made["he_normal, shape 3,4"] = schemes.he_normal()(key, (3, 4), kind)
    made["glorot_uniform, shape 3,4"] = schemes.glorot_uniform()(key, (3, 4), kind)
    return {"seed": "42", "dtype": dtype, "elements": {name: elements(array) for name, array in made.items()}}


def main():
    head = {"jax": jax.__version__, "written_by": "scripts/record_jax_vectors.py", "keys": list(keys())}
    tensors = [distributions(dtype) for dtype in ("float32", "bfloat16", "float16")]
    jax.config.update("jax_enable_x64", True)
    tensors.append(distributions("float64"))
    sys.stdout.write(json.dumps({**head, "tensors": tensors}, indent=1) + "\n")


if __name__ == "__main__":
    main()
