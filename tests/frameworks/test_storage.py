"""Patterns of stored axes, and what an einsum equation says of its kernel."""

from __future__ import annotations

import pytest

from service.frameworks.layers import FrameworkLayers
from service.frameworks.registry import DESCRIBED
from service.frameworks.storage import bare_equation, in_words, letters, letters_of_equation
from service.tensors.errors import InvalidParameter

EXPANDED = [
    ("oi", 2, "oi"),
    ("oi", 3, None),
    ("oi", 1, None),
    ("", 2, None),
    ("s*oi", 2, "oi"),
    ("s*oi", 4, "ssoi"),
    ("oik+", 2, None),
    ("oik+", 3, "oik"),
    ("oik+", 5, "oikkk"),
    ("k+so", 4, "kkso"),
    ("ok+i", 4, "okki"),
    ("io+", 2, "io"),
    ("io+", 4, "iooo"),
    ("io iio+", 2, "io"),
    ("io iio+", 3, "iio"),
    ("io iio+", 4, "iioo"),
    ("io oik+", 3, "oik"),
]


@pytest.mark.parametrize(("pattern", "rank", "axes"), EXPANDED)
def test_a_pattern_has_a_letter_for_each_axis_of_the_ranks_that_it_covers(pattern, rank, axes):
    assert letters(pattern, rank) == axes


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        ("oi", "(out, in)"),
        ("oik+", "(out, in, kernel axes)"),
        ("s*io", "(stack axes, if any, in, out)"),
        ("io iio+", "(in, out) or (in, in, out axes)"),
    ],
)
def test_a_pattern_is_told_in_words(pattern, words):
    assert in_words(pattern) == words


@pytest.mark.parametrize(
    ("equation", "axes"),
    [
        ("abc,cd->abd", "io"),
        ("abc,cde->abde", "ioo"),
        ("abde,dec->abc", "iio"),
        ("abc,dc->abd", "oi"),
        ("...x,xy->...y", "io"),
        # One kernel for each b.
        ("abc,bcd->abd", "sio"),
    ],
)
def test_an_equation_says_which_axes_of_its_kernel_are_inputs(equation, axes):
    assert letters_of_equation(equation) == axes


def test_spaces_in_an_equation_do_not_matter():
    assert bare_equation("abc, cde -> abde") == "abc,cde->abde"


@pytest.mark.parametrize("equation", ["", "ab", "ab,bc", "ab,bz->ac", "ab,bc,cd->ad"])
def test_what_is_no_equation_of_a_kernel_is_refused(equation):
    with pytest.raises(InvalidParameter) as refused:
        bare_equation(equation)

    assert refused.value.parameter == "equation"


def layers_of(framework) -> FrameworkLayers:
    found = DESCRIBED[framework].layers
    assert found is not None
    return found


# As the frameworks' own classes name them.
BIASES = [
    ("pytorch", "Linear", "weight", "bias"),
    ("pytorch", "MultiheadAttention", "in_proj_weight", "in_proj_bias"),
    ("pytorch", "MultiheadAttention", "out_proj.weight", "out_proj.bias"),
    ("pytorch", "MultiheadAttention", "k_proj_weight", "in_proj_bias"),
    ("pytorch", "TransformerEncoderLayer", "linear2.weight", "linear2.bias"),
    ("pytorch", "LSTM", "weight_ih", "bias_ih"),
    ("pytorch", "LSTM", "weight_hh", "bias_ih"),
    ("pytorch", "Embedding", "weight", None),
    ("pytorch", "RMSNorm", "weight", None),
    ("keras", "MultiHeadAttention", "attention_output.kernel", "attention_output.bias"),
    ("keras", "SeparableConv", "pointwise_kernel", "bias"),
    ("keras", "LSTM", "recurrent_kernel", "bias"),
    ("keras", "Dense", "kernel", "bias"),
    ("flax", "LSTMCell", "ii.kernel", "hi.bias"),
    ("flax", "LSTMCell", "dense_h.kernel", "dense_h.bias"),
    ("flax", "LSTMCell", "dense_i.kernel", "dense_h.bias"),
    ("flax", "GRUCell", "hr.kernel", "ir.bias"),
    ("burn", "Lstm", "hidden_transform.weight", "hidden_transform.bias"),
    ("mlx", "LSTM", "Wh", "bias"),
    ("mlx", "GRU", "Wx", "b"),
    ("mlx", "GRU", "Wh", "b"),
    ("mlx", "MultiHeadAttention", "out_proj.weight", "out_proj.bias"),
    ("mlx", "TransformerEncoderLayer", "query_proj.weight", None),
]


@pytest.mark.parametrize(("framework", "layer", "tensor", "bias"), BIASES)
def test_a_weight_has_the_bias_beside_it(framework, layer, tensor, bias):
    assert layers_of(framework).bias_of(layer, tensor) == bias


@pytest.mark.parametrize("framework", DESCRIBED)
def test_every_pattern_covers_some_rank_and_has_outputs(framework):
    for tensors in layers_of(framework).layers.values():
        for record in tensors.values():
            found = [axes for rank in range(2, 6) if (axes := letters(record.axes, rank))]
            assert all("o" in axes for axes in found)
            assert found or not record.axes
