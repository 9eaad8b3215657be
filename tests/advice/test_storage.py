"""How weights are stored, by the frameworks' sources: what /advise makes of their axes, in all that it answers."""

from __future__ import annotations

import math
from urllib.parse import parse_qsl, urlsplit

import pytest

from service.frameworks.registry import DESCRIBED
from service.frameworks.storage import letters
from service.tensors.errors import InvalidParameter
from tests.advice.asking import ask

GLOROT_NORMAL: tuple[str, dict[str, float]] = ("glorot_normal", {})
"""Tells both fans."""


def shape_of(tensor):
    return None if tensor is None else dict(parse_qsl(urlsplit(tensor["href"]).query))["shape"]


def fans(tensor):
    return tensor["fan_in"], tensor["fan_out"]


PYTORCH, KERAS, FLAX, BURN, MLX, FLUX, HUB = (
    {"framework": name} for name in ("pytorch", "keras", "flax", "burn", "mlx", "flux", "transformers")
)

# Layer, members, layout, fan_in, fan_out, shape of the bias.
STORED = [
    # A leading axis of a linear layer's weight is a stack, as of experts: one kernel for each.
    ("Linear", {"shape": [8, 256, 784]}, "soi", 784, 256, "8,256"),
    ("Linear", {**PYTORCH, "shape": [2, 8, 256, 784]}, "ssoi", 784, 256, "2,8,256"),
    ("Dense", {**KERAS, "shape": [8, 784, 256]}, "sio", 784, 256, "8,256"),
    ("Dense", {**FLAX, "shape": [8, 784, 256]}, "sio", 784, 256, "8,256"),
    # EinsumDense and DenseGeneral, of which attention's kernels are.
    ("MultiHeadAttention", {**KERAS, "shape": [64, 8, 16]}, "ioo", 64, 128, "8,16"),
    ("MultiHeadAttention", {**KERAS, "shape": [8, 16, 64], "role": "attention_output"}, "iio", 128, 64, "64"),
    ("MultiHeadAttention", {**KERAS, "shape": [8, 16, 4, 5], "tensor": "attention_output/kernel"}, "iioo", 128, 20,
     "4,5"),
    ("MultiHeadAttention", {**KERAS, "shape": [64, 2, 16], "tensor": "key.kernel"}, "ioo", 64, 32, "2,16"),
    ("MultiHeadDotProductAttention", {**FLAX, "shape": [64, 8, 16]}, "ioo", 64, 128, "8,16"),
    ("MultiHeadDotProductAttention", {**FLAX, "shape": [8, 16, 64], "role": "attention_output"}, "iio", 128, 64, "64"),
    ("MultiHeadDotProductAttention", {"framework": "jax", "shape": [8, 16, 64], "tensor": "out.kernel"}, "iio", 128,
     64, "64"),
    ("EinsumDense", {**KERAS, "shape": [64, 8, 16], "equation": "abc,cde->abde"}, "ioo", 64, 128, "8,16"),
    ("EinsumDense", {"framework": "tensorflow", "shape": [8, 16, 64], "equation": "abcd,cde->abe"}, "iio", 128, 64,
     "64"),
    ("EinsumDense", {"shape": [20, 30, 70], "equation": "abc,bcd->abd"}, "sio", 30, 70, "20,70"),
    ("EinsumDense", {**KERAS, "shape": [64, 8]}, "in_out", 64, 8, "8"),
    ("DenseGeneral", {**FLAX, "shape": [64, 8, 16], "axis": [-1]}, "ioo", 64, 128, "8,16"),
    ("DenseGeneral", {**FLAX, "shape": [8, 16, 64], "axis": [-2, -1]}, "iio", 128, 64, "64"),
    ("DenseGeneral", {**FLAX, "shape": [64, 8, 16], "layout": "ioo"}, "ioo", 64, 128, "8,16"),
    ("DenseGeneral", {**FLAX, "shape": [8, 16, 64], "fan_in": 128}, "iio", 128, 64, "64"),
    # burn's Linear is (in, out), its convolutions are PyTorch's.
    ("Linear", {**BURN, "shape": [784, 256]}, "in_out", 784, 256, "256"),
    ("Linear", {**BURN, "shape": [256, 784], "layout": "out_in"}, "out_in", 784, 256, "256"),
    ("Conv2d", {**BURN, "shape": [32, 16, 3, 3]}, "out_in", 144, 288, "32"),
    ("Conv2d", {**PYTORCH, "shape": [5, 32, 16, 3, 3], "layout": "soikk"}, "soikk", 144, 288, "5,32"),
    ("MultiHeadAttention", {**BURN, "shape": [64, 48], "tensor": "output.weight"}, "in_out", 64, 48, "48"),
    # GPT-2's Conv1D is a matrix; PyTorch's in the same library is a convolution.
    ("Conv1D", {**HUB, "shape": [768, 2304]}, "in_out", 768, 2304, "2304"),
    ("Conv1d", {**HUB, "shape": [64, 80, 3]}, "out_in", 240, 192, "64"),
    # Depthwise and separable kernels.
    ("DepthwiseConv2D", {**KERAS, "shape": [3, 3, 64, 2]}, "kkso", 9, 18, "128"),
    ("DepthwiseConv1D", {**KERAS, "shape": [5, 64, 1]}, "kso", 5, 5, "64"),
    ("DepthwiseConv2D", {"shape": [3, 3, 64, 2], "layout": "in_out"}, "kkso", 9, 18, "128"),
    ("Conv", {**FLAX, "shape": [3, 3, 1, 64], "groups": 64}, "in_out", 9, 9, "64"),
    ("SeparableConv2D", {**KERAS, "shape": [3, 3, 64, 1]}, "kkso", 9, 9, None),
    ("SeparableConv2D", {**KERAS, "shape": [1, 1, 64, 128], "tensor": "pointwise_kernel"}, "in_out", 64, 128, "128"),
    # Transposed convolutions, without a stride and with one: flax/linen/linear.py, mlx/nn/layers, Flux/src/layers.
    ("ConvTranspose2d", {**PYTORCH, "shape": [128, 64, 4, 4]}, "iokk", 2048, 1024, "64"),
    ("ConvTranspose2d", {**PYTORCH, "shape": [128, 16, 4, 4], "groups": 4}, "iokk", 512, 256, "64"),
    ("ConvTranspose2d", {**BURN, "shape": [128, 64, 4, 4], "stride": 2}, "iokk", 512, 1024, "64"),
    ("Conv2DTranspose", {**KERAS, "shape": [4, 4, 64, 128], "stride": 2}, "kkoi", 512, 1024, "64"),
    ("ConvTranspose", {**FLAX, "shape": [4, 4, 128, 64], "stride": 2}, "in_out", 512, 1024, "64"),
    ("ConvTranspose", {**FLAX, "shape": [4, 4, 64, 128], "stride": 2, "layout": "kkoi"}, "kkoi", 512, 1024, "64"),
    ("ConvTranspose", {**MLX, "shape": [64, 4, 4, 128], "stride": 2}, "out_kernel_in", 512, 1024, "64"),
    ("ConvTranspose", {**FLUX, "shape": [4, 4, 64, 128], "stride": 2}, "kkoi", 512, 1024, "64"),
    ("Conv2DTranspose", {"framework": "haiku", "shape": [4, 4, 64, 128], "stride": 2}, "kkoi", 512, 1024, "64"),
    ("Conv", {**FLUX, "shape": [3, 3, 16, 32]}, "in_out", 144, 288, "32"),
    ("Dense", {**FLUX, "shape": [32, 16]}, "out_in", 16, 32, "32"),
    # DL4J's, by its params/*ParamInitializer.java.
    ("Deconvolution2D", {"framework": "dl4j", "shape": [128, 64, 4, 4], "stride": 2}, "iokk", 512, 1024, "64"),
    ("Convolution1DLayer", {"framework": "dl4j", "shape": [32, 16, 5, 1]}, "out_in", 80, 160, "32"),
    ("DepthwiseConvolution2D", {"framework": "dl4j", "shape": [3, 3, 64, 2]}, "kkso", 9, 18, "128"),
    ("EmbeddingLayer", {"framework": "dl4j", "shape": [1000, 64]}, "in_out", 1000, 64, None),
    # onnx.defs: a recurrent operator's first axis is that of directions.
    ("Gemm", {"framework": "onnx", "shape": [784, 256]}, "in_out", 784, 256, "256"),
    ("Gemm", {"framework": "onnx", "shape": [256, 784], "layout": "out_in"}, "out_in", 784, 256, "256"),
    ("MatMul", {"framework": "onnx", "shape": [8, 784, 256]}, "sio", 784, 256, "8,256"),
    ("Conv", {"framework": "onnx", "shape": [32, 16, 3, 3]}, "out_in", 144, 288, "32"),
    ("ConvTranspose", {"framework": "onnx", "shape": [128, 64, 4, 4], "stride": 2}, "iokk", 512, 1024, "64"),
    ("LSTM", {"framework": "onnx", "shape": [2, 128, 16]}, "soi", 16, 32, None),
    ("LSTM", {"framework": "onnx", "shape": [2, 128, 32], "tensor": "R"}, "soi", 32, 32, None),
    # MindSpore's one-dimensional kernels have an axis of 1: nn/layer/conv.py.
    ("Conv1d", {"framework": "mindspore", "shape": [32, 16, 1, 5]}, "out_in", 80, 160, "32"),
    # A layer of two inputs, all products of which a unit sums.
    ("Bilinear", {"shape": [10, 20, 30]}, "oii", 600, 10, "10"),
    ("Bilinear", {**MLX, "shape": [10, 20, 30]}, "oii", 600, 10, "10"),
    # A lookup has the vocabulary for its input; Flux stores it the other way round.
    ("Embedding", {**PYTORCH, "shape": [1000, 64]}, "in_out", 1000, 64, None),
    ("Embedding", {**KERAS, "shape": [1000, 64]}, "in_out", 1000, 64, None),
    ("Embed", {**FLAX, "shape": [1000, 64]}, "in_out", 1000, 64, None),
    ("Embedding", {**FLUX, "shape": [64, 1000]}, "out_in", 1000, 64, None),
    # Tensors by the framework's names.
    ("MultiheadAttention", {**PYTORCH, "shape": [64, 48], "tensor": "k_proj_weight"}, "out_in", 48, 64, "64"),
    ("TransformerEncoderLayer", {**PYTORCH, "shape": [2048, 512], "tensor": "layers.0.linear1.weight"}, "out_in", 512,
     2048, "2048"),
    ("LSTM", {**PYTORCH, "shape": [512, 32], "tensor": "weight_ih_l0"}, "out_in", 32, 128, "512"),
    ("ConvLSTM2D", {**KERAS, "shape": [3, 3, 16, 64]}, "in_out", 144, 144, "64"),
]  # fmt: skip


@pytest.mark.parametrize(("layer", "members", "layout", "fan_in", "fan_out", "bias"), STORED)
def test_an_answer_reads_the_axes_as_the_framework_stores_them(layer, members, layout, fan_in, fan_out, bias):
    answer = ask(layer, current=GLOROT_NORMAL, activation="relu", normalization="none", **members)

    assert answer["layer"]["layout"] == layout
    assert answer["layer"]["fan_in"] == fan_in
    assert fans(answer["verdict"]["weights"]) == (fan_in, fan_out)
    assert shape_of(answer["recommendation"]["bias"]) == bias
    if answer["framework_default"] is not None:
        assert shape_of(answer["framework_default"]["bias"]) == bias


# The frameworks' own distributions, by their sources and by recorded values.
DEFAULTS = [
    ("MultiHeadAttention", {**KERAS, "shape": [64, 8, 16]}, "MultiHeadAttention", math.sqrt(2 / 192)),
    ("EinsumDense", {**KERAS, "shape": [64, 8, 16], "equation": "abc,cde->abde"}, "EinsumDense", math.sqrt(2 / 192)),
    ("EinsumDense", {**KERAS, "shape": [64, 8, 16], "layout": "ioo"}, "EinsumDense", math.sqrt(2 / 192)),
    ("DenseGeneral", {**FLAX, "shape": [64, 8, 16], "axis": [-1]}, "DenseGeneral", 0.125),
    # As recorded: an Einsum counts all axes but the last, and a batch counts to a DenseGeneral's inputs.
    ("Einsum", {**FLAX, "shape": [64, 8, 16], "equation": "abc,cde->abde"}, "Einsum", 1 / math.sqrt(512)),
    ("DenseGeneral", {**FLAX, "shape": [6, 30, 50], "layout": "sio"}, "DenseGeneral", 1 / math.sqrt(180)),
    ("MultiheadAttention", {**PYTORCH, "shape": [64, 8, 16], "layout": "ioo"}, "MultiheadAttention",
     math.sqrt(2 / 192)),
    ("Linear", {**PYTORCH, "shape": [8, 256, 784]}, "Linear", 1 / math.sqrt(3 * 784)),
    ("Conv2d", {**PYTORCH, "shape": [5, 32, 16, 3, 3], "layout": "soikk"}, "Conv", 1 / math.sqrt(3 * 144)),
    ("Dense", {**KERAS, "shape": [8, 784, 256]}, "Dense", math.sqrt(2 / 1040)),
    ("Dense", {**FLAX, "shape": [8, 784, 256]}, "Dense", 1 / 28),
    ("Linear", {**BURN, "shape": [784, 256]}, "Linear", 1 / math.sqrt(3 * 784)),
    ("MultiheadAttention", {**PYTORCH, "shape": [192, 64]}, "MultiheadAttention", math.sqrt(2 / 256)),
    ("MultiheadAttention", {**PYTORCH, "shape": [64, 64], "role": "attention_output"}, "MultiheadAttention",
     1 / math.sqrt(3 * 64)),
    ("MultiheadAttention", {**PYTORCH, "shape": [64, 64], "tensor": "out_proj.weight"}, "MultiheadAttention",
     1 / math.sqrt(3 * 64)),
    ("MultiHeadDotProductAttention", {**FLAX, "shape": [8, 16, 64], "role": "attention_output"},
     "MultiHeadDotProductAttention", 1 / math.sqrt(128)),
    ("TransformerEncoderLayer", {**PYTORCH, "shape": [2048, 512], "tensor": "linear1.weight"},
     "TransformerEncoderLayer", 1 / math.sqrt(3 * 512)),
    ("TransformerEncoderLayer", {**PYTORCH, "shape": [512, 2048], "role": "mlp_down"}, "TransformerEncoderLayer",
     1 / math.sqrt(3 * 2048)),
    ("CrossAttention", {**BURN, "shape": [64, 64], "head_size": 16}, "CrossAttention", 1 / math.sqrt(16 * 64)),
    ("CrossAttention", {**BURN, "shape": [64, 64], "heads": 4}, "CrossAttention", 1 / math.sqrt(16 * 64)),
    # flax/linen/linear.py: with transpose_kernel the kernel is (*kernel, features, in), and its third axis from the
    # end, the features, makes the fan-in of lecun_normal.
    ("ConvTranspose", {**FLAX, "shape": [4, 4, 64, 128], "stride": 2, "layout": "kkoi"},
     "ConvTranspose(transpose_kernel=True)", 1 / math.sqrt(1024)),
    # Both read the third axis from the end as it is stored.
    ("ConvTranspose", {**FLAX, "shape": [4, 4, 128, 64], "stride": 2}, "ConvTranspose", 1 / math.sqrt(2048)),
    ("ConvTranspose", {**MLX, "shape": [64, 4, 4, 128], "stride": 2}, "ConvTranspose", 1 / math.sqrt(3 * 2048)),
    ("ConvTranspose", {**FLUX, "shape": [4, 4, 64, 128]}, "ConvTranspose", math.sqrt(2 / (16 * 192))),
    # Strides divide the fan_out: of both axes, of the one that is not of size 1, of none.
    ("ConvolutionLayer", {"framework": "dl4j", "shape": [64, 8, 3, 3], "stride": 2}, "ConvolutionLayer",
     math.sqrt(2 / (72 + 144))),
    ("Convolution1DLayer", {"framework": "dl4j", "shape": [64, 50, 5, 1], "stride": 2}, "ConvolutionLayer",
     math.sqrt(2 / (250 + 160))),
    ("Deconvolution2D", {"framework": "dl4j", "shape": [64, 32, 3, 3]}, "Deconvolution", math.sqrt(2 / (576 + 288))),
    ("LSTM", {"framework": "dl4j", "shape": [30, 400]}, "LSTM", math.sqrt(2 / 230)),
    ("LSTM", {"framework": "dl4j", "shape": [100, 400], "tensor": "RW", "inputs": 30}, "LSTM", math.sqrt(2 / 230)),
    # Haiku reads them as they are stored, and cuts at two sigmas without a correction.
    ("ConvTranspose", {"framework": "haiku", "shape": [4, 4, 64, 128], "stride": 2}, "ConvTranspose",
     0.8796256610342398 / math.sqrt(2048)),
    ("SeparableConv2D", {**KERAS, "shape": [3, 3, 64, 1]}, "SeparableConv", math.sqrt(2 / (9 * 65))),
    ("Bilinear", {**PYTORCH, "shape": [10, 20, 30]}, "Bilinear", 1 / math.sqrt(3 * 20)),
    ("Bilinear", {**MLX, "shape": [10, 20, 30]}, "Bilinear", 1 / math.sqrt(3 * 30)),
    ("LSTMCell", {**FLAX, "shape": [32, 128]}, "LSTMCell", 1 / math.sqrt(32)),
    ("LSTM", {**BURN, "shape": [32, 128]}, "Lstm", math.sqrt(2 / 160)),
    ("Conv1D", {**HUB, "shape": [768, 2304]}, "Conv", 0.02),
]  # fmt: skip


@pytest.mark.parametrize(("layer", "members", "name", "std"), DEFAULTS)
def test_a_default_is_that_of_the_tensor(layer, members, name, std):
    default = ask(layer, **members)["framework_default"]

    assert default["layer"] == name
    assert default["weights"]["std"] == pytest.approx(std, rel=1e-9)


RECORDS = [
    (framework, layer, tensor)
    for framework, described in DESCRIBED.items()
    if described.layers is not None
    for layer, tensors in described.layers.layers.items()
    for tensor, record in tensors.items()
    # An adapter's B stands beside its A; GPT-2's c_proj has a role, and a layer with an argument a layout, and no word.
    if record.axes and "lora" not in tensor and "(" not in layer
]
SIZES = {"s": (6, 10), "o": (12, 24, 2), "i": (20, 8, 3), "k": (3, 5, 7)}
"""Of the axes with each letter: any cell's gates divide the units."""
RECURRENT = frozenset(("recurrent_weight", "recurrent_gate_weight"))


def shape_stored(framework, layer, tensor, axes):
    """Return a shape with these axes, that of a matrix from state to state where the tensor is one."""
    layers = DESCRIBED[framework].layers
    sizes, gates = dict(SIZES), layers.layers[layer][tensor].gates
    if gates == "qkv":
        sizes["o"] = (3 * sizes["i"][0],)
    elif layers.role_of(tensor) in RECURRENT:
        sizes["i"] = (sizes["o"][0] // max(len(gates), 1),)
    elif layer.startswith("Depthwise"):
        # Where its kernel has an axis of inputs, each unit has one.
        sizes["i"] = (1,)
    left = {letter: iter(of_letter) for letter, of_letter in sizes.items()}
    return [next(left[letter]) for letter in axes]


def size(axes, shape, letters_):
    return math.prod(length for length, axis in zip(shape, axes, strict=True) if axis in letters_)


@pytest.mark.parametrize("rank", [2, 3, 4])
@pytest.mark.parametrize(("framework", "layer", "tensor"), RECORDS)
def test_all_that_is_answered_agrees_with_the_record_of_how_the_tensor_is_stored(framework, layer, tensor, rank):
    record = DESCRIBED[framework].layers.layers[layer][tensor]
    axes = letters(record.axes, rank)
    if axes is None:
        return
    shape = shape_stored(framework, layer, tensor, axes)
    answer = ask(layer, framework=framework, tensor=tensor, shape=shape, current=GLOROT_NORMAL)
    # An input of a depthwise convolution feeds the units of its own channel.
    sides = "k" if layer == "DepthwiseConv" and "i" in axes else "ok"
    fan_in, fan_out = size(axes, shape, "ik"), size(axes, shape, sides) / max(len(record.gates), 1)

    assert fans(answer["verdict"]["weights"]) == (fan_in, fan_out)
    recommended = answer["recommendation"]
    assert fans(recommended["weights"]) in {(fan_in, fan_out), (None, None)}
    assert shape_of(recommended["weights"]) == ",".join(map(str, shape))
    default = answer["framework_default"]
    if default is None:
        # It is drawn by what this request does not say; models of transformers differ in their convolutions.
        asks = {"head_size", "inputs"} & set(record.default.takes)
        assert asks or framework == "onnx" or (framework, "k" in axes) == ("transformers", True)
        return
    assert shape_of(default["weights"]) == shape_of(recommended["weights"])
    assert default["weights"]["parameters"].get("tensor", tensor) == tensor
    assert shape_of(default["bias"]) == shape_of(recommended["bias"])


@pytest.mark.parametrize(
    ("layer", "members", "parameter", "said"),
    [
        ("EinsumDense", {**KERAS, "shape": [64, 8, 16]}, "equation", "the equation of the layer says"),
        ("EinsumDense", {**KERAS, "shape": [64, 8, 16], "equation": "ab,bc->ac"}, "equation", "must name the 3 axes"),
        ("EinsumDense", {"shape": [64, 8, 16]}, "equation", "the equation of the layer says"),
        ("DenseGeneral", {**FLAX, "shape": [64, 8, 16]}, "axis", "the layer's axis says"),
        ("DenseGeneral", {**FLAX, "shape": [64, 8], "axis": [-2, -1]}, "axis", "names 2 axes"),
        ("Conv3d", {"shape": [8, 4, 3, 3]}, "shape", "has 5 axes, and this shape has 4, as that of a 2-dimensional"),
        ("Conv2D", {**KERAS, "shape": [3, 4, 8]}, "shape", "has 4 axes, and this shape has 3"),
        ("Conv2d", {"shape": [8, 4, 3, 3, 3]}, "shape", "give layout=soikk where the first axis is a stack"),
        ("ConvTranspose1d", {"shape": [8, 4, 3, 3]}, "shape", "has 3 axes"),
        ("MultiheadAttention", {**PYTORCH, "shape": [6144, 4096]}, "shape", "in_proj_weight is 3·d × d"),
        ("MultiheadAttention", {**PYTORCH, "shape": [6144, 4096], "heads": 32, "kv_heads": 8}, "shape", "3·d × d"),
        ("MultiheadAttention", {"shape": [6144, 4096]}, "kv_heads", "give heads and kv_heads"),
        ("Linear", {"role": "qkv", "shape": [6144, 4096]}, "kv_heads", "give heads and kv_heads"),
        ("MultiheadAttention", {"shape": [6144, 4096], "kv_heads": 8}, "heads", "beside kv_heads"),
        ("MultiheadAttention", {"shape": [6144, 4096], "heads": 32, "kv_heads": 7}, "heads", "does not divide"),
        ("TransformerEncoderLayer", {**PYTORCH, "shape": [2048, 512]}, "shape", "linear1.weight"),
        ("MultiHeadAttention", {"shape": [64, 8, 16]}, "shape", "give the framework that it is of, or layout"),
        ("MultiheadAttention", {**PYTORCH, "shape": [64, 64], "tensor": "in_proj_bias"}, "tensor", "is no weight"),
        ("Linear", {**PYTORCH, "shape": [64, 64], "tensor": "kernel"}, "tensor", "is not a tensor of PyTorch's Linear"),
        ("MultiHeadAttention", {**KERAS, "shape": [64, 8, 16], "heads": 4}, "heads", "has 8 heads, not 4"),
        ("GroupQueryAttention", {**KERAS, "shape": [64, 2, 16], "role": "key", "kv_heads": 4}, "kv_heads", "has 2"),
        ("Conv1D", {"shape": [768, 2304]}, "shape", "framework=transformers"),
        ("DepthwiseConv2D", {"shape": [3, 3, 64, 1]}, "shape", "layout"),
        ("DepthwiseConv2D", {**FLAX, "shape": [3, 3, 64, 1]}, "shape", "kkso is Keras's"),
        ("Linear", {"shape": [64, 64], "layout": "soi"}, "layout", "3 letters"),
        ("Linear", {"layout": "soi"}, "layout", "give shape too"),
    ],
)
def test_what_the_shape_does_not_say_is_asked_for(layer, members, parameter, said):
    with pytest.raises(InvalidParameter, match=said) as refused:
        ask(layer, **members)

    assert refused.value.parameter == parameter


@pytest.mark.parametrize(
    ("layer", "member"),
    [
        ("Linear", {"equation": "ab,bc->ac"}),
        ("Linear", {"axis": [-1]}),
        ("Conv2d", {"heads": 8}),
        ("Linear", {"kv_heads": 8}),
        ("MultiheadAttention", {"head_size": 64}),
    ],
)
def test_members_that_say_nothing_of_a_layer_are_refused(layer, member):
    with pytest.raises(InvalidParameter, match="has no use in") as refused:
        ask(layer, **member)

    assert refused.value.parameter == next(iter(member))


def test_no_equation_may_be_said_to_be_none():
    assert ask("Linear", equation=None)["layer"]["kind"] == "dense"


@pytest.mark.parametrize("layer", ["Gemm", "Conv", "LSTM", "LayerNormalization", "PRelu", "Embedding"])
def test_onnx_stores_weights_and_starts_none(layer):
    assert ask(layer, framework="onnx")["framework_default"] is None


def test_the_weights_of_the_inputs_are_known_in_each_direction():
    answer = ask("LSTM", framework="onnx", shape=[2, 400, 30])

    assert answer["assumed"]["tensor"] == "input"
    assert answer["recommendation"]["weights"]["initializer"] == "glorot_uniform"


@pytest.mark.parametrize("framework", DESCRIBED)
@pytest.mark.parametrize("layout", ["out_in", "in_out", "out_kernel_in", "oi"])
@pytest.mark.parametrize("layer", ["LayerNorm", "PReLU", "Linear", "Embedding", "LSTM", "graph", "Mamba"])
def test_any_layout_of_a_matrix_is_understood_beside_any_framework(layer, layout, framework):
    answer = ask(layer, framework=framework, layout=layout, shape=[32, 8])

    assert answer["layer"]["layout"] in {"out_in", "in_out"}


def test_a_stack_that_is_taken_for_one_is_told():
    assert any("stack of 8 independent kernels" in text for text in ask("Linear", shape=[8, 256, 784])["warnings"])
    assert not any("stack" in text for text in ask("Linear", shape=[8, 256, 784], layout="soi")["warnings"])
    assert not any("stack" in text for text in ask("Linear", shape=[256, 784])["warnings"])


@pytest.mark.parametrize("members", [{"layer": "MultiheadAttention"}, {"layer": "Linear", "role": "qkv"}])
def test_grouped_queries_keys_and_values_are_matrices_of_their_own(members):
    weights = ask(shape=[6144, 4096], heads=32, kv_heads=8, **members)["recommendation"]["weights"]

    assert weights["parameters"] == {"gates": "4096,1024,1024"}
    assert "gates=4096,1024,1024" in weights["href"]


def test_blocks_of_unequal_sizes_have_a_standard_deviation_each():
    """Glorot's, sqrt(2 / (fan_in + fan_out)), as the tensor's own reply has them."""
    weights = ask("attention", shape=[6144, 4096], heads=32, kv_heads=8)["recommendation"]["weights"]

    assert weights["stds"] == [pytest.approx(math.sqrt(2 / (4096 + size))) for size in (4096, 1024, 1024)]
    assert weights["std"] == pytest.approx(math.sqrt((4 * weights["stds"][0] ** 2 + 2 * weights["stds"][1] ** 2) / 6))


def test_a_separable_convolution_tells_of_its_other_weight():
    warnings = ask("SeparableConv2D", framework="keras", shape=[3, 3, 32, 1])["warnings"]

    assert any("tensor=pointwise_kernel" in warning for warning in warnings)
    assert not any("second weight" in text for text in ask("DepthwiseConv2D", **KERAS, shape=[3, 3, 32, 1])["warnings"])


@pytest.mark.parametrize(("members", "shape"), [({}, [10, 512]), (KERAS, [512, 10]), ({"in_features": 64}, [10, 64])])
def test_a_classifier_has_an_output_for_each_class(members, shape):
    assert ask("Dense", role="head", classes=10, **members)["layer"]["shape"] == shape


def test_blocks_of_one_size_share_one():
    assert ask("attention", shape=[192, 64])["recommendation"]["weights"]["stds"] is None


def test_heads_that_are_as_many_make_three_blocks_of_one_size():
    parameters = ask("attention", shape=[384, 64], heads=8, kv_heads=8)["recommendation"]["weights"]["parameters"]

    assert parameters == {"gates": 3}


def test_more_outputs_than_inputs_may_be_several_matrices():
    assert any("heads and kv_heads" in text for text in ask("attention", shape=[80, 64])["warnings"])


def test_one_of_three_square_matrices_is_known_by_its_shape():
    answer = ask("MultiheadAttention", framework="pytorch", shape=[64, 64])

    assert answer["assumed"]["tensor"] == "q_proj_weight"
    assert answer["framework_default"]["weights"]["std"] == pytest.approx(0.125)


CELLS = [
    # One kernel a gate.
    ("LSTM", {**BURN, "shape": [128, 128]}, "orthogonal", None, "128"),
    ("LSTM", {**BURN, "shape": [32, 128]}, "glorot_uniform", None, "128"),
    ("GRU", {**BURN, "shape": [128, 128]}, "orthogonal", None, "128"),
    ("LSTMCell", {**FLAX, "shape": [128, 128]}, "orthogonal", None, "128"),
    ("LSTMCell", {**FLAX, "shape": [32, 128]}, "glorot_uniform", None, "128"),
    ("LSTMCell", {**FLAX, "shape": [128, 128], "tensor": "hg.kernel"}, "orthogonal", None, "128"),
    ("GRUCell", {**FLAX, "shape": [128, 128]}, "orthogonal", None, "128"),
    ("GRUCell", {**FLAX, "shape": [50, 192], "units": 192}, "glorot_uniform", None, "192"),
    ("MGUCell", {**FLAX, "shape": [64, 64]}, "orthogonal", None, "64"),
    # All gates in one.
    ("OptimizedLSTMCell", {**FLAX, "shape": [128, 512]}, "orthogonal", 4, "512"),
    ("GRUCell", {**FLAX, "shape": [64, 192]}, "orthogonal", 3, "192"),
    ("GRUCell", {**FLAX, "shape": [50, 192], "tensor": "dense_i.kernel"}, "glorot_uniform", 3, "192"),
    ("LSTM", {**PYTORCH, "shape": [512, 128]}, "orthogonal", 4, "512"),
    ("LSTM", {**MLX, "shape": [512, 128]}, "orthogonal", 4, "512"),
    ("GRU", {**KERAS, "shape": [128, 384]}, "orthogonal", 3, "2,384"),
    # A square matrix is one gate's, of a layer that has one bias for all.
    ("LSTM", {**PYTORCH, "shape": [128, 128]}, "orthogonal", None, "512"),
]


@pytest.mark.parametrize(("layer", "members", "initializer", "gates", "bias"), CELLS)
def test_a_cells_matrix_is_of_all_gates_or_of_one(layer, members, initializer, gates, bias):
    recommendation = ask(layer, **members)["recommendation"]

    assert recommendation["weights"]["initializer"] == initializer
    assert recommendation["weights"]["parameters"].get("gates") == gates
    assert shape_of(recommendation["bias"]) == bias


def test_a_cell_with_a_bias_a_gate_has_one_of_ones_for_the_forget_gate():
    recommendation = ask("LSTM", framework="burn", shape=[128, 128])["recommendation"]

    assert recommendation["bias"]["initializer"] == "zeros"
    assert recommendation["tensors"]["forget_bias"]["initializer"] == "ones"
    assert shape_of(recommendation["tensors"]["forget_bias"]) == "128"


def test_a_default_by_the_size_of_a_head_is_asked_for():
    answer = ask("CrossAttention", framework="burn", shape=[64, 64])

    assert answer["framework_default"] is None
    assert any("head_size" in warning for warning in answer["warnings"])


def mup_embedding(width, **members):
    return ask(parametrization="mup", shape=[50000, width], width=width, base_width=256, **members)["recommendation"]


@pytest.mark.parametrize("members", [{"layer": "Embedding"}, {"layer": "Linear", "role": "head", "tied": True}])
def test_an_embedding_starts_alike_at_every_width_under_mup(members):
    """Yang and Hu, arXiv:2203.03466, table 3: of an input weight fan_out alone grows."""
    stds = [mup_embedding(width, **members)["weights"]["std"] for width in (256, 1024, 4096)]

    assert stds == [pytest.approx(1 / math.sqrt(50000))] * 3
    assert mup_embedding(1024, **members)["bias"] is None


@pytest.mark.parametrize(
    "members",
    [
        {"role": "head", "activation": "sigmoid", "shape": [80, 512], "classes": 80},
        {"role": "head", "shape": [1, 512]},
        {"role": "binary_head", "shape": [1, 512]},
        {"shape": [1, 512]},
    ],
)
def test_a_share_of_positives_is_the_bias_of_independent_answers(members):
    """-ln((1 - p) / p)."""
    bias = ask("Linear", prior=0.05, **members)["recommendation"]["bias"]

    assert (bias["initializer"], bias["parameters"]) == ("prior_bias", {"prior": 0.05})


def test_adapters_of_a_stack_are_stacks():
    up = ask("LoRA", shape=[3, 8, 64], layout="soi")["recommendation"]["tensors"]["up"]

    assert shape_of(up) == "3,64,8"
