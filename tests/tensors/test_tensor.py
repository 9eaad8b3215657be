from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from service.streams.philox.stream import PhiloxStream
from service.tensors.dtypes import DTYPES
from service.tensors.slicing import select
from service.tensors.source import ConstantSource, NormalSource, UniformSource, WholeSource
from service.tensors.spec import TensorSpec
from service.tensors.tensor import Tensor
from tests.formats.tensors import of_normals
from tests.tensors.narrow import NARROW, finite_numbers, nearest_even
from tests.tensors.slices import index

STREAM = PhiloxStream(seed=8, name="tensor")

each_narrow_dtype = pytest.mark.parametrize("dtype", NARROW)


def tensor(source, dtype, size=10_000, seed=8, name="tensor", **parameters):
    spec = TensorSpec("some", (size,), DTYPES[dtype], seed, name, "1", ())
    return Tensor(spec, source, parameters)


def part(source, shape, text, dtype="float32"):
    spec = TensorSpec("some", shape, DTYPES[dtype], 8, "", "1", ())
    return Tensor(spec, source, {}, select(text, shape))


@dataclass(frozen=True)
class Given:
    """A source of given numbers."""

    values: np.ndarray

    def fill(self, out, start):
        out[:] = self.values[start : start + out.size]


class Counted(WholeSource):
    """A tensor that is made whole, and counts how often."""

    times = 0
    work = 7

    def materialize(self, dtype):
        self.times += 1
        return np.arange(24, dtype=dtype)


@each_narrow_dtype
@pytest.mark.parametrize(
    "source", [NormalSource(STREAM, 0.0, 0.01), NormalSource(STREAM, 1.0, 5.0), UniformSource(STREAM, -0.1, 0.2)]
)
def test_a_narrow_dtype_is_the_float32_tensor_rounded_to_nearest_even(source, dtype):
    singles = tensor(source, "float32").read()
    assert np.array_equal(tensor(source, dtype).read().astype(np.float64), nearest_even(singles, dtype))


@each_narrow_dtype
def test_a_narrow_dtype_has_the_bits_of_a_conversion_of_the_float32_tensor(dtype):
    source = NormalSource(STREAM, 0.0, 0.5)
    converted = tensor(source, "float32").read().astype(DTYPES[dtype].storage)
    assert tensor(source, dtype).read().tobytes() == converted.tobytes()


@each_narrow_dtype
def test_of_two_numbers_equally_near_the_even_one_is_taken(dtype):
    numbers, _ = finite_numbers(dtype)
    # A float32 holds the middle between two neighbours exactly, but where bfloat16 is as small as float32 gets.
    middles = (0.5 * (numbers[1:] + numbers[:-1])).astype(np.float32)
    made = tensor(Given(middles), dtype, middles.size).read()
    assert np.array_equal(made.astype(np.float64), nearest_even(middles, dtype))


@pytest.mark.parametrize("dtype", DTYPES)
def test_a_part_of_a_tensor_has_the_bits_of_the_whole(dtype):
    whole = tensor(of_normals(dtype), dtype)
    assert whole.read(1001, 77).tobytes() == whole.read()[1001:1078].tobytes()


def test_reading_from_a_start_goes_on_to_the_end():
    assert tensor(NormalSource(STREAM, 0.0, 1.0), "float32", size=100).read(90).shape == (10,)


@pytest.mark.parametrize("dtype", DTYPES)
def test_what_is_read_has_the_storage_type(dtype):
    whole = tensor(of_normals(dtype), dtype, size=12)
    assert (whole.read().dtype, whole.read().nbytes) == (DTYPES[dtype].storage, whole.nbytes)


def test_the_facts_are_the_initializer_the_seed_the_name_the_parameters_and_the_stream():
    facts = tensor(NormalSource(STREAM, 0.0, 1.0), "float32", seed=2**64 - 1, name="w", mean=0.0, std=1.0).facts()
    assert list(facts.items()) == [
        ("initializer", "some"),
        ("seed", "18446744073709551615"),
        ("name", "w"),
        ("mean", 0.0),
        ("std", 1.0),
        ("stream", "1"),
    ]


def test_a_tensor_without_a_seed_or_a_name_tells_none():
    facts = tensor(Given(np.zeros(3)), "float32", seed=None, name="").facts()
    assert facts == {"initializer": "some", "stream": "1"}


@pytest.mark.parametrize(("name", "label"), [("", "weight"), ("encoder.0.bias", "encoder.0.bias")])
def test_the_label_is_the_name_or_weight(name, label):
    assert tensor(Given(np.zeros(3)), "float32", name=name).label == label


def test_a_part_has_the_shape_and_the_sizes_of_the_part():
    made = part(ConstantSource(1.0), (4, 6, 8), "1:3,2", "float64")

    assert (made.shape, made.size, made.nbytes) == ((2, 8), 16, 128)


def test_without_a_selection_the_shape_is_that_of_the_specification():
    assert tensor(ConstantSource(1.0), "float32", size=5).shape == (5,)


def test_the_facts_of_a_part_end_with_its_slice_and_the_shape_of_the_whole():
    facts = part(ConstantSource(1.0), (4, 6, 8), "-2:,2,...").facts()

    assert list(facts.items())[-2:] == [("slice", "2:4,2"), ("whole_shape", "4,6,8")]


def test_the_specification_of_a_part_is_that_of_the_whole():
    assert part(ConstantSource(1.0), (4, 6), "1").spec == part(ConstantSource(1.0), (4, 6), "2:").spec


def test_what_is_made_whole_is_made_once():
    source = Counted()
    made = part(source, (4, 6), "...").materialize()
    made.read()
    made.read(3, 2)

    assert source.times == 1


def test_nothing_is_made_before_it_is_read():
    source = Counted()
    made = part(source, (4, 6), "1:")
    _ = made.shape, made.nbytes, made.work, made.facts(), made.is_constant

    assert source.times == 0


@pytest.mark.parametrize("text", ["...", "1:3,2:", ":,-1", "2"])
def test_a_part_of_what_is_made_whole_is_numpys_slice(text):
    expected = np.arange(24.0).reshape(4, 6)[index(text)]

    assert part(Counted(), (4, 6), text).materialize().read().tolist() == expected.reshape(-1).tolist()


def test_what_is_not_made_yet_can_be_read_all_the_same():
    assert part(Counted(), (4, 6), "1,2:4").read().tolist() == [8, 9]


@pytest.mark.parametrize("text", ["...", "0:1"])
def test_what_is_made_whole_is_work_until_it_is_made(text):
    made = part(Counted(), (4, 6), text)

    assert (made.work, made.materialize().work) == (7, 0)


def test_what_can_be_had_in_stretches_is_no_work_and_stays_as_it_is():
    made = part(NormalSource(STREAM, 0.0, 1.0), (4, 6), "1")

    assert made.work == 0
    assert made.materialize() is made


@pytest.mark.parametrize("text", ["...", "0:1"])
def test_what_is_made_whole_takes_three_arrays_of_its_size(text):
    """Of binary32, in which the others are made, too; the part that is wanted is copied from them."""
    assert part(Counted(), (4, 6), text).memory == 3 * 24 * 4
    assert part(Counted(), (4, 6), text, "float16").memory == 3 * 24 * 4
    assert part(Counted(), (4, 6), text, "float64").memory == 3 * 24 * 8


def test_what_is_made_already_or_in_stretches_takes_no_memory():
    assert part(Counted(), (4, 6), "...").materialize().memory == 0
    assert part(NormalSource(STREAM, 0.0, 1.0), (4, 6), "...").memory == 0


@pytest.mark.parametrize(
    ("source", "constant"), [(ConstantSource(2.0), True), (UniformSource(STREAM, 0.0, 1.0), False), (Counted(), False)]
)
def test_only_constants_are_known_to_be_constant(source, constant):
    assert part(source, (4, 6), "1").is_constant == constant


@pytest.mark.parametrize("dtype", DTYPES)
def test_reading_into_an_array_writes_all_of_it_and_nothing_else(dtype):
    whole = tensor(of_normals(dtype), dtype, size=100)
    out = np.zeros(60, DTYPES[dtype].storage)
    whole.read_into(out[10:50], 30)

    assert (
        out.tobytes() == np.concatenate([np.zeros(10), whole.read()[30:70], np.zeros(10)]).astype(out.dtype).tobytes()
    )
