"""What schemes have in common whose law follows from a tensor's fans."""

from __future__ import annotations

from abc import abstractmethod
from typing import Annotated, ClassVar

from pydantic import Field

from service.initializers.initializer import Fan, Initialization, Initializer, PositiveInteger, Target
from service.tensors.fans import Fans, Geometry, fans
from service.tensors.laws import Law
from service.tensors.layout import Layout
from service.tensors.spec import Scalar, plain


class FanBased(Initializer):
    """A scheme whose elements are independent draws from a law that follows from the fans."""

    layout: Annotated[
        Layout,
        Field(
            description="Which axes are out, in and kernel: out_in (PyTorch), in_out (Keras, JAX), out_kernel_in (MLX)."
        ),
    ] = "out_in"
    groups: Annotated[PositiveInteger, Field(description="Groups of a grouped convolution; they divide fan_out.")] = 1
    gates: Annotated[
        PositiveInteger,
        Field(description="Matrices stacked on the out axis (gates, fused q-k-v); they divide fan_out."),
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

    def fans(self, target: Target) -> Fans:
        """Return the fans of a tensor. Raises InvalidParameter where the blocks do not divide its out axis."""
        return fans(Geometry(target.shape, self.layout, self.groups, self.gates, self.fan_in, self.fan_out))

    def initialize(self, target: Target) -> Initialization:
        known = self.fans(target)
        # A tensor without elements may have a fan of 0, of which there is no law.
        is_empty = 0 in target.shape
        law = self.law(known.at_least_one() if is_empty else known)
        facts: dict[str, Scalar] = {"distribution": law.distribution, **self.facts()}
        for name, fan in (("fan_in", known.fan_in), ("fan_out", known.fan_out)):
            if fan is not None:
                facts[name] = plain(fan)
        if is_empty:
            return Initialization.constant(0.0, facts)
        return Initialization.of(law, target, {**facts, **(law.facts if law.constant is None else {"std": law.std})})
