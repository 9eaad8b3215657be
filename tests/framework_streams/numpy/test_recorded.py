"""Requests with stream=numpy_legacy and stream=numpy make, to the bit, what NumPy itself made of the same code."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest

from service.requests.code.arrays.array_calls import read_array_call
from service.requests.members import Members
from service.requests.tensor_request import parse_tensor
from service.streams import numpy as package

RECORDED = json.loads((Path(package.__file__).parent / "vectors.json").read_text())
SEEDS = sorted({(entry["stream"], entry["seed"]) for entry in RECORDED["calls"]})


def made(entry, **members):
    """Return the tensor of an entry's code, with what the code does not say."""
    said = {name for name, _ in read_array_call(entry["code"], as_drawn=True).arguments}
    asked = {"dtype": entry["dtype"], "shape": entry["shape"], "seed": entry["seed"], "stream": entry["stream"]}
    asked = {name: value for name, value in asked.items() if name not in said}
    return parse_tensor(entry["code"], Members({**asked, **members}, in_body=True), threads=1)[0]


def digest(array):
    return hashlib.sha256(array.tobytes()).hexdigest()


@pytest.mark.parametrize(("stream", "seed"), SEEDS)
def test_every_recorded_array_is_made(stream, seed):
    entries = [entry for entry in RECORDED["calls"] if (entry["stream"], entry["seed"]) == (stream, seed)]
    assert len(entries) > 60

    assert [entry["code"] for entry in entries if digest(made(entry).read()) != entry["sha256"]] == []


@pytest.mark.parametrize("number", range(len(RECORDED["sequences"])))
def test_each_array_of_a_sequence_is_made_by_itself_where_the_one_before_ended(number):
    entries = RECORDED["sequences"][number]
    after = after_random_state if entries[0]["stream"] == "numpy_legacy" else after_generator
    begins = [{}, *(after(entries[: count + 1]) for count in range(len(entries) - 1))]

    tensors = [made(entry, **begin) for entry, begin in zip(entries, begins, strict=True)]

    assert [digest(tensor.read()) for tensor in tensors] == [entry["sha256"] for entry in entries]


def after_random_state(entries):
    """Return where NumPy's generator stands after the calls of some entries: words that it took, and what it kept."""
    rng, walker, words = np.random.RandomState(42), np.random.RandomState(42), 0
    for entry in entries:
        eval(entry["code"], {"rng": rng, "np": np})
    _, state, place, is_kept, kept = rng.get_state(legacy=True)
    while not stands(walker, state, place):
        walker.randint(0, 2**32, dtype=np.uint32)
        words += 1
    return {"skip": words} | ({"cached": first_of_pair(words, kept)} if is_kept else {})


def stands(walker, state, place):
    _, words, at, _, _ = walker.get_state(legacy=True)
    return at == place and np.array_equal(words, state)


def first_of_pair(words, kept):
    """Return the last of some words from which on a pair is drawn whose second number is `kept`."""
    for first in reversed(range(words - 3)):
        rng = np.random.RandomState(42)
        rng.randint(0, 2**32, first, np.uint32)
        if rng.standard_normal(2)[1] == kept:
            return first
    raise AssertionError


def after_generator(entries):
    rng, walker, words = np.random.default_rng(42), np.random.PCG64(42), []
    for entry in entries:
        eval(entry["code"], {"rng": rng, "np": np})
    state = rng.bit_generator.state
    while walker.state["state"] != state["state"]:
        words.append(walker.random_raw())
    halves = [word >> 32 for word in words]
    return {"skip": len(words)} | ({"cached": halves.index(state["uinteger"])} if state["has_uint32"] else {})
