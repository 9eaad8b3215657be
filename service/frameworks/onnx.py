"""How ONNX's operators store their weights, which start with nothing of their own: onnx.defs in onnx 1.23.2 (PyPI)."""

from __future__ import annotations

from service.frameworks.framework import Framework
from service.frameworks.layers import FrameworkLayers, LayerTensor, Tensors
from service.frameworks.rules import TensorContext, TensorDefault
from service.initializers.initializer import Initializer
from service.tensors.errors import InvalidParameter


def _nothing(_: TensorContext) -> Initializer:
    raise InvalidParameter("framework", "ONNX's operators have no defaults")


_NOTHING = TensorDefault("", _nothing)
_VECTOR = LayerTensor(_NOTHING)


def _recurrent(gates: str) -> Tensors:
    """A direction after the other: (directions, gates · units, in) and (directions, gates · units, units)."""
    return dict.fromkeys(("W", "R"), LayerTensor(_NOTHING, "out_in", gates, stored="oi soi"))


ONNX = Framework(
    name="onnx",
    title="ONNX",
    source="onnx.defs in onnx 1.23.2",
    layers=FrameworkLayers(
        title="ONNX",
        version="1.23.2",
        layers={
            # As transB=0, the operator's own, has it, and as MatMul has it.
            "Gemm": {"B": LayerTensor(_NOTHING, "in_out", stored="s*io"), "C": _VECTOR},
            "Conv": {"W": LayerTensor(_NOTHING, "out_in", stored="oik+"), "B": _VECTOR},
            "ConvTranspose": {"W": LayerTensor(_NOTHING, "out_in", stored="iok+"), "B": _VECTOR},
            "LSTM": _recurrent("iofg"),
            "GRU": _recurrent("zrn"),
            "RNN": _recurrent(""),
            "LayerNormalization": {"Scale": _VECTOR, "B": _VECTOR},
            "BatchNormalization": {"scale": _VECTOR, "B": _VECTOR, "input_mean": _VECTOR, "input_var": _VECTOR},
            "InstanceNormalization": {"scale": _VECTOR, "B": _VECTOR},
            "GroupNormalization": {"scale": _VECTOR, "bias": _VECTOR},
            "RMSNormalization": {"scale": _VECTOR},
            "PRelu": {"slope": _VECTOR},
        },
        other_names={"MatMul": "Gemm"},
        types={
            "linear": "Gemm", "conv": "Conv", "depthwise_conv": "Conv", "conv_transpose": "ConvTranspose",
            "rnn": "RNN", "lstm": "LSTM", "gru": "GRU", "layer_norm": "LayerNormalization",
            "batch_norm": "BatchNormalization", "instance_norm": "InstanceNormalization",
            "group_norm": "GroupNormalization", "rms_norm": "RMSNormalization", "prelu": "PRelu",
        },
        roles={
            # B is the second matrix of a product, and the bias of all others.
            "weight": ("W", "Scale", "scale", "slope", "B"),
            "bias": ("C", "bias", "B"),
            "recurrent_weight": ("R",),
        },
    ),
)  # fmt: skip
