"""Variance scaling: a variance of scale / fan, and the Glorot, He and LeCun schemes, which are cases of it."""

from __future__ import annotations

import math
from abc import abstractmethod
from functools import cached_property
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from service.activations.gains import ActivationName, GainRule, default_slope, gain
from service.arithmetic.truncation import truncate
from service.initializers.initializer import (
    LARGEST_NORMAL,
    Fan,
    Initialization,
    Initializer,
    NonNegative,
    Target,
)
from service.initializers.random import normal_source, uniform_source
from service.streams.stream import Cut
from service.tensors.errors import InvalidParameter
from service.tensors.fans import Fans, Geometry, Mode, fans
from service.tensors.layout import Layout
from service.tensors.source import ConstantSource
from service.tensors.spec import Scalar, plain

Distribution = Literal["uniform", "normal", "truncated_normal"]
NormalDistribution = Literal["normal", "truncated_normal"]

TRUNCATION_SIGMAS = 2.0
"""Where the truncated schemes cut, in sigmas before truncation, as in Keras, JAX and timm."""

Count = Annotated[int, Field(ge=1, le=2**31)]


_TRUNCATED_TRAP = (
    "Keras and JAX truncate under this name at ±2 sigmas and correct the standard deviation: "
    "distribution=truncated_normal gives that. PyTorch, burn, Flux, MLX and DL4J do not truncate, as here by default."
)


class FanScaled(Initializer):
    """A scheme whose standard deviation follows from the fans."""

    layout: Annotated[
        Layout,
        Field(
            description="Which axes are out, in and kernel: out_in (PyTorch), in_out (Keras, JAX), out_kernel_in (MLX)."
        ),
    ] = "out_in"
    groups: Annotated[Count, Field(description="Groups of a grouped convolution; they divide fan_out.")] = 1
    gates: Annotated[
        Count, Field(description="Matrices stacked on the out axis (gates, fused q-k-v); they divide fan_out.")
    ] = 1
    fan_in: Annotated[Fan | None, Field(description="Overrides the fan-in that the shape says.")] = None
    fan_out: Annotated[Fan | None, Field(description="Overrides the fan-out that the shape says.")] = None

    def fans(self, target: Target) -> Fans:
        return fans(Geometry(target.shape, self.layout, self.groups, self.gates, self.fan_in, self.fan_out))

    @abstractmethod
    def effective_mode(self) -> Mode:
        """Return which fan counts."""

    @abstractmethod
    def std(self, fans: Fans) -> float:
        """Return the standard deviation of the elements, whose fans are not zero."""

    @abstractmethod
    def described(self) -> dict[str, Scalar]:
        """Return the parameters to tell, besides fans and std."""

    def draw(self, target: Target, distribution: Distribution) -> Initialization:
        """Return the source of that distribution, with the standard deviation that the fans give."""
        scaled = self.fans(target)
        scaled.of(self.effective_mode())
        facts: dict[str, Scalar] = {"distribution": distribution, **self.described()}
        for name, known in (("fan_in", scaled.fan_in), ("fan_out", scaled.fan_out)):
            if known is not None:
                facts[name] = plain(known)
        if 0 in target.shape:
            return Initialization(ConstantSource(0.0), facts, 0.0)
        std = self.std(scaled)
        facts["std"] = std
        if std == 0.0:
            return Initialization(ConstantSource(0.0), facts, 0.0)
        if distribution == "uniform":
            bound = math.sqrt(3.0) * std
            return Initialization(uniform_source(target, -bound, bound), {**facts, "bound": bound}, bound)
        if distribution == "normal":
            return Initialization(normal_source(target, 0.0, std), facts, LARGEST_NORMAL * std)
        truncation = truncate(-TRUNCATION_SIGMAS, TRUNCATION_SIGMAS)
        before = std / truncation.std
        bound = before * TRUNCATION_SIGMAS
        source = normal_source(target, 0.0, before, Cut(truncation, -bound, bound))
        return Initialization(source, {**facts, "std_before": before, "bound": bound}, bound)


class VarianceScaling(FanScaled):
    """Draws with variance scale / fan."""

    name = "variance_scaling"

    scale: Annotated[NonNegative, Field(description="Multiplies the variance (not the standard deviation).")] = 1.0
    mode: Annotated[Mode, Field(description="The fan to divide by.")] = "fan_in"
    distribution: Annotated[Distribution, Field(description="normal means untruncated.")] = "normal"

    def effective_mode(self) -> Mode:
        return self.mode

    def std(self, fans: Fans) -> float:
        return math.sqrt(self.scale / fans.of(self.mode))

    def described(self) -> dict[str, Scalar]:
        return {"scale": self.scale, "mode": self.mode}

    def initialize(self, target: Target) -> Initialization:
        return self.draw(target, self.distribution)


class Gained(FanScaled):
    """A scheme with standard deviation gain / sqrt(fan)."""

    fixed_mode: ClassVar[Mode]
    default_nonlinearity: ClassVar[str] = "linear"

    gain: Annotated[
        NonNegative | None, Field(description="Multiplies the standard deviation; instead of nonlinearity.")
    ] = None
    nonlinearity: Annotated[
        ActivationName | None,
        Field(description="The activation whose gain to take, in any spelling (GELU, nn.ReLU); see also gain_rule."),
    ] = None
    negative_slope: Annotated[
        float | None, Field(ge=-1e6, le=1e6, description="The slope of leaky_relu (default 0.01) or prelu (0.25).")
    ] = None
    gain_rule: Annotated[
        GainRule,
        Field(
            description="forward: 1/sqrt(E[f²]); backward: 1/sqrt(E[f'²]); centered: 1/sqrt(Var f); "
            "pytorch: calculate_gain's table (5/3 for tanh, 3/4 for selu)."
        ),
    ] = "forward"

    def defaults(self) -> dict[str, Any]:
        nonlinearity = self.nonlinearity or self.default_nonlinearity
        worked_out = {"nonlinearity": self.default_nonlinearity, "negative_slope": default_slope(nonlinearity)}
        return {**super().defaults(), **worked_out}

    @cached_property
    def effective_gain(self) -> float:
        """What is given, or the gain of the nonlinearity."""
        if self.gain is None:
            return gain(self.nonlinearity or self.default_nonlinearity, self.negative_slope, self.gain_rule)
        for name in ("nonlinearity", "negative_slope", "gain_rule"):
            if getattr(self, name) != type(self).model_fields[name].default:
                raise InvalidParameter(name, f"give either gain or {name}")
        return self.gain

    def effective_mode(self) -> Mode:
        return self.fixed_mode

    def std(self, fans: Fans) -> float:
        return self.effective_gain / math.sqrt(fans.of(self.effective_mode()))

    def described(self) -> dict[str, Scalar]:
        facts: dict[str, Scalar] = {"mode": self.effective_mode(), "gain": self.effective_gain}
        if self.gain is None:
            nonlinearity = self.nonlinearity or self.default_nonlinearity
            facts["nonlinearity"] = nonlinearity
            slope = default_slope(nonlinearity) if self.negative_slope is None else self.negative_slope
            if slope is not None:
                facts["negative_slope"] = slope
        return facts


class _Uniform(Gained):
    def initialize(self, target: Target) -> Initialization:
        return self.draw(target, "uniform")


class _Normal(Gained):
    distribution: Annotated[
        NormalDistribution, Field(description="truncated_normal cuts at ±2 sigmas and keeps the standard deviation.")
    ] = "normal"

    def initialize(self, target: Target) -> Initialization:
        return self.draw(target, self.distribution)


class _He(Gained):
    default_nonlinearity: ClassVar[str] = "relu"

    mode: Annotated[Mode, Field(description="fan_in keeps the forward, fan_out the backward signal.")] = "fan_in"

    def effective_mode(self) -> Mode:
        return self.mode


class GlorotUniform(_Uniform):
    """Glorot's scheme, uniform."""

    name = "glorot_uniform"

    fixed_mode: ClassVar[Mode] = "fan_avg"


class GlorotNormal(_Normal):
    """Glorot's scheme, normal."""

    name = "glorot_normal"

    fixed_mode: ClassVar[Mode] = "fan_avg"


class HeUniform(_He, _Uniform):
    """He's scheme, uniform."""

    name = "he_uniform"


class HeNormal(_He, _Normal):
    """He's scheme, normal."""

    name = "he_normal"


class LecunUniform(_Uniform):
    """LeCun's scheme, uniform."""

    name = "lecun_uniform"

    fixed_mode: ClassVar[Mode] = "fan_in"


class LecunNormal(_Normal):
    """LeCun's scheme, normal."""

    name = "lecun_normal"

    fixed_mode: ClassVar[Mode] = "fan_in"
