from __future__ import annotations

import pytest

from service.tensors.errors import InvalidParameter
from tests.frameworks.described import LAYERS_OF

# What users write, and what it is here.
LAYERS = [
    ("pytorch", "Linear", "Linear"),
    ("pytorch", "nn.Linear", "Linear"),
    ("pytorch", "torch.nn.modules.conv.Conv2d", "Conv"),
    ("pytorch", "conv1d", "Conv"),
    ("pytorch", "LazyConvTranspose3d", "ConvTranspose"),
    ("pytorch", "LSTMCell", "LSTM"),
    ("pytorch", "BatchNorm1d", "BatchNorm"),
    ("pytorch", "SyncBatchNorm", "BatchNorm"),
    ("pytorch", "MultiheadAttention", "MultiheadAttention"),
    ("pytorch", "TransformerDecoder", "TransformerEncoderLayer"),
    ("pytorch", "Transformer", "Transformer"),
    ("keras", "keras.layers.Conv2D", "Conv"),
    ("keras", "Conv2DTranspose", "ConvTranspose"),
    ("keras", "Convolution2DTranspose", "ConvTranspose"),
    ("keras", "SeparableConv1D", "SeparableConv"),
    ("keras", "ConvLSTM2D", "ConvLSTM"),
    ("keras", "einsum_dense", "EinsumDense"),
    ("keras", "GroupQueryAttention", "MultiHeadAttention"),
    ("flax", "nnx.Linear", "Dense"),
    ("flax", "OptimizedLSTMCell", "LSTMCell"),
    ("flax", "nn.SelfAttention", "MultiHeadDotProductAttention"),
    ("burn", "burn::nn::conv::Conv2d", "Conv"),
    ("burn", "BiLstm", "Lstm"),
    ("candle", "candle_nn::conv_transpose1d", "ConvTranspose"),
    ("mlx", "ConvTranspose2d", "ConvTranspose"),
]

TENSORS = [
    ("pytorch", "Linear", "weight", "weight"),
    ("pytorch", "Linear", "encoder.0.fc.weight", "weight"),
    ("pytorch", "LSTM", "weight_ih_l0", "weight_ih"),
    ("pytorch", "LSTM", "rnn.bias_hh_l12_reverse", "bias_hh"),
    ("pytorch", "MultiheadAttention", "self_attn.out_proj.weight", "out_proj.weight"),
    ("pytorch", "Transformer", "decoder.layers.0.multihead_attn.in_proj_weight", "in_proj_weight"),
    ("pytorch", "TransformerEncoderLayer", "layers.0.norm1.weight", "norm1.weight"),
    ("keras", "MultiHeadAttention", "query/kernel", "query.kernel"),
    ("keras", "LSTM", "lstm/lstm_cell/recurrent_kernel", "recurrent_kernel"),
    ("flax", "LSTMCell", "params/LSTMCell_0/ii/kernel", "ii.kernel"),
    ("flax", "LSTMCell", "if_.kernel", "if.kernel"),
    ("burn", "Lstm", "forget_gate.input_transform.weight", "input_transform.weight"),
    ("burn", "TransformerEncoder", "layers.0.norm_1.gamma", "gamma"),
    ("mlx", "LSTM", "Wx", "Wx"),
    ("mlx", "LSTM", "wx", "Wx"),
    ("flux", "BatchNorm", "layers.2.γ", "gamma"),
    ("flux", "BatchNorm", "\u00b5", "mu"),
    ("flux", "BatchNorm", "σ²", "sigma2"),
    ("flux", "GRUv3", "Wh_h\u0303", "Wh_h"),
]


@pytest.mark.parametrize(("framework", "written", "layer"), LAYERS)
def test_a_layer_is_known_as_its_users_write_it(framework, written, layer):
    assert LAYERS_OF[framework].layer(written) == layer


@pytest.mark.parametrize(("framework", "layer", "written", "tensor"), TENSORS)
def test_a_tensor_is_known_as_its_users_write_it(framework, layer, written, tensor):
    assert LAYERS_OF[framework].tensor(layer, written) == tensor


@pytest.mark.parametrize("framework", LAYERS_OF.values(), ids=LAYERS_OF)
def test_every_name_finds_itself(framework):
    for layer, tensors in framework.layers.items():
        assert framework.layer(layer) == layer
        assert [framework.tensor(layer, tensor) for tensor in tensors] == list(tensors)
    assert [framework.layer(name) for name in framework.other_names] == list(framework.other_names.values())


@pytest.mark.parametrize(
    ("framework", "written", "nearest"),
    [
        ("pytorch", "Liner", "Linear"),
        ("pytorch", "TransposedConv2d", "ConvTranspose"),
        ("pytorch", "nn.LSTMCel", "LSTM"),
        ("keras", "Einsum", "EinsumDense"),
        ("mlx", "MultiheadAttention2", "MultiHeadAttention"),
    ],
)
def test_an_unknown_layer_is_answered_with_the_nearest_and_all(framework, written, nearest):
    with pytest.raises(InvalidParameter) as caught:
        LAYERS_OF[framework].layer(written)

    assert caught.value.parameter == "layer"
    assert nearest in caught.value.detail.partition("?")[0]
    assert all(layer in caught.value.detail for layer in LAYERS_OF[framework].layers)


def test_a_tensor_of_no_layer_in_particular_is_one_of_any():
    assert LAYERS_OF["pytorch"].tensor(None, "rnn.weight_ih_l0") == "weight_ih"
    with pytest.raises(InvalidParameter, match="not a tensor of PyTorch's layers"):
        LAYERS_OF["pytorch"].tensor(None, "kernel")


def test_an_unknown_tensor_is_answered_with_the_nearest_and_all():
    with pytest.raises(InvalidParameter) as caught:
        LAYERS_OF["pytorch"].tensor("LSTM", "rnn.weights_ih_l0")

    assert caught.value.parameter == "tensor"
    assert "did you mean weight_ih" in caught.value.detail
    assert caught.value.detail.endswith("It is one of weight_ih, weight_hh, bias_ih, bias_hh, weight_hr")


def test_other_spellings_are_not_listed():
    with pytest.raises(InvalidParameter) as caught:
        LAYERS_OF["flux"].tensor("GroupNorm", "σ²")

    assert caught.value.detail.endswith("It is one of gamma, beta")


@pytest.mark.parametrize("name", ["", ".", "::", "_", "l0", "2d", "x" * 100_000, "." * 100_000, "\ud800", "\x00"])
def test_what_is_no_name_is_unknown(name):
    for framework in LAYERS_OF.values():
        with pytest.raises(InvalidParameter):
            framework.layer(name)
        for layer in framework.layers:
            with pytest.raises(InvalidParameter):
                framework.tensor(layer, name)


# What /advise asks for, and the framework's names of it.
ROLES = [
    ("pytorch", "linear", "weight", ("Linear", "weight")),
    ("pytorch", "lstm", "recurrent_weight", ("LSTM", "weight_hh")),
    ("pytorch", "attention", "weight", ("MultiheadAttention", "in_proj_weight")),
    ("keras", "depthwise_conv", "weight", ("DepthwiseConv", "kernel")),
    ("keras", "lstm", "bias", ("LSTM", "bias")),
    ("keras", "lstm", "recurrent_bias", None),
    ("flax", "lstm", "recurrent_weight", ("LSTMCell", "dense_h.kernel")),
    ("flax", "embedding", "weight", ("Embed", "embedding")),
    ("burn", "gru", "recurrent_bias", ("Gru", "hidden_transform.bias")),
    ("burn", "layer_norm", "weight", ("LayerNorm", "gamma")),
    ("candle", "attention", "weight", None),
    ("mlx", "attention", "output_weight", ("MultiHeadAttention", "out_proj.weight")),
]


@pytest.mark.parametrize(("framework", "word", "role", "names"), ROLES)
def test_what_a_layer_is_has_a_name_in_a_framework(framework, word, role, names):
    assert LAYERS_OF[framework].names(word, role) == names


@pytest.mark.parametrize("framework", LAYERS_OF.values(), ids=LAYERS_OF)
def test_every_layer_that_a_word_means_has_a_weight(framework):
    assert all(framework.names(word, "weight") for word in framework.types)
