"""Streams that begin anew at each tensor, in a checkpoint: no two tensors have the same numbers unasked."""

from __future__ import annotations

import numpy as np
import pytest
from safetensors.numpy import load

OF_KEYS = ("jax", "keras", "flax")
OF_SEEDS = ("numpy", "numpy_legacy")
NORMAL = {"initializer": "normal", "shape": [4, 3]}


def _asked(client, stream, tensors, **members):
    return client.post("/checkpoints", json={"stream": stream, "seed": 1, "tensors": tensors, **members})


@pytest.mark.parametrize("stream", [*OF_KEYS, *OF_SEEDS])
def test_a_second_tensor_that_does_not_say_where_it_begins_is_refused(client, stream):
    reply = _asked(client, stream, {"a": NORMAL, "b": {**NORMAL, "shape": [2]}})

    assert reply.status_code == 422
    (error,) = reply.json()["errors"]
    assert error["pointer"] == ("/tensors/b/key" if stream in OF_KEYS else "/tensors/b/seed")
    assert "'a'" in error["detail"]


@pytest.mark.parametrize("stream", ["jax", "flax"])
def test_a_rule_gives_no_key_to_several(client, stream):
    rules = [{"match": "*", "initializer": "normal", "key": "split(2)[0]"}]

    reply = _asked(client, stream, {"a": [2], "b": [2]}, rules=rules)
    assert [error["pointer"] for error in reply.json()["errors"]] == ["/tensors/b/key"]


@pytest.mark.parametrize("stream", [*OF_KEYS, *OF_SEEDS])
def test_tensors_that_draw_nothing_are_beside_one_that_does(client, stream):
    tensors = {"a": NORMAL, "b": {"initializer": "zeros", "shape": [2]}, "c": {"initializer": "ones", "shape": [2]}}

    assert _asked(client, stream, tensors).status_code == 200


@pytest.mark.parametrize("stream", OF_SEEDS)
def test_tensors_with_seeds_of_their_own_are_those_of_the_seeds(client, stream):
    made = load(_asked(client, stream, {"a": NORMAL, "b": {**NORMAL, "seed": 2}}).content)

    for name, seed in (("a", 1), ("b", 2)):
        draws = np.random.RandomState(seed) if stream == "numpy_legacy" else np.random.default_rng(seed)
        scaled = made[name] / made[name].flat[0]
        expected = draws.standard_normal((4, 3))
        np.testing.assert_allclose(scaled, expected / expected.flat[0], rtol=1e-5)


@pytest.mark.parametrize(
    ("stream", "key"), [("jax", "split(2)[{}]"), ("flax", "split(2)[{}]"), ("keras", "set_random_seed(1)[{}]")]
)
def test_tensors_with_keys_of_their_own_are_those_of_the_keys(client, stream, key):
    """Which are asked for one by one."""
    keys = {"a": key.format(0), "b": key.format(1)}
    made = load(_asked(client, stream, {name: {**NORMAL, "key": key} for name, key in keys.items()}).content)
    for name, key in keys.items():
        one = client.get(f"/weights/normal?shape=4,3&format=raw&seed=1&stream={stream}&key={key}")
        assert made[name].tobytes() == one.content
    assert (made["a"] != made["b"]).all()
