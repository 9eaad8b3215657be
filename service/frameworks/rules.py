"""What a tensor of a layer starts with: a scheme of the catalogue, from what is known of the layer."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from service.initializers.constant import ConstantInitializer, Ones, Zeros
from service.initializers.initializer import LARGEST_FAN, Initializer
from service.initializers.random import NormalInitializer, TruncatedNormalInitializer, UniformInitializer
from service.tensors.errors import InvalidParameter
from service.tensors.fans import Geometry, fans
from service.tensors.layout import Layout, Shape
from service.tensors.spec import Scalar


class TensorContext(NamedTuple):
    """What is known of the layer whose tensor is wanted."""

    shape: Shape
    """The tensor's own, as the framework stores it."""
    layout: Layout = "out_in"
    """Where its axes are."""
    gates: str = ""
    """The gates that are stacked in it, a letter each."""
    fan_in: float | None = None
    """That of the layer's weight, where the shape does not say it."""
    units: int | None = None
    """The size of a recurrent layer's hidden state, where the shape does not say it."""
    inputs: int | None = None
    """The size of a recurrent layer's input, where the shape does not say it."""
    groups: int = 1
    """Groups of a grouped convolution."""
    strides: int = 1
    """The product of a convolution's strides."""
    in_channels: int | None = None
    """A convolution's input channels, of all groups."""
    head_size: int | None = None
    """The size of one attention head."""
    width: int | None = None
    """The model's width, where the shape does not say it."""
    equation: str | None = None
    """The einsum equation of a layer that has one, such as abc,cd->abd."""
    depth: int | None = None
    """Blocks of the network."""
    block: int | None = None
    """The number of the layer's block, from 0."""
    padding_idx: int | None = None
    """An embedding's row for the padding token."""

    def require_matrix(self) -> None:
        """Raise InvalidParameter when the shape has no two sides."""
        if len(self.shape) < 2:
            raise InvalidParameter("shape", "a weight has a shape of rank 2 or more")

    def fan_in_of_shape(self) -> float:
        """Return the fan-in that was given, or that of a weight of this shape, at least 1. Raises InvalidParameter."""
        return self.fan_in_or_zero() or 1.0

    def fan_in_or_zero(self) -> float:
        """Return the same, 0 for a layer without inputs, whose weight has no elements. Raises InvalidParameter."""
        if self.fan_in == 0.0 and 0 not in self.shape:
            raise InvalidParameter("fan_in", "is 0 for a weight without elements only")
        if self.fan_in is not None:
            return self.fan_in
        self.require_matrix()
        return fans(Geometry(self.shape, self.layout)).of("fan_in")

    def fan_in_of_groups(self) -> float:
        """Return the fan-in that was given, or that of all groups together. Raises InvalidParameter."""
        fan_in = self.fan_in_or_zero() * (self.groups if self.fan_in is None else 1)
        if fan_in > LARGEST_FAN:
            raise InvalidParameter("groups", "no layer has so many inputs; check the shape and the groups")
        return fan_in

    def fan_in_of_layer(self) -> float:
        """Return the fan-in that was given, for a tensor whose shape has none. Raises InvalidParameter."""
        if self.fan_in is None:
            raise InvalidParameter("fan_in", "a bias has no fan-in of its own: give that of the layer's weight")
        return self.fan_in

    def positive_fan_in_of_layer(self) -> float:
        """Return the same where the framework has no bias for a layer without inputs. Raises InvalidParameter."""
        fan_in = self.fan_in_of_layer()
        if fan_in == 0.0:
            raise InvalidParameter("fan_in", "must be above 0: the framework does not define the bias of a fan of 0")
        return fan_in

    def hidden(self) -> int:
        """Return the units that were given, or those of gates stacked on the first axis. Raises InvalidParameter."""
        if self.units is not None:
            return self.units
        self.size(0)
        gates = max(len(self.gates), 1)
        units, rest = divmod(self.shape[0], gates)
        if rest:
            raise InvalidParameter(
                "units",
                f"the first axis has {self.shape[0]}, which is not {gates} gates of one size: give units, the size of "
                "the hidden state",
            )
        return max(units, 1)

    def size(self, axis: int) -> int:
        """Return the size of an axis, 1 of one without elements. Raises InvalidParameter."""
        if not -len(self.shape) <= axis < len(self.shape):
            raise InvalidParameter("shape", f"this tensor has a rank of {axis + 1 if axis >= 0 else -axis} or more")
        return max(self.shape[axis], 1)


@dataclass(frozen=True)
class TensorDefault:
    """What a tensor starts with."""

    formula: str
    """In short, for people."""
    scheme: Callable[[TensorContext], Initializer]
    takes: tuple[str, ...] = ()
    """The members of the context that it uses besides the shape and how it is stored."""

    def initializer(
        self, context: TensorContext, shape: Shape | None = None, layout: Layout | None = None, gates: str | None = None
    ) -> Initializer:
        """Return the scheme for a layer, of a tensor with a shape, a layout and gates of its own where they are given.

        Raises InvalidParameter when the context does not say enough.
        """
        known = {name: getattr(context, name) for name in self.takes}
        return self.scheme(
            TensorContext(
                context.shape if shape is None else shape,
                context.layout if layout is None else layout,
                context.gates if gates is None else gates,
                **known,
            )
        )


@functools.lru_cache(maxsize=1024)
def uniform_of_inputs(fan_in: float) -> UniformInitializer:
    """Return U(±1/sqrt(fan_in)), which a weight and the bias beside it often start with both."""
    return UniformInitializer(fan_in=fan_in)


ALL_ZEROS = TensorDefault("0", lambda _: Zeros())
ALL_ONES = TensorDefault("1", lambda _: Ones())
STANDARD_NORMAL = TensorDefault("N(0, 1)", lambda _: NormalInitializer())
NORMAL_OF_FEATURES = TensorDefault(
    "N(0, 1/features)", lambda context: NormalInitializer(std=1.0 / math.sqrt(context.size(-1)))
)
CUT_FAR_OUT = TensorDefault("N(0, 0.02²), cut at ±2", lambda _: TruncatedNormalInitializer(std=0.02, bounds="absolute"))
"""PyTorch's and timm's trunc_normal_(std=0.02), whose bounds are no multiples of std, so that it cuts nothing."""
UNIFORM_OF_FAN_IN = TensorDefault(
    "U(±1/sqrt(fan_in))", lambda context: uniform_of_inputs(context.fan_in_or_zero()), ("fan_in",)
)
"""PyTorch's kaiming_uniform_(a=sqrt(5)), burn's KaimingUniform of gain 1/sqrt(3)."""
UNIFORM_OF_UNITS = TensorDefault("U(±1/sqrt(units))", lambda context: uniform_of_inputs(context.hidden()), ("units",))
"""Of a recurrent layer whose gates are stacked on the first axis."""
BIAS_OF_FAN_IN = TensorDefault(
    "U(±1/sqrt(fan_in))", lambda context: uniform_of_inputs(context.positive_fan_in_of_layer()), ("fan_in",)
)
BIAS_OF_FAN_IN_OR_ZERO = TensorDefault(
    "U(±1/sqrt(fan_in)), 0 for a fan_in of 0",
    lambda context: uniform_of_inputs(context.fan_in_of_layer()),
    ("fan_in",),
)
"""Of PyTorch's Linear."""


def constant(value: float) -> TensorDefault:
    return TensorDefault(f"{value:g}", lambda _: ConstantInitializer(value=value))


def uniform_of_axis(axis: int) -> TensorDefault:
    """U(±1/sqrt(n)), n being the size of one axis: a bilinear layer's first input."""
    return TensorDefault(
        "U(±1/sqrt(in1))",
        lambda context: UniformInitializer(
            fan_in=context.size(axis) if context.fan_in is None else context.positive_fan_in_of_layer()
        ),
        ("fan_in",),
    )


def of_matrix(kind: type[Initializer], formula: str = "", **parameters: Scalar) -> TensorDefault:
    """A scheme that reads what it needs from a shape of rank 2 or more, as it is stored."""

    def scheme(context: TensorContext) -> Initializer:
        context.require_matrix()
        return kind.model_validate({"layout": context.layout, **parameters})

    return TensorDefault(formula or kind.name, scheme)
