from __future__ import annotations

import json
import math

import numpy as np
import pytest
import safetensors
import safetensors.numpy
from hypothesis import example, given
from hypothesis import strategies as st
from safetensors import TensorSpec

from service.checkpoints.file import CheckpointFile, in_order
from service.checkpoints.member import Kind, Member
from service.formats import safetensors_header
from service.formats.safetensors_header import HeaderTooLarge
from service.tensors.dtypes import DTYPES
from tests.formats.tensors import tensor

NUMPY_TYPES = ["float32", "float64", "float16", "complex64"]
ALL_TYPES = [name for name, dtype in DTYPES.items() if dtype.safetensors_name]

members = st.dictionaries(
    st.text(st.characters(codec="utf-8"), max_size=8).filter(lambda name: name != "__metadata__"),
    st.tuples(st.sampled_from(NUMPY_TYPES), st.lists(st.integers(0, 4), max_size=3).map(tuple)),
    max_size=6,
)


def _file(described, metadata=None):
    kinds = {each: Kind(None, tensor(each[1], each[0])) for each in described.values()}
    return CheckpointFile(
        in_order(Member(name, kinds[each], None, name) for name, each in described.items()), metadata or {}
    )


def _arrays(described):
    return {
        name: np.arange(math.prod(shape)).reshape(shape).astype(dtype) for name, (dtype, shape) in described.items()
    }


@pytest.mark.slow
@given(members)
def test_the_file_is_laid_out_as_the_library_writes_it(described):
    written = safetensors.numpy.save(_arrays(described))
    length = int.from_bytes(written[:8], "little")

    laid_out = _file(described)

    assert json.loads(laid_out.header[8:]) == json.loads(written[8 : 8 + length])
    assert laid_out.nbytes == len(written)


def test_dtypes_stand_in_the_order_of_the_library():
    zeros = np.zeros(8, np.uint8)
    specs = {
        name: TensorSpec(dtype=name, shape=[1], data_ptr=zeros.ctypes.data, data_len=DTYPES[name].itemsize)
        for name in ALL_TYPES
    }
    written = safetensors.serialize(specs)
    header = json.loads(written[8 : 8 + int.from_bytes(written[:8], "little")])

    assert [member.name for member in _file({name: (name, (1,)) for name in ALL_TYPES}).members] == sorted(
        header, key=lambda name: header[name]["data_offsets"]
    )


@given(members)
def test_the_library_reads_what_has_the_header(described):
    laid_out = _file(described, {"seed": "42"})
    arrays = _arrays(described)

    file = laid_out.header + b"".join(arrays[member.name].tobytes() for member in laid_out.members)

    loaded = safetensors.numpy.load(file)
    assert loaded.keys() == arrays.keys()
    for name, array in arrays.items():
        np.testing.assert_array_equal(loaded[name], array, strict=True)


@given(members, st.randoms(use_true_random=False))
def test_the_order_in_which_tensors_are_given_does_not_matter(described, random):
    names = list(described)
    random.shuffle(names)

    assert _file({name: described[name] for name in names}).header == _file(described).header


@given(members, st.integers(0, 999), st.integers(0, 999))
def test_a_range_touches_the_tensors_whose_bytes_it_has(described, first, end):
    laid_out = _file(described)
    first, end = (min(offset, laid_out.elements_bytes) for offset in sorted((first, end)))
    offsets = {name: entry["data_offsets"] for name, entry in json.loads(laid_out.header[8:]).items()}

    touched = [laid_out.members[index].name for index in laid_out.touched(first, end)]

    overlapping = {name for name, (start, stop) in offsets.items() if max(start, first) < min(stop, end)}
    assert overlapping == {name for name in touched if offsets[name][0] < offsets[name][1]}


def test_a_header_that_no_reader_takes_is_refused(monkeypatch):
    monkeypatch.setattr(safetensors_header, "MAX_HEADER_BYTES", 64)

    with pytest.raises(HeaderTooLarge):
        _ = _file({"weight": ("float32", (2, 3)), "bias": ("float32", (2,))}).header


@given(st.text(st.characters(codec="utf-8"), min_size=1, max_size=30).filter(lambda name: name != "__metadata__"))
@example("".join(map(chr, range(256))))
@example("".join(map(chr, (0x7FF, 0x800, 0x2028, 0x2029, 0xD7FF, 0xE000, 0xFFFF, 0x1F600, 0x10FFFF))))
def test_the_text_of_the_header_is_that_of_python(name):
    text = _file({name: ("float32", (2, 3))}, {"format": "pt"}).header[8:]

    page = {
        "__metadata__": {"format": "pt"}, name: {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]}
    }  # fmt: skip
    assert text.rstrip(b" ") == json.dumps(page, separators=(",", ":"), ensure_ascii=False).encode()
