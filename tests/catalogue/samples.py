"""A small tensor of each entry of the catalogue, for the tests that hold for all entries.

A new scheme has a sample in `_OWN` where it has parameters without defaults, and where its elements are independent
draws a line in `DISTRIBUTIONS`.
"""

from __future__ import annotations

import math
from typing import Any
from urllib.parse import parse_qsl

from scipy import stats

from service.catalogue.catalogue import CATALOGUE
from service.frameworks.default_initializer import DefaultInitializer
from service.frameworks.rules import ALL_ONES, ALL_ZEROS
from service.initializers.initializer import Initializer
from service.tensors.errors import InvalidParameter
from tests.initializers.making import initialize

Sample = tuple[tuple[int, ...], dict[str, Any]]
"""A shape and parameters."""

_USUAL = (7, 11)
"""The shape of an entry that has no sample below."""

_OWN: dict[str, Sample] = {
    "constant": ((7, 11), {"value": 0.3}),
    "uniform": ((7, 11), {"low": -1.0, "high": 2.0}),
    "normal": ((7, 11), {"mean": 1.0, "std": 2.0}),
    "truncated_normal": ((7, 11), {"low": 0.5, "high": 6.0}),
    "variance_scaling": ((7, 11), {"scale": 2.0, "distribution": "truncated_normal"}),
    "glorot_uniform": ((8, 3, 3), {"layout": "out_kernel_in", "groups": 2}),
    "he_uniform": ((7, 11), {"mode": "fan_out"}),
    "he_normal": ((8, 11), {"gates": 4, "distribution": "truncated_normal"}),
    "orthogonal": ((6, 13), {"gates": 2, "gain": 1.5}),
    "identity": ((2, 9, 7), {"gates": 3, "gain": -2.0, "shift": 1}),
    "dirac": ((8, 3, 2, 3), {"groups": 2}),
    "delta_orthogonal": ((5, 3, 2, 3), {"gain": 1.5}),
    "convolution_orthogonal": ((5, 3, 2, 2), {"gain": 1.5}),
    "bilinear": ((3, 3, 4, 5), {}),
    "icnr": ((12, 3, 2, 3), {"factor": 2}),
    "stft": ((7, 1, 9), {"side": "imag", "window": "hamming"}),
    "zero_init": ((7, 3, 3, 3), {}),
    "sparse": ((9, 7), {"sparsity": 0.4}),
    "skew": ((9, 9), {"kind": "henaff"}),
    "reservoir": ((9, 9), {"density": 0.4, "distribution": "normal"}),
    "cycle_reservoir": ((9, 9), {"kind": "cycle_jumps", "weight": -0.5, "jump": 2}),
    "permutation": ((9, 9), {"weight": -0.5}),
    "residual_scaled_normal": ((7, 11), {"layers": 12}),
    "wang_init": ((7, 11), {"layers": 3}),
    "mitchell": ((7, 11), {"layer": 2}),
    "deepnorm": ((7, 11), {"matrix": "value", "encoder_layers": 6, "decoder_layers": 3, "stack": "encoder"}),
    "sub_ln": ((7, 11), {"matrix": "output", "decoder_layers": 24}),
    "t_fixup": ((7, 11), {"matrix": "feed_forward", "encoder_layers": 6}),
    "fixup": ((7, 3, 3, 3), {"branches": 16, "layers_per_branch": 3}),
    "mup": ((7, 11), {"role": "output", "base_fan_in": 4}),
    "u_mup": ((7, 11), {"role": "hidden", "layers": 4}),
    "completep": ((7, 11), {"role": "hidden", "width_multiplier": 4.0, "depth_multiplier": 2.0}),
    "spectral_orthogonal": ((6, 13), {"gates": 2, "gain": 1.5}),
    "spectral_normal": ((7, 11), {"gain": 1.5}),
    "lora_a": ((4, 11), {}),
    "efficientnet_normal": ((6, 1, 3, 3), {"groups": 6}),
    "vit": ((9, 11), {"preset": "moco", "matrix": "qkv"}),
    "prior_bias": ((11,), {"prior": 0.1}),
    "lstm_bias": ((24,), {"gate_order": "iofg"}),
    "gru_bias": ((18,), {"gate_order": "zrn"}),
    "chrono": ((24,), {"longest": 50.0}),
    "arange": ((3, 7), {"start": -2.0, "step": 0.5}),
    "linspace": ((3, 7), {"start": 3.0, "end": 6.0}),
    "sinusoidal": ((7, 10), {"first_position": 1}),
    "slstm_bias": ((24,), {"heads": 2, "layer": 1, "layers": 3}),
    "rwkv7": ((1, 1, 12), {"part": "w0", "layer": 1, "layers": 3, "head_size": 4}),
    "hippo": ((9, 9), {"measure": "lmu"}),
    "s4d": ((7, 11), {"kind": "real"}),
    "mamba2_a_log": ((24,), {}),
    "lru": ((7, 11), {"part": "gamma_log", "r_max": 0.9}),
    "pytorch_default": ((12, 7), {"layer": "MultiheadAttention", "tensor": "in_proj_weight"}),
    "keras_default": ((3, 3, 5, 7), {"layer": "Conv", "tensor": "kernel"}),
    "flax_default": ((7, 11), {"layer": "Dense", "tensor": "kernel"}),
    "burn_default": ((7, 11), {"layer": "Linear", "tensor": "weight"}),
    "candle_default": ((7, 11), {"layer": "Linear", "tensor": "weight"}),
    "mlx_default": ((7, 3, 5), {"layer": "Conv", "tensor": "weight"}),
}
"""Shapes that the usual one is not for, and parameters that show something of each of a scheme's parts."""

_NEEDED: dict[str, dict[str, Any]] = {
    "deepnorm": {"encoder_layers": 2}, "sub_ln": {"encoder_layers": 2}, "t_fixup": {"encoder_layers": 2},
    "s4d": {"kind": "real"}, "icnr": {"factor": 1},
    "residual_scaled_normal": {"layers": 12}, "slstm_bias": {"heads": 1},
    "pytorch_default": {"layer": "Embedding", "tensor": "weight"},
    "keras_default": {"layer": "Embedding", "tensor": "embeddings"},
    "flax_default": {"layer": "LayerNorm", "tensor": "scale"},
    "burn_default": {"layer": "Embedding", "tensor": "weight"},
    "candle_default": {"layer": "Embedding", "tensor": "weight"},
    "mlx_default": {"layer": "LayerNorm", "tensor": "weight"},
}  # fmt: skip
"""What a scheme needs besides the parameters that have no default; of a framework's default, a tensor of any rank."""


def _sample(kind: type[Initializer]) -> Sample:
    if kind.name in _OWN:
        return _OWN[kind.name]
    if issubclass(kind, DefaultInitializer):
        return _USUAL, {name: value for name, value in parse_qsl(kind.example) if name in {"layer", "tensor"}}
    required = [name for name, field in kind.model_fields.items() if field.is_required()]
    assert not required, f"{kind.name} needs {', '.join(required)}: give it a sample in tests/catalogue/samples.py"
    return _USUAL, {}


def _needed(kind: type[Initializer]) -> dict[str, Any]:
    if kind.name in _NEEDED or not issubclass(kind, DefaultInitializer):
        return _NEEDED.get(kind.name, {})
    tensors = [(layer, tensor) for layer, tensors in kind.layers.layers.items() for tensor in tensors]
    alike = [pair for pair in tensors if kind.layers.layers[pair[0]][pair[1]].default in {ALL_ONES, ALL_ZEROS}]
    return dict(zip(("layer", "tensor"), alike[-1], strict=True))


NAMES = [kind.name for kind in CATALOGUE]

SAMPLES = {kind.name: _sample(kind) for kind in CATALOGUE}
"""By the entry's name."""

REQUIRED_TOGETHER = {kind.name: _needed(kind) for kind in CATALOGUE}
"""By the entry's name, what it needs besides the required parameters of its sample to take any shape that it can."""

assert SAMPLES.keys() >= _OWN.keys(), f"samples of nothing: {', '.join(_OWN.keys() - SAMPLES.keys())}"


def _uniform(bound):
    return stats.uniform(-bound, 2 * bound)


DISTRIBUTIONS = {
    "uniform": stats.uniform(-1.0, 3.0),
    "normal": stats.norm(1.0, 2.0),
    "truncated_normal": stats.truncnorm(0.5, 6.0),
    "scaled_uniform": _uniform(1 / math.sqrt(7 * 11)),
    "glorot_uniform": _uniform(math.sqrt(6 / (3 * 3 + 4 * 3))),
    "glorot_normal": stats.norm(0.0, math.sqrt(2 / (7 + 11))),
    "he_uniform": _uniform(math.sqrt(6 / 7)),
    "lecun_uniform": _uniform(math.sqrt(3 / 11)),
    "lecun_normal": stats.norm(0.0, math.sqrt(1 / 11)),
    "residual_scaled_normal": stats.norm(0.0, 0.02 / math.sqrt(2 * 12)),
    "small_init": stats.norm(0.0, math.sqrt(2 / (11 + 4 * 7))),
    "wang_init": stats.norm(0.0, 2 / (3 * math.sqrt(11))),
    "mitchell": stats.truncnorm(-3, 3, 0.0, 1 / math.sqrt(2 * 11 * 3)),
    "deepnorm": stats.norm(0.0, 0.87 * (6**4 * 3) ** (-1 / 16) * math.sqrt(2 / (7 + 11))),
    "sub_ln": stats.norm(0.0, math.sqrt(math.log(2 * 24)) * math.sqrt(2 / (7 + 11))),
    "t_fixup": _uniform(0.67 * 6**-0.25 * math.sqrt(6 / (7 + 11))),
    "fixup": stats.norm(0.0, 16 ** (-1 / 4) * math.sqrt(2 / (7 * 9))),
    "mup": stats.norm(0.0, math.sqrt(4) / 11),
    "u_mup": stats.norm(0.0, 1.0),
    "completep": stats.norm(0.0, 0.01),
    "spectral_normal": stats.norm(0.0, 1.5 / math.sqrt(11) * math.sqrt(7 / 11)),
    "lora_a": _uniform(1 / math.sqrt(11)),
    "efficientnet_normal": stats.norm(0.0, math.sqrt(2 / 9)),
    "vit": _uniform(math.sqrt(6 / (9 / 3 + 11))),
    "siren": _uniform(math.sqrt(6 / 11) / 30),
}
"""What SciPy makes of the formula in a scheme's paper, for its sample; elements are independent draws from one law.

Of the usual shape, fan_in is 11 and fan_out 7.
"""


def refusal(name, shape, **options):
    """Return the parameter for which a sample in another shape is refused; None where it is not."""
    try:
        initialize(name, shape, **options, **SAMPLES[name][1])
    except InvalidParameter as refused:
        return refused.parameter
    return None


COMPLEX = [name for name in NAMES if refusal(name, SAMPLES[name][0], dtype="complex64") is None]
"""Those that have a complex form."""
