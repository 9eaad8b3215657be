"""A header, then the elements, of which any range of bytes can be made by itself."""

from __future__ import annotations

import io
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from service.formats import binary
from service.formats.npy import Npy
from service.formats.raw import Raw
from service.formats.safetensors import Safetensors
from service.tensors.dtypes import DTYPES
from service.tensors.source import ConstantSource
from tests.formats.tensors import NORMAL, described, make_pieces, of_normals, some_shapes, tensor, values_of

BINARY = {"npy": Npy(), "safetensors": Safetensors(), "raw": Raw()}

each_held = pytest.mark.parametrize(
    ("name", "dtype"), [(name, dtype) for name, format_ in BINARY.items() for dtype in format_.dtypes()]
)


def _file(name, made):
    """Return the format's header with NumPy's bytes of the elements; of .npy, NumPy's own file."""
    values = made.read().reshape(made.shape)
    if name == "npy":
        file = io.BytesIO()
        np.save(file, values)
        return file.getvalue()
    return BINARY[name].header(made) + values.tobytes()


def _range(data, length):
    first = data.draw(st.integers(0, length))
    return first, data.draw(st.integers(first, length))


@each_held
@settings(derandomize=True, max_examples=60, deadline=None)
@given(shape=some_shapes(), piece_bytes=st.sampled_from([8, 16, 24, 64, 1024]))
@example((16,), 64)
@example((17,), 64)
@example((64,), 64)
def test_pieces_joined_are_the_file(name, dtype, shape, piece_bytes):
    made = tensor(shape, dtype)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(binary, "PIECE_BYTES", piece_bytes)

        assert b"".join(make_pieces(BINARY[name].body(made))) == _file(name, made)


@pytest.mark.slow
@each_held
@settings(derandomize=True, max_examples=60, deadline=None)
@given(shape=some_shapes(), piece_bytes=st.sampled_from([8, 16, 24, 64]), data=st.data())
def test_any_range_of_bytes_is_that_of_the_file(name, dtype, shape, piece_bytes, data):
    made = tensor(shape, dtype)
    file = _file(name, made)
    first, end = _range(data, len(file))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(binary, "PIECE_BYTES", piece_bytes)
        body = BINARY[name].body(made).part(first, end)

        assert b"".join(make_pieces(body)) == file[first:end]
        assert body.length == end - first


@each_held
@settings(derandomize=True, max_examples=40, deadline=None)
@given(size=st.integers(0, 60), piece_bytes=st.sampled_from([8, 16, 24, 64]), data=st.data())
def test_any_range_of_a_constant_is_that_of_the_file(name, dtype, size, piece_bytes, data):
    made = described((size,), dtype, ConstantSource(0.3))
    header = BINARY[name].header(made)
    file = header + np.full(size, 0.3, DTYPES[dtype].working).astype(DTYPES[dtype].storage).tobytes()
    first, end = _range(data, len(file))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(binary, "PIECE_BYTES", piece_bytes)

        assert b"".join(make_pieces(BINARY[name].body(made).part(first, end))) == file[first:end]


@pytest.mark.parametrize("source", [NORMAL, ConstantSource(1.0)], ids=["normal", "constant"])
@pytest.mark.parametrize("name", ["npy", "safetensors"])
def test_every_range_that_begins_or_ends_about_the_header_is_that_of_the_file(name, source):
    made = described((40,), source=source)
    file, header = _file(name, made), len(BINARY[name].header(made))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(binary, "PIECE_BYTES", 16)
        for first in [0, 1, 7, header - 1, header, header + 1, header + 15, header + 16, header + 17]:
            for end in [1, 8, header - 1, header, header + 1, header + 16, header + 17, header + 32, len(file) - 1]:
                if first <= end:
                    found = b"".join(make_pieces(BINARY[name].body(made).part(first, end)))
                    assert found == file[first:end], (first, end)


@pytest.mark.parametrize("dtype", DTYPES)
def test_every_range_within_and_about_an_element_is_that_of_the_elements(dtype):
    values = values_of((6,), dtype)
    file = values.tobytes()
    for first in range(len(file) + 1):
        for end in range(first, len(file) + 1):
            assert Raw().body(tensor((6,), dtype)).part(first, end).render() == file[first:end]


@pytest.mark.slow
@each_held
@pytest.mark.parametrize("beyond", [-1, 0, 1, 2**18])
@pytest.mark.parametrize("constant", [False, True])
def test_files_about_the_true_length_of_a_piece_are_whole(name, dtype, beyond, constant):
    size = 2 * binary.PIECE_BYTES // DTYPES[dtype].itemsize + beyond
    source = ConstantSource(0.3) if constant else of_normals(dtype)
    made = described((size,), dtype, source)

    assert b"".join(make_pieces(BINARY[name].body(made))) == _file(name, made)


@pytest.mark.parametrize(
    ("first", "end"),
    [
        (0, 2**20), (1, 2**20 + 1), (2**20, 2**21), (2**20 - 3, 2**20 + 5), (2**21 + 127, 2**21 + 131),
        (2**20 + 3, 3 * 2**20 + 130), (3 * 2**20 + 500, 3 * 2**20 + 528), (127, 128), (128, 129), (0, 3 * 2**20 + 528),
    ],
)  # fmt: skip
@pytest.mark.parametrize("source", [NORMAL, ConstantSource(0.3)], ids=["normal", "constant"])
def test_ranges_about_the_true_length_of_a_piece_are_those_of_the_file(source, first, end):
    made = described((3 * 2**18 + 100,), source=source)

    assert b"".join(make_pieces(Npy().body(made).part(first, end))) == _file("npy", made)[first:end]


@settings(derandomize=True, max_examples=100, deadline=None)
@given(data=st.data())
def test_ranges_that_follow_on_each_other_are_the_file(data):
    made = tensor((7, 9))
    file = _file("npy", made)
    bounds = sorted({0, len(file), *data.draw(st.lists(st.integers(0, len(file)), max_size=6))})
    body = Npy().body(made)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(binary, "PIECE_BYTES", 16)

        assert b"".join(body.part(a, b).render() for a, b in pairwise(bounds)) == file


def test_a_range_of_a_range_counts_from_the_beginning_of_the_file():
    body = Raw().body(tensor((100,)))

    assert body.part(40, 90).part(10, 30).render() == body.render()[10:30]


@pytest.mark.parametrize("name", BINARY)
def test_a_range_knows_how_long_the_whole_is(name):
    body = BINARY[name].body(described((2**40, 3)))

    assert body.part(5, 10).total == body.length == body.length


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("constant", [False, True])
def test_no_piece_is_longer_than_it_should_be(dtype, constant):
    made = described((5000,), dtype, ConstantSource(0.3) if constant else of_normals(dtype))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(binary, "PIECE_BYTES", 256)
        body = Safetensors().body(made)

        assert max(map(len, make_pieces(body))) <= 256 + len(Safetensors().header(made))


def test_pieces_end_where_elements_do():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(binary, "PIECE_BYTES", 64)
        lengths = [len(piece) for piece in make_pieces(Raw().body(tensor((100,))).part(7, 399))]

    assert lengths == [61, 64, 64, 64, 64, 64, 11]


def test_the_first_pieces_are_short_so_that_they_leave_early():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(binary, "FIRST_BYTES", 16)
        patch.setattr(binary, "PIECE_BYTES", 64)
        lengths = [len(piece) for piece in make_pieces(Raw().body(tensor((60,))))]

    assert lengths == [16, 32, 64, 64, 64]


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float8_e4m3fn", "float8_e5m2"])
def test_the_pieces_of_a_narrow_dtype_have_as_many_elements_as_those_of_float32(dtype):
    """So that they take as long to make; a body that is made at once has no more of them either."""
    size = 2**20
    lengths = [[len(piece) for piece in make_pieces(Raw().body(tensor((size,), name)))] for name in (dtype, "float32")]
    inline = [
        max(n for n in (2**k for k in range(18)) if Raw().body(tensor((n,), name)).is_inline)
        for name in (dtype, "float32")
    ]

    assert [n // DTYPES[dtype].itemsize for n in lengths[0]] == [n // 4 for n in lengths[1]]
    assert inline[0] == inline[1]
