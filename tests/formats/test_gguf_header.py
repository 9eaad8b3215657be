from __future__ import annotations

import itertools
import math

import gguf
import numpy as np
import pytest
from gguf.constants import GGUF_DEFAULT_ALIGNMENT, GGMLQuantizationType, LlamaFileType
from hypothesis import given, settings
from hypothesis import strategies as st

from service.formats.entry import Entry, Unwritable
from service.formats.gguf_header import ALIGNMENT, TYPES, header
from service.tensors.dtypes import DTYPES
from tests.formats.tensors import values_of

names = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=15)
shapes = st.lists(st.integers(1, 5), max_size=4).map(tuple)
described = st.dictionaries(names, st.tuples(st.sampled_from([*TYPES]), shapes), min_size=1, max_size=6)


def _padded(nbytes):
    return -(-nbytes // ALIGNMENT) * ALIGNMENT


def _entries(tensors):
    sizes = [math.prod(shape) * DTYPES[dtype].itemsize for dtype, shape in tensors.values()]
    starts = itertools.accumulate(map(_padded, sizes), initial=0)
    return [
        Entry(name, DTYPES[dtype], shape, start, size)
        for (name, (dtype, shape)), size, start in zip(tensors.items(), sizes, starts, strict=False)
    ]


def _read(path, tensors, metadata=None):
    """Return what gguf-py reads of a file of tensors of such dtypes and shapes, and their elements."""
    elements = {name: values_of(shape, dtype).tobytes() for name, (dtype, shape) in tensors.items()}
    data = b"".join(content.ljust(_padded(len(content)), b"\0") for content in elements.values())
    path.write_bytes(header(metadata or {}, _entries(tensors)) + data)
    return gguf.GGUFReader(path), elements


def _fields(path, tensors, metadata=None):
    reader, _ = _read(path, tensors, metadata)
    return {name: field.contents() for name, field in reader.fields.items()}


@pytest.mark.slow
@settings(derandomize=True, max_examples=100, deadline=None)
@given(described)
def test_the_library_reads_each_tensor(tmp_path_factory, tensors):
    path = tmp_path_factory.getbasetemp() / "read.gguf"
    reader, elements = _read(path, tensors)

    assert [tensor.name for tensor in reader.tensors] == [*tensors]
    for tensor in reader.tensors:
        dtype, shape = tensors[tensor.name]
        assert tuple(reversed(tensor.shape.tolist())) == (shape or (1,))
        assert tensor.data.tobytes() == elements[tensor.name]
        if dtype != "bfloat16":
            np.testing.assert_array_equal(tensor.data, values_of(shape or (1,), dtype), strict=True)


@settings(derandomize=True, max_examples=100, deadline=None)
@given(described)
def test_elements_begin_at_multiples_of_the_alignment(tensors):
    assert len(header({}, _entries(tensors))) % ALIGNMENT == 0


def test_the_numbers_of_types_are_those_of_the_library():
    called = {"float32": "F32", "float16": "F16", "float64": "F64", "bfloat16": "BF16"} | {
        "int32": "I32", "int64": "I64"
    }  # fmt: skip
    assert {dtype: GGMLQuantizationType[name].value for dtype, name in called.items()} == TYPES
    assert ALIGNMENT == GGUF_DEFAULT_ALIGNMENT


def test_metadata_are_texts(tmp_path):
    texts = {"general.name": "Ünit", "training.run_id": "7"}
    fields = _fields(tmp_path / "a.gguf", {"w": ("float32", (2,))}, texts)
    assert {name: fields[name] for name in texts} == texts
    assert fields["general.alignment"] == ALIGNMENT


@pytest.mark.parametrize("said", [None, "gpt2"])
def test_the_architecture_is_that_of_the_metadata(tmp_path, said):
    metadata = {} if said is None else {"general.architecture": said}
    fields = _fields(tmp_path / "a.gguf", {"w": ("float32", (2,))}, metadata)
    assert fields["general.architecture"] == (said or "fanin")


@pytest.mark.parametrize(
    ("tensors", "expected"),
    [
        ({"w": ("float32", (9,)), "b": ("float32", (2,))}, LlamaFileType.ALL_F32),
        ({"w": ("float16", (9,)), "b": ("float32", (2,))}, LlamaFileType.MOSTLY_F16),
        ({"w": ("bfloat16", (9,)), "b": ("float32", (2,))}, LlamaFileType.MOSTLY_BF16),
        ({"w": ("float32", (9,)), "b": ("float16", (2,))}, None),
        ({"w": ("float64", (9,))}, None),
    ],
)
def test_the_file_type_is_that_of_most_elements(tmp_path, tensors, expected):
    assert _fields(tmp_path / "a.gguf", tensors).get("general.file_type") == expected


def test_a_name_of_the_most_bytes_is_read(tmp_path):
    reader, _ = _read(tmp_path / "a.gguf", {"ü" * 31 + "w": ("float32", (2,))})
    assert reader.tensors[0].name == "ü" * 31 + "w"


@pytest.mark.parametrize(
    ("tensors", "said"),
    [
        ({"fc": ("float8_e5m2", (2,))}, "float8_e5m2"),
        ({"fc": ("complex64", (2,))}, "complex64"),
        ({"fc" + "x" * 62: ("float32", (2,))}, "at most 63"),
        ({"fc" + "ü" * 31: ("float32", (2,))}, "64 bytes"),
        ({"fc\0": ("float32", (2,))}, "none of them zero"),
        ({"fc": ("float32", (1, 1, 1, 1, 1))}, "at most 4"),
        ({"fc": ("float32", (2, 0))}, "no elements"),
    ],
)
def test_a_tensor_that_no_file_holds_is_named(tensors, said):
    with pytest.raises(Unwritable, match="fc") as refused:
        header({}, _entries(tensors))
    assert said in str(refused.value)


@pytest.mark.parametrize("key", ["General", "a b", "", ".a", "a.", "général", "general.alignment", "general.file_type"])
def test_metadata_that_readers_would_not_take_are_refused(key):
    with pytest.raises(Unwritable):
        header({key: "x"}, _entries({"w": ("float32", (2,))}))
