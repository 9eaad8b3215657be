"""A body is made in pieces, of which each can be made by itself."""

from __future__ import annotations

import io
import json
import random
from concurrent.futures import ThreadPoolExecutor
from itertools import islice

import numpy as np
import pytest
import safetensors.numpy

from service.formats import binary
from service.formats import json as json_format
from service.formats.registry import FORMATS
from service.tensors.dtypes import DTYPES
from service.tensors.pattern import Pattern
from service.tensors.source import ConstantSource, WholeSource
from tests.formats.tensors import NORMAL, OF_ELEMENTS, described, make, make_pieces, of_normals, sliced, tensor
from tests.tensors.slices import index

BINARY = ["npy", "safetensors", "raw"]

each_format = pytest.mark.parametrize("name", OF_ELEMENTS)


class _Laborious(WholeSource):
    """A tensor that has to be made whole, and cannot."""

    work = 10**8

    def materialize(self, dtype):
        raise AssertionError


TENSORS = {
    "normals": described((50, 40), source=NORMAL),
    "narrow normals": described((50, 40), "float16", NORMAL),
    "constants": described((50, 40), source=ConstantSource(0.3)),
    "held": tensor((50, 40)),
    "a part": sliced(described((50, 40), source=NORMAL), "3:47,1:39"),
    "a part of held": sliced(tensor((50, 40)), ":,-1"),
}


@pytest.fixture(params=[(name, key) for name in OF_ELEMENTS for key in TENSORS], ids=" of ".join)
def divided(request, monkeypatch):
    """Return a body of many pieces, and the same bytes made in one."""
    name, key = request.param
    whole = b"".join(make_pieces(FORMATS[name].body(TENSORS[key])))
    monkeypatch.setattr(binary, "PIECE_BYTES", 256)
    monkeypatch.setattr(json_format, "PIECE_ELEMENTS", 64)
    return FORMATS[name].body(TENSORS[key]), whole


def test_pieces_can_be_made_in_any_order(divided):
    body, whole = divided
    pieces = list(enumerate(body.pieces()))
    random.Random(1).shuffle(pieces)
    texts = {number: make(piece, body) for number, piece in pieces}

    assert b"".join(texts[number] for number in sorted(texts)) == whole


def test_pieces_can_be_made_in_several_threads_at_once(divided):
    body, whole = divided
    with ThreadPoolExecutor(8) as pool:
        texts = list(pool.map(lambda piece: make(piece, body), body.pieces()))

    assert b"".join(texts) == whole


def test_a_piece_can_be_made_again_in_the_buffer_of_another(divided):
    body, whole = divided
    buffer = np.empty(body.buffer_bytes, np.uint8)
    for _ in range(2):
        texts = [bytes(piece(buffer) if callable(piece) else piece) for piece in body.pieces()]

        assert b"".join(texts) == whole


READERS = {
    "npy": lambda file: np.load(io.BytesIO(file)),
    "safetensors": lambda file: safetensors.numpy.load(file)["weight"],
}

each_part = pytest.mark.parametrize("text", ["3:47,1:39", ":,-1", "7", "-1:", "49,39", "10:10", "..."])


def _part(text):
    whole = described((50, 40), "float64", NORMAL)
    return sliced(whole, text), np.asarray(whole.read().reshape(50, 40)[index(text)])


@each_part
@pytest.mark.parametrize("name", READERS)
def test_other_programs_read_a_part_as_a_tensor_of_its_shape(name, text):
    part, expected = _part(text)

    np.testing.assert_array_equal(READERS[name](FORMATS[name].body(part).render()), expected, strict=True)


@each_part
def test_raw_bytes_of_a_part_are_its_elements(text):
    part, expected = _part(text)

    assert FORMATS["raw"].body(part).render() == expected.tobytes()


@each_part
def test_json_of_a_part_is_its_lists_and_its_shape(text):
    part, expected = _part(text)
    page = json.loads(FORMATS["json"].body(part).render())

    assert (page["shape"], page["data"]) == (list(expected.shape), np.atleast_1d(expected).tolist())


@pytest.mark.parametrize(
    ("name", "dtype"), [("npy", "float64"), ("npy", "complex64"), ("safetensors", "bfloat16"), ("raw", "float32")]
)
@pytest.mark.parametrize("shape", [(2**40,), (2**20, 2**20), (2**40, 1, 1)])
def test_the_first_binary_piece_of_a_huge_tensor_can_be_made_at_once(name, shape, dtype):
    made = described(shape, dtype, of_normals(dtype))
    body = FORMATS[name].body(made)
    first = make(next(body.pieces()), body)

    kind = FORMATS[name]
    assert isinstance(kind, binary.BinaryFormat)
    expected = kind.header(made) + made.read(0, binary.FIRST_BYTES // DTYPES[dtype].itemsize).tobytes()
    longest = binary.FIRST_BYTES * min(DTYPES[dtype].itemsize, 4) // 4
    assert longest // 2 < len(first) <= longest
    assert expected.startswith(first)


@pytest.mark.parametrize("name", BINARY)
@pytest.mark.parametrize("source", [NORMAL, ConstantSource(0.3)], ids=["normal", "constant"])
def test_the_last_bytes_of_a_huge_tensor_can_be_made_at_once(name, source):
    made = described((2**20, 2**20), source=source)
    body = FORMATS[name].body(made)

    assert body.part(body.length - 398, body.length).render() == made.read(2**40 - 100, 100).tobytes()[2:]


@pytest.mark.parametrize("flat", [False, True])
@pytest.mark.parametrize("shape", [(2**40,), (2**20, 2**20), (2**40, 1, 1), (1, 2**40), (2**38, 4)])
def test_the_first_json_pieces_of_a_huge_tensor_can_be_made_at_once(shape, flat):
    made = described(shape, "float64", NORMAL)
    body = FORMATS["json"].body(made, flat)
    text = b"".join(make(piece, body) for piece in islice(body.pieces(), 3)).partition(b'"data":')[2]
    numbers = [float(number) for number in text.translate(None, b"[]").strip(b",").split(b",")]

    assert 1000 < len(numbers) <= 3 * json_format.PIECE_ELEMENTS
    assert numbers == made.read(0, len(numbers)).tolist()
    assert text.startswith(b"[" * (1 if flat else len(shape)))


@each_format
def test_a_body_makes_nothing_before_a_piece_is_called(name):
    body = FORMATS[name].body(described((3, 4), source=_Laborious()))
    _ = list(body.pieces()), body.length, body.buffer_bytes, body.piece_bytes, body.is_inline


@each_format
def test_what_is_small_is_made_at_once(name):
    assert FORMATS[name].body(described((10, 10), source=NORMAL)).is_inline


@each_format
@pytest.mark.parametrize(
    "made",
    [
        described((2**20,), source=NORMAL),
        described((2**20,), source=ConstantSource(0.0)),
        described((2**10, 2**10), source=NORMAL),
        described((10, 10), source=_Laborious()),
        sliced(described((10, 10), source=_Laborious()), "0"),
    ],
    ids=["long", "constant", "wide", "laborious", "part of laborious"],
)
def test_what_is_large_or_laborious_is_not_made_at_once(name, made):
    assert not FORMATS[name].body(made).is_inline


@each_format
@pytest.mark.parametrize("nanoseconds", [10.0, 1e4])
def test_the_time_that_is_told_decides_what_is_made_at_once(name, nanoseconds):
    """A thousand elements, at ten nanoseconds each or at ten microseconds."""
    source = Pattern((1000,), np.zeros_like, nanoseconds)

    assert FORMATS[name].body(described((1000,), source=source)).is_inline == (nanoseconds < 1000)


@pytest.mark.parametrize("name", FORMATS)
def test_pieces_of_slow_elements_are_short(name):
    source = Pattern((2**20,), np.zeros_like, 1e5)
    body = FORMATS[name].body(described((2**20,), source=source))

    assert body.cost.filling >= 100
    assert body.buffer_bytes <= 8192


def test_a_short_range_of_a_huge_tensor_is_made_at_once():
    assert FORMATS["raw"].body(described((2**40,), source=NORMAL)).part(2**41, 2**41 + 1000).is_inline


def test_very_many_empty_lists_are_not_made_at_once():
    assert not FORMATS["json"].body(described((2**20, 0))).is_inline


@each_format
@pytest.mark.parametrize("shape", [(2**10,), (2**30,), (2**15, 2**15)])
def test_a_piece_holds_no_more_than_it_says_it_does(name, shape):
    """It is what many replies at one time are admitted by."""
    body = FORMATS[name].body(described(shape, "float64", NORMAL))

    assert len(make(next(body.pieces()), body)) <= body.piece_bytes <= 6 * 2**20
