"""JSON in pieces, each of some consecutive elements with the brackets between them."""

from __future__ import annotations

import json
import math
import tracemalloc

import numpy as np
import orjson
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from service.formats import json as json_format
from service.formats.json import Json
from service.tensors.dtypes import DTYPES
from service.tensors.pace import Pace
from tests.decimals.test_text import texts
from tests.formats.tensors import FACTS, NORMAL, described, make_pieces, some_shapes, tensor, values_of


def _page(shape, dtype):
    """Return the page as orjson writes all of it at once."""
    values = values_of(shape, dtype)
    if DTYPES[dtype].itemsize < 4 and values.size:
        # orjson writes the digits of float32.
        fragments = [orjson.Fragment(text) for text in texts(values.reshape(-1))]
        values = np.array(fragments, object).reshape(shape)
        data = np.atleast_1d(values).tolist()
    else:
        data = np.atleast_1d(values) if values.size else values.tolist()
    page = {
        "name": "weight",
        "shape": shape,
        "datatype": DTYPES[dtype].open_inference_name,
        "data": data,
        "parameters": {"initializer": "held", "seed": "42", **FACTS, "stream": "1"},
    }
    return orjson.dumps(page, option=orjson.OPT_SERIALIZE_NUMPY)


class _Watched:
    """A source that remembers the longest stretch that was asked for."""

    longest = 0

    def fill(self, out, start):
        self.longest = max(self.longest, out.size)
        out[:] = np.arange(start, start + out.size)

    def pace(self, dtype):
        return Pace(1e-9)


@pytest.mark.slow
@pytest.mark.parametrize("dtype", ["float32", "float64", "float16", "bfloat16"])
@settings(derandomize=True, max_examples=150, deadline=None)
@given(shape=some_shapes(), piece_elements=st.integers(1, 40))
@example((5, 5, 5), 25)
@example((5, 5, 5), 24)
@example((5, 5, 5), 26)
@example((1, 1, 7), 3)
@example((7, 1, 1), 3)
@example((2, 1, 3, 1, 2), 2)
def test_pieces_joined_are_the_text_of_the_whole(dtype, shape, piece_elements):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_format, "PIECE_ELEMENTS", piece_elements)

        assert b"".join(make_pieces(Json().body(tensor(shape, dtype)))) == _page(shape, dtype)


@settings(derandomize=True, max_examples=150, deadline=None)
@given(shape=some_shapes(), piece_elements=st.integers(1, 40))
def test_pieces_joined_are_the_lists_of_numpy(shape, piece_elements):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_format, "PIECE_ELEMENTS", piece_elements)
        text = b"".join(make_pieces(Json().body(tensor(shape, "float64"))))

    assert json.loads(text)["data"] == np.atleast_1d(values_of(shape, "float64")).tolist()


@pytest.mark.slow
@settings(derandomize=True, max_examples=150, deadline=None)
@given(shape=some_shapes(), piece_elements=st.integers(1, 40))
def test_flat_pieces_joined_are_one_list(shape, piece_elements):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_format, "PIECE_ELEMENTS", piece_elements)
        text = b"".join(make_pieces(Json().body(tensor(shape, "float64"), flat=True)))

    assert json.loads(text)["data"] == values_of(shape, "float64").reshape(-1).tolist()
    assert json.loads(text)["shape"] == list(shape)


@pytest.mark.parametrize(
    "shape",
    [
        (2**14 - 1,), (2**14,), (2**14 + 1,), (2**15,), (2**15 + 1,), (2**14, 1), (2**14 + 1, 1), (1, 2**14),
        (2, 2**14), (3, 2**14 + 1), (3, 2**14 - 1), (2**13, 3), (2, 3, 2**13), (129, 127), (130, 2, 127), (17, 31, 37),
        (5, 4097, 2), (2,) * 16, (1,) * 31 + (2**14 + 1,), (2**14 + 1,) + (1,) * 31,
    ],
)  # fmt: skip
def test_texts_about_the_true_size_of_a_piece_are_whole(shape):
    assert b"".join(make_pieces(Json().body(tensor(shape)))) == _page(shape, "float32")


@pytest.mark.parametrize("flat", [False, True])
@settings(derandomize=True, max_examples=100, deadline=None)
@given(shape=some_shapes(longest=9), piece_elements=st.integers(1, 40))
def test_no_piece_has_more_elements_than_it_should(flat, shape, piece_elements):
    source = _Watched()
    body = Json().body(described(shape, source=source), flat)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_format, "PIECE_ELEMENTS", piece_elements)
        make_pieces(body)

    assert source.longest <= piece_elements


def test_pieces_are_few():
    body = Json().body(described((2**10, 2**10), source=NORMAL))

    growing = math.ceil(math.log2(json_format.PIECE_ELEMENTS / json_format.FIRST_ELEMENTS))
    assert len(list(body.pieces())) <= 2**20 // json_format.PIECE_ELEMENTS + growing


@pytest.mark.parametrize("name", ['"data":null', '","data":null,"', "é☃\U0001f600\u2028", '\\"', "a\nb"])
def test_a_page_of_any_name_can_be_divided(name):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_format, "PIECE_ELEMENTS", 2)
        page = json.loads(b"".join(make_pieces(Json().body(tensor((2, 3), "float64", name=name)))))

    assert (page["name"], page["data"]) == (name, values_of((2, 3), "float64").tolist())


@pytest.mark.parametrize("shape", [(2**20,), (2**10, 2**10), (2**18, 4), (2**14,) + (1,) * 31])
def test_making_a_piece_takes_about_the_memory_that_it_says(shape):
    body = Json().body(described(shape, source=NORMAL))
    piece = next(body.pieces())
    assert callable(piece)
    tracemalloc.start()
    piece(np.empty(body.buffer_bytes, np.uint8))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak < 2 * body.piece_bytes
