"""Which function of torch.nn.init a scheme of the catalogue is, with torch's order of operations in its arguments."""

from __future__ import annotations

import math
from collections.abc import Collection

from service.activations.gains import gain
from service.framework_streams.framework_stream import FrameworkStream
from service.framework_streams.torch.calls import Call, NormalCall, SparseCall, TruncatedCall, UniformCall
from service.frameworks.pytorch import PyTorchDefault
from service.frameworks.rules import UNIFORM_OF_FAN_IN
from service.initializers.initializer import Initializer, Target
from service.initializers.random import NormalInitializer, TruncatedNormalInitializer, UniformInitializer
from service.initializers.sparse import SparseInitializer
from service.initializers.variance_scaling import (
    Gained,
    GlorotNormal,
    GlorotUniform,
    HeNormal,
    HeUniform,
    LecunNormal,
    LecunUniform,
)
from service.streams.torch.permutation import LARGEST_PERMUTED
from service.tensors.errors import InvalidParameter
from service.tensors.layout import Shape

_ONLY_ORTHOGONAL = (
    "torch's orthogonal_ takes the QR factors that its LAPACK makes, whose last bits differ from one processor and one "
    "library to the next"
)
_GAINED = ("gain", "nonlinearity", "negative_slope", "gain_rule", "mode", "distribution")
_LEAST_KEPT = 0.3
"""The part of the normal within the bounds from which on torch draws normals until they lie there."""

_SLOPE_OF_LINEAR = math.sqrt(5)
"""`a` of the kaiming_uniform_ that Linear and Conv call."""

not_here = FrameworkStream.not_here


def call_of(initializer: Initializer, target: Target) -> Call:
    """Return what torch calls for a scheme that draws. Raises InvalidParameter where it has no such function."""
    match initializer:
        case PyTorchDefault():
            call = _of_default(initializer, target)
        case UniformInitializer():
            call = _uniform(initializer)
        case NormalInitializer():
            call = NormalCall(initializer.mean, initializer.std)
        case TruncatedNormalInitializer():
            call = _truncated(initializer)
        case HeUniform() | HeNormal() | LecunUniform() | LecunNormal():
            call = _kaiming(initializer, target.shape)
        case GlorotUniform() | GlorotNormal():
            call = _xavier(initializer, target.shape)
        case SparseInitializer():
            call = _sparse(initializer, target.shape)
        case _:
            raise _no_function(initializer)
    return call


def _no_function(initializer: Initializer) -> InvalidParameter:
    detail = _ONLY_ORTHOGONAL if initializer.name == "orthogonal" else f"torch.nn.init has no {initializer.name}"
    return not_here("stream", detail)


def _of_default(initializer: PyTorchDefault, target: Target) -> Call:
    scheme = initializer.scheme(target)
    if initializer.layers.layers[initializer.layer][initializer.tensor].default is UNIFORM_OF_FAN_IN:
        assert isinstance(scheme, UniformInitializer)
        if not scheme.fan_in:
            return UniformCall(0.0, 0.0)
        std = math.sqrt(2.0 / (1 + _SLOPE_OF_LINEAR**2)) / math.sqrt(scheme.fan_in)
        bound = math.sqrt(3.0) * std
        return UniformCall(-bound, bound)
    return call_of(scheme, target)


def _uniform(initializer: UniformInitializer) -> Call:
    if initializer.fan_in is not None:
        bound = 1 / math.sqrt(initializer.fan_in) if initializer.fan_in else 0.0
        return UniformCall(-bound, bound)
    if initializer.low is None or initializer.high is None:
        return UniformCall(0.0, 1.0)
    return UniformCall(initializer.low, initializer.high)


def _truncated(initializer: TruncatedNormalInitializer) -> Call:
    _refuse_all_but(initializer, ("mean", "std", "low", "high", "bounds"), "trunc_normal_")
    mean, std, low, high = initializer.mean, initializer.std, initializer.low, initializer.high
    if initializer.bounds == "sigma":
        low, high = mean + std * low, mean + std * high
    call = TruncatedCall(mean, std, low, high)
    if call.kept <= _LEAST_KEPT:
        raise not_here("low", "where no more than 0.3 of the normal lies within the bounds torch takes logarithms of "
                       "a library that is not matched")  # fmt: skip
    return call


def _gain(initializer: Gained, function: str) -> float:
    """Return `calculate_gain` of the nonlinearity, or the gain that is given."""
    if initializer.gain is not None:
        return initializer.effective_gain
    name = initializer.nonlinearity or initializer.default_nonlinearity
    if name == "leaky_relu":
        slope = 0.01 if initializer.negative_slope is None else initializer.negative_slope
        return math.sqrt(2.0 / (1 + slope**2))
    if initializer.gain_rule != "pytorch" and name not in {"relu", "linear"}:
        raise not_here("gain_rule", f"torch's {function} has the gains of calculate_gain: give gain_rule=pytorch")
    return gain(name, initializer.negative_slope, "pytorch")


def _kaiming(initializer: HeUniform | HeNormal | LecunUniform | LecunNormal, shape: Shape) -> Call:
    is_uniform = isinstance(initializer, HeUniform | LecunUniform)
    function = "kaiming_uniform_" if is_uniform else "kaiming_normal_"
    _refuse_all_but(initializer, _GAINED, function)
    mode = initializer.effective_mode()
    if mode not in {"fan_in", "fan_out"}:
        raise not_here("mode", f"torch's {function} has fan_in and fan_out")
    std = _gain(initializer, function) / math.sqrt(_fans(shape, function)[mode == "fan_out"])
    if not is_uniform:
        return _normal(initializer, std, function)
    bound = math.sqrt(3.0) * std
    return UniformCall(-bound, bound)


def _xavier(initializer: GlorotUniform | GlorotNormal, shape: Shape) -> Call:
    is_uniform = isinstance(initializer, GlorotUniform)
    function = "xavier_uniform_" if is_uniform else "xavier_normal_"
    _refuse_all_but(initializer, _GAINED, function)
    std = _gain(initializer, function) * math.sqrt(2.0 / float(sum(_fans(shape, function))))
    if not is_uniform:
        return _normal(initializer, std, function)
    bound = math.sqrt(3.0) * std
    return UniformCall(-bound, bound)


def _normal(initializer: Initializer, std: float, function: str) -> Call:
    if getattr(initializer, "distribution", "normal") != "normal":
        raise not_here("distribution", f"torch's {function} cuts nothing")
    return NormalCall(0.0, std)


def _sparse(initializer: SparseInitializer, shape: Shape) -> Call:
    _refuse_all_but(initializer, ("sparsity", "std"), "sparse_")
    if shape[0] > LARGEST_PERMUTED:
        raise not_here("shape", f"torch permutes more than {LARGEST_PERMUTED} rows otherwise")
    return SparseCall(initializer.sparsity, initializer.std)


def _fans(shape: Shape, function: str) -> tuple[int, int]:
    """Return fan-in and fan-out as torch reads them: axes 1 and 0, times those after. Raises InvalidParameter."""
    if len(shape) < 2:
        raise not_here("shape", f"torch's {function} needs a shape of rank 2 or more")
    field = math.prod(shape[2:])
    return max(shape[1] * field, 1), max(shape[0] * field, 1)


def _refuse_all_but(initializer: Initializer, names: Collection[str], function: str) -> None:
    for name, _ in initializer.canonical:
        if name not in names:
            raise not_here(name, f"torch's {function} has no {name}")
