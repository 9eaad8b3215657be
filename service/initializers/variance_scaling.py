"""Variance scaling: a variance of scale / fan, and the Glorot, He and LeCun schemes, which are cases of it."""

from __future__ import annotations

import math
from abc import abstractmethod
from functools import cached_property
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from service.activations.gains import ActivationName, GainRule, default_slope, gain
from service.initializers.entry import (
    LARGEST_NORMAL,
    Built,
    Entry,
    Fan,
    Initializer,
    NonNegative,
    Reference,
    Target,
)
from service.initializers.random import normal_source, uniform_source
from service.streams.stream import Cut
from service.streams.truncation import truncate
from service.tensors.errors import InvalidParameter
from service.tensors.fans import Fans, Geometry, Mode, fans
from service.tensors.layout import Layout
from service.tensors.source import Constant
from service.tensors.spec import Scalar, plain

Distribution = Literal["uniform", "normal", "truncated_normal"]
NormalDistribution = Literal["normal", "truncated_normal"]

TRUNCATION_SIGMAS = 2.0
"""Where the truncated schemes cut, in sigmas before truncation, as in Keras, JAX and timm."""

Count = Annotated[int, Field(ge=1, le=2**31)]

GLOROT = Reference(
    "Xavier Glorot, Yoshua Bengio",
    "Understanding the difficulty of training deep feedforward neural networks",
    2010,
    "https://proceedings.mlr.press/v9/glorot10a.html",
)
HE = Reference(
    "Kaiming He, Xiangyu Zhang, Shaoqing Ren, Jian Sun",
    "Delving Deep into Rectifiers: Surpassing Human-Level Performance on ImageNet Classification",
    2015,
    "https://arxiv.org/abs/1502.01852",
)
LECUN = Reference(
    "Yann LeCun, Leon Bottou, Genevieve B. Orr, Klaus-Robert Müller",
    "Efficient BackProp",
    1998,
    "https://doi.org/10.1007/3-540-49430-8_2",
)
KLAMBAUER = Reference(
    "Günter Klambauer, Thomas Unterthiner, Andreas Mayr, Sepp Hochreiter",
    "Self-Normalizing Neural Networks",
    2017,
    "https://arxiv.org/abs/1706.02515",
)

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

    def draw(self, target: Target, distribution: Distribution) -> Built:
        """Return the source of that distribution, with the standard deviation that the fans give."""
        scaled = self.fans(target)
        scaled.of(self.effective_mode())
        facts: dict[str, Scalar] = {"distribution": distribution, **self.described()}
        for name, known in (("fan_in", scaled.fan_in), ("fan_out", scaled.fan_out)):
            if known is not None:
                facts[name] = plain(known)
        if 0 in target.shape:
            return Built(Constant(0.0), facts, 0.0)
        std = self.std(scaled)
        facts["std"] = std
        if std == 0.0:
            return Built(Constant(0.0), facts, 0.0)
        if distribution == "uniform":
            bound = math.sqrt(3.0) * std
            return Built(uniform_source(target, -bound, bound), {**facts, "bound": bound}, bound)
        if distribution == "normal":
            return Built(normal_source(target, 0.0, std), facts, LARGEST_NORMAL * std)
        truncation = truncate(-TRUNCATION_SIGMAS, TRUNCATION_SIGMAS)
        before = std / truncation.std
        bound = before * TRUNCATION_SIGMAS
        source = normal_source(target, 0.0, before, Cut(truncation, -bound, bound))
        return Built(source, {**facts, "std_before": before, "bound": bound}, bound)


class VarianceScaling(FanScaled):
    """Draws with variance scale / fan."""

    scale: Annotated[NonNegative, Field(description="Multiplies the variance (not the standard deviation).")] = 1.0
    mode: Annotated[Mode, Field(description="The fan to divide by.")] = "fan_in"
    distribution: Annotated[Distribution, Field(description="normal means untruncated.")] = "normal"

    entry: ClassVar[Entry] = Entry(
        name="variance_scaling",
        summary="Draws with variance scale / fan: the family of which Glorot, He and LeCun are members.",
        formula="Var W = scale / n; n = fan_in, fan_out, (fan_in + fan_out)/2 or sqrt(fan_in · fan_out)",
        when="When none of the named members has the scale or the fan that is wanted.",
        references=(HE, GLOROT),
        aliases={
            "JAX": ("variance_scaling",), "Keras": ("VarianceScaling",), "timm": ("variance_scaling_",),
            "MindSpore": ("VarianceScaling",), "Haiku": ("VarianceScaling",), "Sonnet": ("VarianceScaling",),
            "TensorFlow 1": ("variance_scaling_initializer",), "TensorFlow.js": ("varianceScaling",),
            "DL4J": (
                "VAR_SCALING_NORMAL_FAN_IN", "VAR_SCALING_NORMAL_FAN_OUT", "VAR_SCALING_NORMAL_FAN_AVG",
                "VAR_SCALING_UNIFORM_FAN_IN", "VAR_SCALING_UNIFORM_FAN_OUT", "VAR_SCALING_UNIFORM_FAN_AVG",
            ),
        },
        traps=(
            "distribution=normal is untruncated here, in JAX and in timm; in Keras it means truncated_normal, "
            "which is also Keras's default.",
            "scale multiplies the variance, gain (in the named schemes) the standard deviation.",
        ),
        ranks=(0, None),
        example="shape=256,784&scale=2&mode=fan_avg&distribution=uniform&seed=42",
    )  # fmt: skip

    def effective_mode(self) -> Mode:
        return self.mode

    def std(self, fans: Fans) -> float:
        return math.sqrt(self.scale / fans.of(self.mode))

    def described(self) -> dict[str, Scalar]:
        return {"scale": self.scale, "mode": self.mode}

    def build(self, target: Target) -> Built:
        return self.draw(target, self.distribution)


class Gained(FanScaled):
    """A scheme with standard deviation gain / sqrt(fan)."""

    fixed_mode: ClassVar[Mode]
    default_nonlinearity: ClassVar[str] = "linear"

    gain: Annotated[
        NonNegative | None, Field(description="Multiplies the standard deviation; instead of nonlinearity.")
    ] = None
    nonlinearity: Annotated[
        ActivationName | None, Field(description="The activation whose gain to take; see also gain_rule.")
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
    def build(self, target: Target) -> Built:
        return self.draw(target, "uniform")


class _Normal(Gained):
    distribution: Annotated[
        NormalDistribution, Field(description="truncated_normal cuts at ±2 sigmas and keeps the standard deviation.")
    ] = "normal"

    def build(self, target: Target) -> Built:
        return self.draw(target, self.distribution)


class _He(Gained):
    default_nonlinearity: ClassVar[str] = "relu"

    mode: Annotated[Mode, Field(description="fan_in keeps the forward, fan_out the backward signal.")] = "fan_in"

    def effective_mode(self) -> Mode:
        return self.mode


class GlorotUniform(_Uniform):
    """Glorot's scheme, uniform."""

    fixed_mode: ClassVar[Mode] = "fan_avg"
    entry: ClassVar[Entry] = Entry(
        name="glorot_uniform",
        summary="Glorot's (Xavier's) scheme, uniform.",
        formula="W ~ U[-b, b), b = gain · sqrt(6 / (fan_in + fan_out))",
        when="tanh, sigmoid and linear layers; attention.",
        references=(GLOROT,),
        aliases={
            "PyTorch": ("xavier_uniform_",), "JAX": ("glorot_uniform", "xavier_uniform"),
            "Keras": ("GlorotUniform",), "burn": ("XavierUniform",), "Flux": ("glorot_uniform",),
            "Lux": ("glorot_uniform",), "DL4J": ("XAVIER_UNIFORM", "SIGMOID_UNIFORM"), "MLX": ("glorot_uniform",),
            "Paddle": ("XavierUniform",), "MXNet": ("Xavier",), "Chainer": ("GlorotUniform",),
            "MindSpore": ("XavierUniform",), "TensorFlow 1": ("glorot_uniform_initializer", "xavier_initializer"),
            "tinygrad": ("glorot_uniform",), "TensorFlow.js": ("glorotUniform",), "Gorgonia": ("GlorotU",),
            "GoMLX": ("GlorotUniformFn", "XavierFn"), "DJL": ("XavierInitializer",),
        },
        traps=(
            "The default gain is 1, whatever activation follows. PyTorch's users pass calculate_gain's: "
            "give nonlinearity and gain_rule=pytorch.",
        ),
        ranks=(0, None),
    )  # fmt: skip


class GlorotNormal(_Normal):
    """Glorot's scheme, normal."""

    fixed_mode: ClassVar[Mode] = "fan_avg"
    entry: ClassVar[Entry] = Entry(
        name="glorot_normal",
        summary="Glorot's (Xavier's) scheme, normal.",
        formula="std = gain · sqrt(2 / (fan_in + fan_out))",
        when="tanh, sigmoid and linear layers.",
        references=(GLOROT,),
        aliases={
            "PyTorch": ("xavier_normal_",), "JAX": ("glorot_normal", "xavier_normal"), "Keras": ("GlorotNormal",),
            "burn": ("XavierNormal",), "Flux": ("glorot_normal",), "Lux": ("glorot_normal",),
            "DL4J": ("XAVIER", "XAVIER_LEGACY"), "MLX": ("glorot_normal",), "Paddle": ("XavierNormal",),
            "Chainer": ("GlorotNormal",), "MindSpore": ("XavierNormal",),
            "TensorFlow 1": ("glorot_normal_initializer",), "TensorFlow.js": ("glorotNormal",),
            "Gorgonia": ("GlorotN",), "mmengine": ("xavier_init",),
        },
        traps=(_TRUNCATED_TRAP,),
    )  # fmt: skip


class HeUniform(_He, _Uniform):
    """He's scheme, uniform."""

    entry: ClassVar[Entry] = Entry(
        name="he_uniform",
        summary="He's (Kaiming's) scheme, uniform.",
        formula="W ~ U[-b, b), b = gain · sqrt(3 / fan), gain = sqrt(2) for ReLU",
        when="ReLU and its relatives; convolutions.",
        references=(HE,),
        aliases={
            "PyTorch": ("kaiming_uniform_",), "JAX": ("he_uniform", "kaiming_uniform"), "Keras": ("HeUniform",),
            "burn": ("KaimingUniform",), "candle": ("DEFAULT_KAIMING_UNIFORM",), "tch": ("DEFAULT_KAIMING_UNIFORM",),
            "Flux": ("kaiming_uniform",), "Lux": ("kaiming_uniform",), "DL4J": ("RELU_UNIFORM",),
            "MLX": ("he_uniform",), "Paddle": ("KaimingUniform",), "Chainer": ("HeUniform",),
            "MindSpore": ("HeUniform",), "tinygrad": ("kaiming_uniform",), "TensorFlow.js": ("heUniform",),
            "Gorgonia": ("HeU",),
        },
        traps=(
            "PyTorch's Linear and Conv layers call kaiming_uniform_(a=sqrt(5)), which is ±1/sqrt(fan_in): "
            "nonlinearity=leaky_relu&negative_slope=2.23606797749979.",
        ),
    )  # fmt: skip


class HeNormal(_He, _Normal):
    """He's scheme, normal."""

    entry: ClassVar[Entry] = Entry(
        name="he_normal",
        summary="He's (Kaiming's) scheme, normal.",
        formula="std = gain / sqrt(fan), gain = sqrt(2) for ReLU",
        when="ReLU and its relatives; convolutions.",
        references=(HE,),
        aliases={
            "PyTorch": ("kaiming_normal_",), "JAX": ("he_normal", "kaiming_normal"), "Keras": ("HeNormal",),
            "burn": ("KaimingNormal",), "candle": ("DEFAULT_KAIMING_NORMAL",), "tch": ("DEFAULT_KAIMING_NORMAL",),
            "Flux": ("kaiming_normal",), "Lux": ("kaiming_normal",), "DL4J": ("RELU",), "MLX": ("he_normal",),
            "Paddle": ("KaimingNormal",), "MXNet": ("MSRAPrelu",), "Chainer": ("HeNormal",),
            "MindSpore": ("HeNormal",), "tinygrad": ("kaiming_normal",), "TensorFlow.js": ("heNormal",),
            "Gorgonia": ("HeN",), "mmengine": ("kaiming_init",), "fvcore": ("c2_msra_fill",), "Caffe2": ("MSRAFill",),
            "Caffe": ("msra",),
        },
        traps=(_TRUNCATED_TRAP,),
    )  # fmt: skip


class LecunUniform(_Uniform):
    """LeCun's scheme, uniform."""

    fixed_mode: ClassVar[Mode] = "fan_in"
    entry: ClassVar[Entry] = Entry(
        name="lecun_uniform",
        summary="LeCun's scheme, uniform.",
        formula="W ~ U[-b, b), b = gain · sqrt(3 / fan_in)",
        when="SELU and linear layers; tanh in LeCun's scaling.",
        references=(LECUN,),
        aliases={
            "JAX": ("lecun_uniform",), "Keras": ("LecunUniform",), "DL4J": ("LECUN_UNIFORM",),
            "Chainer": ("LeCunUniform",), "TensorFlow 1": ("uniform_unit_scaling_initializer", "uniform_unit_scaling"),
            "Haiku": ("UniformScaling",), "TensorFlow.js": ("leCunUniform",), "Caffe2": ("XavierFill",),
            "fvcore": ("c2_xavier_fill",), "mmengine": ("caffe2_xavier", "caffe2_xavier_init"),
        },
        traps=(
            "DL4J's LECUN_UNIFORM has three times the variance: its bound is 3/sqrt(fan_in).",
            "Caffe calls this xavier.",
        ),
    )  # fmt: skip


class LecunNormal(_Normal):
    """LeCun's scheme, normal."""

    fixed_mode: ClassVar[Mode] = "fan_in"
    entry: ClassVar[Entry] = Entry(
        name="lecun_normal",
        summary="LeCun's scheme, normal.",
        formula="std = gain / sqrt(fan_in)",
        when="SELU (self-normalising networks) and linear layers.",
        references=(LECUN, KLAMBAUER),
        aliases={
            "JAX": ("lecun_normal",), "Keras": ("LecunNormal",), "Flux": ("lecun_normal",), "timm": ("lecun_normal_",),
            "DL4J": ("LECUN_NORMAL", "XAVIER_FAN_IN"), "Chainer": ("LeCunNormal",), "TensorFlow.js": ("leCunNormal",),
        },
        traps=(_TRUNCATED_TRAP,),
    )  # fmt: skip
