"""A small tensor of each entry of the catalogue, for the tests that hold for all entries."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

from service.catalogue.catalogue import CATALOGUE
from service.frameworks.default_initializer import DefaultInitializer
from service.frameworks.rules import ALL_ONES, ALL_ZEROS
from service.initializers.initializer import Initializer

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
    "lora_a": ((4, 11), {}),
    "efficientnet_normal": ((6, 1, 3, 3), {"groups": 6}),
    "vit": ((9, 11), {"preset": "moco", "matrix": "qkv"}),
    "prior_bias": ((11,), {"prior": 0.1}),
    "lstm_bias": ((24,), {"gate_order": "iofg"}),
    "gru_bias": ((18,), {"gate_order": "zrn"}),
    "chrono": ((24,), {"longest": 50.0}),
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


SAMPLES = {kind.name: _sample(kind) for kind in CATALOGUE}
"""By the entry's name."""

REQUIRED_TOGETHER = {kind.name: _needed(kind) for kind in CATALOGUE}
"""By the entry's name, what it needs besides the required parameters of its sample to take any shape that it can."""

assert SAMPLES.keys() >= _OWN.keys(), f"samples of nothing: {', '.join(_OWN.keys() - SAMPLES.keys())}"
