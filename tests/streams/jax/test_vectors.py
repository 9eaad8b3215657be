"""The vectors that JAX made (`scripts/record_jax_vectors.py`), which another implementation checks itself by."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest

from service.streams.jax import keys
from service.streams.jax.draws import JaxDraws
from tests.streams.jax.drawing import DTYPES, draw

VECTORS = json.loads((Path(keys.__file__).parent / "vectors.json").read_text())
TENSORS = [(tensor["dtype"], name, bits) for tensor in VECTORS["tensors"] for name, bits in tensor["elements"].items()]
PLAIN = [(dtype, name, bits) for dtype, name, bits in TENSORS if "shape" not in name]


def hexadecimal(key):
    return [f"{word:08x}" for word in key]


@pytest.mark.parametrize("recorded", VECTORS["keys"], ids=lambda recorded: recorded["seed"])
def test_keys_and_words_are_those_of_jax(recorded):
    key = keys.key_of_seed(int(recorded["seed"]), with_x64=False)
    assert hexadecimal(key) == recorded["key"]
    assert hexadecimal(keys.split(key, 1)) == recorded["split(3)[1]"]
    assert hexadecimal(keys.fold_in(key, 7)) == recorded["fold_in(7)"]
    assert hexadecimal(keys.fold_in(key, 2**32 - 1)) == recorded["fold_in(4294967295)"]
    # float32's uniforms are the upper 23 bits of the words.
    units = draw(JaxDraws.uniform(key, DTYPES["float32"], 0.0, 1.0), len(recorded["words"]))
    assert (units * 2.0**23).astype(int).tolist() == [int(word, 16) >> 9 for word in recorded["words"]]


@pytest.mark.parametrize(("dtype", "name", "bits"), PLAIN)
def test_distributions_are_those_of_jax(dtype, name, bits):
    kind, *numbers = re.match(r"(\w+)(?:\((.+), (.+)\))?", name).groups()
    arguments = [float(number) for number in numbers if number is not None]
    draws = getattr(JaxDraws, kind)((0, 42), DTYPES[dtype], *arguments)
    unsigned = f"u{DTYPES[dtype].itemsize}"
    made = draw(draws, len(bits)).astype(DTYPES[dtype]).view(unsigned).astype(object)
    largest = 4 if dtype == "float64" and kind != "uniform" else 0
    assert max(abs(a - int(b, 16)) for a, b in zip(made.tolist(), bits, strict=True)) <= largest


def test_the_vectors_have_every_dtype():
    assert sorted({dtype for dtype, _, _ in TENSORS}) == sorted(DTYPES)
    assert np.all([len(bits) == 12 for _, _, bits in TENSORS])
