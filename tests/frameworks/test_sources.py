"""The defaults of the frameworks that do not run here, against numbers worked out from their sources.

burn: tracel-ai/burn@2c06be35, crates/burn-nn/src/modules; candle: huggingface/candle@2a13b0f3, candle-nn/src;
Flux: FluxML/Flux.jl@3f2f828b, src; DL4J: deeplearning4j/deeplearning4j, deeplearning4j-nn/src/main/java/org/
deeplearning4j/nn, at the commits that service/frameworks/dl4j.py names.
"""

from __future__ import annotations

import math

import numpy as np
import pytest

from tests.frameworks.described import LAYERS_OF
from tests.initializers.making import initialize, make

Row = tuple[str, str, tuple[int, ...], dict[str, float], dict[str, float]]
"""A layer, a tensor and its shape, what else is given, and what the source makes of it."""


def _uniform(bound):
    return {"std": bound / math.sqrt(3), "bound": bound}


def _normal(std):
    return {"std": std, "bound": 0}


def _constant(value):
    return {"constant": value}


PROJECTIONS = ("query", "key", "value", "output")

BURN = [
    # linear.rs: KaimingUniform, gain 1/sqrt(3), of d_input; the weight is [d_input, d_output]
    ("Linear", "weight", (300, 400), {}, _uniform(1 / math.sqrt(300))),
    ("Linear", "bias", (400,), {"fan_in": 300}, _uniform(1 / math.sqrt(300))),
    # conv/conv2d.rs: fan_in = channels[0] / groups * k; [channels[1], channels[0] / groups, *kernel]
    ("Conv2d", "weight", (64, 8, 3, 3), {}, _uniform(1 / math.sqrt(72))),
    ("Conv1d", "weight", (64, 50, 5), {}, _uniform(1 / math.sqrt(250))),
    ("Conv3d", "bias", (64,), {"fan_in": 216}, _uniform(1 / math.sqrt(216))),
    # conv/conv_transpose2d.rs: fan_in = channels[1] / groups * k; [channels[0], channels[1] / groups, *kernel]
    ("ConvTranspose2d", "weight", (64, 32, 3, 3), {}, _uniform(1 / math.sqrt(288))),
    ("ConvTranspose1d", "bias", (64,), {"fan_in": 128}, _uniform(1 / math.sqrt(128))),
    # conv/deform_conv2d.rs: as conv2d.rs, with weight_groups
    ("DeformConv2d", "weight", (64, 8, 3, 3), {}, _uniform(1 / math.sqrt(72))),
    ("DeformConv2d", "bias", (64,), {"fan_in": 72}, _uniform(1 / math.sqrt(72))),
    # embedding.rs: Normal, mean 0, std 1
    ("Embedding", "weight", (300, 100), {}, _normal(1.0)),
    # rnn/gate_controller.rs: two Linears of XavierNormal, from [d_input, d_output] and [d_output, d_output]
    *(
        (layer, f"{gate}.{tensor}", shape, given, expected)
        for layer, gate in (
            ("Lstm", "forget_gate"),
            ("BiLstm", "forward.cell_gate"),
            ("Gru", "new_gate"),
            ("Rnn", "gate"),
        )
        for tensor, shape, given, expected in (
            ("input_transform.weight", (50, 128), {}, _normal(math.sqrt(2 / 178))),
            ("input_transform.bias", (128,), {"fan_in": 50}, _normal(math.sqrt(2 / 178))),
            ("hidden_transform.weight", (128, 128), {}, _normal(math.sqrt(2 / 256))),
            ("hidden_transform.bias", (128,), {}, _normal(math.sqrt(2 / 256))),
        )
    ),
    # attention/mha.rs: Linears of the default initializer
    *(
        (layer, f"{name}.{tensor}", shape, given, _uniform(1 / math.sqrt(96)))
        for layer in ("MultiHeadAttention", "TransformerDecoder")
        for name in PROJECTIONS
        for tensor, shape, given in (("weight", (96, 96), {}), ("bias", (96,), {"fan_in": 96}))
    ),
    # attention/cross_attention.rs: KaimingUniform of gain 1/sqrt(d_head)
    *(
        ("CrossAttention", f"{name}.{tensor}", shape, {"head_size": 32, **given}, _uniform(math.sqrt(3 / 32 / 96)))
        for name in PROJECTIONS
        for tensor, shape, given in (("weight", (96, 128), {}), ("bias", (128,), {"fan_in": 96}))
    ),
    # transformer/pwff.rs and activation/swiglu.rs: Linears of the default initializer
    *(
        (layer, f"{name}.{tensor}", shape, given, _uniform(1 / math.sqrt(96)))
        for layer in ("PositionWiseFeedForward", "SwiGlu", "TransformerEncoder")
        for name in ("linear_inner", "linear_outer")
        for tensor, shape, given in (("weight", (96, 300), {}), ("bias", (300,), {"fan_in": 96}))
    ),
    # norm/*.rs and activation/prelu.rs
    *(
        (layer, tensor, (100,), {}, _constant(value))
        for layer in ("LayerNorm", "GroupNorm", "InstanceNorm", "BatchNorm", "TransformerEncoder")
        for tensor, value in (("gamma", 1.0), ("beta", 0.0))
    ),
    ("RmsNorm", "gamma", (100,), {}, _constant(1.0)),
    ("BatchNorm", "running_mean", (100,), {}, _constant(0.0)),
    ("BatchNorm", "running_var", (100,), {}, _constant(1.0)),
    ("PRelu", "alpha", (100,), {}, _constant(0.25)),
]

CANDLE = [
    # linear.rs: DEFAULT_KAIMING_NORMAL; bound 1 / sqrt(in_dim)
    ("linear", "weight", (400, 300), {}, _normal(math.sqrt(2 / 300))),
    ("linear", "bias", (400,), {"fan_in": 300}, _uniform(1 / math.sqrt(300))),
    # conv.rs: DEFAULT_KAIMING_NORMAL of (out, in / groups, *kernel); bound 1 / sqrt(in_channels) for the bias
    ("conv1d", "weight", (64, 50, 5), {}, _normal(math.sqrt(2 / 250))),
    ("conv2d", "weight", (64, 8, 3, 3), {}, _normal(math.sqrt(2 / 72))),
    ("conv2d", "bias", (64,), {"in_channels": 32}, _uniform(1 / math.sqrt(32))),
    # conv.rs: bound 1 / sqrt(out_channels * kernel_size), of (in, out / groups, *kernel)
    ("conv_transpose1d", "weight", (64, 16, 4), {"groups": 2}, _uniform(1 / math.sqrt(128))),
    ("conv_transpose2d", "weight", (64, 32, 3, 3), {}, _uniform(1 / math.sqrt(32) / 3)),
    ("conv_transpose2d", "bias", (32,), {"fan_in": 288}, _uniform(1 / math.sqrt(32) / 3)),
    # embedding.rs
    ("embedding", "weight", (300, 100), {}, _normal(1.0)),
    # rnn.rs: DEFAULT_KAIMING_UNIFORM, bound sqrt(6 / fan_in); biases 0
    *(
        (layer, f"{tensor}_l0", shape, {}, expected)
        for layer, gates in (("LSTM", 4), ("GRU", 3))
        for tensor, shape, expected in (
            ("weight_ih", (gates * 100, 30), _uniform(math.sqrt(6 / 30))),
            ("weight_hh", (gates * 100, 100), _uniform(math.sqrt(6 / 100))),
            ("bias_ih", (gates * 100,), _constant(0.0)),
            ("bias_hh", (gates * 100,), _constant(0.0)),
        )
    ),
    # layer_norm.rs, group_norm.rs, batch_norm.rs, activation.rs
    *(
        (layer, tensor, (100,), {}, _constant(value))
        for layer in ("layer_norm", "group_norm", "batch_norm")
        for tensor, value in (("weight", 1.0), ("bias", 0.0))
    ),
    ("rms_norm", "weight", (100,), {}, _constant(1.0)),
    ("batch_norm", "running_mean", (100,), {}, _constant(0.0)),
    ("batch_norm", "running_var", (100,), {}, _constant(1.0)),
    ("prelu", "weight", (1,), {}, _constant(0.25)),
]

# utils.jl: glorot_uniform is (rand - 1/2) sqrt(24 / (fan_in + fan_out)); nfan of a matrix (out, in) is (in, out), of
# more axes the product of the first ones times the last two.
FLUX: list[Row] = [
    # layers/basic.jl: init(out, in); zeros
    ("Dense", "weight", (256, 784), {}, _uniform(math.sqrt(6 / 1040))),
    ("Dense", "bias", (256,), {}, _constant(0.0)),
    # layers/basic.jl: init(out, in1, in2), of which nfan makes out in1 and out in2
    ("Bilinear", "weight", (60, 50, 20), {}, _uniform(math.sqrt(6 / (60 * 50 + 60 * 20)))),
    ("Bilinear", "bias", (60,), {}, _constant(0.0)),
    ("Scale", "scale", (100,), {}, _constant(1.0)),
    ("Scale", "bias", (100,), {}, _constant(0.0)),
    # layers/conv.jl: convfilter is (filter..., in / groups, out)
    ("Conv", "weight", (5, 50, 64), {}, _uniform(math.sqrt(6 / (5 * 50 + 5 * 64)))),
    ("Conv", "weight", (3, 3, 8, 64), {}, _uniform(math.sqrt(6 / (72 + 576)))),
    ("Conv", "weight", (2, 3, 2, 8, 32), {}, _uniform(math.sqrt(6 / (12 * 40)))),
    ("Conv", "bias", (64,), {}, _constant(0.0)),
    ("CrossCor", "weight", (3, 3, 8, 64), {}, _uniform(math.sqrt(6 / (72 + 576)))),
    # layers/conv.jl: a Conv with as many groups as inputs
    ("DepthwiseConv", "weight", (3, 3, 1, 200), {}, _uniform(math.sqrt(6 / (9 + 1800)))),
    # layers/conv.jl: convfilter with out and in exchanged, (filter..., out / groups, in)
    ("ConvTranspose", "weight", (4, 4, 32, 64), {}, _uniform(math.sqrt(6 / (16 * 96)))),
    ("ConvTranspose", "bias", (32,), {}, _constant(0.0)),
    # layers/basic.jl: randn32(out, in)
    ("Embedding", "weight", (64, 300), {}, _normal(1.0)),
    ("EmbeddingBag", "weight", (64, 300), {}, _normal(1.0)),
    # layers/recurrent.jl: init_kernel(gates out, in), init_recurrent_kernel(gates out, out); zeros
    *(
        (layer, tensor, shape, {}, expected)
        for layer, gates, bias in (("RNN", 1, "bias"), ("LSTMCell", 4, "cell.bias"), ("GRU", 3, "b"),
                                   ("GRUv3Cell", 3, "cell.b"))
        for tensor, shape, expected in (
            ("Wi", (gates * 100, 30), _uniform(math.sqrt(6 / (gates * 100 + 30)))),
            ("cell.Wh", (gates * 100, 100), _uniform(math.sqrt(6 / (gates * 100 + 100)))),
            (bias, (gates * 100,), _constant(0.0)),
        )
    ),
    ("GRUv3", "Wh_h̃", (100, 100), {}, _uniform(math.sqrt(6 / 200))),
    # layers/attention.jl: four Dense layers
    *(
        ("MultiHeadAttention", f"{name}.{tensor}", shape, {}, expected)
        for name in ("q_proj", "k_proj", "v_proj", "out_proj")
        for tensor, shape, expected in (
            ("weight", (96, 60), _uniform(math.sqrt(6 / 156))), ("bias", (96,), _constant(0.0)),
        )
    ),
    # layers/normalise.jl: a Scale; initγ, initβ, zeros32 and ones32
    ("LayerNorm", "diag.scale", (100,), {}, _constant(1.0)),
    ("LayerNorm", "diag.bias", (100,), {}, _constant(0.0)),
    *(
        (layer, tensor, (100,), {}, _constant(value))
        for layer in ("BatchNorm", "InstanceNorm")
        for tensor, value in (("γ", 1.0), ("β", 0.0), ("μ", 0.0), ("σ²", 1.0))
    ),
    ("GroupNorm", "gamma", (100,), {}, _constant(1.0)),
    ("GroupNorm", "beta", (100,), {}, _constant(0.0)),
]  # fmt: skip

# weights/WeightInitXavier.java: randn · sqrt(2 / (fanIn + fanOut)); conf/NeuralNetConfiguration.java: biasInit = 0.0.
DL4J: list[Row] = [
    # params/DefaultParamInitializer.java: fanIn nIn, fanOut nOut, {nIn, nOut}; gainInit = 1.0
    ("DenseLayer", "W", (784, 256), {}, _normal(math.sqrt(2 / 1040))),
    ("OutputLayer", "b", (256,), {}, _constant(0.0)),
    ("DenseLayer", "g", (256,), {}, _constant(1.0)),
    # params/ConvolutionParamInitializer.java: nIn k², nOut k² / (stride[0] stride[1]), {nOut, nIn, k, k}
    ("ConvolutionLayer", "W", (64, 8, 3, 3), {}, _normal(math.sqrt(2 / (72 + 576)))),
    ("Convolution2D", "W", (64, 8, 3, 3), {"strides": 4}, _normal(math.sqrt(2 / (72 + 144)))),
    ("Convolution1DLayer", "W", (64, 50, 5, 1), {}, _normal(math.sqrt(2 / (250 + 320)))),
    ("ConvolutionLayer", "b", (64,), {}, _constant(0.0)),
    # params/Convolution3DParamInitializer.java: likewise, {nOut, nIn, k, k, k}
    ("Convolution3D", "W", (32, 8, 3, 3, 3), {"strides": 8}, _normal(math.sqrt(2 / (216 + 108)))),
    # params/DeconvolutionParamInitializer.java: nIn k², nOut k² / strides, {nIn, nOut, k, k}
    ("Deconvolution2D", "W", (64, 32, 3, 3), {}, _normal(math.sqrt(2 / (576 + 288)))),
    ("Deconvolution2D", "W", (64, 32, 3, 3), {"strides": 4}, _normal(math.sqrt(2 / (576 + 72)))),
    ("Deconvolution2D", "b", (32,), {}, _constant(0.0)),
    # params/Deconvolution3DParamInitializer.java: likewise, {k, k, k, nOut, nIn}
    ("Deconvolution3D", "W", (2, 2, 2, 16, 64), {"strides": 8}, _normal(math.sqrt(2 / (512 + 16)))),
    # params/DepthwiseConvolutionParamInitializer.java: nIn k², multiplier k² / strides, {k, k, nIn, multiplier}
    ("DepthwiseConvolution2D", "W", (3, 3, 64, 2), {}, _normal(math.sqrt(2 / (576 + 18)))),
    ("DepthwiseConvolution2D", "W", (3, 3, 64, 4), {"strides": 4}, _normal(math.sqrt(2 / (576 + 9)))),
    ("DepthwiseConvolution2D", "b", (128,), {}, _constant(0.0)),
    # params/SeparableConvolutionParamInitializer.java: likewise, {multiplier, nIn, k, k}; nIn multiplier and the same,
    # {nOut, multiplier nIn, 1, 1}
    ("SeparableConvolution2D", "W", (2, 64, 3, 3), {}, _normal(math.sqrt(2 / (576 + 18)))),
    ("SeparableConvolution2D", "pW", (32, 128, 1, 1), {}, _normal(math.sqrt(2 / 256))),
    ("SeparableConvolution2D", "b", (32,), {}, _constant(0.0)),
    # params/EmbeddingLayerParamInitializer.java: 1, nOut, {nIn, nOut}
    ("EmbeddingLayer", "W", (1000, 64), {}, _normal(math.sqrt(2 / 65))),
    ("EmbeddingSequenceLayer", "W", (300, 100), {}, _normal(math.sqrt(2 / 101))),
    # params/LSTMParamInitializer.java: nL, nLast + nL, {nLast, 4 nL} and {nL, 4 nL}
    ("LSTM", "W", (30, 400), {}, _normal(math.sqrt(2 / 230))),
    ("LSTM", "RW", (100, 400), {"inputs": 30}, _normal(math.sqrt(2 / 230))),
    # params/GravesLSTMParamInitializer.java: likewise, {nL, 4 nL + 3}
    ("GravesLSTM", "W", (30, 400), {}, _normal(math.sqrt(2 / 230))),
    ("GravesLSTM", "RW", (100, 403), {"inputs": 30}, _normal(math.sqrt(2 / 230))),
    ("GravesBidirectionalLSTM", "RWB", (100, 403), {"inputs": 30}, _normal(math.sqrt(2 / 230))),
    # params/SimpleRnnParamInitializer.java: nIn, nOut, {nIn, nOut}; nOut, nOut, {nOut, nOut}
    ("SimpleRnn", "W", (30, 100), {}, _normal(math.sqrt(2 / 130))),
    ("SimpleRnn", "RW", (100, 100), {}, _normal(0.1)),
    ("SimpleRnn", "b", (100,), {}, _constant(0.0)),
    # conf/layers/PReLULayer.java: WeightInitConstant(0)
    ("PReLULayer", "W", (3, 8, 8), {}, _constant(0.0)),
    # conf/layers/LayerNormalization.java
    ("LayerNormalization", "gamma", (100,), {}, _constant(1.0)),
    ("LayerNormalization", "beta", (100,), {}, _constant(0.0)),
    # params/BatchNormalizationParamInitializer.java
    *(
        ("BatchNormalization", tensor, (100,), {}, _constant(value))
        for tensor, value in (("gamma", 1.0), ("beta", 0.0), ("mean", 0.0), ("var", 1.0), ("log10stdev", 0.0))
    ),
]  # fmt: skip

ROWS = [
    (framework, *row)
    for framework, rows in (("burn", BURN), ("candle", CANDLE), ("flux", FLUX), ("dl4j", DL4J))
    for row in rows
]


@pytest.mark.parametrize(("framework", "layer", "tensor", "shape", "given", "expected"), ROWS)
def test_layers_start_as_their_sources_say(framework, layer, tensor, shape, given, expected):
    parameters = {"layer": layer, "tensor": tensor, **given}
    values = make(f"{framework}_default", shape, **parameters)
    if "constant" in expected:
        np.testing.assert_array_equal(values, expected["constant"])
        return
    facts = initialize(f"{framework}_default", shape, **parameters).facts

    assert facts["std"] == pytest.approx(expected["std"], rel=1e-12)
    assert facts.get("high", facts.get("bound", 0)) == pytest.approx(expected["bound"], rel=1e-12)
    assert values.std() == pytest.approx(expected["std"], rel=5 / math.sqrt(2 * values.size))


@pytest.mark.parametrize("framework", ["burn", "candle", "flux", "dl4j"])
def test_every_rule_is_worked_out(framework):
    layers = LAYERS_OF[framework]
    worked_out = set()
    for name, written, tensor, *_ in ROWS:
        if name == framework:
            layer = layers.layer(written)
            worked_out.add((layer, layers.tensor(layer, tensor)))

    # Below.
    worked_out |= {("LSTM", "b"), ("GravesLSTM", "b")} if framework == "dl4j" else set()
    assert worked_out == {(layer, tensor) for layer, tensors in layers.layers.items() for tensor in tensors}


@pytest.mark.parametrize(("layer", "tensor"), [("LSTM", "b"), ("GravesLSTM", "b"), ("GravesBidirectionalLSTM", "bF")])
def test_dl4js_lstm_forgets_nothing_at_first(layer, tensor):
    """LSTMParamInitializer.java: interval(nL, 2 nL) has forgetGateBiasInit, 1.0 in AbstractLSTM.java."""
    assert list(make("dl4j_default", (8,), layer=layer, tensor=tensor)) == [0, 0, 1, 1, 0, 0, 0, 0]
