"""PyTorch's stream: after torch.manual_seed(seed), what torch.nn.init's functions put into a tensor on the CPU."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from service.framework_streams.framework_stream import FrameworkStream, Promise, StreamTarget
from service.framework_streams.torch.calls import (
    EXACT,
    LARGEST_NORMAL,
    Call,
    NormalCall,
    Place,
    SparseCall,
    TruncatedCall,
    UniformCall,
)
from service.framework_streams.torch.position import TorchPosition
from service.framework_streams.torch.schemes import call_of
from service.frameworks.pytorch import PyTorchDefault
from service.initializers.initializer import Initialization, Initializer, Target
from service.initializers.random import TruncatedNormalInitializer
from service.streams.registry import DEFAULT_STREAM
from service.streams.torch.position import SMALLEST_BLOCKED, Position
from service.tensors.dtypes import Dtype
from service.tensors.errors import InvalidParameter
from service.tensors.source import WholeSource
from service.tensors.spec import Scalar
from service.tensors.zero_row import zero_row

_SEEDS = 2**32
_DTYPES = ("float32", "float64", "bfloat16", "float16")

_COUNTED_AT_ONCE = 4096
"""Elements of a truncated normal that are drawn to tell where the generator stands after them, in some 0.1 ms."""


class TorchStream(FrameworkStream):
    """The MT19937 of torch's CPU generator, with the distributions that ATen makes of it."""

    name = "torch-2.12"
    aliases = ("torch",)
    title = "PyTorch"
    specification = "service/streams/torch/SPECIFICATION.md"
    promise = Promise(
        equal="Equal to the bit are uniform_, normal_, trunc_normal_, kaiming_*, xavier_*, sparse_, and what layers of "
        "torch.nn start with, in float32, bfloat16 and float16; in float64 what is uniform.",
        near="Of float64 normals one of 640 differs, by 1 or 2 units in the last place of the standard normal: torch "
        "takes logarithm, sine and cosine from the C library, whose last bit is not always the nearest number's.",
        compared="torch 2.13.0 on x86-64, with AVX2 and with AVX-512, and glibc 2.36",
        not_compared="trunc_normal_ was another before 2.12, bfloat16 and float16 in 1.13; versions between were not "
        "compared. Without AVX2, on ARM and on GPUs torch itself makes other bits.",
    )
    parameters = TorchPosition
    start: ClassVar[Mapping[str, Scalar] | None] = {"skip": 0}
    seed_bits = 32

    def initialization(self, initializer: Initializer, target: StreamTarget) -> Initialization:
        of_scheme, place = self._places(initializer, target)
        known = initializer.initialize(of_scheme)
        if not _draws(initializer, of_scheme):
            return known._replace(facts={**known.facts, "promise": EXACT, **place.at.said, **told(place.at)})
        call = call_of(initializer, of_scheme)
        source, largest = call.source(place), _largest(call, known.largest)
        row = known.facts.get("padding_idx")
        if row is not None:
            if isinstance(source, WholeSource):
                raise self.not_here("padding_idx", "torch's embeddings are not drawn so")
            source = zero_row(source, int(row), target.shape)
        stands = {**place.at.said, **told(_after(call, place))}
        facts = {**known.facts, **_numbers(call, place), "promise": call.promise(place), **stands}
        return known._replace(source=source, facts=facts, largest=largest, law=None, own_notes=_notes(known, target))

    def after(self, initializer: Initializer, target: StreamTarget) -> Mapping[str, Scalar] | None:
        of_scheme, place = self._places(initializer, target)
        if not _draws(initializer, of_scheme):
            return None
        call = call_of(initializer, of_scheme)
        at = call.counted(place) if isinstance(call, TruncatedCall) else call.after(place)
        return None if at is None else at.said

    def scales_as_drawn(self, size: int, dtype: Dtype) -> bool:
        # Fewer are scaled in double precision, and narrower ones before they are rounded.
        return size >= SMALLEST_BLOCKED and dtype.name in {"float32", "float64"}

    def draws_to_tell(self, initializer: Initializer, target: StreamTarget) -> int:
        if not isinstance(initializer, TruncatedNormalInitializer):
            return 0
        of_scheme, place = self._places(initializer, target)
        call = call_of(initializer, of_scheme)
        return call.numbers(place) if isinstance(call, TruncatedCall) else 0

    def _places(self, initializer: Initializer, target: StreamTarget) -> tuple[Target, Place]:
        """Return what is to be filled as a scheme sees it, and as torch does. Raises InvalidParameter."""
        if initializer.random and target.dtype.name not in _DTYPES:
            raise self.not_here("dtype", f"torch's stream is served in {', '.join(_DTYPES)}")
        of_scheme = Target(target.shape, target.dtype, DEFAULT_STREAM.open(0, ""), target.threads)
        return of_scheme, Place(target.seed % _SEEDS, position_of(target), target.shape, target.dtype)


def _draws(initializer: Initializer, target: Target) -> bool:
    """Return whether the generator is asked for numbers: a layer's default may be a constant."""
    scheme = initializer.scheme(target) if isinstance(initializer, PyTorchDefault) else initializer
    return scheme.random


def position_of(target: StreamTarget) -> Position:
    """Return where a request says that the generator stands. Raises InvalidParameter."""
    said = target.parameters
    assert isinstance(said, TorchPosition)
    if said.cached is not None and said.cached + 4 > said.skip:
        raise InvalidParameter("cached", "must be 4 or more below skip: a pair of normals is drawn from four words")
    return Position(said.skip, said.cached)


def told(at: Position | None) -> dict[str, Scalar]:
    """Return where the generator stands after a tensor, as a reply says it."""
    if at is None:
        return {}
    return {f"next_{name}": value for name, value in at.said.items()}


def _after(call: Call, place: Place) -> Position | None:
    """Return where the generator stands; None where it takes too long to find out."""
    if isinstance(call, TruncatedCall) and place.count <= _COUNTED_AT_ONCE:
        return call.counted(place)
    return call.after(place)


def _largest(call: Call, known: float) -> float:
    if isinstance(call, NormalCall):
        return abs(call.mean) + LARGEST_NORMAL * call.std
    return max(abs(call.low), abs(call.high)) if isinstance(call, UniformCall) else known


def _numbers(call: Call, place: Place) -> dict[str, Scalar]:
    """Return the numbers of a call that torch works out otherwise than the scheme does."""
    if isinstance(call, SparseCall):
        return {"zeros_per_line": call.zeros(place)}
    return {}


def _notes(known: Initialization, target: StreamTarget) -> tuple[str, ...]:
    if target.seed < _SEEDS:
        return known.own_notes
    note = f"Of the seed PyTorch's generator counts the low 32 bits: it is as {target.seed % _SEEDS}."
    return (*known.own_notes, note)
