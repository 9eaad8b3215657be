from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from service.tensors.errors import InvalidParameter
from service.tensors.slicing import select
from tests.tensors.slices import index, shapes, slices

VALID = {
    (): ["..."],
    (0,): [":", "0:0", "-3:5", "1:", "..."],
    (5,): [
        "0:3", "2:", ":2", ":", "::", "::1", "1:3:", "1:3:1", "-2:", ":-1", "-4:-1", "0", "2", "4", "-1", "-5", "-0:3",
        "...", "...,2", "2,...", "...,1:3", "1:3,...",
        "3:1", "2:2", "5:", "7:9", "-9:2", "-9:-7", "-1:-3", "0:5", "-5:5", ":6",
        ":99999999999999999999", "-99999999999999999999:", "99999999999999999999:", ":-99999999999999999999",
    ],
    (1, 1): ["0", "0,0", ":,0", "0:1,0:1", "-1:,:-1", "..."],
    (4, 6): [
        "1:3", "1:3,:", ":,1:3", "1,2", "-1,-2", "1,2:4", "1:2,2", "...,3", "3,...", "...,1:3", "1,...,2", "...,1,2",
        "1,2,...", ":,:", ":,...", "...,:", "1:1,2:3", "-2:,-2:", "0:128,:", ":,0:4", "3:,5:",
    ],
    (0, 3): ["0:0,1:2", ":,1", ":,1:2", "...,-1", "5:9"],
    (3, 0): ["1", "1:,:", "1,:", ":,3:", "...", "-1,5:"],
    (3, 4, 5): [
        "1", "1,2", "1,2,3", "1:,2:,3:", "...,1", ":,1", "0,...,0", "0:1,...", ":,:,2", "1:2,:,2", ":,-1,:", "2,:,1:-1",
        "...,1:3,:", "1:2,1:2,1:2", "3:,:,:", "1,...,1:3", ":,:,:",
    ],
    (2, 1, 3, 1, 2): ["1,0,2,0,1", ":,0,:,0", "...,0,1", "1:,...,:1", "0,...,0,:", ":,:,1:2,...", ":,0,1:,0,:"],
    (1,) * 31 + (3,): ["...,1", "0", "...,1:", ",".join(["0"] * 32), ",".join([":"] * 31) + ",2:"],
}  # fmt: skip

MISSING = ["", ",", ",,", "0:2,", ",0:2", "0:2,,1", "...,", ",...", "1,2,3,"]

MISTYPED = [
    "a", "x:y", "0:b", "zero", "None", "True", "1.0", "1.5:2", "1e3", "1:1e1", "0x1", "0b1", "1_0", "1j", "inf", "nan",
    "+1", "+1:", ":+2", "--1", "-", "-:", ":-", "1-", "1-2", "0..2", "0;2", "0/2", "0|2", "(1)", "[1]", "[0,1]", "{1}",
    "1:2:3:4", ":::", "0:2:1:", ".", "..", "....", "...1", "1...", ".:", "*", "?", "~0", "!1", "1,2&3",
    " ", " 0:2", "0:2 ", "0: 2", "0 :2", "1, 2", "\t", "0:2\t", "\n", "0:2\n", "0:2\r\n",
    "\u00a00:2", "0:2\u2003", "1 ", " 1", "1\n", "-1\r\n", "1\t", "1 ,2", "- 1", "... ", "1\x0b", "1\u3000",
    "\u0663", "\u0660:\u0662", "\uff11", "0:\uff12", "\u00b2", "\u2460", "\u0967", "\u2212" "1", "\u2013" "1",
    "\u2026", "\uff1a", "0\uff1a2", "0\uff0c1", "\ufeff0", "0\u200b:2", "\U0001d7ce",
]  # fmt: skip

STEPS = [
    "::2",
    "::-1",
    "::0",
    "0:4:2",
    "1:3:-1",
    "::+1",
    "::01",
    "::-0",
    "0:4:99999999999999999999",
    ":,::2",
    "::2,...",
]

BEYOND = ["4", "-5", "99", "0,6", "0,-7", "0,0,8", "...,8", "...,-9", "99999999999999999999", "-99999999999999999999"]

TOO_MANY = ["0,0,0,0", ":,:,:,:", "...,0,0,0,0", "0,0,...,0,0", "0:1,0:1,0:1,0:1", "...,...", "...,0,...", "......"]

MALICIOUS = [
    "print(1)", "__import__('os').system('true')", "().__class__", "lambda:0", "np.newaxis", "newaxis", "slice(0,2)",
    "exec('')", "0:2)", "0:2];", "0:2;print(1)", "0:2#", "0:2'", '0:2"', "0:2`id`", "$(id)", "${0}", "{0}", "%s", "%n",
    "0:2%00", "\x00", "0:2\x00", "0\x1b[31m", "../../etc/passwd", "0:2&seed=1", "0:2\r\nSet-Cookie: x", "<b>0</b>",
    "1" * 21, "-" + "1" * 21, ":" + "1" * 21, "1" * 100_000, "0:" + "9" * 100_000, "-" * 100_000, ":" * 100_000,
    "," * 100_000, "." * 100_000, "0," * 50_000 + "0", "...," * 50_000 + "0", ":," * 50_000 + ":", "(" * 100_000,
    "9**9**9", "1<<64", "0:2**62",
]  # fmt: skip


def _taken(selection, array):
    """Return what a selection takes of an array that counts its elements."""
    if selection is None:
        return array
    return selection.view.indices(0, math.prod(selection.shape)).reshape(selection.shape)


def _counting(shape):
    return np.arange(math.prod(shape)).reshape(shape)


def _takes_what_numpy_takes(shape, text):
    array = _counting(shape)
    np.testing.assert_array_equal(_taken(select(text, shape), array), np.asarray(array[index(text)]), strict=True)


@pytest.mark.parametrize(("shape", "text"), [(shape, text) for shape, texts in VALID.items() for text in texts])
def test_a_slice_takes_what_numpy_takes(shape, text):
    _takes_what_numpy_takes(shape, text)


@pytest.mark.slow
@settings(derandomize=True, max_examples=400, deadline=None)
@given(st.data(), shapes())
def test_any_slice_takes_what_numpy_takes(data, shape):
    _takes_what_numpy_takes(shape, data.draw(slices(shape)))


@pytest.mark.slow
@settings(derandomize=True, max_examples=200, deadline=None)
@given(st.data(), shapes())
def test_the_view_of_a_part_has_its_shape(data, shape):
    selection = select(data.draw(slices(shape)), shape)

    assert selection is None or selection.view.shape == selection.shape


@pytest.mark.parametrize(
    ("shape", "text", "part", "first", "last"),
    [
        ((2**20, 2**33), "-1,-2:", (2,), 2**53 - 2, 2**53 - 1),
        ((2**26, 2**27), "67108863,5:7", (2,), (2**26 - 1) * 2**27 + 5, (2**26 - 1) * 2**27 + 6),
        ((2**53,), "9007199254740991:", (1,), 2**53 - 1, 2**53 - 1),
        ((2**20, 2**20), "0:1048576,1048575", (2**20,), 2**20 - 1, 2**40 - 1),
    ],
)
def test_indices_of_tensors_that_no_memory_holds_are_exact(shape, text, part, first, last):
    selection = select(text, shape)

    assert selection.shape == part
    assert (selection.view.indices(0, 1)[0], selection.view.indices(math.prod(part) - 1, 1)[0]) == (first, last)


@pytest.mark.parametrize(("text", "plain"), [("007", "7"), ("00:03", "0:3"), ("-03:", "-3:"), ("-00", "0")])
def test_zeros_in_front_of_a_number_mean_nothing(text, plain):
    assert select(text, (9,)) == select(plain, (9,))


@pytest.mark.parametrize(("shape", "text"), [
    ((), "..."), ((5,), ":"), ((5,), "0:5"), ((5,), "-5:"), ((5,), ":99"), ((5,), "::1"),
    ((4, 6), "..."), ((4, 6), ":,:"), ((4, 6), "0:4,0:6"), ((0, 3), "0:0"), ((0, 3), "7:9"), ((1, 1), "0:1"),
])  # fmt: skip
def test_all_of_a_tensor_in_its_shape_is_no_part(shape, text):
    assert select(text, shape) is None


@pytest.mark.parametrize(("shape", "text"), [((1, 3), "0"), ((1,), "0"), ((3, 1), ":,0"), ((1, 1, 1), "...,0")])
def test_all_of_a_tensor_in_another_shape_is_a_part(shape, text):
    assert select(text, shape).shape == _counting(shape)[index(text)].shape


@pytest.mark.slow
@settings(derandomize=True, max_examples=400, deadline=None)
@given(st.data(), shapes())
def test_the_canonical_text_means_the_same(data, shape):
    selection = select(data.draw(slices(shape)), shape)
    if selection is not None:
        array = _counting(shape)
        np.testing.assert_array_equal(_taken(selection, array), np.asarray(array[index(selection.text)]), strict=True)


@pytest.mark.slow
@settings(derandomize=True, max_examples=200, deadline=None)
@given(st.data(), shapes())
def test_the_canonical_text_is_its_own(data, shape):
    selection = select(data.draw(slices(shape)), shape)

    assert selection is None or select(selection.text, shape) == selection


@pytest.mark.parametrize(
    ("canonical", "spellings"),
    [
        ("1", ["1", "-3", "01", "1,:", "1,...", "...,1,:,:", "1,0:6,0:8", "1,:99", "1,-6:,::1"]),
        (
            "1:3",
            ["1:3", "-3:3", "1:-1", "-3:-1", "1:3:", "1:3:1", "1:3,:", "1:3,...", "01:03", "1:3,...,-8:", "1:3,:,:"],
        ),
        (":,2", [":,2", "...,2,:", "0:4,-4", ":99,2,...", "::,2"]),
        (":,:,4:8", ["...,4:", ":,:,4:", "...,-4:", "...,4:99", ":,:,-4:8", "0:4,0:6,4:8:1"]),
        ("0:2,:,0", [":2,:,0", "-9:2,...,-8", "0:-2,0:6,0"]),
    ],
)
def test_spellings_of_one_part_have_one_text(canonical, spellings):
    assert {select(spelling, (4, 6, 8)).text for spelling in spellings} == {canonical}


@pytest.mark.parametrize(
    "text", MISSING + MISTYPED + STEPS + BEYOND + TOO_MANY + MALICIOUS, ids=lambda text: repr(text[:20])
)
def test_what_is_no_slice_is_refused(text):
    with pytest.raises(InvalidParameter) as caught:
        select(text, (4, 6, 8))

    assert caught.value.parameter == "slice"


@pytest.mark.slow
@settings(derandomize=True, max_examples=1000, deadline=None)
@given(
    st.lists(st.sampled_from(["...", ":", ",", "-", "1", "2", "37", "."]), max_size=8).map("".join), shapes(max_rank=3)
)
def test_what_is_taken_is_what_numpy_takes(text, shape):
    try:
        selection = select(text, shape)
    except InvalidParameter:
        return
    array = _counting(shape)
    np.testing.assert_array_equal(_taken(selection, array), np.asarray(array[index(text)]), strict=True)


@pytest.mark.slow
@settings(derandomize=True, max_examples=500, deadline=None)
@given(st.text(st.characters(categories=["Nd", "No", "Pc", "Pd", "Po", "Zs", "Cc", "Cf", "Lu"]), max_size=5))
@example("\u0661:\u0662")
def test_only_ascii_is_a_slice(text):
    try:
        select(text, (4, 6, 8))
    except InvalidParameter:
        return
    assert text.isascii()


@pytest.mark.parametrize("text", ["0", "-1", ":", "0:1", "...,0", ":,..."])
def test_a_scalar_has_no_axis_to_slice(text):
    with pytest.raises(InvalidParameter, match="has 1 axes, and the shape has 0"):
        select(text, ())


@pytest.mark.parametrize("text", ["0", "-1"])
def test_an_empty_axis_has_no_element(text):
    with pytest.raises(InvalidParameter, match="axis 0 of size 0"):
        select(text, (0, 3))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "leave it out"),
        ("::2", "only steps of 1"),
        ("9", "9 is out of bounds for axis 0 of size 4"),
        ("0,...,-9", "-9 is out of bounds for axis 2 of size 8"),
        ("0,0,0,0", "has 4 axes, and the shape has 3"),
        ("...,...", "more than one ..."),
        ("rows", "'rows' is not an index or a range"),
    ],
)
def test_a_refusal_tells_what_is_the_matter(text, told):
    with pytest.raises(InvalidParameter, match=told):
        select(text, (4, 6, 8))


@pytest.mark.parametrize("text", [text for text in MALICIOUS if len(text) > 1000], ids=lambda text: repr(text[:20]))
def test_a_refusal_does_not_repeat_a_long_text(text):
    with pytest.raises(InvalidParameter) as caught:
        select(text, (4, 6, 8))

    assert len(caught.value.detail) < 300


@pytest.mark.parametrize("text", ["0:0", "2:2", "4:", "5:5", "3:1", "-1:0", "9:7", "-9:-8"])
def test_whatever_takes_nothing_of_an_axis_has_one_text(text):
    """So that the same part has one URL and one entity tag."""
    selection = select(text, (4, 6))
    assert (selection.text, selection.shape) == ("0:0", (0, 6))
    assert select(f"1:,{text}", (4, 4)).text == "1:4,0:0"
    assert select(f"2,{text}", (4, 4)).text == "2,0:0"
