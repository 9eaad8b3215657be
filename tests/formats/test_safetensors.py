from __future__ import annotations

import json

import numpy as np
import pytest
import safetensors
import safetensors.numpy
from hypothesis import example, given, settings
from hypothesis import strategies as st

from service.formats.safetensors import Safetensors
from service.tensors.dtypes import DTYPES
from tests.formats.tensors import SHAPES, described, tensor, values_of

METADATA = {
    "a_flag": "true", "bounds": "sigma", "fan_in": "3", "format": "pt", "initializer": "held", "seed": "42",
    "std": "0.1", "stream": "1",
    "tiny": "1e-300",
}  # fmt: skip


def _rendered(made):
    return Safetensors().body(made).render()


def _sorted_metadata(file):
    """Return a file of the library with its metadata in order, padded by the library's own rule."""
    length = int.from_bytes(file[:8], "little")
    header = json.loads(file[8 : 8 + length])
    header["__metadata__"] = dict(sorted(header["__metadata__"].items()))
    text = json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode()
    text += b" " * (-len(text) % 8)
    return len(text).to_bytes(8, "little") + text + file[8 + length :]


HELD = [dtype for dtype in DTYPES if dtype != "complex128"]


@pytest.mark.parametrize("dtype", HELD)
@pytest.mark.parametrize("shape", SHAPES)
def test_the_bytes_are_those_of_the_library(shape, dtype):
    file = safetensors.numpy.save({"weight": values_of(shape, dtype)}, METADATA)

    assert _rendered(tensor(shape, dtype)) == _sorted_metadata(file)


@pytest.mark.parametrize("dtype", ["float32", "float64", "float16", "complex64"])
@pytest.mark.parametrize("shape", SHAPES)
def test_the_library_loads_the_elements(shape, dtype):
    loaded = safetensors.numpy.load(_rendered(tensor(shape, dtype, name="a.b")))

    assert list(loaded) == ["a.b"]
    np.testing.assert_array_equal(loaded["a.b"], values_of(shape, dtype), strict=True)


@pytest.mark.parametrize("dtype", ["bfloat16", "float8_e4m3fn", "float8_e5m2"])
@pytest.mark.parametrize("shape", SHAPES)
def test_the_library_finds_the_bytes_of_types_that_numpy_lacks(shape, dtype):
    ((name, read),) = safetensors.deserialize(_rendered(tensor(shape, dtype)))

    assert (name, tuple(read["shape"]), read["dtype"]) == ("weight", shape, DTYPES[dtype].safetensors_name)
    assert bytes(read["data"]) == values_of(shape, dtype).tobytes()


def test_the_library_reads_the_metadata(tmp_path):
    path = tmp_path / "w.safetensors"
    path.write_bytes(_rendered(tensor((2, 3), name="a.b")))

    with safetensors.safe_open(path, framework="np") as file:
        assert file.metadata() == METADATA | {"name": "a.b"}


@pytest.mark.parametrize("shape", [(), (0, 3), (3, 5)])
@pytest.mark.parametrize("facts", [{}, {"std": 0.1}, {"gain": 1.0, "mode": "fan_in"}])
def test_loaders_that_ask_for_a_format_in_the_metadata_find_one(tmp_path, shape, facts):
    """Of Accelerate 1.15.0 (utils/modeling.py, load_state_dict) and transformers 4.46.3 (modeling_utils.py).

    Both refuse a file that has metadata and no format among these; transformers' Flax models refuse mlx.
    """
    path = tmp_path / "w.safetensors"
    path.write_bytes(_rendered(tensor(shape, facts=facts)))

    with safetensors.safe_open(path, framework="np") as file:
        assert file.metadata()["format"] in {"pt", "tf", "flax"}


@settings(derandomize=True, max_examples=200, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20).filter(lambda t: t != "__metadata__"))
@example("encoder.0.weight")
@example('"\\/\b\f\n\r\t\u0000\u001f\u007f\u2028é☃\U0001f600')
def test_any_name_is_written_as_the_library_writes_it(name):
    file = safetensors.numpy.save({name: values_of((2,), "float32")}, METADATA | {"name": name})

    assert _rendered(tensor((2,), name=name)) == _sorted_metadata(file)


@pytest.mark.parametrize("name", ["", "n", "na", "nam", "name", "names", "the_name"])
def test_the_elements_start_at_a_multiple_of_eight(name):
    assert len(Safetensors().header(described((3, 5), name=name))) % 8 == 0


@pytest.mark.parametrize("shape", [(), (0, 3), (3, 5)])
def test_the_length_is_that_of_the_bytes(shape):
    assert Safetensors().body(tensor(shape)).length == len(_rendered(tensor(shape)))


def test_the_length_of_a_huge_tensor_is_known():
    made = described((2**40, 2), "bfloat16")

    assert Safetensors().body(made).length == len(Safetensors().header(made)) + 2**42


def test_every_dtype_can_be_held():
    assert Safetensors().dtypes() == tuple(HELD)
