"""What schemes have in common whose law follows from a tensor's fans."""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import Annotated, ClassVar

from pydantic import Field

from service.initializers.axis_parameters import GatesField, LayoutField, gates_facts
from service.initializers.initializer import Fan, Initialization, Initializer, PositiveInteger, Target
from service.lazy import lazy
from service.tensors.blocks import blocks
from service.tensors.complex_laws import of_dtype
from service.tensors.fans import Fans, Geometry, fans_of_gates
from service.tensors.gated import Gated
from service.tensors.laws import ElementMoments, Law
from service.tensors.layout import Layout, axes
from service.tensors.spec import Scalar, one_or_each, plain


class FanBased(Initializer):
    """A scheme whose elements are independent draws from a law that follows from the fans."""

    layout: LayoutField = "out_in"
    groups: Annotated[PositiveInteger, Field(description="Groups of a grouped convolution; they divide fan_out.")] = 1
    gates: Annotated[
        GatesField,
        Field(
            description="Matrices stacked on the out axis (gates, fused q-k-v), by their number or the size of each "
            "(4096,1024,1024); fan_out is that of one."
        ),
    ] = 1
    fan_in: Annotated[Fan | None, Field(description="Overrides the fan-in that the shape says.")] = None
    fan_out: Annotated[Fan | None, Field(description="Overrides the fan-out that the shape says.")] = None

    fact_names: ClassVar[tuple[str, ...]] = ()
    """The parameters that a reply states where they are given, even when they are the defaults."""

    @abstractmethod
    def law(self, fans: Fans) -> Law:
        """Return the law of the elements, with mean 0. Raises InvalidParameter where a fan that it takes is missing."""

    def facts(self) -> dict[str, Scalar]:
        """Return what a reply says of the scheme, besides the fans and the law."""
        given = {name: getattr(self, name) for name in self.fact_names}
        return {name: value for name, value in given.items() if value is not None}

    @lazy
    def facts_of_parameters(self) -> Mapping[str, Scalar]:
        """What a reply says of the scheme and its gates."""
        return {**self.facts(), **gates_facts(self.gates)}

    def facts_of(self, fans: Fans, target: Target) -> dict[str, Scalar]:
        """Return what a reply says after the law, of a tensor that has elements."""
        return {}

    @property
    def effective_layout(self) -> Layout:
        """The layout that is given, or the usual one of what the tensor is."""
        return self.layout

    def fans(self, target: Target) -> tuple[Fans, ...]:
        """Return the fans of each gate that has a size of its own; one item where all have the same.

        Raises InvalidParameter where the blocks do not divide the tensor's out axis.
        """
        geometry = Geometry(target.shape, self.effective_layout, self.groups, self.gates, self.fan_in, self.fan_out)
        return fans_of_gates(geometry)

    def initialize(self, target: Target) -> Initialization:
        known = self.fans(target)
        # A tensor without elements may have a fan of 0, of which there is no law.
        is_empty = 0 in target.shape
        laws = [of_dtype(self.law(fans.at_least_one() if is_empty else fans), target.dtype) for fans in known]
        facts: dict[str, Scalar] = {"distribution": laws[0].distribution, **self.facts_of_parameters}
        of_gates = [_facts_of_fans(fans) for fans in known]
        if is_empty:
            return Initialization.constant(0.0, facts | _joined(of_gates))
        for of_gate, law, fans in zip(of_gates, laws, known, strict=True):
            of_gate.update(law.facts if law.constant is None else {"std": law.std})
            of_gate.update(self.facts_of(fans, target))
        facts |= _joined(of_gates)
        if len(laws) == 1 or all(law == laws[0] for law in laws):
            return Initialization.of(laws[0], target, facts)
        return self._gated(laws, target, facts)

    def _gated(self, laws: Sequence[Law], target: Target, facts: dict[str, Scalar]) -> Initialization:
        """Return a tensor whose gates have laws of their own."""
        weight = axes(target.shape, self.effective_layout)
        runs = blocks(weight, self.groups, self.gates)
        sources = tuple(law.source(target.stream, target.dtype) for law in laws)
        source = Gated(sources, tuple(run.end for run in runs), weight.out_axes)
        shares = [(run.end - run.first) / weight.out for run in runs]
        variance = math.fsum(share * law.std * law.std for share, law in zip(shares, laws, strict=True))
        bounds = [law.bound for law in laws if law.bound is not None]
        moments = ElementMoments(0.0, math.sqrt(variance), max(bounds) if len(bounds) == len(laws) else None)
        largest = max(law.largest(target.stream, target.dtype) for law in laws)
        return Initialization(source, facts, largest, moments)


def _facts_of_fans(fans: Fans) -> dict[str, Scalar]:
    facts: dict[str, Scalar] = {}
    if fans.fan_in is not None:
        facts["fan_in"] = plain(fans.fan_in)
    if fans.fan_out is not None:
        facts["fan_out"] = plain(fans.fan_out)
    return facts


def _joined(facts: Sequence[dict[str, Scalar]]) -> dict[str, Scalar]:
    """Return what is the same for all gates once, and other numbers for each gate."""
    if len(facts) == 1:
        return facts[0]
    return {name: one_or_each([of_gate[name] for of_gate in facts]) for name in facts[0]}
