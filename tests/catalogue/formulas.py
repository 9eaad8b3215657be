"""What the calls of frameworks that are not installed here make, by the formulas in their own sources.

Each is a function of fan_in and fan_out, written as the source has it. The sources, read at the commits that
`service/catalogue/equivalents.py` names, stand above each.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import stats

CUT = 0.87962566103423978
"""scipy.stats.truncnorm.std(a=-2, b=2), as Keras, TensorFlow, Haiku, Sonnet and timm spell it out."""


def uniform(low, high):
    return stats.uniform(low, high - low)


def symmetric(bound):
    return uniform(-bound, bound)


def normal(std):
    return stats.norm(0, std)


def truncated(std, low=-2.0, high=2.0):
    """A normal cut at `low` and `high` standard deviations (before)."""
    return stats.truncnorm(low, high, scale=std)


@dataclass(frozen=True)
class Elements:
    """A tensor that is not drawn: its elements by the shape, and a shape to try."""

    of: Callable
    shape: tuple[int, ...]


@dataclass(frozen=True)
class Orthogonal:
    """A matrix all of whose singular values are `scale`; of a kernel, its tap `tap`, the others being zero."""

    scale: float
    tap: tuple[int, ...] | None = None


@dataclass(frozen=True)
class OrthogonalConvolution:
    """A convolution, with a kernel of these sides and circular padding, all of whose singular values are `scale`."""

    scale: float
    kernel: tuple[int, ...]


@dataclass(frozen=True)
class Sparse:
    """A normal matrix with ceil(0.9 * length) zeros in each column (axis 0) or row (axis 1)."""

    std: float
    axis: int


def constant(value):
    return Elements(lambda shape: np.full(shape, value), (5, 3))


def _centre_taps(shape):
    """torch.nn.init.dirac_ and those that follow it."""
    kernel = np.zeros(shape)
    for i in range(min(shape[:2])):
        kernel[(i, i, *(size // 2 for size in shape[2:]))] = 1
    return kernel


def _caffe_bilinear(shape):
    """MXNet's and Paddle's loop over all elements, which is Caffe's BilinearFiller."""
    f = math.ceil(shape[3] / 2.0)
    c = (2 * f - 1 - f % 2) / (2.0 * f)
    x = np.arange(shape[3])
    line = 1 - np.abs(x / f - c)
    return np.broadcast_to(np.outer(line, line), shape)


def _fcn_filter(shape, upsampling):
    """Chainer's _get_linear_filter, from the surgery.py of fully convolutional networks, on the diagonal."""
    size = shape[-1]
    factor = (size + 1) // 2
    centre = factor - 1.0 if size % 2 == 1 else factor - 0.5
    line = 1 - np.abs(np.arange(size) - centre) / factor
    taps = np.outer(line, line)
    taps = taps if upsampling else taps / taps.sum()
    return np.eye(shape[0])[:, :, None, None] * taps


def _forget_gate(shape):
    """MXNet's LSTMBias."""
    bias = np.zeros(shape)
    units = shape[0] // 4
    bias[units : 2 * units] = 1.0
    return bias


def _sines_then_cosines(shape):
    """Whisper's sinusoids."""
    length, channels = shape
    inverse = np.exp(-math.log(10000) / (channels // 2 - 1) * np.arange(channels // 2))
    angles = np.arange(length)[:, None] * inverse
    return np.concatenate([np.sin(angles), np.cos(angles)], axis=1)


def _without_padding(shape):
    """fairseq's get_embedding, the same but for the row of padding_idx=1."""
    rows = _sines_then_cosines(shape)
    rows[1] = 0
    return rows


def _grid(shape):
    """MAE's get_2d_sincos_pos_embed."""
    rows, columns, width = shape
    omega = 1 / 10000 ** (np.arange(width // 4) / (width / 4))
    waves = [np.broadcast_to(np.arange(columns)[None, :, None] * omega, (rows, columns, width // 4))]
    waves.append(np.broadcast_to(np.arange(rows)[:, None, None] * omega, (rows, columns, width // 4)))
    return np.concatenate([f(wave) for wave in waves for f in (np.sin, np.cos)], axis=2)


EYE = Elements(lambda shape: np.eye(*shape), (5, 7))
ZEROS, ONES, CONSTANT = constant(0), constant(1), constant(0.3)


def glorot_uniform(i, o):
    return symmetric(math.sqrt(6 / (i + o)))


def glorot_normal(i, o):
    return normal(math.sqrt(2 / (i + o)))


def he_uniform(i, o):
    return symmetric(math.sqrt(6 / i))


def he_normal(i, o):
    return normal(math.sqrt(2 / i))


def lecun_uniform(i, o):
    return symmetric(math.sqrt(3 / i))


def lecun_normal(i, o):
    return normal(math.sqrt(1 / i))


FORMULAS = {
    # keras/src/initializers/constant_initializers.py: value=0.0.
    "Keras": {"Constant()": ZEROS},
    # python/ops/init_ops_v2.py: value=0, minval=-0.05, maxval=0.05, stddev=0.05.
    "TensorFlow": {
        "zeros_initializer()": ZEROS,
        "ones_initializer()": ONES,
        "constant_initializer()": ZEROS,
        "random_uniform_initializer()": uniform(-0.05, 0.05),
        "random_normal_initializer()": normal(0.05),
    },
    # flax/linen/initializers.py: zeros_init and ones_init return jax.nn.initializers'.
    "Flax": {"zeros_init()": ZEROS, "ones_init()": ONES},
    # initializer.rs: kaiming_std = 1 / sqrt(fan), xavier_std = sqrt(2 / (fan_in + fan_out)), uniform by sqrt(3).
    "burn": {
        "Initializer::Zeros": ZEROS,
        "Initializer::Ones": ONES,
        "Initializer::Constant { value: 0.3 }": CONSTANT,
        "Initializer::Uniform { min: -0.05, max: 0.05 }": uniform(-0.05, 0.05),
        "Initializer::Normal { mean: 0.0, std: 0.02 }": normal(0.02),
        "Initializer::XavierUniform { gain: 1.0 }": lambda i, o: symmetric(math.sqrt(3) * math.sqrt(2 / (i + o))),
        "Initializer::XavierNormal { gain: 1.0 }": glorot_normal,
        "Initializer::KaimingUniform { gain: 1.0, fan_out_only: false }": lambda i, o: symmetric(
            math.sqrt(3) / math.sqrt(i)
        ),
        "Initializer::KaimingNormal { gain: 1.0, fan_out_only: false }": lambda i, o: normal(1 / math.sqrt(i)),
        "Initializer::Orthogonal { gain: 1.0 }": Orthogonal(1.0),
    },
    # candle-nn/src/init.rs: std = gain / sqrt(fan), the gain of ReLU sqrt(2); FanIn.
    "candle": {
        "init::ZERO": ZEROS,
        "init::ONE": ONES,
        "Init::Const(0.3)": CONSTANT,
        "Init::Uniform { lo: -0.05, up: 0.05 }": uniform(-0.05, 0.05),
        "Init::Randn { mean: 0.0, stdev: 0.02 }": normal(0.02),
        "init::DEFAULT_KAIMING_UNIFORM": lambda i, o: symmetric(math.sqrt(3) * math.sqrt(2) / math.sqrt(i)),
        "init::DEFAULT_KAIMING_NORMAL": lambda i, o: normal(math.sqrt(2) / math.sqrt(i)),
    },
    # src/nn/init.rs, likewise.
    "tch": {
        "Init::Const(0.3)": CONSTANT,
        "Init::Uniform { lo: -0.05, up: 0.05 }": uniform(-0.05, 0.05),
        "Init::Randn { mean: 0.0, stdev: 0.02 }": normal(0.02),
        "init::DEFAULT_KAIMING_UNIFORM": lambda i, o: symmetric(math.sqrt(3) * math.sqrt(2) / math.sqrt(i)),
        "init::DEFAULT_KAIMING_NORMAL": lambda i, o: normal(math.sqrt(2) / math.sqrt(i)),
        "Init::Orthogonal { gain: 1.0 }": Orthogonal(1.0),
    },
    # src/utils.jl: glorot_uniform is (rand - 1/2) sqrt(24 / (fan_in + fan_out)); truncated_normal has lo=-2, hi=2.
    "Flux": {
        "zeros32": ZEROS,
        "ones32": ONES,
        "rand32": uniform(0, 1),
        "randn32": normal(1),
        "truncated_normal()": truncated(1),
        "glorot_uniform()": lambda i, o: symmetric(0.5 * math.sqrt(24 / (i + o))),
        "glorot_normal()": glorot_normal,
        "kaiming_uniform()": lambda i, o: symmetric(math.sqrt(3) * math.sqrt(2) / math.sqrt(i)),
        "kaiming_normal()": he_normal,
        "lecun_normal()": lambda i, o: truncated(math.sqrt(1 / i), -2 * math.sqrt(i), 2 * math.sqrt(i)),
        "orthogonal()": Orthogonal(1.0),
        "sparse_init(sparsity=0.9)": Sparse(0.01, axis=0),
        "identity_init()": EYE,
    },
    # lib/WeightInitializers/src/initializers.jl, likewise.
    "Lux": {
        "zeros32": ZEROS,
        "ones32": ONES,
        "rand32": uniform(0, 1),
        "randn32": normal(1),
        "truncated_normal()": truncated(1),
        "glorot_uniform()": lambda i, o: symmetric(0.5 * math.sqrt(24 / (i + o))),
        "glorot_normal()": glorot_normal,
        "kaiming_uniform()": lambda i, o: symmetric(math.sqrt(3) * math.sqrt(2) / math.sqrt(i)),
        "kaiming_normal()": he_normal,
        "orthogonal()": Orthogonal(1.0),
        "sparse_init(sparsity=0.9)": Sparse(0.01, axis=0),
        "identity_init()": EYE,
    },
    # WeightInitUtil.java, a case a line; nd4j's TruncatedNormalDistribution cuts at two deviations.
    "DL4J": {
        "WeightInit.ZERO": ZEROS,
        "WeightInit.ONES": ONES,
        "WeightInit.IDENTITY": Elements(lambda shape: np.eye(*shape), (5, 5)),
        "WeightInit.UNIFORM": lambda i, o: symmetric(1 / math.sqrt(i)),
        "WeightInit.NORMAL": lecun_normal,
        "WeightInit.LECUN_NORMAL": lecun_normal,
        "WeightInit.LECUN_UNIFORM": lambda i, o: symmetric(3 / math.sqrt(i)),
        "WeightInit.XAVIER": glorot_normal,
        "WeightInit.XAVIER_UNIFORM": lambda i, o: symmetric(math.sqrt(6) / math.sqrt(i + o)),
        "WeightInit.XAVIER_FAN_IN": lecun_normal,
        "WeightInit.XAVIER_LEGACY": lambda i, o: normal(1 / math.sqrt(i + o)),
        "WeightInit.SIGMOID_UNIFORM": lambda i, o: symmetric(4 * math.sqrt(6 / (i + o))),
        "WeightInit.RELU": he_normal,
        "WeightInit.RELU_UNIFORM": he_uniform,
        "WeightInit.VAR_SCALING_UNIFORM_FAN_IN": lambda i, o: symmetric(3 / math.sqrt(i)),
        "WeightInit.VAR_SCALING_UNIFORM_FAN_OUT": lambda i, o: symmetric(3 / math.sqrt(o)),
        "WeightInit.VAR_SCALING_UNIFORM_FAN_AVG": lambda i, o: symmetric(3 / math.sqrt((i + o) / 2)),
        "WeightInit.VAR_SCALING_NORMAL_FAN_AVG": lambda i, o: truncated(math.sqrt(2 / (i + o))),
    },
    # weight_init.py: trunc_normal_ has a=-2, b=2 in the tensor's own units, trunc_normal_tf_ in deviations.
    "timm": {
        "trunc_normal_(w)": truncated(1),
        "trunc_normal_(w, std=0.02)": truncated(0.02, -100.0, 100.0),
        "trunc_normal_tf_(w)": truncated(1),
        "trunc_normal_tf_(w, std=0.02)": truncated(0.02),
        "variance_scaling_(w)": lecun_normal,
        "lecun_normal_(w)": lambda i, o: truncated(math.sqrt(1 / i) / CUT),
    },
    # python/mlx/nn/init.py: gain=1.0 in he_normal and he_uniform; sparse by rows, std=1.0.
    "MLX": {
        "constant(0.3)": CONSTANT,
        "uniform()": uniform(0, 1),
        "normal()": normal(1),
        "glorot_uniform()": glorot_uniform,
        "glorot_normal()": glorot_normal,
        "he_uniform()": lambda i, o: symmetric(1.0 * math.sqrt(3 / i)),
        "he_normal()": lambda i, o: normal(1.0 / math.sqrt(i)),
        "orthogonal()": Orthogonal(1.0),
        "identity()": Elements(lambda shape: np.eye(*shape), (5, 5)),
        "sparse(0.9)": Sparse(1.0, axis=1),
    },
    # python/paddle/nn/initializer: uniform.py low=-1.0, high=1.0; normal.py std=1.0, a=-2.0, b=2.0; kaiming.py relu.
    "Paddle": {
        "Constant()": ZEROS,
        "Constant(0.3)": CONSTANT,
        "Uniform()": uniform(-1, 1),
        "Normal()": normal(1),
        "TruncatedNormal()": truncated(1),
        "XavierUniform()": glorot_uniform,
        "XavierNormal()": glorot_normal,
        "KaimingUniform()": lambda i, o: symmetric(math.sqrt(2) * math.sqrt(3 / i)),
        "KaimingNormal()": lambda i, o: normal(math.sqrt(2) / math.sqrt(i)),
        "Orthogonal()": Orthogonal(1.0),
        "Bilinear()": Elements(_caffe_bilinear, (2, 3, 3, 3)),
        "Dirac()": Elements(_centre_taps, (6, 4, 3, 4)),
    },
    # common/initializer.py: Uniform(scale=0.07), Normal(sigma=0.01); He with leaky_relu of slope 0.
    "MindSpore": {
        "Zero()": ZEROS,
        "One()": ONES,
        "Constant(0.3)": CONSTANT,
        "Uniform()": uniform(-0.07, 0.07),
        "Normal()": normal(0.01),
        "TruncatedNormal()": truncated(0.01),
        "VarianceScaling()": lambda i, o: symmetric(math.sqrt(3 * 1.0 / i)),
        "XavierUniform()": glorot_uniform,
        "XavierNormal()": glorot_normal,
        "HeUniform()": lambda i, o: symmetric(math.sqrt(3) * math.sqrt(2 / (1 + 0**2)) / math.sqrt(i)),
        "HeNormal()": lambda i, o: normal(math.sqrt(2 / (1 + 0**2)) / math.sqrt(i)),
        "Orthogonal()": Orthogonal(1.0),
        "Identity()": EYE,
        "Dirac()": Elements(_centre_taps, (6, 4, 3, 4)),
        "Sparse(0.9)": Sparse(0.01, axis=0),
    },
    # python/mxnet/initializer.py: Xavier's scale is sqrt(magnitude / factor), MSRAPrelu's magnitude 2 / (1 + 0.25²).
    "MXNet": {
        "Zero()": ZEROS,
        "One()": ONES,
        "Constant(0.3)": CONSTANT,
        "Uniform()": uniform(-0.07, 0.07),
        "Normal()": normal(0.01),
        "Xavier()": lambda i, o: symmetric(math.sqrt(3 / ((i + o) / 2))),
        "Xavier(rnd_type='gaussian')": lambda i, o: normal(math.sqrt(3 / ((i + o) / 2))),
        "Xavier(factor_type='in')": lambda i, o: symmetric(math.sqrt(3 / i)),
        "Xavier(factor_type='out')": lambda i, o: symmetric(math.sqrt(3 / o)),
        "Xavier(rnd_type='gaussian', factor_type='in')": lambda i, o: normal(math.sqrt(3 / i)),
        "Xavier(rnd_type='gaussian', factor_type='out')": lambda i, o: normal(math.sqrt(3 / o)),
        "Xavier(rnd_type='gaussian', factor_type='in', magnitude=2)": lambda i, o: normal(math.sqrt(2 / i)),
        "MSRAPrelu()": lambda i, o: normal(math.sqrt(2 / (1 + 0.25**2) / ((i + o) / 2))),
        "Orthogonal()": Orthogonal(1.414),
        "Bilinear()": Elements(_caffe_bilinear, (2, 3, 3, 3)),
        "LSTMBias()": Elements(_forget_gate, (12,)),
    },
    # chainer/initializers: scale=0.05 of Uniform and Normal, 1.1 of Orthogonal.
    "Chainer": {
        "Zero()": ZEROS,
        "One()": ONES,
        "Constant(0.3)": CONSTANT,
        "Uniform()": uniform(-0.05, 0.05),
        "Normal()": normal(0.05),
        "GlorotUniform()": glorot_uniform,
        "GlorotNormal()": glorot_normal,
        "HeUniform()": he_uniform,
        "HeNormal()": he_normal,
        "LeCunUniform()": lecun_uniform,
        "LeCunNormal()": lecun_normal,
        "Orthogonal()": Orthogonal(1.1),
        "Identity()": Elements(lambda shape: np.eye(*shape), (5, 5)),
        "UpsamplingDeconvFilter()": Elements(lambda shape: _fcn_filter(shape, upsampling=True), (3, 3, 6, 6)),
        "DownsamplingConvFilter()": Elements(lambda shape: _fcn_filter(shape, upsampling=False), (3, 3, 3, 3)),
    },
    # init_ops.py: fan_in of UniformUnitScaling is the product of all axes but the last.
    "TensorFlow 1": {
        "zeros_initializer()": ZEROS,
        "ones_initializer()": ONES,
        "constant_initializer()": ZEROS,
        "constant_initializer(0.3)": CONSTANT,
        "random_uniform_initializer()": uniform(0, 1),
        "random_normal_initializer()": normal(1),
        "truncated_normal_initializer()": truncated(1),
        "uniform_unit_scaling_initializer()": lambda i, o: symmetric(math.sqrt(3 / i) * 1.0),
        "uniform_unit_scaling_initializer(factor=1.43)": lambda i, o: symmetric(math.sqrt(3 / i) * 1.43),
        "variance_scaling_initializer()": lambda i, o: truncated(math.sqrt(1 / i) / CUT),
        "initializers.lecun_normal()": lambda i, o: truncated(math.sqrt(1 / i) / CUT),
        "initializers.lecun_uniform()": lambda i, o: symmetric(math.sqrt(3 * 1.0 / i)),
        "initializers.he_normal()": lambda i, o: truncated(math.sqrt(2 / i) / CUT),
        "initializers.he_uniform()": lambda i, o: symmetric(math.sqrt(3 * 2.0 / i)),
        "glorot_uniform_initializer()": lambda i, o: symmetric(math.sqrt(3 * 1.0 / ((i + o) / 2))),
        "glorot_normal_initializer()": lambda i, o: truncated(math.sqrt(1 / ((i + o) / 2)) / CUT),
        "orthogonal_initializer()": Orthogonal(1.0),
        "convolutional_delta_orthogonal()": Orthogonal(1.0, tap=(1, 0)),
        "convolutional_orthogonal_1d()": OrthogonalConvolution(1.0, (3,)),
        "convolutional_orthogonal_2d()": OrthogonalConvolution(1.0, (4, 4)),
        "convolutional_orthogonal_3d()": OrthogonalConvolution(1.0, (2, 2, 2)),
        "identity_initializer()": EYE,
    },
    # contrib/layers/python/layers/initializers.py: trunc_stddev = sqrt(1.3 * factor / n), limit = sqrt(3 * factor / n).
    "tf.contrib.layers": {
        "xavier_initializer()": lambda i, o: symmetric(math.sqrt(3 / ((i + o) / 2))),
        "xavier_initializer(uniform=False)": lambda i, o: truncated(math.sqrt(1.3 / ((i + o) / 2))),
        "variance_scaling_initializer()": lambda i, o: truncated(math.sqrt(1.3 * 2 / i)),
        "variance_scaling_initializer(uniform=True)": lambda i, o: symmetric(math.sqrt(3 * 2 / i)),
    },
    # lasagne/init.py: He's std is gain * sqrt(1 / fan_in), uniform draws lie in sqrt(3) of the std.
    "Lasagne": {
        "Constant()": ZEROS,
        "Uniform()": symmetric(0.01),
        "Normal()": normal(0.01),
        "GlorotUniform()": glorot_uniform,
        "GlorotNormal()": glorot_normal,
        "HeUniform()": lambda i, o: symmetric(math.sqrt(3) * math.sqrt(1 / i)),
        "HeNormal()": lecun_normal,
        "Orthogonal()": Orthogonal(1.0),
    },
    # haiku/_src/initializers.py.
    "Haiku": {
        "Constant(0.3)": CONSTANT,
        "RandomUniform()": uniform(0, 1),
        "RandomNormal()": normal(1),
        "TruncatedNormal()": truncated(1),
        "VarianceScaling()": lambda i, o: truncated(math.sqrt(1 / i) / CUT),
        "UniformScaling()": lambda i, o: symmetric(math.sqrt(3 / i) * 1.0),
        "Orthogonal()": Orthogonal(1.0),
        "Identity()": EYE,
    },
    # sonnet/src/initializers.py.
    "Sonnet": {
        "Zeros()": ZEROS,
        "Ones()": ONES,
        "Constant(0.3)": CONSTANT,
        "RandomUniform()": uniform(0, 1),
        "RandomNormal()": normal(1),
        "TruncatedNormal()": truncated(1),
        "VarianceScaling()": lambda i, o: truncated(math.sqrt(1 / i) / CUT),
        "Orthogonal()": Orthogonal(1.0),
        "Identity()": EYE,
    },
    # tinygrad/mixin/rand.py: a=0.01 in kaiming_*; scaled_uniform by the product of the shape.
    "tinygrad": {
        "Tensor.rand(*shape)": uniform(0, 1),
        "Tensor.randn(*shape)": normal(1),
        "Tensor.uniform(*shape)": uniform(0, 1),
        "Tensor.normal(*shape)": normal(1),
        "Tensor.scaled_uniform(*shape)": lambda i, o: symmetric((i * o) ** -0.5),
        "Tensor.glorot_uniform(*shape)": lambda i, o: symmetric((6 / (o + i)) ** 0.5),
        "Tensor.kaiming_uniform(*shape)": lambda i, o: symmetric((6 / (1 + 0.01**2) / i) ** 0.5),
        "Tensor.kaiming_normal(*shape)": lambda i, o: normal((2 / (1 + 0.01**2) / i) ** 0.5),
    },
    # tfjs-layers/src/initializers.ts: VarianceScaling's normal is truncatedNormal(0, sqrt(scale)), uncorrected.
    "TensorFlow.js": {
        "initializers.zeros()": ZEROS,
        "initializers.ones()": ONES,
        "initializers.constant({value: 0.3})": CONSTANT,
        "initializers.randomUniform({})": uniform(-0.05, 0.05),
        "initializers.randomNormal({})": normal(0.05),
        "initializers.truncatedNormal({})": truncated(0.05),
        "initializers.varianceScaling({})": lambda i, o: truncated(math.sqrt(1 / i)),
        "initializers.varianceScaling({distribution: 'uniform'})": lecun_uniform,
        "initializers.glorotUniform()": lambda i, o: symmetric(math.sqrt(3 / ((i + o) / 2))),
        "initializers.glorotNormal()": lambda i, o: truncated(math.sqrt(1 / ((i + o) / 2))),
        "initializers.heUniform()": lambda i, o: symmetric(math.sqrt(3 * 2 / i)),
        "initializers.heNormal()": lambda i, o: truncated(math.sqrt(2 / i)),
        "initializers.leCunUniform()": lecun_uniform,
        "initializers.leCunNormal()": lambda i, o: truncated(math.sqrt(1 / i)),
        "initializers.orthogonal({})": Orthogonal(1.0),
        "initializers.identity({})": Elements(lambda shape: np.eye(*shape), (5, 5)),
    },
    # weights.go: HeEtAlN64 has fanIn = s[0] of a matrix, and stdev = gain * sqrt(1 / fanIn).
    "Gorgonia": {
        "Zeroes()": ZEROS,
        "Ones()": ONES,
        "ValuesOf(0.3)": CONSTANT,
        "Uniform(-0.05, 0.05)": uniform(-0.05, 0.05),
        "Gaussian(0, 0.02)": normal(0.02),
        "GlorotN(1.0)": lambda i, o: normal(1.0 * math.sqrt(2.0 / (i + o))),
        "GlorotU(1.0)": lambda i, o: symmetric(math.sqrt(3.0) * math.sqrt(2.0 / (i + o))),
        "HeN(math.Sqrt(2))": lambda i, o: normal(math.sqrt(2) * math.sqrt(1.0 / i)),
        "HeU(math.Sqrt(2))": lambda i, o: symmetric(math.sqrt(3.0) * math.sqrt(2) * math.sqrt(1.0 / i)),
    },
    # initializers.go: limit = sqrt(3 / ((fanIn + fanOut) / 2)).
    "GoMLX": {
        "initializers.Zero": ZEROS,
        "initializers.One": ONES,
        "initializers.RandomUniformFn(0, -0.05, 0.05)": uniform(-0.05, 0.05),
        "initializers.RandomNormalFn(0, 0.02)": normal(0.02),
        "initializers.GlorotUniformFn(0)": lambda i, o: symmetric(math.sqrt(3.0 / ((i + o) / 2.0))),
    },
    # XavierInitializer.java: UNIFORM, AVG, 3; NormalInitializer.java 0.01; UniformInitializer.java 0.07.
    "DJL": {
        "XavierInitializer()": lambda i, o: symmetric(math.sqrt(3 / ((i + o) / 2.0))),
        "XavierInitializer(RandomType.UNIFORM, FactorType.IN, 3)": lambda i, o: symmetric(math.sqrt(3 / i)),
        "XavierInitializer(RandomType.UNIFORM, FactorType.OUT, 3)": lambda i, o: symmetric(math.sqrt(3 / o)),
        "XavierInitializer(RandomType.GAUSSIAN, FactorType.AVG, 3)": lambda i, o: normal(math.sqrt(6 / (i + o))),
        "XavierInitializer(RandomType.GAUSSIAN, FactorType.IN, 3)": lambda i, o: normal(math.sqrt(3 / i)),
        "XavierInitializer(RandomType.GAUSSIAN, FactorType.OUT, 3)": lambda i, o: normal(math.sqrt(3 / o)),
        "NormalInitializer()": normal(0.01),
        "UniformInitializer()": uniform(-0.07, 0.07),
    },
    # weight_init.py, by way of torch.nn.init.
    "mmengine": {
        "constant_init(module, 0.3)": CONSTANT,
        "uniform_init(module)": uniform(0, 1),
        "normal_init(module)": normal(1),
        "trunc_normal_init(module)": truncated(1),
        "xavier_init(module)": glorot_normal,
        "xavier_init(module, distribution='uniform')": glorot_uniform,
        "kaiming_init(module)": lambda i, o: normal(math.sqrt(2 / o)),
        "kaiming_init(module, distribution='uniform')": lambda i, o: symmetric(math.sqrt(2) * math.sqrt(3 / o)),
        "caffe2_xavier_init(module)": lambda i, o: symmetric(math.sqrt(2 / (1 + 1**2)) * math.sqrt(3 / i)),
        "bias_init_with_prob(0.01)": constant(-math.log((1 - 0.01) / 0.01)),
    },
    # jax/_src/random.py: minval=0., maxval=1.; a standard normal; one between the bounds.
    "jax.random": {
        "uniform(key)": uniform(0.0, 1.0),
        "normal(key)": normal(1.0),
        "truncated_normal(key, -2, 2)": truncated(1.0, -2, 2),
    },
    # fvcore/nn/weight_init.py, by way of torch.nn.init.
    "fvcore": {
        "c2_xavier_fill(module)": lambda i, o: symmetric(math.sqrt(2 / (1 + 1**2)) * math.sqrt(3 / i)),
        "c2_msra_fill(module)": lambda i, o: normal(math.sqrt(2) / math.sqrt(o)),
    },
    # filler_op.h: XavierFillOp sqrt(3 / fan_in), MSRAFillOp sqrt(2 / fan_out).
    "Caffe2": {"XavierFill": lecun_uniform, "MSRAFill": lambda i, o: normal(math.sqrt(2 / o))},
    # filler.hpp: XavierFiller and MSRAFiller, both by fan_in unless variance_norm says otherwise.
    "Caffe": {
        'filler { type: "xavier" }': lecun_uniform,
        'filler { type: "xavier" variance_norm: FAN_OUT }': lambda i, o: symmetric(math.sqrt(3 / o)),
        'filler { type: "xavier" variance_norm: AVERAGE }': lambda i, o: symmetric(math.sqrt(3 / ((i + o) / 2))),
        'filler { type: "msra" }': he_normal,
        'filler { type: "msra" variance_norm: FAN_OUT }': lambda i, o: normal(math.sqrt(2 / o)),
        'filler { type: "msra" variance_norm: AVERAGE }': lambda i, o: normal(math.sqrt(2 / ((i + o) / 2))),
        'filler { type: "constant" }': ZEROS,
        'filler { type: "uniform" }': uniform(0, 1),
        'filler { type: "gaussian" }': normal(1),
        'filler { type: "bilinear" }': Elements(_caffe_bilinear, (2, 3, 3, 3)),
    },
    # param_init.py: base_std / (2 * (layer_id + 1)) ** 0.5, base_std = 0.02.
    "torchtitan": {
        'DepthScaledTruncNormal(n_layers=32)("layers.3.attention.wo.weight", w)': normal(0.02 / (2 * (3 + 1)) ** 0.5),
    },
    # init.py: a=-3 * std, b=3 * std.
    "OLMo-core": {
        "InitMethod.normal": truncated(0.02, -3, 3),
        "InitMethod.llama_depth (w_out, w2, w3 of block 3)": truncated(0.02 / (2 * (3 + 1)) ** 0.5, -3, 3),
    },
    # initializers.py, by way of jax.nn.initializers.variance_scaling.
    "MaxText": {
        'nd_dense_init(1.0, "fan_in", "truncated_normal")': lambda i, o: truncated(math.sqrt(1.0 / i) / CUT),
    },
    # components/init.py: torch.linspace(start, end, n_dims); sqrt(2 / (5 * dim)); 2 / num_blocks / sqrt(dim).
    "xLSTM": {
        "bias_linspace_init_(b, start=3.0, end=6.0)": Elements(lambda shape: np.linspace(3, 6, shape[0]), (7,)),
        "small_init_init_(w, dim=300)": normal(math.sqrt(2 / (5 * 300))),
        "wang_init_(w, dim=300, num_blocks=24)": normal(2 / 24 / math.sqrt(300)),
    },
    # model.py, of a matrix of 40 rows and 30 columns: gain sqrt(shape[0] / shape[1]) where it has more rows.
    "RWKV": {"ortho_init(w, 0.1)": Orthogonal(math.sqrt(40 / 30) * 0.1)},
    # initialization.py: both divide by sqrt(2), which normal_ of a complex tensor does once more for each part.
    "torchcvnn": {
        "complex_xavier_normal_(w)": lambda i, o: normal(math.sqrt(2) * math.sqrt(2.0 / (i + o)) / math.sqrt(2)),
        "complex_kaiming_normal_(w)": lambda i, o: normal(math.sqrt(2) / math.sqrt(i) / math.sqrt(2)),
    },
    "Whisper": {"sinusoids(length, channels)": Elements(_sines_then_cosines, (20, 8))},
    "fairseq": {"SinusoidalPositionalEmbedding(dim, padding_idx=1)": Elements(_without_padding, (20, 8))},
    "MAE": {"get_2d_sincos_pos_embed(dim, grid_size)": Elements(_grid, (3, 5, 16))},
}
