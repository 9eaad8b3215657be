"""A tensor of which all is said but the seed and the name."""

from __future__ import annotations

import math
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

from service.delivery.tensor_representation import TensorRepresentation
from service.formats.format import Format
from service.framework_streams.framework_stream import FrameworkStream, StreamParameters, StreamTarget
from service.framework_streams.registry import FRAMEWORK_STREAMS
from service.initializers.initializer import Initialization, Initializer, Target
from service.lazy import lazy
from service.requests.tensor_parameters import TensorParameters
from service.streams.registry import STREAMS, StreamVersion
from service.tensors.dtypes import DTYPES, Dtype, refuse_integer, refuse_overflow
from service.tensors.errors import InvalidParameter
from service.tensors.laws import Law
from service.tensors.slicing import Selection, select
from service.tensors.spec import Scalar, TensorSpec
from service.tensors.tensor import Tensor


class Draws(NamedTuple):
    """Independent draws from one law, of which nothing but the numbers depends on the stream."""

    law: Law
    initialization: Initialization


@dataclass(frozen=True)
class TensorDraft:
    """What many tensors of one network, or of one experiment, have in common."""

    initializer: Initializer
    general: TensorParameters
    """The seed and the name in it count for nothing."""
    own_name: str
    """The tensor's name where none is given."""
    notes: tuple[str, ...]
    threads: int
    draws: Draws | None = None
    """Where the tensors are draws from one law, those of any stream."""
    of_stream: StreamParameters | None = None
    """What is said of a framework's stream, where one is named."""

    @lazy
    def _dtype(self) -> Dtype:
        return DTYPES[self.general.dtype]

    @lazy
    def _framework(self) -> FrameworkStream | None:
        """The framework whose stream is asked for; None where it is one of the service's own."""
        return FRAMEWORK_STREAMS.get(self.general.stream)

    @lazy
    def _version(self) -> StreamVersion:
        return STREAMS[self.general.stream]

    @lazy
    def _canonical(self) -> tuple[tuple[str, Scalar], ...]:
        framework, shape = self._framework, self.general.shape
        return (
            self.initializer.canonical_for(shape) if framework is None else framework.canonical(self.initializer, shape)
        )

    @lazy
    def _selection(self) -> Selection | None:
        return None if self.general.slice is None else select(self.general.slice, self.general.shape)

    def tensor(self, seed: int | None, name: str) -> Tensor:
        """Return the tensor of a seed (None for one that is drawn) and a name. Raises InvalidParameter."""
        initializer, shape, dtype = self.initializer, self.general.shape, self._dtype
        seed = self._said_seed(seed)
        if initializer.random and seed is None:
            seed = secrets.randbits(64 if self._framework is None else self._framework.seed_bits)
        # The tensors of one layer are independent, whether or not they are given names.
        name = name or self.own_name
        if self.draws is None:
            initialization = self._initialize(seed or 0, name)
            source, law = initialization.source, initialization.law
            parameters, notes = self._told(initialization)
        else:
            stream, law = self._version.open(seed or 0, name), self.draws.law
            source, (parameters, notes) = law.source(stream, dtype), self._told_of_draws
        spec = TensorSpec(
            initializer=initializer.name,
            shape=shape,
            dtype=dtype,
            seed=seed if initializer.random else None,
            name=name,
            stream=self._version.name if self._framework is None else self._framework.name,
            parameters=self._canonical,
            of_stream=() if self.of_stream is None else self.of_stream.canonical,
        )
        return Tensor(spec, source, parameters, self._selection, notes, law)

    def _said_seed(self, seed: int | None) -> int | None:
        """Return the seed, which a key that begins with one says too. Raises InvalidParameter."""
        said = None if self.of_stream is None else self.of_stream.said_seed
        if said is None or seed in (None, said):
            return seed if said is None else said
        raise InvalidParameter("seed", f"the key begins with seed {said}; give one of the two")

    def _told(self, initialization: Initialization) -> tuple[Mapping[str, Scalar], tuple[str, ...]]:
        """Return the parameters that are told of a tensor, and the notes."""
        return {**dict(self._canonical), **initialization.facts}, (*self.notes, *initialization.notes)

    @lazy
    def _told_of_draws(self) -> tuple[Mapping[str, Scalar], tuple[str, ...]]:
        assert self.draws is not None
        return self._told(self.draws.initialization)

    def stack(self, seed: int | None, names: tuple[str, ...]) -> Tensor | None:
        """Return the tensors of a seed and some names as one, by a first axis; None where each is made by itself.

        Raises InvalidParameter.
        """
        if self.draws is None:
            return None
        general, dtype, selection = self.general, self._dtype, self._selection
        names = tuple([name or self.own_name for name in names])
        source = self.draws.law.source(self._version.stack(seed or 0, names, math.prod(general.shape)), dtype)
        if selection is not None:
            source = source.part(selection.view)
        shape = (len(names), *(general.shape if selection is None else selection.shape))
        spec = TensorSpec(self.initializer.name, shape, dtype, seed, "", self._version.name, self._canonical)
        return Tensor(spec, source, {})

    def after(self, seed: int | None) -> Mapping[str, Scalar] | None:
        """Return what is said of the stream of the tensor that a framework draws next; None where it draws nothing.

        Raises InvalidParameter.
        """
        if self._framework is None:
            return None
        return self._framework.after(self.initializer, self._target(self._framework, seed or 0, ""))

    @property
    def draws_to_tell(self) -> int:
        """How many numbers `after` has to draw. Raises InvalidParameter."""
        if self._framework is None:
            return 0
        return self._framework.draws_to_tell(self.initializer, self._target(self._framework, 0, ""))

    def part(self, text: str) -> TensorDraft:
        """Return a part of the same tensors: a slice, as a request has it. Raises InvalidParameter."""
        return replace(self, general=self.general.model_copy(update={"slice": text}))

    @lazy
    def represented(self) -> dict[tuple[Format, bool, bool], TensorRepresentation]:
        """The first of the representations that differ in the seed and the name alone, by what tells them apart."""
        return {}

    def representation(
        self, tensor: Tensor, format_: Format, *, flat: bool, is_drawn: bool, is_negotiated: bool
    ) -> TensorRepresentation:
        """Return one of its tensors in a format."""
        # Where they are no draws from one law, what is told may depend on the seed.
        key = (format_, flat, bool(tensor.spec.name))
        alike = None if self.draws is None else self.represented.get(key)
        made = TensorRepresentation(tensor, format_, flat, alike, is_drawn=is_drawn, is_negotiated=is_negotiated)
        if alike is None and self.draws is not None:
            self.represented[key] = made
        return made

    def for_many(self) -> TensorDraft:
        """Return the same, of which each further tensor takes less time. Raises InvalidParameter."""
        if not self.initializer.random or self._framework is not None:
            return self
        stream = self._version.open(0, self.own_name)
        initialization = self._initialize(0, self.own_name)
        law = initialization.law
        if isinstance(law, Law) and law.source(stream, self._dtype) == initialization.source:
            return replace(self, draws=Draws(law, initialization))
        return self

    def _initialize(self, seed: int, name: str) -> Initialization:
        initializer, shape, dtype = self.initializer, self.general.shape, self._dtype
        if not initializer.makes_integers:
            refuse_integer(dtype, initializer.name)
        if self._framework is None:
            own = Target(shape, dtype, self._version.open(seed, name), self.threads)
            initialization = initializer.initialize(own)
        else:
            target = self._target(self._framework, seed, name)
            initialization = self._framework.initialization(initializer, target)
        refuse_overflow(dtype, initialization.largest)
        return initialization

    def _target(self, stream: FrameworkStream, seed: int, name: str) -> StreamTarget:
        said = self.of_stream or stream.parameters()
        return StreamTarget(self.general.shape, self._dtype, seed, name, said, self.threads)
