"""What holds for every scheme that reads axes."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.catalogue.catalogue import CATALOGUE
from service.initializers.fan_based import FanBased
from service.initializers.initializer import Initializer
from service.initializers.orthogonal import OrthogonalInitializer
from service.tensors.layout import axes
from tests.catalogue.samples import SAMPLES
from tests.initializers.making import initialize, make

TAKES_LAYOUT = [kind for kind in CATALOGUE if "layout" in kind.model_fields]
ELEMENTWISE = [kind for kind in TAKES_LAYOUT if issubclass(kind, FanBased) and kind.ranks[0] <= 2]
SIZES = st.integers(1, 5)


_OF_AXES = {"layout", "groups", "gates", "preset"}


def _parameters(kind: type[Initializer]):
    """Return a sample's parameters, but for those that say how a shape is read."""
    return {name: value for name, value in SAMPLES[kind.name][1].items() if name not in _OF_AXES}


def members(values, layout):
    """Return the members of a stack as matrices: out × columns, in stored order."""
    weight = axes(values.shape, layout)
    order = weight.order(weight.stack_axes, weight.out_axes, weight.column_axes)
    return values.transpose(order).reshape(weight.stack, weight.out, weight.columns)


@st.composite
def weights(draw, letters="oiks", extra=2):
    """A shape with its letters, an out and an in axis among them."""
    layout = draw(st.permutations("oi" + "".join(draw(st.lists(st.sampled_from(letters), max_size=extra)))))
    return tuple(draw(st.lists(SIZES, min_size=len(layout), max_size=len(layout)))), "".join(layout)


@pytest.mark.parametrize("kind", ELEMENTWISE, ids=lambda kind: kind.name)
@given(weight=weights(), data=st.data())
@settings(max_examples=15, deadline=None, derandomize=True)
def test_permuted_axes_with_their_letters_are_the_same_weight(kind, weight, data):
    shape, layout = weight
    order = data.draw(st.permutations(range(len(shape))))
    if kind.name == "icnr":
        return
    one = initialize(kind.name, shape, layout=layout, **_parameters(kind))
    other = initialize(
        kind.name, [shape[axis] for axis in order], layout="".join(layout[axis] for axis in order), **_parameters(kind)
    )

    assert {**one.facts, "layout": ""} == {**other.facts, "layout": ""}
    assert one.law == other.law


@given(weight=weights(extra=3))
@settings(max_examples=100, deadline=None, derandomize=True)
def test_fans_are_the_products_of_the_axes(weight):
    shape, layout = weight
    sizes = {letter: math.prod(n for n, own in zip(shape, layout, strict=True) if own == letter) for letter in "oiks"}
    facts = initialize("variance_scaling", shape, layout=layout).facts

    assert facts["fan_in"] == sizes["i"] * sizes["k"]
    assert facts["fan_out"] == sizes["o"] * sizes["k"]


PRESETS = {"out_in": "oi{}", "in_out": "{}io", "out_kernel_in": "o{}i"}


def _letters(kind, name, rank):
    if kind.name == "identity":
        return "s" * (rank - 2) + {"in_out": "io"}.get(name, "oi")
    return PRESETS[name].format("k" * (rank - 2))


@pytest.mark.parametrize("kind", TAKES_LAYOUT, ids=lambda kind: kind.name)
@pytest.mark.parametrize("name", PRESETS)
@pytest.mark.parametrize("rank", [2, 3, 4])
def test_a_name_makes_what_its_letters_make(kind, name, rank):
    lowest, highest = kind.ranks
    if not lowest <= rank <= (highest or rank):
        pytest.skip("not of this rank")
    shape = {"out_in": (8, 4), "in_out": (4, 8), "out_kernel_in": (8, 4)}[name]
    kernel = (2,) * (rank - 2)
    shape = (*kernel, *shape) if name == "in_out" else (shape[0], *kernel, shape[1])
    shape = (8, 4, *kernel) if name == "out_in" else shape
    parameters = {**_parameters(kind), **({"factor": 2} if kind.name == "icnr" else {})}
    letters = _letters(kind, name, rank)
    make_ = {layout: make(kind.name, shape, layout=layout, **parameters) for layout in (name, letters)}

    assert make_[name].tobytes() == make_[letters].tobytes()
    spelt = kind(layout=letters, **parameters).canonical_for(shape)
    # Where two names mean the same, the letters have the first.
    first = "out_in" if letters == _letters(kind, "out_in", rank) else name
    assert spelt == kind(layout=first, **parameters).canonical


@given(weight=weights(extra=3))
@settings(max_examples=60, deadline=None, derandomize=True)
def test_each_member_of_a_stack_is_orthogonal(weight):
    shape, layout = weight
    for matrix in members(make("orthogonal", shape, layout=layout, dtype="float64", gain=2.0), layout):
        short = matrix if matrix.shape[0] <= matrix.shape[1] else matrix.T
        np.testing.assert_allclose(short @ short.T, 4.0 * np.eye(len(short)), atol=1e-12)


@given(weight=weights(letters="oik", extra=2), place=st.integers(0, 4))
@settings(max_examples=60, deadline=None, derandomize=True)
def test_the_first_member_of_a_stack_is_the_matrix_alone(weight, place):
    shape, layout = weight
    place = min(place, len(shape))
    stack = make("orthogonal", (*shape[:place], 3, *shape[place:]), layout=layout[:place] + "s" + layout[place:])

    first = np.moveaxis(stack, place, 0)[0]
    assert first.tobytes() == make("orthogonal", shape, layout=layout).tobytes()
    assert len({np.moveaxis(stack, place, 0)[i].tobytes() for i in range(3)}) == 3 or math.prod(shape) == 1


@pytest.mark.parametrize(
    ("layout", "shape", "gates"),
    [("oi", (12, 5), (6, 4, 2)), ("io", (5, 12), (6, 4, 2)), ("soi", (3, 12, 5), (7, 5)), ("oio", (3, 5, 4), (8, 4)),
     ("ios", (5, 12, 2), (1, 11))],
)  # fmt: skip
def test_each_gate_is_orthogonal_by_itself(layout, shape, gates):
    for matrix in members(make("orthogonal", shape, layout=layout, gates=gates, dtype="float64"), layout):
        for gate in np.split(matrix, np.cumsum(gates)[:-1]):
            short = gate if gate.shape[0] <= gate.shape[1] else gate.T
            np.testing.assert_allclose(short @ short.T, np.eye(len(short)), atol=1e-12)


@given(weight=weights(letters="os", extra=2), shift=st.integers(-3, 3))
@settings(max_examples=60, deadline=None, derandomize=True)
def test_each_member_is_an_identity(weight, shift):
    shape, layout = weight
    found = make("identity", shape, layout=layout, shift=shift, gain=3.0)

    for matrix in members(found, layout):
        np.testing.assert_array_equal(matrix, 3.0 * np.roll(np.eye(*matrix.shape), shift, axis=0))


@pytest.mark.parametrize("layout", ["oi", "io", "soi", "iso", "oio", "osi"])
def test_each_gate_of_its_own_size_is_an_identity(layout):
    outs = iter((4, 3) if layout == "oio" else (12,))
    shape = tuple(next(outs) if letter == "o" else {"i": 5, "s": 3}[letter] for letter in layout)
    gates = (6, 4, 2)

    for matrix in members(make("identity", shape, layout=layout, gates=gates), layout):
        np.testing.assert_array_equal(matrix, np.vstack([np.eye(rows, 5) for rows in gates]))


@pytest.mark.parametrize("name", ["dirac", "zero_init", "bilinear", "delta_orthogonal", "convolution_orthogonal"])
@pytest.mark.parametrize("place", [0, 1, 2, 3, 4])
def test_members_of_a_stack_of_kernels_are_kernels(name, place):
    shape, layout = (4, 3, 3, 3), "oikk"
    stacked = make(
        name, (*shape[:place], 2, *shape[place:]), layout=layout[:place] + "s" + layout[place:], dtype="float64"
    )
    first, second = np.moveaxis(stacked, place, 0)

    np.testing.assert_array_equal(first, make(name, shape, layout=layout, dtype="float64"))
    is_random = CATALOGUE.get(name).random
    assert (first.tobytes() == second.tobytes()) is not is_random


@pytest.mark.parametrize("name", ["delta_orthogonal", "convolution_orthogonal"])
def test_each_convolution_of_a_stack_keeps_norms(name):
    """Summed over all taps, and with alternating signs, the kernel is an isometry."""
    for kernel in make(name, (3, 4, 2, 3), layout="soik", dtype="float64"):
        for sign in (1.0, -1.0):
            matrix = (kernel * np.array([1.0, sign, 1.0])).sum(axis=-1)
            np.testing.assert_allclose(matrix.T @ matrix, np.eye(2), atol=1e-12)


@pytest.mark.parametrize("layout", ["".join(letters) for letters in itertools.permutations("oikk")][::3])
def test_a_kernel_is_orthogonal_however_it_is_stored(layout):
    sizes = {"o": 6, "i": 2, "k": 3}
    stored = make("delta_orthogonal", [sizes[letter] for letter in layout], layout=layout, dtype="float64")
    weight = axes(stored.shape, layout)
    kernel = stored.transpose(weight.order(weight.out_axes, weight.in_axes, weight.kernel_axes))

    np.testing.assert_array_equal(kernel, make("delta_orthogonal", (6, 2, 3, 3), dtype="float64"))


def test_each_copy_of_an_icnr_stack_stands_beside_its_unit():
    made = make("icnr", (3, 8, 2, 2, 2), layout="soikk")
    units = made.reshape(3, 2, 4, 2, 2, 2)

    np.testing.assert_array_equal(units, np.repeat(units[:, :, :1], 4, axis=2))
    assert len(np.unique(units[:, :, 0])) == 3 * 2 * 8


GATES = (5, 2, 1)


@pytest.mark.parametrize("layout", ["oi", "io", "soi", "iso", "oio"])
@pytest.mark.parametrize("name", ["glorot_uniform", "he_normal", "lora_a"])
def test_a_gate_of_its_own_size_has_its_own_law_and_its_elements_their_own_draws(name, layout):
    """An element is what the tensor of that gate's law has at its place."""
    outs = iter((4, 2) if layout == "oio" else (8,))
    shape = tuple(next(outs) if letter == "o" else {"i": 6, "s": 2}[letter] for letter in layout)
    own = {"method": "gaussian"} if name == "lora_a" else {"mode": "fan_out"} if name == "he_normal" else {}
    found = members(make(name, shape, layout=layout, gates=GATES, **own), layout)
    ends = np.cumsum(GATES)

    for rows, end in zip(GATES, ends, strict=True):
        alone = members(make(name, shape, layout=layout, fan_out=rows, **own), layout)
        np.testing.assert_array_equal(found[:, end - rows : end], alone[:, end - rows : end])


def test_long_runs_of_gates_are_the_elements_one_by_one():
    shape, gates = (700, 300), (500, 150, 50)
    found = make("glorot_normal", shape, gates=gates)

    for rows, end in zip(gates, np.cumsum(gates), strict=True):
        np.testing.assert_array_equal(
            found[end - rows : end], make("glorot_normal", shape, fan_out=rows)[end - rows : end]
        )


def test_gates_of_one_size_are_their_number():
    kind = OrthogonalInitializer
    assert kind(gates=(4, 4)).canonical == kind(gates=2).canonical
    assert make("orthogonal", (8, 3), gates=(4, 4)).tobytes() == make("orthogonal", (8, 3), gates=2).tobytes()
    assert kind(gates=(8,)).canonical == ()
