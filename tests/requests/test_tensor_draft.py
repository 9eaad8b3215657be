"""Requests that differ in nothing but the seed and the name: what they have in common is read once."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import parse_qsl, urlencode

import numpy as np
import pytest

from service.delivery.representation import encoded
from service.requests.members import Members
from service.requests.representation import parse_representation
from service.requests.tensor_request import parse_draft, parse_tensor
from tests.catalogue.samples import NAMES, SAMPLES
from tests.initializers.making import tensor

SEEDS_AND_NAMES = [(1, ""), (2, ""), (2**64 - 1, "encoder.0.weight"), (0, "None"), (3, "null"), (3, "a/b é")]


def _query(initializer, **members):
    shape, parameters = SAMPLES[initializer]
    given = {"shape": ",".join(map(str, shape)), **parameters, **members}
    return {key: str(value) for key, value in given.items()}


def _read(name, members, in_body=False):
    made, _ = parse_tensor(name, Members(members, in_body), threads=1)
    return made


@pytest.mark.parametrize("dtype", ["float32", "float64", "bfloat16"])
@pytest.mark.parametrize("name", NAMES)
def test_each_seed_and_name_has_its_own_elements(name, dtype):
    shape, parameters = SAMPLES[name]
    for seed, tensor_name in SEEDS_AND_NAMES[:3]:
        made = _read(name, _query(name, seed=seed, name=tensor_name, dtype=dtype))
        expected = tensor(name, shape, seed=seed, name=made.spec.name, dtype=dtype, **parameters)

        np.testing.assert_array_equal(made.read(), expected.read())
        assert made.spec.name == (tensor_name or made.spec.name)


@pytest.mark.parametrize(("seed", "tensor_name"), SEEDS_AND_NAMES)
def test_a_query_is_read_as_a_body_with_the_same_members(seed, tensor_name):
    for dtype in ("float32", "float16"):
        of_query = _read("he_normal", {"shape": "3,4", "dtype": dtype, "seed": str(seed), "name": tensor_name})
        of_body = _read("he_normal", {"shape": [3, 4], "dtype": dtype, "seed": seed, "name": tensor_name}, True)

        assert of_query.spec == of_body.spec
        assert of_query.facts() == of_body.facts()


def test_without_a_seed_each_tensor_has_another():
    seeds = {_read("he_normal", {"shape": "3,4"}).spec.seed for _ in range(20)}

    assert len(seeds) == 20


def test_a_law_that_overflows_is_refused_each_time(client):
    url = "/weights/normal?" + urlencode({"shape": "2", "std": "1e5", "dtype": "float16"})

    for seed in (1, 2):
        response = client.get(f"{url}&seed={seed}")
        assert response.status_code == 422
        assert response.json()["errors"][0]["parameter"] == "dtype"


@pytest.mark.parametrize("seed", ["-1", "18446744073709551616", "1.5", "x", "", "1,2", "٣"])
def test_a_bad_seed_is_refused_after_a_good_one(client, seed):
    assert client.get("/weights/he_normal?shape=2,2&seed=1").status_code == 200

    response = client.get("/weights/he_normal?" + urlencode({"shape": "2,2", "seed": seed}))

    assert response.status_code == 422
    assert response.json()["errors"][0]["parameter"] == "seed"


@pytest.mark.parametrize(
    "wrong", ["sede=5", "seed=1&seed=2", "name=a&name=b", "name=__metadata__", "name=" + 257 * "a"]
)
def test_a_wrong_name_or_seed_is_refused_after_a_right_one(client, wrong):
    assert client.get("/weights/he_normal?shape=2,2&seed=1&name=a").status_code == 200

    assert client.get(f"/weights/he_normal?shape=2,2&{wrong}").status_code == 422


@pytest.mark.parametrize("dtype", ["float32", "float64", "bfloat16", "complex64"])
@pytest.mark.parametrize("slice_", [None, "1:3,:", "1:4,1"])
@pytest.mark.parametrize("name", ["uniform", "normal", "truncated_normal", "he_normal", "glorot_uniform"])
def test_a_stack_has_the_tensors_of_its_names(name, slice_, dtype):
    if dtype == "complex64" and name in {"truncated_normal", "uniform"}:
        pytest.skip("has no complex form")
    said = {"initializer": name, "shape": [5, 4], "dtype": dtype, **({} if slice_ is None else {"slice": slice_})}
    draft, _ = parse_draft(Members(said, in_body=True), threads=1)
    names = ("a", "b", "encoder.0.weight")

    stack = draft.stack(7, names)

    expected = [draft.tensor(7, name).read().tobytes() for name in names]
    assert stack.read().tobytes() == b"".join(expected)
    assert stack.shape == (3, *draft.tensor(7, "a").shape)


def test_tensors_whose_elements_depend_on_each_other_are_in_no_stack():
    draft, _ = parse_draft(Members({"initializer": "orthogonal", "shape": [4, 4]}, in_body=True), threads=1)

    assert draft.stack(7, ("a", "b")) is None


@pytest.mark.parametrize(
    "query", ["format=npy", "format=json&flat=true", "format=safetensors&slice=1:,:2", "dtype=float16"]
)
@pytest.mark.parametrize("name", ["he_normal", "glorot_uniform", "zeros", "orthogonal", "pytorch_default"])
def test_a_further_representation_is_described_as_it_is_by_itself(name, query):
    """The ones before it have other seeds and names, some of them none."""
    own = {"layer": "Linear", "tensor": "weight"} if name == "pytorch_default" else {}
    for seed, tensor_name in [
        ("1", ""),
        ("18446744073709551615", ""),
        ("3", "a.b"),
        ("45", "encoder.0.weight"),
        (None, ""),
    ]:
        members = {"shape": "6,5", **own, **dict(parse_qsl(query)), "name": tensor_name}
        members |= {} if seed is None else {"seed": seed}
        asked = parse_representation(name, Members({k: v for k, v in members.items() if v}, in_body=False), "", 1)
        alone = replace(asked, alike=None)

        assert asked.url == alone.url
        assert asked.tag == alone.tag
        assert list(asked.description().items()) == list(alone.description().items())
        assert asked.encoded_description() == encoded(alone.description())
        assert (asked.cost, asked.is_inline) == (alone.body.cost, alone.body.is_inline)


def test_representations_of_one_law_share_what_the_seed_does_not_change():
    first, second = (
        parse_representation("he_normal", Members({"shape": "7,9", "seed": str(seed)}, in_body=False), "", 1)
        for seed in (1, 2)
    )

    assert second.alike is first
