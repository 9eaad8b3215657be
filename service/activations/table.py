"""The table of activations: one row each."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from service.activations.activation import ActivationFamily, ActivationParameter, Gains
from service.activations.closed_forms import (
    cosine_moments,
    exponential_moments,
    maxout_moments,
    random_slope_moments,
    sine_moments,
    snake_moments,
)
from service.activations.error_function import erf
from service.activations.moments import GatedMoments
from service.activations.pointwise import (
    PointwiseFunction,
    clipped_line,
    exponential_linear,
    gelu,
    gelu_tanh,
    hard_shrink,
    scaled_tanh,
    sech2,
    sigmoid,
    sine,
    sloped,
    snake,
    soft_shrink,
    softplus,
    swish,
)

SELU_SCALE = 1.0507009873554804934
SELU_ALPHA = 1.6732632423543772848
"""Klambauer et al., arXiv:1706.02515: E[selu(z)] = 0 and E[selu(z)^2] = 1."""

_INVERSE_SQRT_2_PI = 0.3989422804014327


def _negative_slope(default: float) -> ActivationParameter:
    return ActivationParameter("negative_slope", default, -1e3, 1e3)


def _alpha(default: float) -> ActivationParameter:
    return ActivationParameter("alpha", default, 0.0, 1e3, excludes_lowest=True)


def _omega(default: float) -> ActivationParameter:
    return ActivationParameter("omega", default, 0.0, 1e4, excludes_lowest=True)


def _sloped_gains(slope: float) -> Gains:
    """Return the gains of max(z, 0) + slope * min(z, 0): E[f^2] = E[f'^2] = (1 + slope^2)/2."""
    square = 0.5 * (1.0 + slope * slope)
    mean = (1.0 - slope) * _INVERSE_SQRT_2_PI
    kept = 1.0 / math.sqrt(square)
    return Gains(kept, kept, 1.0 / math.sqrt(square - mean * mean))


_MAXOUT_GAINS: Mapping[float, Gains] = {
    2.0: Gains(1.0, 1.0, 1.2111738962363165),
    3.0: Gains(0.8853842130347278, 1.0, 1.3369423589561487),
    4.0: Gains(0.8028752293446385, 1.0, 1.4260776284958225),
    5.0: Gains(0.7453517614045204, 1.0, 1.4948132851067275),
    8.0: Gains(0.6455597694085621, 1.0, 1.6375911094113387),
}
"""By pieces."""

ACTIVATIONS: tuple[ActivationFamily, ...] = (
    ActivationFamily(
        "linear",
        PointwiseFunction(lambda z: z, np.ones_like, (), 1),
        Gains(1.0, 1.0, 1.0),
        # A softmax's logits are linear.
        other_names=(
            "identity",
            "id",
            "none",
            "null",
            "softmax",
            "log_softmax",
            "softmin",
            "sparsemax",
            "gumbel_softmax",
        ),
    ),
    ActivationFamily(
        "sigmoid",
        PointwiseFunction(sigmoid, lambda z: sigmoid(z) * sigmoid(-z)),
        Gains(1.8462285453386054, 4.722646085937974, 4.801313372039962),
        other_names=("logistic", "σ"),
    ),
    ActivationFamily(
        "tanh",
        scaled_tanh(1.0, 1.0),
        Gains(1.5925374197228315, 1.467413591630795, 1.5925374197228315),
    ),
    ActivationFamily(
        "lecun_tanh",
        scaled_tanh(1.7159, 2.0 / 3.0),
        Gains(1.1543694539761429, 1.1152568925388144, 1.1543694539761429),
    ),
    ActivationFamily(
        "relu",
        sloped(0.0),
        Gains(1.4142135623730951, 1.4142135623730951, 1.7128585504496627),
        # CReLU has twice as many outputs, each with half of the square: what a layer with its inputs sees is the same.
        other_names=("rectifier", "crelu"),
        is_rectifier=True,
    ),
    ActivationFamily(
        "relu6",
        clipped_line(1.0, 0.0, 0.0, 6.0),
        Gains(1.4142135650950736, 1.4142135637683406, 1.7128585549723954),
        is_rectifier=True,
    ),
    ActivationFamily(
        "selu",
        exponential_linear(SELU_ALPHA, SELU_SCALE),
        Gains(1.0, 0.9660257769739011, 1.0),
    ),
    ActivationFamily(
        "gelu",
        gelu(),
        Gains(1.5335304411955353, 1.4811144127083482, 1.7009262433633332),
        other_names=("gelu_python", "gelu_erf", "GELUActivation", "ClippedGELUActivation"),
    ),
    ActivationFamily(
        "gelu_tanh",
        gelu_tanh(),
        Gains(1.533580521666147, 1.4811680580933506, 1.7009165616954505),
        other_names=(
            "gelu_new",
            "new_gelu",
            "gelu_pytorch_tanh",
            "gelu_approximate",
            "gelu_approx",
            "gelu_fast",
            "NewGELUActivation",
            "FastGELUActivation",
            "AccurateGELUActivation",
            "PytorchGELUTanh",
            "GELUTanh",
        ),
    ),
    ActivationFamily(
        "quick_gelu",
        swish(1.702),
        Gains(1.5394587622988314, 1.491459226750051, 1.7093585898912749),
        other_names=("QuickGELUActivation",),
    ),
    ActivationFamily(
        "silu",
        swish(1.0),
        Gains(1.676532470331091, 1.6233202579524972, 1.787187222100442),
        other_names=("swish", "SiLUActivation"),
    ),
    ActivationFamily(
        "mish",
        PointwiseFunction(
            lambda z: z * np.tanh(softplus(z)),
            lambda z: np.tanh(softplus(z)) + z * sech2(softplus(z)) * sigmoid(z),
        ),
        Gains(1.486847581273208, 1.4447552325473194, 1.5920253810994462),
    ),
    ActivationFamily(
        "softplus",
        PointwiseFunction(softplus, sigmoid),
        Gains(1.0418668355353018, 1.8462285453386054, 1.9191259801076563),
    ),
    ActivationFamily(
        "softsign",
        PointwiseFunction(lambda z: z / (1.0 + np.abs(z)), lambda z: (1.0 + np.abs(z)) ** -2.0, (0.0,)),
        Gains(2.3375333631085398, 2.095780608943311, 2.3375333631085398),
    ),
    ActivationFamily(
        "hard_swish",
        PointwiseFunction(
            lambda z: z * np.clip(z + 3.0, 0.0, 6.0) / 6.0,
            lambda z: np.where(np.abs(z) < 3.0, (2.0 * z + 3.0) / 6.0, np.where(z >= 3.0, 1.0, 0.0)),
            (-3.0, 3.0),
        ),
        Gains(1.7366572127665416, 1.6700763674413823, 1.8138714738131827),
        other_names=("hardswish", "hard_silu", "h_swish"),
    ),
    ActivationFamily(
        "hard_sigmoid",
        clipped_line(1.0 / 6.0, 0.5, 0.0, 1.0),
        Gains(1.897840424729559, 6.008115825196681, 6.015034486637097),
        other_names=("hardsigmoid",),
    ),
    ActivationFamily(
        "hard_sigmoid_keras2",
        clipped_line(0.2, 0.5, 0.0, 1.0),
        Gains(1.8598338677630273, 5.031340552152114, 5.057062215469698),
    ),
    ActivationFamily(
        "hardtanh",
        clipped_line(1.0, 0.0, -1.0, 1.0),
        Gains(1.3920361404483097, 1.2102870624325224, 1.3920361404483097),
        other_names=("hard_tanh", "hard_clip"),
    ),
    ActivationFamily(
        "log_sigmoid",
        PointwiseFunction(lambda z: -softplus(-z), lambda z: sigmoid(-z)),
        Gains(1.0418668355353018, 1.8462285453386054, 1.9191259801076563),
        other_names=("logsigmoid", "logσ"),
    ),
    ActivationFamily(
        "tanhshrink",
        PointwiseFunction(lambda z: z - np.tanh(z), lambda z: np.tanh(z) ** 2),
        Gains(2.3383675301021216, 1.9881388232490018, 2.3383675301021216),
    ),
    ActivationFamily(
        "cos",
        PointwiseFunction(np.cos, lambda z: -np.sin(z)),
        Gains(1.327250600284575, 1.5208666231788148, 2.237252914212928),
        other_names=("cosine",),
        moments=cosine_moments(),
    ),
    ActivationFamily(
        "squared_relu",
        PointwiseFunction(lambda z: np.maximum(z, 0.0) ** 2, lambda z: 2.0 * np.maximum(z, 0.0), (0.0,), 2),
        Gains(0.816496580927726, 0.7071067811865476, 0.8944271909999159),
        other_names=("relu_squared", "relu2", "relu^2", "sqrelu", "ReLUSquaredActivation"),
    ),
    ActivationFamily(
        "abs",
        PointwiseFunction(np.abs, np.sign, (0.0,), 1),
        Gains(1.0, 1.0, 1.6588967399703058),
    ),
    ActivationFamily(
        "square",
        PointwiseFunction(np.square, lambda z: 2.0 * z, (), 2),
        Gains(0.5773502691896257, 0.5, 0.7071067811865476),
    ),
    ActivationFamily(
        "gaussian",
        PointwiseFunction(lambda z: np.exp(-z * z), lambda z: -2.0 * z * np.exp(-z * z)),
        Gains(1.4953487812212205, 1.671850762441055, 2.9633010224029768),
    ),
    ActivationFamily(
        "gaussian_half",
        PointwiseFunction(lambda z: np.exp(-0.5 * z * z), lambda z: -z * np.exp(-0.5 * z * z)),
        Gains(1.3160740129524924, 2.2795070569547775, 3.59558106990727),
    ),
    ActivationFamily(
        "erf",
        PointwiseFunction(erf, lambda z: 2.0 / math.sqrt(math.pi) * np.exp(-z * z)),
        Gains(1.4671669504891387, 1.3252183528612111, 1.4671669504891387),
    ),
    ActivationFamily(
        "arctan",
        PointwiseFunction(np.arctan, lambda z: 1.0 / (1.0 + z * z)),
        Gains(1.491207618134209, 1.4142135623730951, 1.491207618134209),
        other_names=("atan",),
    ),
    ActivationFamily(
        "exp",
        PointwiseFunction(np.exp, np.exp),
        Gains(0.36787944117144233, 0.36787944117144233, 0.46270645737647115),
        other_names=("exponential",),
        moments=exponential_moments(),
    ),
    ActivationFamily(
        "leaky_relu",
        sloped,
        _sloped_gains,
        other_names=("lrelu",),
        parameter=_negative_slope(0.01),
        is_rectifier=True,
    ),
    ActivationFamily(
        "prelu",
        sloped,
        _sloped_gains,
        parameter=_negative_slope(0.25),
        is_rectifier=True,
    ),
    ActivationFamily(
        "elu",
        exponential_linear,
        Gains(1.2451983007007066, 1.223428557552621, 1.2708434178501964),
        parameter=_alpha(1.0),
    ),
    ActivationFamily(
        "celu",
        lambda a: exponential_linear(a, width=a),
        Gains(1.2451983007007066, 1.223428557552621, 1.2708434178501964),
        parameter=_alpha(1.0),
    ),
    ActivationFamily(
        "sin",
        sine,
        Gains(1.5208666231788148, 1.327250600284575, 1.5208666231788148),
        other_names=("sine", "sinusoid"),
        parameter=_omega(1.0),
        moments=sine_moments,
    ),
    ActivationFamily(
        "siren",
        sine,
        Gains(1.4142135623730951, 0.04714045207910317, 1.4142135623730951),
        parameter=_omega(30.0),
        moments=sine_moments,
    ),
    ActivationFamily(
        "snake",
        snake,
        Gains(0.8745809829313702, 0.8165422354380591, 0.9447159235492022),
        parameter=_alpha(1.0),
        moments=snake_moments,
    ),
    ActivationFamily(
        "hardshrink",
        hard_shrink,
        Gains(1.015796354719734, 1.2730076010313076, 1.015796354719734),
        parameter=_alpha(0.5),
    ),
    ActivationFamily(
        "softshrink",
        soft_shrink,
        Gains(1.5443605282801334, 1.2730076010313076, 1.5443605282801334),
        parameter=_alpha(0.5),
    ),
    ActivationFamily(
        "glu",
        None,
        Gains(1.8462285453386054, None, 1.8462285453386054),
        moments=GatedMoments(PointwiseFunction(sigmoid, lambda z: sigmoid(z) * sigmoid(-z))),
    ),
    ActivationFamily(
        "reglu",
        None,
        Gains(1.4142135623730951, None, 1.4142135623730951),
        moments=GatedMoments(sloped(0.0)),
    ),
    ActivationFamily(
        "geglu",
        None,
        Gains(1.5335304411955353, None, 1.5335304411955353),
        moments=GatedMoments(gelu()),
    ),
    ActivationFamily(
        "swiglu",
        None,
        Gains(1.676532470331091, None, 1.676532470331091),
        moments=GatedMoments(swish(1.0)),
    ),
    ActivationFamily(
        "bilinear",
        None,
        Gains(1.0, None, 1.0),
        moments=GatedMoments(PointwiseFunction(lambda z: z, np.ones_like, (), 1)),
    ),
    ActivationFamily(
        "rrelu",
        None,
        Gains(1.3761172297943902, 1.3761172297943902, 1.518817340986714),
        moments=random_slope_moments(1.0 / 8.0, 1.0 / 3.0),
        is_rectifier=True,
    ),
    ActivationFamily(
        "maxout",
        None,
        _MAXOUT_GAINS.get,
        parameter=ActivationParameter("pieces", 2.0, 2.0, 64.0, is_whole=True),
        moments=lambda pieces: maxout_moments(int(pieces)),
        may_end_in_number=True,
    ),
)
"""The gains are numbers that `python -m scripts.compute_gains` prints, and decide bits of tensors."""


def takers(parameter: str) -> tuple[str, ...]:
    """Return the names of the activations that have the parameter."""
    return tuple(family.name for family in ACTIVATIONS if family.parameter and family.parameter.name == parameter)


def prepare() -> None:
    """Compute the moments of each activation with its usual parameter: together they take a second."""
    for family in ACTIVATIONS:
        family.activation().curves.prepare()
