"""Variance scaling: a variance of scale / fan, and the Glorot, He and LeCun schemes, which are cases of it."""

from __future__ import annotations

import math
from abc import abstractmethod
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from service.activations.gains import ActivationName, GainRule, default_slope, gain
from service.initializers.fan_based import FanBased
from service.initializers.initializer import NonNegative
from service.lazy import lazy
from service.tensors.errors import InvalidParameter
from service.tensors.fans import Fans, Mode
from service.tensors.laws import Distribution, Law, centred
from service.tensors.spec import Scalar

NormalDistribution = Literal["normal", "truncated_normal"]


class VarianceScaling(FanBased):
    """Draws with variance scale / fan."""

    name = "variance_scaling"
    fact_names = ("scale", "mode")

    scale: Annotated[NonNegative, Field(description="Multiplies the variance (not the standard deviation).")] = 1.0
    mode: Annotated[Mode, Field(description="The fan to divide by.")] = "fan_in"
    distribution: Annotated[Distribution, Field(description="normal means untruncated.")] = "normal"

    def law(self, fans: Fans) -> Law:
        return centred(self.distribution, math.sqrt(self.scale / fans.of(self.mode)))


class Gained(FanBased):
    """A scheme with standard deviation gain / sqrt(fan)."""

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
        effective = {"nonlinearity": self.default_nonlinearity, "negative_slope": default_slope(nonlinearity)}
        return {**super().defaults(), **effective}

    @lazy
    def effective_gain(self) -> float:
        """What is given, or the gain of the nonlinearity."""
        if self.gain is None:
            return gain(self.nonlinearity or self.default_nonlinearity, self.negative_slope, self.gain_rule)
        for name in ("nonlinearity", "negative_slope", "gain_rule"):
            if getattr(self, name) != type(self).model_fields[name].default:
                raise InvalidParameter(name, f"give either gain or {name}")
        return self.gain

    @abstractmethod
    def effective_mode(self) -> Mode:
        """Return which fan counts."""

    def scaled(self, fans: Fans, distribution: Distribution) -> Law:
        """Return the law of a distribution that has the standard deviation gain / sqrt(fan)."""
        fan = fans.of(self.effective_mode())
        return centred(distribution, self.effective_gain / math.sqrt(fan))

    def facts(self) -> dict[str, Scalar]:
        facts: dict[str, Scalar] = {"mode": self.effective_mode(), "gain": self.effective_gain}
        if self.gain is None:
            nonlinearity = self.nonlinearity or self.default_nonlinearity
            facts["nonlinearity"] = nonlinearity
            slope = default_slope(nonlinearity) if self.negative_slope is None else self.negative_slope
            if slope is not None:
                facts["negative_slope"] = slope
        return facts


class _Glorot(Gained):
    def effective_mode(self) -> Mode:
        return "fan_avg"


class _He(Gained):
    default_nonlinearity: ClassVar[str] = "relu"

    mode: Annotated[Mode, Field(description="fan_in keeps the forward, fan_out the backward signal.")] = "fan_in"

    def effective_mode(self) -> Mode:
        return self.mode


class _Lecun(Gained):
    def effective_mode(self) -> Mode:
        return "fan_in"


class _Uniform(Gained):
    def law(self, fans: Fans) -> Law:
        return self.scaled(fans, "uniform")


class _Normal(Gained):
    distribution: Annotated[
        NormalDistribution, Field(description="truncated_normal cuts at ±2 sigmas and keeps the standard deviation.")
    ] = "normal"

    def law(self, fans: Fans) -> Law:
        return self.scaled(fans, self.distribution)


class GlorotUniform(_Glorot, _Uniform):
    """Glorot's scheme, uniform."""

    name = "glorot_uniform"


class GlorotNormal(_Glorot, _Normal):
    """Glorot's scheme, normal."""

    name = "glorot_normal"


class HeUniform(_He, _Uniform):
    """He's scheme, uniform."""

    name = "he_uniform"


class HeNormal(_He, _Normal):
    """He's scheme, normal."""

    name = "he_normal"


class LecunUniform(_Lecun, _Uniform):
    """LeCun's scheme, uniform."""

    name = "lecun_uniform"


class LecunNormal(_Lecun, _Normal):
    """LeCun's scheme, normal."""

    name = "lecun_normal"
