from __future__ import annotations

import pytest

from service.advice.layer.vocabulary import fold_layer_word, kernel_side, layer_word
from service.tensors.errors import InvalidParameter

# As their frameworks' documentation writes them.
WORDS = {
    "Linear": "dense", "nn.Linear": "dense", "Dense": "dense", "keras.layers.Dense": "dense", "LazyLinear": "dense",
    "Conv1d": "conv", "Conv2d": "conv", "Conv3D": "conv", "SeparableConv2D": "conv", "DepthwiseConv2D": "conv",
    "ConvTranspose2d": "conv_transpose", "Conv2DTranspose": "conv_transpose", "ConvTranspose": "conv_transpose",
    "PixelShuffle": "subpixel_conv", "Embedding": "embedding", "Embed": "embedding", "EmbeddingBag": "embedding",
    "RNN": "rnn", "SimpleRNN": "rnn", "LSTM": "lstm", "LSTMCell": "lstm", "OptimizedLSTMCell": "lstm", "GRU": "gru",
    "MultiheadAttention": "attention", "MultiHeadAttention": "attention", "MultiHeadDotProductAttention": "attention",
    "TransformerEncoderLayer": "attention", "LayerNorm": "normalization", "LayerNormalization": "normalization",
    "BatchNorm2d": "normalization", "RMSNorm": "normalization", "GroupNorm": "normalization", "PReLU": "prelu",
    "embedding_hidden_mapping_in": "dense", "downsample.reduction": "dense", "classifier.out_proj": "dense",
    "GCNConv": "graph", "torch_geometric.nn.GATConv": "graph", "LoRA": "lora", "S4D": "s4d", "Mamba2": "mamba2",
}  # fmt: skip


@pytest.mark.parametrize(("word", "kind"), WORDS.items())
def test_frameworks_words_are_understood(word, kind):
    assert layer_word(word).kind == kind


@pytest.mark.parametrize(("word", "nearest"), [("Liner", "linear"), ("Con2d", "conv"), ("Embeding", "embedding")])
def test_an_unknown_word_is_answered_with_the_nearest(word, nearest):
    with pytest.raises(InvalidParameter, match=f"did you mean .*{nearest}") as caught:
        layer_word(word)

    assert caught.value.parameter == "layer"


@pytest.mark.parametrize("word", ["", ".", "x" * 5000, "conv\0", "日本", "2d"])
def test_what_is_no_word_is_refused(word):
    with pytest.raises(InvalidParameter):
        layer_word(word)


@pytest.mark.parametrize(
    ("word", "side"),
    [
        ("conv3x3", 3),
        ("conv1x1", 1),
        ("nn.Conv2d 7x7", 7),
        ("1x1 conv", 1),
        ("PointwiseConv2D", 1),
        ("pointwise_conv", 1),
        ("Conv2d", None),
        ("conv3x5", None),
    ],
)
def test_a_convolutions_word_may_say_its_kernel(word, side):
    assert kernel_side(word) == side


@pytest.mark.parametrize(
    ("word", "folded"),
    [
        ("conv2d_7", "conv"),
        ("layer1.0.conv1.weight", "conv"),
        ("fc1", "fc1"),
        ("mamba2", "mamba2"),
        ("relu6", "relu6"),
        ("classifier.6", "classifier"),
        ("6", "6"),
    ],
)
def test_the_number_that_tells_layers_of_one_name_apart_is_left_out(word, folded):
    assert fold_layer_word(word) == folded


NAMES = [
    # The names of layers in models' own code: kind and role.
    ("to_logits", "dense", "head"),
    ("class_embed", "dense", "head"),
    ("roi_heads.box_predictor.cls_score", "dense", "head"),
    ("head.classification_head.cls_logits", "conv", "detector_head"),
    ("mlp_head", "dense", "head"),
    ("final_layer.linear", "dense", "head"),
    ("x_embedder.proj", "conv", "patch_embedding"),
    ("stages.0.blocks.0.conv_dw", "conv", None),
    ("blocks.1.0.conv_pwl", "conv", None),
    ("decoder_pred", "dense", "reconstruction_head"),
    ("actor_mean", "dense", "policy_head"),
    ("encoder.to_mu", "dense", "variational_head"),
    ("input_projection", "dense", None),
    ("quantize.embedding", "embedding", None),
    ("soft_prompt", "embedding", None),
]


@pytest.mark.parametrize(("name", "kind", "role"), NAMES)
def test_names_of_models_own_code_are_understood(name, kind, role):
    word = layer_word(name)

    assert (word.kind, word.role) == (kind, role)
