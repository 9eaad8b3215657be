from __future__ import annotations

import tracemalloc
from itertools import product

import numpy as np
import pytest

from service.tensors.errors import InvalidParameter
from tests.initializers.making import initialize, make, tensor
from tests.oracles import LAYOUTS, out_in_view, stored_shape


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("shape", [(1, 1), (4, 4), (3, 7), (7, 3), (0, 3), (3, 0)])
def test_identity_is_numpys_eye(shape, layout):
    np.testing.assert_array_equal(make("identity", shape, layout=layout, gain=2.5), 2.5 * np.eye(*shape))


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize(("out", "in_", "gates"), [(12, 4, 3), (12, 2, 3), (6, 5, 3), (8, 8, 1)])
def test_each_gate_is_an_identity(out, in_, gates, layout):
    made = out_in_view(make("identity", stored_shape(out, in_, (), layout), layout=layout, gates=gates), layout)

    np.testing.assert_array_equal(made, np.concatenate([np.eye(out // gates, in_)] * gates))


@pytest.mark.parametrize("shift", [0, 1, 2, 3, 7, 11, -1, -9, 2**53])
@pytest.mark.parametrize("shape", [(1, 1), (4, 4), (3, 7), (7, 3), (0, 3), (3, 0)])
def test_a_shift_turns_the_rows_as_fluxs_circshift(shape, shift):
    """`circshift(Matrix(I, rows, columns), shift)`: row i goes to row (i + shift) mod rows."""
    expected = np.roll(np.eye(*shape), shift, axis=0)

    np.testing.assert_array_equal(make("identity", shape, shift=shift), expected)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize(("out", "in_", "gates"), [(12, 4, 3), (12, 2, 3), (6, 5, 3), (8, 8, 1), (6, 6, 6)])
@pytest.mark.parametrize("shift", [0, 1, 3])
@pytest.mark.parametrize("stack", [(), (1,), (5,), (2, 3), (1, 4, 1, 2)])
def test_leading_axes_are_a_stack_of_the_same_matrix(out, in_, gates, shift, stack, layout):
    shape = (*stack, *stored_shape(out, in_, (), layout))
    made = make("identity", shape, layout=layout, gates=gates, shift=shift, gain=2.5)
    matrix = np.concatenate([2.5 * np.roll(np.eye(out // gates, in_), shift, axis=0)] * gates)

    stored = matrix.T if layout == "in_out" else matrix
    np.testing.assert_array_equal(made, np.broadcast_to(stored, shape))


@pytest.mark.parametrize("shape", [(0, 3, 3), (2, 0, 3), (2, 3, 0), (0, 0, 0)])
def test_a_stack_without_elements_is_made(shape):
    assert make("identity", shape, shift=1).shape == shape


@pytest.mark.parametrize(
    ("shape", "parameters", "start", "hits"),
    [
        ((10**6, 10**3, 10**3), {}, 0, [0, 1001, 2002]),
        ((10**6, 10**3, 10**3), {"shift": 1}, 10**12 - 10**6, [999, 1000, 2001]),
        ((10**4, 10**4, 10**4), {"gates": 100, "layout": "in_out"}, 10**8, [0, 100, 200]),
        ((10**6, 10**6), {"gates": 1000}, 10**9, [0, 10**6 + 1, 2 * 10**6 + 2]),
    ],
)
def test_a_stack_of_a_trillion_elements_can_be_looked_into(shape, parameters, start, hits):
    out = np.empty(2_000_003, np.float32)
    initialize("identity", shape, **parameters).source.fill(out, start)

    assert np.flatnonzero(out)[:3].tolist() == hits


def test_a_complex_identity_is_real():
    np.testing.assert_array_equal(make("identity", (3, 3), dtype="complex64"), np.eye(3))


def _pytorchs_dirac(out, in_, kernel, groups):
    """`torch.nn.init.dirac_`: w[g * out / groups + d, d, centre] = 1, axis by axis."""
    weight = np.zeros((out, in_, *kernel))
    rows = out // groups
    for group, d in product(range(groups), range(min(rows, in_) if weight.size else 0)):
        weight[(group * rows + d, d, *(size // 2 for size in kernel))] = 1
    return weight


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("kernel", [(3,), (4,), (3, 3), (1, 5), (2, 4), (3, 1, 2), (0, 3)])
@pytest.mark.parametrize(
    ("out", "in_", "groups"), [(6, 6, 1), (4, 7, 1), (7, 4, 1), (6, 2, 3), (6, 5, 3), (8, 1, 8), (6, 0, 2)]
)
def test_dirac_is_pytorchs(out, in_, groups, kernel, layout):
    made = make("dirac", stored_shape(out, in_, kernel, layout), layout=layout, groups=groups)

    np.testing.assert_array_equal(out_in_view(made, layout), _pytorchs_dirac(out, in_, kernel, groups))


def test_a_dirac_kernel_passes_its_input_through():
    weight = make("dirac", (3, 3, 5)).astype(float)
    signal = np.random.default_rng(0).normal(size=(3, 20))
    padded = np.pad(signal, ((0, 0), (2, 2)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, 5, axis=1)

    np.testing.assert_array_equal(np.einsum("oik,itk->ot", weight, windows), signal)


BLOCKS = [(out, in_, blocks) for out in (1, 3, 6) for in_ in (1, 2, 7) for blocks in (1, 2, 3, 6) if out % blocks == 0]


def _compare_places(name, shape, **parameters):
    """Compare, axis by axis, the part at each place of the axis with NumPy's."""
    whole = make(name, shape, **parameters)
    for axis, size in enumerate(shape):
        for place in range(size):
            part = tensor(name, shape, text=":," * axis + str(place), **parameters).read()
            assert part.tobytes() == whole.take(place, axis).tobytes(), (shape, parameters, axis, place)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_row_and_column_of_an_identity_can_be_had_alone(layout):
    for out, in_, gates in BLOCKS:
        _compare_places("identity", stored_shape(out, in_, (), layout), layout=layout, gates=gates, gain=2.5)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("kernel", [(1,), (3,), (4,), (2, 3), (1, 4), (2, 1, 3)])
def test_every_place_of_a_dirac_kernel_can_be_had_alone(kernel, layout):
    for out, in_, groups in BLOCKS:
        _compare_places("dirac", stored_shape(out, in_, kernel, layout), layout=layout, groups=groups)


@pytest.mark.parametrize("dtype", ["float32", "float64", "bfloat16", "complex64", "complex128"])
def test_the_zeros_of_a_part_of_a_negative_identity_are_positive(dtype):
    part = tensor("identity", (4, 4), dtype=dtype, gain=-2.0, text=":2").read()
    expected = np.zeros(8, part.dtype)
    expected[[0, 5]] = -2

    assert part.tobytes() == expected.tobytes()


def test_a_part_of_an_identity_that_no_memory_holds_is_made():
    part = tensor("identity", (2**26, 2**26), text=f"{2**25}:{2**25 + 3},{2**25 - 1}:{2**25 + 3}").read()

    assert part.reshape(3, 4).tolist() == np.eye(3, 4, 1).tolist()


@pytest.mark.parametrize("shape", [(), (3,)])
def test_identity_needs_a_matrix(shape):
    with pytest.raises(InvalidParameter, match="rank 2") as caught:
        initialize("identity", shape)

    assert caught.value.parameter == "shape"


@pytest.mark.parametrize("shape", [(), (3,), (3, 3), (2,) * 6])
def test_dirac_needs_a_convolution(shape):
    with pytest.raises(InvalidParameter, match="identity") as caught:
        initialize("dirac", shape)

    assert caught.value.parameter == "shape"


@pytest.mark.parametrize(("name", "shape", "parameters", "culprit"), [
    ("identity", (8, 3), {"gates": 3}, "gates"),
    ("dirac", (8, 3, 3), {"groups": 3}, "groups"),
])  # fmt: skip
def test_blocks_that_do_not_divide_are_refused(name, shape, parameters, culprit):
    with pytest.raises(InvalidParameter) as caught:
        initialize(name, shape, **parameters)

    assert caught.value.parameter == culprit


@pytest.mark.parametrize(("name", "shape", "parameters"), [
    ("identity", (2**18, 1), {"gates": 2**18}),
    ("dirac", (2**18, 1, 1), {"groups": 2**18}),
])  # fmt: skip
def test_building_costs_nothing_however_many_blocks_there_are(name, shape, parameters):
    """A HEAD builds too, and so does a request over the limit: with 2**31 blocks it must not fill the memory."""
    tracemalloc.start()
    initialize(name, shape, **parameters)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak < 2**20
