"""What a framework's call makes, and how to have exactly that here: the defaults, as each framework's source has them.

Equal in distribution, never in values: each framework has its own random stream.
"""

from __future__ import annotations

import contextlib
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from service.catalogue.catalogue import CATALOGUE, UnknownInitializer
from service.initializers.bias import LstmBias, PriorBias
from service.initializers.constant import ConstantInitializer, Ones, Zeros
from service.initializers.convolution import ConvolutionOrthogonal, DeltaOrthogonal
from service.initializers.identity import Dirac, Identity
from service.initializers.initializer import Initializer
from service.initializers.orthogonal import OrthogonalInitializer
from service.initializers.random import (
    NormalInitializer,
    ScaledUniform,
    TruncatedNormalInitializer,
    UniformInitializer,
)
from service.initializers.resampling import Bilinear
from service.initializers.sparse import SparseInitializer
from service.initializers.spectral import Stft
from service.initializers.variance_scaling import (
    GlorotNormal,
    GlorotUniform,
    HeNormal,
    HeUniform,
    LecunNormal,
    LecunUniform,
    VarianceScaling,
)
from service.tensors.layout import Layout, axes
from service.tensors.spec import Scalar, encode_query

_CUT = 0.87962566103423978
"""The standard deviation of a standard normal cut at ±2."""

_SQRT_2 = math.sqrt(2.0)
_SQRT_3 = math.sqrt(3.0)


@dataclass(frozen=True)
class Equivalent:
    """A framework's call as its users write it, and the scheme that has the same distribution."""

    framework: str
    call: str
    scheme: Initializer
    note: str
    """What the two do not share; empty where they share everything."""
    source: str
    """Where the framework's own code says so."""

    @property
    def initializer(self) -> str:
        """The canonical name of the scheme."""
        return self.scheme.name

    @property
    def parameters(self) -> Mapping[str, Scalar]:
        """The scheme's parameters that differ from its defaults."""
        return dict(self.scheme.canonical)

    @property
    def name(self) -> str:
        """The call's own name, without modules and arguments."""
        return re.split(r"[({ ]", self.call, maxsplit=1)[0].replace("::", ".").rpartition(".")[2]

    @property
    def href(self) -> str:
        """A request that makes a tensor of it, whose shape has its axes in the framework's order."""
        example = dict(pair.split("=") for pair in self.scheme.page().example.split("&"))
        shape = tuple(int(size) for size in example["shape"].split(","))
        if getattr(self.scheme, "layout", None) == "in_out":
            weight = axes(shape, "out_in")
            shape = (*weight.kernel, weight.in_, weight.out)
        seed: tuple[tuple[str, Scalar], ...] = (("seed", 42),) if self.scheme.random else ()
        query = encode_query((("shape", ",".join(map(str, shape))), *self.scheme.canonical, *seed))
        return f"/weights/{self.initializer}?{query}"


Call = Initializer | tuple[Initializer, str]
"""A scheme, with or without what its framework does otherwise."""


def _framework(
    name: str, source: str, calls: Mapping[str, Call], layout: Layout = "out_in", shapes: str = ""
) -> tuple[Equivalent, ...]:
    """Return a framework's calls; `layout` is that of its matrices, `shapes` what to know of its other weights."""
    found = []
    for call, told in calls.items():
        scheme, note = (told, "") if isinstance(told, Initializer) else told
        if "layout" in type(scheme).model_fields and not isinstance(scheme, Identity):
            scheme = type(scheme)(**{**dict(scheme.canonical), "layout": layout})
            note = f"{note} {shapes}".strip()
        found.append(Equivalent(name, call, scheme, note, source))
    return tuple(found)


_HAAR = "The same singular values; the matrix is Haar-distributed here, singular vectors of uniform noise there."
_MATRICES = "For matrices; of a kernel it counts fan_out without the receptive field: give fan_out."

EQUIVALENTS: tuple[Equivalent, ...] = (
    *_framework(
        "PyTorch",
        "torch/nn/init.py, 2.13",
        {
            "zeros_(w)": Zeros(),
            "ones_(w)": Ones(),
            "constant_(w, 0.3)": ConstantInitializer(value=0.3),
            "uniform_(w)": UniformInitializer(),
            "normal_(w)": NormalInitializer(),
            "trunc_normal_(w)": TruncatedNormalInitializer(bounds="absolute"),
            "trunc_normal_(w, std=0.02)": TruncatedNormalInitializer(std=0.02, bounds="absolute"),
            "xavier_uniform_(w)": GlorotUniform(),
            "xavier_normal_(w)": GlorotNormal(),
            "kaiming_uniform_(w)": HeUniform(),
            "kaiming_uniform_(w, a=math.sqrt(5))": HeUniform(nonlinearity="leaky_relu", negative_slope=math.sqrt(5.0)),
            "kaiming_normal_(w)": HeNormal(),
            "kaiming_normal_(w, mode='fan_out', nonlinearity='relu')": HeNormal(mode="fan_out"),
            "orthogonal_(w)": OrthogonalInitializer(),
            "eye_(w)": Identity(),
            "dirac_(w)": Dirac(),
            "sparse_(w, sparsity=0.9)": SparseInitializer(sparsity=0.9),
        },
    ),
    *_framework(
        "JAX",
        "jax/_src/nn/initializers.py, 0.10.2",
        {
            "zeros": Zeros(),
            "ones": Ones(),
            "constant(0.3)": ConstantInitializer(value=0.3),
            "uniform()": UniformInitializer(low=0.0, high=0.01),
            "normal()": NormalInitializer(std=0.01),
            "truncated_normal()": TruncatedNormalInitializer(std=0.01),
            "variance_scaling(1.0, 'fan_in', 'truncated_normal')": VarianceScaling(distribution="truncated_normal"),
            "variance_scaling(1.0, 'fan_geo_avg', 'normal')": VarianceScaling(mode="fan_geo_avg"),
            "glorot_uniform()": GlorotUniform(),
            "xavier_uniform()": GlorotUniform(),
            "glorot_normal()": GlorotNormal(distribution="truncated_normal"),
            "xavier_normal()": GlorotNormal(distribution="truncated_normal"),
            "he_uniform()": HeUniform(),
            "kaiming_uniform()": HeUniform(),
            "he_normal()": HeNormal(distribution="truncated_normal"),
            "kaiming_normal()": HeNormal(distribution="truncated_normal"),
            "lecun_uniform()": LecunUniform(),
            "lecun_normal()": LecunNormal(distribution="truncated_normal"),
            "orthogonal()": OrthogonalInitializer(),
            "delta_orthogonal()": DeltaOrthogonal(),
        },
        layout="in_out",
    ),
    *_framework(
        "Flax",
        "google/flax flax/linen/initializers.py at 18f8f311",
        {"zeros_init()": Zeros(), "ones_init()": Ones()},
    ),
    *_framework(
        "Keras",
        "keras/src/initializers, 3.15.1",
        {
            "Zeros()": Zeros(),
            "Ones()": Ones(),
            "Constant(0.3)": ConstantInitializer(value=0.3),
            "RandomUniform()": UniformInitializer(low=-0.05, high=0.05),
            "RandomNormal()": NormalInitializer(std=0.05),
            "TruncatedNormal()": TruncatedNormalInitializer(std=0.05),
            "VarianceScaling()": VarianceScaling(distribution="truncated_normal"),
            "GlorotUniform()": GlorotUniform(),
            "GlorotNormal()": GlorotNormal(distribution="truncated_normal"),
            "HeUniform()": HeUniform(),
            "HeNormal()": HeNormal(distribution="truncated_normal"),
            "LecunUniform()": LecunUniform(),
            "LecunNormal()": LecunNormal(distribution="truncated_normal"),
            "Orthogonal()": OrthogonalInitializer(),
            "Identity()": Identity(),
            "STFT()": Stft(),
        },
        layout="in_out",
    ),
    *_framework(
        "burn",
        "tracel-ai/burn crates/burn-core/src/module/initializer.rs at 2c06be35",
        {
            "Initializer::Zeros": Zeros(),
            "Initializer::Ones": Ones(),
            "Initializer::Constant { value: 0.3 }": ConstantInitializer(value=0.3),
            "Initializer::Uniform { min: -0.05, max: 0.05 }": UniformInitializer(low=-0.05, high=0.05),
            "Initializer::Normal { mean: 0.0, std: 0.02 }": NormalInitializer(std=0.02),
            "Initializer::XavierUniform { gain: 1.0 }": GlorotUniform(),
            "Initializer::XavierNormal { gain: 1.0 }": GlorotNormal(),
            "Initializer::KaimingUniform { gain: 1.0, fan_out_only: false }": HeUniform(gain=1.0),
            "Initializer::KaimingNormal { gain: 1.0, fan_out_only: false }": HeNormal(gain=1.0),
            "Initializer::Orthogonal { gain: 1.0 }": OrthogonalInitializer(),
        },
        shapes="The layers give the fans there; a Linear's weight stands in × out: layout=in_out.",
    ),
    *_framework(
        "candle",
        "huggingface/candle candle-nn/src/init.rs at 2a13b0f3",
        {
            "init::ZERO": Zeros(),
            "init::ONE": Ones(),
            "Init::Const(0.3)": ConstantInitializer(value=0.3),
            "Init::Uniform { lo: -0.05, up: 0.05 }": UniformInitializer(low=-0.05, high=0.05),
            "Init::Randn { mean: 0.0, stdev: 0.02 }": NormalInitializer(std=0.02),
            "init::DEFAULT_KAIMING_UNIFORM": HeUniform(),
            "init::DEFAULT_KAIMING_NORMAL": HeNormal(),
        },
    ),
    *_framework(
        "tch",
        "LaurentMazare/tch-rs src/nn/init.rs at a1dc7ec",
        {
            "Init::Const(0.3)": ConstantInitializer(value=0.3),
            "Init::Uniform { lo: -0.05, up: 0.05 }": UniformInitializer(low=-0.05, high=0.05),
            "Init::Randn { mean: 0.0, stdev: 0.02 }": NormalInitializer(std=0.02),
            "init::DEFAULT_KAIMING_UNIFORM": HeUniform(),
            "init::DEFAULT_KAIMING_NORMAL": HeNormal(),
            "Init::Orthogonal { gain: 1.0 }": OrthogonalInitializer(),
        },
    ),
    *_framework(
        "Flux",
        "FluxML/Flux.jl src/utils.jl at 3f2f828b",
        {
            "zeros32": Zeros(),
            "ones32": Ones(),
            "rand32": UniformInitializer(),
            "randn32": NormalInitializer(),
            "truncated_normal()": TruncatedNormalInitializer(bounds="absolute"),
            "glorot_uniform()": GlorotUniform(),
            "glorot_normal()": GlorotNormal(),
            "kaiming_uniform()": HeUniform(),
            "kaiming_normal()": HeNormal(),
            "lecun_normal()": (
                LecunNormal(),
                "Cut at ±2 there, not at ±2 sigmas: with a fan_in above 17 no draw comes near it.",
            ),
            "orthogonal()": OrthogonalInitializer(),
            "sparse_init(sparsity=0.9)": SparseInitializer(sparsity=0.9),
            "identity_init()": Identity(),
        },
        shapes="A convolution's kernel stands kernel axes, in, out: layout=in_out.",
    ),
    *_framework(
        "Lux",
        "LuxDL/Lux.jl lib/WeightInitializers/src/initializers.jl at 6f4b96cc",
        {
            "zeros32": Zeros(),
            "ones32": Ones(),
            "rand32": UniformInitializer(),
            "randn32": NormalInitializer(),
            "truncated_normal()": TruncatedNormalInitializer(bounds="absolute"),
            "glorot_uniform()": GlorotUniform(),
            "glorot_normal()": GlorotNormal(),
            "kaiming_uniform()": HeUniform(),
            "kaiming_normal()": HeNormal(),
            "orthogonal()": OrthogonalInitializer(),
            "sparse_init(sparsity=0.9)": SparseInitializer(sparsity=0.9),
            "identity_init()": Identity(),
        },
        shapes="A convolution's kernel stands kernel axes, in, out: layout=in_out.",
    ),
    *_framework(
        "DL4J",
        "deeplearning4j-nn org/deeplearning4j/nn/weights/WeightInitUtil.java at 04ca4c7a; truncation: "
        "WeightInitVarScalingNormalFanAvg.java at da4bf020",
        {
            "WeightInit.ZERO": Zeros(),
            "WeightInit.ONES": Ones(),
            "WeightInit.IDENTITY": Identity(),
            "WeightInit.UNIFORM": LecunUniform(gain=1.0 / _SQRT_3),
            "WeightInit.NORMAL": LecunNormal(),
            "WeightInit.LECUN_NORMAL": LecunNormal(),
            "WeightInit.LECUN_UNIFORM": LecunUniform(gain=_SQRT_3),
            "WeightInit.XAVIER": GlorotNormal(),
            "WeightInit.XAVIER_UNIFORM": GlorotUniform(),
            "WeightInit.XAVIER_FAN_IN": LecunNormal(),
            "WeightInit.XAVIER_LEGACY": (
                GlorotNormal(gain=1.0 / _SQRT_2),
                "For matrices; of a kernel it adds the first two axes: give fan_in and fan_out.",
            ),
            "WeightInit.SIGMOID_UNIFORM": GlorotUniform(gain=4.0),
            "WeightInit.RELU": HeNormal(),
            "WeightInit.RELU_UNIFORM": HeUniform(),
            "WeightInit.VAR_SCALING_UNIFORM_FAN_IN": VarianceScaling(scale=3.0, distribution="uniform"),
            "WeightInit.VAR_SCALING_UNIFORM_FAN_OUT": VarianceScaling(
                scale=3.0, mode="fan_out", distribution="uniform"
            ),
            "WeightInit.VAR_SCALING_UNIFORM_FAN_AVG": VarianceScaling(
                scale=3.0, mode="fan_avg", distribution="uniform"
            ),
            "WeightInit.VAR_SCALING_NORMAL_FAN_AVG": (
                VarianceScaling(scale=_CUT * _CUT, mode="fan_avg", distribution="truncated_normal"),
                "Releases before the truncation had distribution=normal and scale=1.",
            ),
        },
        shapes="The layers give the fans there.",
    ),
    *_framework(
        "timm",
        "huggingface/pytorch-image-models timm/layers/weight_init.py at aa4b5850",
        {
            "trunc_normal_(w, std=0.02)": TruncatedNormalInitializer(std=0.02, bounds="absolute"),
            "trunc_normal_tf_(w, std=0.02)": TruncatedNormalInitializer(std=0.02),
            "variance_scaling_(w)": VarianceScaling(),
            "lecun_normal_(w)": LecunNormal(distribution="truncated_normal"),
        },
    ),
    *_framework(
        "MLX",
        "ml-explore/mlx python/mlx/nn/init.py at 846d1762",
        {
            "constant(0.3)": ConstantInitializer(value=0.3),
            "uniform()": UniformInitializer(),
            "normal()": NormalInitializer(),
            "glorot_uniform()": GlorotUniform(),
            "glorot_normal()": GlorotNormal(),
            "he_uniform()": HeUniform(gain=1.0),
            "he_normal()": HeNormal(gain=1.0),
            "orthogonal()": OrthogonalInitializer(),
            "identity()": Identity(),
            "sparse(0.9)": SparseInitializer(sparsity=0.9, std=1.0, per="row"),
        },
        layout="out_kernel_in",
    ),
    *_framework(
        "Paddle",
        "PaddlePaddle/Paddle python/paddle/nn/initializer at 0ab6998c",
        {
            "Constant(0.3)": ConstantInitializer(value=0.3),
            "Uniform()": UniformInitializer(low=-1.0, high=1.0),
            "Normal()": NormalInitializer(),
            "TruncatedNormal()": TruncatedNormalInitializer(bounds="absolute"),
            "XavierUniform()": GlorotUniform(),
            "XavierNormal()": GlorotNormal(),
            "KaimingUniform()": HeUniform(),
            "KaimingNormal()": HeNormal(),
        },
        layout="in_out",
        shapes="A convolution's kernel stands out, in, kernel axes: layout=out_in.",
    ),
    *_framework(
        "Paddle",
        "PaddlePaddle/Paddle python/paddle/nn/initializer at 0ab6998c and 026e2ecb",
        {"Orthogonal()": OrthogonalInitializer(), "Bilinear()": Bilinear(channels="all")},
    ),
    *_framework(
        "MindSpore",
        "mindspore/python/mindspore/common/initializer.py at 4347b7b3 (2022)",
        {
            "Zero()": Zeros(),
            "One()": Ones(),
            "Constant(0.3)": ConstantInitializer(value=0.3),
            "Uniform()": UniformInitializer(low=-0.07, high=0.07),
            "Normal()": NormalInitializer(std=0.01),
            "VarianceScaling()": (
                VarianceScaling(distribution="uniform"),
                "Its default says truncated_normal and compares with truncated_norm: uniform is what comes out.",
            ),
            "XavierUniform()": GlorotUniform(),
            "XavierNormal()": GlorotNormal(),
            "HeUniform()": HeUniform(),
            "HeNormal()": HeNormal(),
            "Orthogonal()": OrthogonalInitializer(),
            "Identity()": Identity(),
            "Dirac()": Dirac(),
            "Sparse(0.9)": SparseInitializer(sparsity=0.9),
        },
    ),
    *_framework(
        "MXNet",
        "apache/mxnet python/mxnet/initializer.py at 00ee4f32",
        {
            "Zero()": Zeros(),
            "One()": Ones(),
            "Constant(0.3)": ConstantInitializer(value=0.3),
            "Uniform()": UniformInitializer(low=-0.07, high=0.07),
            "Normal()": NormalInitializer(std=0.01),
            "Xavier()": GlorotUniform(),
            "Xavier(rnd_type='gaussian')": GlorotNormal(gain=_SQRT_3),
            "Xavier(rnd_type='gaussian', factor_type='in', magnitude=2)": HeNormal(),
            "MSRAPrelu()": HeNormal(mode="fan_avg", nonlinearity="prelu"),
            "Orthogonal()": (OrthogonalInitializer(gain=1.414), _HAAR),
            "Bilinear()": Bilinear(channels="all"),
            "LSTMBias()": LstmBias(),
        },
    ),
    *_framework(
        "Chainer",
        "chainer/chainer chainer/initializers at a8e15cbe",
        {
            "Zero()": Zeros(),
            "One()": Ones(),
            "Constant(0.3)": ConstantInitializer(value=0.3),
            "Uniform()": UniformInitializer(low=-0.05, high=0.05),
            "Normal()": NormalInitializer(std=0.05),
            "GlorotUniform()": GlorotUniform(),
            "GlorotNormal()": GlorotNormal(),
            "HeUniform()": HeUniform(),
            "HeNormal()": HeNormal(),
            "LeCunUniform()": LecunUniform(),
            "LeCunNormal()": LecunNormal(),
            "Orthogonal()": OrthogonalInitializer(gain=1.1),
            "Identity()": Identity(),
            "UpsamplingDeconvFilter()": Bilinear(centre="kernel"),
            "DownsamplingConvFilter()": Bilinear(centre="kernel", purpose="downsampling"),
        },
    ),
    *_framework(
        "TensorFlow 1",
        "tensorflow/python/ops/init_ops.py since it divides by .87962566103423978; at 00603667 it did not yet",
        {
            "zeros_initializer()": Zeros(),
            "ones_initializer()": Ones(),
            "constant_initializer(0.3)": ConstantInitializer(value=0.3),
            "random_uniform_initializer()": UniformInitializer(),
            "random_normal_initializer()": NormalInitializer(),
            "truncated_normal_initializer()": TruncatedNormalInitializer(),
            "uniform_unit_scaling_initializer()": LecunUniform(),
            "uniform_unit_scaling_initializer(factor=1.43)": LecunUniform(gain=1.43),
            "variance_scaling_initializer()": VarianceScaling(distribution="truncated_normal"),
            "glorot_uniform_initializer()": GlorotUniform(),
            "glorot_normal_initializer()": GlorotNormal(distribution="truncated_normal"),
            "orthogonal_initializer()": OrthogonalInitializer(),
            "convolutional_delta_orthogonal()": DeltaOrthogonal(),
            "convolutional_orthogonal_1d()": ConvolutionOrthogonal(),
            "convolutional_orthogonal_2d()": ConvolutionOrthogonal(),
            "convolutional_orthogonal_3d()": ConvolutionOrthogonal(),
            "identity_initializer()": Identity(),
        },
        layout="in_out",
    ),
    *_framework(
        "Haiku",
        "google-deepmind/dm-haiku haiku/_src/initializers.py at f4d858a",
        {
            "Constant(0.3)": ConstantInitializer(value=0.3),
            "RandomUniform()": UniformInitializer(),
            "RandomNormal()": NormalInitializer(),
            "TruncatedNormal()": TruncatedNormalInitializer(),
            "VarianceScaling()": VarianceScaling(distribution="truncated_normal"),
            "UniformScaling()": LecunUniform(),
            "Orthogonal()": OrthogonalInitializer(),
            "Identity()": Identity(),
        },
        layout="in_out",
    ),
    *_framework(
        "Sonnet",
        "google-deepmind/sonnet sonnet/src/initializers.py at 26b0518",
        {
            "Zeros()": Zeros(),
            "Ones()": Ones(),
            "Constant(0.3)": ConstantInitializer(value=0.3),
            "RandomUniform()": UniformInitializer(),
            "RandomNormal()": NormalInitializer(),
            "TruncatedNormal()": TruncatedNormalInitializer(),
            "VarianceScaling()": VarianceScaling(distribution="truncated_normal"),
            "Orthogonal()": OrthogonalInitializer(),
            "Identity()": Identity(),
        },
        layout="in_out",
    ),
    *_framework(
        "tinygrad",
        "tinygrad/tinygrad tinygrad/mixin/rand.py at a9069c17",
        {
            "Tensor.rand(*shape)": UniformInitializer(),
            "Tensor.randn(*shape)": NormalInitializer(),
            "Tensor.uniform(*shape)": UniformInitializer(),
            "Tensor.normal(*shape)": NormalInitializer(),
            "Tensor.scaled_uniform(*shape)": ScaledUniform(),
            "Tensor.glorot_uniform(*shape)": (GlorotUniform(), _MATRICES),
            "Tensor.kaiming_uniform(*shape)": HeUniform(nonlinearity="leaky_relu"),
            "Tensor.kaiming_normal(*shape)": HeNormal(nonlinearity="leaky_relu"),
        },
    ),
    *_framework(
        "TensorFlow.js",
        "tensorflow/tfjs tfjs-layers/src/initializers.ts at 12e993e2",
        {
            "initializers.zeros()": Zeros(),
            "initializers.ones()": Ones(),
            "initializers.constant({value: 0.3})": ConstantInitializer(value=0.3),
            "initializers.randomUniform({})": UniformInitializer(low=-0.05, high=0.05),
            "initializers.randomNormal({})": NormalInitializer(std=0.05),
            "initializers.truncatedNormal({})": TruncatedNormalInitializer(std=0.05),
            "initializers.varianceScaling({})": VarianceScaling(scale=_CUT * _CUT, distribution="truncated_normal"),
            "initializers.glorotUniform()": GlorotUniform(),
            "initializers.glorotNormal()": GlorotNormal(gain=_CUT, distribution="truncated_normal"),
            "initializers.heUniform()": HeUniform(),
            "initializers.heNormal()": HeNormal(gain=_SQRT_2 * _CUT, distribution="truncated_normal"),
            "initializers.leCunUniform()": LecunUniform(),
            "initializers.leCunNormal()": LecunNormal(gain=_CUT, distribution="truncated_normal"),
            "initializers.orthogonal({})": OrthogonalInitializer(),
            "initializers.identity({})": Identity(),
        },
        layout="in_out",
    ),
    *_framework(
        "Gorgonia",
        "gorgonia/gorgonia weights.go at 006bb4a2",
        {
            "Zeroes()": Zeros(),
            "Ones()": Ones(),
            "ValuesOf(0.3)": ConstantInitializer(value=0.3),
            "Uniform(-0.05, 0.05)": UniformInitializer(low=-0.05, high=0.05),
            "Gaussian(0, 0.02)": NormalInitializer(std=0.02),
            "GlorotN(1.0)": GlorotNormal(),
            "GlorotU(1.0)": (GlorotUniform(), "In float64; its float32 form draws the normal: glorot_normal."),
            "HeN(math.Sqrt(2))": HeNormal(),
            "HeU(math.Sqrt(2))": HeUniform(),
        },
        layout="in_out",
        shapes="A convolution's kernel stands out, in, kernel axes: layout=out_in.",
    ),
    *_framework(
        "GoMLX",
        "gomlx/gomlx ml/context/initializers/initializers.go at 0240f438",
        {
            "initializers.Zero": Zeros(),
            "initializers.One": Ones(),
            "initializers.RandomUniformFn(0, -0.05, 0.05)": UniformInitializer(low=-0.05, high=0.05),
            "initializers.RandomNormalFn(0, 0.02)": NormalInitializer(std=0.02),
            "initializers.GlorotUniformFn(0)": (
                GlorotUniform(),
                "For matrices; of a kernel it takes the product of the axes' numbers for the receptive field.",
            ),
        },
        layout="in_out",
    ),
    *_framework(
        "DJL",
        "deepjavalibrary/djl api/src/main/java/ai/djl/training/initializer at 13125539",
        {
            "XavierInitializer()": GlorotUniform(),
            "NormalInitializer()": NormalInitializer(std=0.01),
            "UniformInitializer()": UniformInitializer(low=-0.07, high=0.07),
        },
    ),
    *_framework(
        "mmengine",
        "open-mmlab/mmengine mmengine/model/weight_init.py at 25434293",
        {
            "constant_init(module, 0.3)": ConstantInitializer(value=0.3),
            "uniform_init(module)": UniformInitializer(),
            "normal_init(module)": NormalInitializer(),
            "trunc_normal_init(module)": TruncatedNormalInitializer(bounds="absolute"),
            "xavier_init(module)": GlorotNormal(),
            "kaiming_init(module)": HeNormal(mode="fan_out"),
            "caffe2_xavier_init(module)": LecunUniform(),
            "bias_init_with_prob(0.01)": PriorBias(),
        },
    ),
    *_framework(
        "fvcore",
        "facebookresearch/fvcore fvcore/nn/weight_init.py at 01cf3bc1",
        {"c2_xavier_fill(module)": LecunUniform(), "c2_msra_fill(module)": HeNormal(mode="fan_out")},
    ),
    *_framework(
        "Caffe2",
        "pytorch/pytorch caffe2/operators/filler_op.h at b45d8e55",
        {"XavierFill": LecunUniform(), "MSRAFill": HeNormal(mode="fan_out")},
    ),
    *_framework(
        "Caffe",
        "BVLC/caffe include/caffe/filler.hpp at 03f897b0",
        {'filler { type: "xavier" }': LecunUniform(), 'filler { type: "msra" }': HeNormal()},
    ),
)


@cache
def _by_entry() -> Mapping[str, tuple[Equivalent, ...]]:
    found: dict[str, list[Equivalent]] = {kind.name: [] for kind in CATALOGUE}
    for equivalent in EQUIVALENTS:
        entries = {equivalent.initializer: None}
        with contextlib.suppress(UnknownInitializer):
            entries |= {CATALOGUE.get(equivalent.name).name: None}
        for entry in entries:
            found[entry].append(equivalent)
    return {entry: tuple(listed) for entry, listed in found.items()}


def equivalents_of(kind: type[Initializer]) -> tuple[Equivalent, ...]:
    """Return the calls that an entry makes, and those that have one of its names, whatever makes them."""
    return _by_entry()[kind.name]
