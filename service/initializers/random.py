"""Plain draws: uniform, normal and truncated normal, with no regard to fans."""

from __future__ import annotations

import math
from typing import Annotated, Any, Literal

from pydantic import Field

from service.arithmetic.modulus import cut_modulus, std_before_cut
from service.arithmetic.truncation import Truncation, std_before, truncate
from service.initializers.initializer import (
    FanOrZero,
    Finite,
    Initialization,
    Initializer,
    NonNegative,
    PositiveNumber,
    Target,
)
from service.initializers.padding import PaddingIdx, padded
from service.tensors.complex_laws import TruncatedComplexNormal, UniformDisk, of_dtype
from service.tensors.errors import InvalidParameter
from service.tensors.laws import Law, Normal, TruncatedNormal, Uniform
from service.tensors.spec import Scalar, plain


class UniformInitializer(Initializer):
    """Independent draws from a uniform distribution."""

    name = "uniform"

    low: Finite | None = Field(default=None, description="Lower end; 0 when neither it, high nor fan_in is given.")
    high: Finite | None = Field(default=None, description="Upper end; 1 when neither it, low nor fan_in is given.")
    fan_in: FanOrZero | None = Field(
        default=None,
        description="Instead of low and high: the interval is ±1/sqrt(fan_in), for a layer's bias; zeros for one of 0.",
    )
    padding_idx: PaddingIdx = None

    def initialize(self, target: Target) -> Initialization:
        low, high = self.interval()
        if not low < high and self.fan_in != 0.0:
            raise InvalidParameter("high", f"high must be above low = {low:g}; constant makes one number everywhere")
        law: Law = Uniform.between(low, high)
        if target.dtype.is_complex and low < high:
            law = UniformDisk.within(_radius(low, high))
        facts: dict[str, Scalar] = {} if self.fan_in is None else {"fan_in": plain(self.fan_in)}
        facts |= {"low": low, "high": high, "mean": law.mean, "std": law.std}
        return padded(Initialization.of(law, target, facts), self.padding_idx, target)

    def defaults(self) -> dict[str, Any]:
        unit = {"low": 0.0, "high": 1.0} if (self.low, self.high) == (0.0, 1.0) else {}
        return {**super().defaults(), **unit}

    def interval(self) -> tuple[float, float]:
        """Return its ends. Raises InvalidParameter."""
        if self.fan_in is not None:
            if self.low is not None or self.high is not None:
                raise InvalidParameter("fan_in", "give either fan_in or low and high")
            if self.fan_in == 0.0:
                # As PyTorch's Linear: 1 / math.sqrt(fan_in) if fan_in > 0 else 0.
                return 0.0, 0.0
            bound = 1.0 / math.sqrt(self.fan_in)
            return -bound, bound
        if self.low is None and self.high is None:
            return 0.0, 1.0
        if self.low is None:
            raise InvalidParameter("low", "high is given without low")
        if self.high is None:
            raise InvalidParameter("high", "low is given without high")
        return self.low, self.high


class NormalInitializer(Initializer):
    """Independent draws from a normal distribution."""

    name = "normal"

    mean: Finite = 0.0
    std: NonNegative = 1.0
    padding_idx: PaddingIdx = None

    def initialize(self, target: Target) -> Initialization:
        drawn = Initialization.of(Normal(self.mean, self.std), target, {"mean": self.mean, "std": self.std})
        return padded(drawn, self.padding_idx, target)


def _radius(low: float, high: float) -> float:
    """Return the bound of a complex number's modulus. Raises InvalidParameter where the bounds are not about 0."""
    if low != -high:
        raise InvalidParameter(
            "low", "must be -high in a complex dtype: complex numbers lie in the disk whose radius is high, about 0"
        )
    return high


Bounds = Literal["sigma", "absolute"]
StdIs = Literal["before", "after"]


class TruncatedNormalInitializer(Initializer):
    """Draws from a normal distribution, cut at two bounds."""

    name = "truncated_normal"

    mean: Annotated[Finite, Field(description="The mean before truncation.")] = 0.0
    std: Annotated[
        PositiveNumber, Field(description="The standard deviation; std_is says whether before or after.")
    ] = 1.0
    low: Annotated[Finite, Field(description="Lower bound, in the unit that bounds says.")] = -2.0
    high: Annotated[Finite, Field(description="Upper bound, in the unit that bounds says.")] = 2.0
    bounds: Annotated[
        Bounds, Field(description="sigma: low and high count standard deviations (before) from the mean.")
    ] = "sigma"
    std_is: Annotated[
        StdIs, Field(description="Whether std is that of the normal before, or of the values after truncation.")
    ] = "before"
    padding_idx: PaddingIdx = None

    def initialize(self, target: Target) -> Initialization:
        if not self.low < self.high:
            raise InvalidParameter("high", f"high must be above low = {self.low:g}")
        law = self._complex_law() if target.dtype.is_complex else self._law()
        facts = {
            "mean": self.mean, "std": self.std, "low": self.low, "high": self.high, "bounds": self.bounds,
            "std_is": self.std_is, "std_before": law.std_before, "std_after": law.std, "mean_after": law.mean,
        }  # fmt: skip
        return padded(Initialization.of(law, target, facts), self.padding_idx, target)

    def _law(self) -> TruncatedNormal:
        sigma, truncation = self._truncated()
        low, high = self.low, self.high
        if self.bounds == "sigma":
            low, high = self.mean + sigma * low, self.mean + sigma * high
        return TruncatedNormal.cut(Normal(self.mean, sigma), truncation, low, high)

    def _complex_law(self) -> TruncatedComplexNormal:
        """Return the normal about 0 whose modulus is cut at `high`."""
        if self.mean != 0.0:
            raise InvalidParameter("mean", "must be 0 in a complex dtype: the modulus is cut, which is about 0")
        high = _radius(self.low, self.high)
        try:
            if self.bounds == "sigma":
                cut = cut_modulus(high)
                sigma = self.std / cut.std if self.std_is == "after" else self.std
                return TruncatedComplexNormal.within(sigma, cut, sigma * high)
            sigma = std_before_cut(high, self.std) if self.std_is == "after" else self.std
            return TruncatedComplexNormal.within(sigma, cut_modulus(high / sigma), high)
        except ValueError as error:
            culprit = "std" if str(error).startswith("std") else "high"
            raise InvalidParameter(culprit, str(error)) from error

    def _truncated(self) -> tuple[float, Truncation]:
        """Return the standard deviation before truncation, and the truncation in units of it."""
        try:
            if self.bounds == "sigma":
                truncation = truncate(self.low, self.high)
                return (self.std / truncation.std if self.std_is == "after" else self.std), truncation
            sigma = self.std
            if self.std_is == "after":
                sigma = std_before(self.low, self.high, self.mean, self.std)
            return sigma, truncate((self.low - self.mean) / sigma, (self.high - self.mean) / sigma)
        except ValueError as error:
            culprit = "std" if str(error).startswith("std") else "low"
            raise InvalidParameter(culprit, str(error)) from error


class ScaledUniform(Initializer):
    """Independent draws from an interval that the number of elements gives."""

    name = "scaled_uniform"

    def initialize(self, target: Target) -> Initialization:
        if 0 in target.shape:
            return Initialization.constant(0.0, {})
        bound = 1.0 / math.sqrt(math.prod(target.shape))
        law = of_dtype(Uniform.between(-bound, bound), target.dtype)
        return Initialization.of(law, target, {"mean": law.mean, **law.facts})
