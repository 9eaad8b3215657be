"""What transformers' models start with, against what scripts/record_transformers_models.py saw their own code draw."""

from __future__ import annotations

import json
import math
import re
from pathlib import Path
from typing import Any, get_args

import pytest

from service.advice.layer.description import ArchitectureName
from service.frameworks.model_families.family import ModelPart
from service.frameworks.model_families.transformers import TRANSFORMERS_MODELS
from service.frameworks.rules import TensorContext
from tests.advice.asking import ask
from tests.initializers.making import initialize, make

RECORDED = Path(__file__).parents[1] / "frameworks" / "recorded" / "transformers_models.json"
RECORDS = json.loads(RECORDED.read_text())["records"]

# The part that a tensor plays, by the first pattern that its name has.
PARTS: tuple[tuple[str, ModelPart], ...] = (
    # Of SigLIP's pooling, which has linear layers and PyTorch's attention in it, and the text model's projection.
    (r"head\.attention\.in_proj", "qkv"),
    (r"head\.attention\.out_proj|text_model\.head", "dense"),
    (r"head\.probe", "class_token"),
    (r"linear_attn\.norm", "gated_normalization"),
    (r"(lambda_|layer_scale[12]?\.lambda)[12]", "layer_scale"),
    (r"class_labels_classifier|bbox_predictor", "head"),
    (r"input_projection|decoder_embed|decoder_pred|continuous_position_bias_mlp", "dense"),
    (r"query_position_embeddings|decoder_pos_embed", "positional_embedding"),
    (r"shared_expert_gate|router", "router"),
    (r"rel_attn\.r$|seg_embed|mask_emb|embeddings_project|embedding_hidden_mapping_in", "dense"),
    (r"vocab_transform|predictions\.dense", "prediction_head"),
    (r"vocab_projector|predictions\.bias|lm_loss", "lm_head"),
    (r"self\.[qv]_bias", "qkv"),
    (r"q_lin|query_proj|rel_attn\.q$", "query"),
    (r"k_lin|key_proj|rel_attn\.k$", "key"),
    (r"v_lin|value_proj|rel_attn\.v$", "value"),
    (r"out_lin|rel_attn\.o$", "attention_output"),
    (r"ffn\.lin1|ffn\.(weight|bias)|ff\.layer_1", "mlp_up"),
    (r"ffn\.lin2|ffn_output|ff\.layer_2", "mlp_down"),
    (r"A_log", "a_log"),
    (r"token_type", "segment_embedding"),
    (r"dt_bias|dt_proj\.bias", "dt_bias"),
    (r"dt_proj", "dt_proj"),
    (r"logit_scale", "logit_scale"),
    (r"layer_scale", "layer_scale"),
    (r"relative_(position|attention)_bias", "relative_position_bias"),
    (r"mask_token|masked_spec_embed", "mask_token"),
    (r"cls_token|class_embedding|distillation_token", "class_token"),
    (r"encoder\.embed_positions", "encoder_positions"),
    (r"pos_conv_embed", "position_conv"),
    (r"position_embedding|embed_positions|wpe", "positional_embedding"),
    (r"(?i)norm|ln_|bn|downsampling_layer\.0", "normalization"),
    (r"patch_embed", "patch_embedding"),
    (
        r"embed_tokens|wte|word_embed|embed_in|token_embedding|tok_embed|^shared|model.shared|embeddings\.weight",
        "embedding",
    ),
    (r"pwconv1", "mlp_up"),
    (r"pwconv2", "mlp_down"),
    (r"conv1d|conv_layers|\.convolution\.|conv[12]\.|dwconv|downsampling", "conv"),
    (r"feature_projection", "feature_projection"),
    (r"quantizer\.weight_proj", "quantizer"),
    (r"codevectors", "codevectors"),
    (r"^(head\.dense|cls\.predictions\.transform|lm_head\.dense)", "prediction_head"),
    (r"lm_head|^decoder\.bias|^cls\.predictions\.bias", "lm_head"),
    (r"_projection\.|project_(hid|q)", "projection_head"),
    (r"classifier", "head"),
    (r"mlp\.gate\.", "router"),
    (r"c_attn|query_key_value|qkv", "qkv"),
    (r"q_proj|query\.|\.q\.", "query"),
    (r"k_proj|key\.|\.k\.", "key"),
    (r"v_proj|value\.|\.v\.", "value"),
    (r"attn\.c_proj|out_proj|o_proj|attention\.(output\.)?dense|\.o\.|attn\.Wo|self_attn\.dense", "attention_output"),
    (
        r"mlp\.c_proj|down_proj|fc2|fc_out|4h_to_h|wo\.|mlp\.Wo|output_dense|(layer|blocks)\.0\.output\.dense",
        "mlp_down",
    ),
    (r"gate_proj", "mlp_gate"),
    (r"c_fc|up_proj|fc1|fc_in|h_to_4h|wi\.|mlp\.Wi|intermediate", "mlp_up"),
    (r"in_proj|x_proj|reduction|[ab]_proj", "dense"),
)
KNOWN: dict[str, Any] = {"depth": 3, "head_size": 16, "width": 96}
"""Of the models that were recorded."""
UNITS = {"conv_layers.0.conv.bias": 5, "feature_projection.projection.bias": 64, "project_hid.bias": 96,
         "project_q.bias": 256, "classifier.1.bias": 128}  # fmt: skip
"""What a unit sums of biases that depend on it."""


PASSED = (
    r"original0|\.D$|r_[rsw]_bias|logit_bias|grn|linear_attn\.A_log|sinks|altup|laurel|per_layer|layer_scalar"
    r"|model\.backbone|register_tokens"
)
"""The gain of a weight normalisation, Mamba's D, XLNet's biases of logits, SigLIP's, ConvNeXt V2's normalisation, the
decay of Qwen3-Next's linear attention, GPT-OSS's sinks, what Gemma 3n and 4 have beside a block, DETR's ResNet and
DINOv3's registers.
"""


def of_tensors(*, are_biases):
    """Return the records of weights or of biases, without the gain of a weight normalisation and Mamba's D."""
    found = []
    for record in RECORDS:
        name = record["tensor"]
        is_bias = name.endswith("bias") and not name.endswith(("dt_bias", "dt_proj.bias"))
        if is_bias == are_biases and not re.search(PASSED, name):
            part = next(part for pattern, part in PARTS if re.search(pattern, name))
            found.append(pytest.param(record, part, id=f"{record['model']}-{name}"))
    return found


WEIGHTS, BIASES = of_tensors(are_biases=False), of_tensors(are_biases=True)
CALLED = [
    case for case in WEIGHTS if "call" in case.values[0] and case.values[1] not in {"encoder_positions", "dt_bias"}
]
"""Without what is copied in after the last call: the positions of Whisper's encoder, the bias of Mamba's time steps."""
PADDING = {"phi3": 7, "whisper": 1, "smollm3": 7, "glm": 7, "glm4": 7}
"""The padding tokens that were recorded, where the configuration's own is beyond the rows."""


def fan_in_of(record):
    shape = record["shape"]
    is_transposed = record["model"] == "gpt2" and re.search(r"c_(attn|fc|proj)", record["tensor"])
    return math.prod(shape[:-1] if is_transposed or len(shape) == 1 else shape[1:])


def agrees(scheme, record):
    """Assert that a scheme gives what was recorded."""
    shape = tuple(record["shape"])
    values = make(scheme.name, shape, **dict(scheme.canonical))
    error = 8 / math.sqrt(2 * values.size)

    assert values.mean() == pytest.approx(
        record["mean"], rel=1e-6, abs=10 * record["measured_std"] / math.sqrt(values.size)
    )
    assert values.std(dtype="float64") == pytest.approx(record["measured_std"], rel=error, abs=1e-9)


@pytest.mark.parametrize(("record", "part"), WEIGHTS)
def test_a_weight_starts_as_the_models_own_code_starts_it(record, part):
    default = TRANSFORMERS_MODELS[record["model"]].weight(part)
    context = {**KNOWN, "fan_in": fan_in_of(record)}
    scheme = default.initializer(TensorContext(tuple(record["shape"]), **context))

    agrees(scheme, record)


DRAWN = {"normal_": "normal residual_scaled_normal", "trunc_normal_": "truncated_normal", "constant_": "constant ones",
         "zeros_": "zeros constant", "ones_": "ones", "kaiming_normal_": "he_normal", "kaiming_uniform_": "uniform",
         "uniform_": "uniform", "xavier_uniform_": "glorot_uniform"}  # fmt: skip
"""The entries of the catalogue that do what a call of PyTorch does."""


@pytest.mark.parametrize(("record", "part"), CALLED)
def test_the_scheme_is_that_of_the_last_call_on_the_tensor(record, part):
    shape = tuple(record["shape"])
    default = TRANSFORMERS_MODELS[record["model"]].weight(part)
    scheme = default.initializer(TensorContext(shape, **KNOWN, fan_in=fan_in_of(record)))
    facts = initialize(scheme.name, shape, **dict(scheme.canonical)).facts

    assert scheme.name in DRAWN[record["call"]].split()
    assert getattr(scheme, "padding_idx", None) in {record.get("zero_row"), None}
    assert record.get("zero_row") in {getattr(scheme, "padding_idx", None), PADDING.get(record["model"])}
    if record["call"] in {"normal_", "trunc_normal_"}:
        assert facts["std"] == pytest.approx(record["std"], rel=1e-12)
    if record["call"] == "trunc_normal_":
        scale = 1.0 if facts["bounds"] == "absolute" else facts["std"]
        assert facts["high"] * scale == pytest.approx(record["b"])
    if record["call"] == "uniform_":
        assert facts["high"] == pytest.approx(record["b"])


@pytest.mark.parametrize(("record", "part"), BIASES)
def test_a_bias_starts_as_the_models_own_code_starts_it(record, part):
    default = TRANSFORMERS_MODELS[record["model"]].bias(part)
    fan_in = next((units for name, units in UNITS.items() if record["tensor"].endswith(name)), 64)

    agrees(default.initializer(TensorContext(tuple(record["shape"]), fan_in=fan_in)), record)


def test_every_family_is_recorded_and_may_be_named():
    assert {record["model"] for record in RECORDS} == {*TRANSFORMERS_MODELS}
    assert {*TRANSFORMERS_MODELS} <= {*get_args(ArchitectureName)}


TIED = {record["model"] for record in RECORDS} - {
    record["model"] for record in RECORDS if re.search(r"lm_head\.weight|embed_out", record["tensor"])
}
IMAGES_AND_SOUND = {"vit", "deit", "dinov2", "clip", "swin", "resnet", "convnext", "wav2vec2", "hubert", "siglip",
                    "beit", "convnextv2", "vit_mae", "dinov3_vit", "swinv2", "siglip2", "detr"}  # fmt: skip


def test_a_tied_output_layer_is_no_tensor_of_its_own():
    tied = {family.name for family in TRANSFORMERS_MODELS.values() if family.is_tied}

    assert tied == TIED - IMAGES_AND_SOUND


def of_model(layer, **members):
    return ask(layer, framework="transformers", **members)["framework_default"]


# What is asked, the layer's name there, the standard deviation, the bound. The formulas are those of
# src/transformers/models/*/modeling_*.py, at the lines that TRANSFORMERS_MODELS names.
T5 = {"architecture": "t5", "shape": [768, 768]}
CLIP = {"architecture": "clip", "depth": 12, "shape": [512, 512]}
FEED_FORWARD = {"mlp_up": [2048, 512], "mlp_down": [512, 2048]}
ANSWERED = [
    ("Linear", {**T5, "role": "query"}, "T5 Linear", (768 * 64) ** -0.5, None),
    ("Linear", {**T5, "role": "query", "heads": 24}, "T5 Linear", (768 * 32) ** -0.5, None),
    ("Linear", {**T5, "role": "query", "head_size": 128}, "T5 Linear", (768 * 128) ** -0.5, None),
    ("Linear", {**T5, "role": "key"}, "T5 Linear", 768**-0.5, None),
    ("Linear", {**T5, "role": "attention_output", "shape": [768, 1024]}, "T5 Linear", 1 / 32, None),
    ("Linear", {**T5, "role": "mlp_up", "shape": [3072, 768]}, "T5 Linear", 768**-0.5, None),
    ("Linear", {**T5, "role": "mlp_gate", "shape": [3072, 768]}, "T5 Linear", 768**-0.5, None),
    ("Linear", {**T5, "role": "mlp_down", "shape": [768, 3072]}, "T5 Linear", 3072**-0.5, None),
    ("Embedding", {**T5, "shape": [32128, 768]}, "T5 Embedding", 1.0, None),
    ("lm_head", {**T5, "shape": [32128, 768]}, "T5 Linear", 1.0, None),
    ("relative_position_bias", {**T5, "shape": [32, 12]}, "T5 relative position bias", 768**-0.5, None),
    ("relative_position_bias", {**T5, "shape": [32, 12], "width": 1024}, "T5 relative position bias", 1 / 32, None),
    ("Linear", {**CLIP, "role": "query"}, "CLIP Linear", (512 * 24) ** -0.5, None),
    ("out_proj", CLIP, "CLIP Linear", 512**-0.5, None),
    ("fc1", {**CLIP, "shape": FEED_FORWARD["mlp_up"]}, "CLIP Linear", (2 * 512) ** -0.5, None),
    ("fc2", {**CLIP, "shape": FEED_FORWARD["mlp_down"]}, "CLIP Linear", (512 * 24) ** -0.5, None),
    ("text_projection", CLIP, "CLIP Linear", 512**-0.5, None),
    ("class_token", {**CLIP, "shape": [768]}, "CLIP class token", 768**-0.5, None),
    ("c_proj", {"architecture": "gpt2", "depth": 12, "shape": [768, 768]}, "GPT-2 Conv1D", 0.02 / 24**0.5, None),
    ("Linear", {"architecture": "gpt2", "role": "mlp_down", "depth": 48, "shape": [768, 3072]}, "GPT-2 Conv1D",
     0.02 / 96**0.5, None),
    ("Conv1D", {"architecture": "gpt", "role": "mlp_down", "depth": 12, "shape": [3072, 768]}, "GPT-2 Conv1D",
     0.02 / 24**0.5, None),
    ("c_attn", {"architecture": "gpt2", "shape": [768, 2304]}, "GPT-2 Conv1D", 0.02, None),
    ("lm_head", {"architecture": "gpt2", "shape": [50257, 768]}, "GPT-2 Linear", 0.02, None),
    ("o_proj", {"architecture": "llama", "depth": 32, "shape": [4096, 4096]}, "LLaMA Linear", 0.02, None),
    ("down_proj", {"architecture": "starcoder2", "depth": 30, "shape": [3072, 12288]}, "StarCoder2 Linear", 0.018042,
     None),
    ("o_proj", {"architecture": "bert", "depth": 12, "shape": [768, 768]}, "BERT Linear", 0.02, None),
    ("Embedding", {"architecture": "bert", "shape": [30522, 768]}, "BERT Embedding", 0.02, None),
    ("position_embeddings", {"architecture": "deit", "shape": [198, 192]}, "DeiT positional embedding", 0.0, None),
    ("fc1", {"architecture": "dinov2", "shape": [1536, 384]}, "DINOv2 Linear", 0.02, 2.0),
    ("cls_token", {"architecture": "vit", "shape": [1, 1, 768]}, "ViT class token", 0.02, 2.0),
    ("PatchEmbed", {"architecture": "vit", "shape": [768, 3, 16, 16]}, "ViT Conv", 0.02, None),
    ("out_proj", {"architecture": "modernbert", "depth": 22, "shape": [768, 768]}, "ModernBERT Linear",
     0.8796256610342398 * 0.02 / 44**0.5, 2 * 0.02 / 44**0.5),
    ("head", {"architecture": "modernbert", "shape": [2, 768]}, "ModernBERT Linear", 0.8796256610342398 * 768**-0.5,
     2 * 768**-0.5),
    ("RMSNorm", {"architecture": "gemma2", "shape": [2304]}, "Gemma 2 RMSNorm", 0.0, None),
    ("Linear", {"architecture": "mamba", "shape": [3072, 768]}, "Mamba Linear", 0.1, None),
    ("out_proj", {"architecture": "mamba", "shape": [768, 1536]}, "Mamba Linear", (3 * 1536) ** -0.5, 1536**-0.5),
    ("dt_proj", {"architecture": "mamba", "shape": [1536, 48]}, "Mamba Linear", (3 * 48) ** -0.5, 48**-0.5),
    ("Conv2d", {"architecture": "resnet", "shape": [128, 64, 3, 3]}, "ResNet Conv", (2 / (9 * 128)) ** 0.5, None),
    ("Linear", {"architecture": "resnet", "role": "head", "shape": [1000, 2048]}, "ResNet Linear", (3 * 2048) ** -0.5,
     2048**-0.5),
    ("LayerScale", {"architecture": "convnext", "shape": [96]}, "ConvNeXt layer scale", 0.0, None),
    ("DepthwiseConv2d", {"architecture": "convnext", "shape": [96, 1, 7, 7], "groups": 96}, "ConvNeXt Conv", 0.02,
     None),
    ("relative_position_bias_table", {"architecture": "swin", "shape": [169, 3]}, "Swin relative position bias", 0.0,
     None),
    ("Conv1d", {"architecture": "wav2vec2", "shape": [512, 512, 3]}, "wav2vec 2.0 Conv", (2 / 1536) ** 0.5, None),
    ("pos_conv_embed", {"architecture": "wav2vec2", "shape": [768, 48, 128]}, "wav2vec 2.0 Conv", (3 * 6144) ** -0.5,
     6144**-0.5),
    ("router", {"architecture": "mixtral", "shape": [8, 4096]}, "Mixtral Linear", 0.02, None),
    ("experts", {"architecture": "deepseek_v3", "role": "mlp_up", "shape": [8, 512, 256]}, "DeepSeek-V3 Linear", 0.02,
     None),
]  # fmt: skip


@pytest.mark.parametrize(("layer", "members", "name", "std", "bound"), ANSWERED)
def test_the_default_is_that_of_the_family(layer, members, name, std, bound):
    found = of_model(layer, **members)

    assert (found["framework"], found["layer"]) == ("Hugging Face transformers", name)
    assert found["weights"]["std"] == pytest.approx(std, rel=1e-9)
    assert found["weights"]["bound"] == (None if bound is None else pytest.approx(bound, rel=1e-9))


@pytest.mark.parametrize(
    ("layer", "members", "parameters"),
    [
        ("Embedding", {"architecture": "bert", "shape": [30522, 768]}, {"std": 0.02, "padding_idx": 0}),
        ("Embedding", {"architecture": "opt", "shape": [50272, 768]}, {"std": 0.02, "padding_idx": 1}),
        # Its padding token is beyond the rows of this one.
        ("Embedding", {"architecture": "phi3", "shape": [100, 64]}, {"std": 0.02}),
        ("Embedding", {"architecture": "llama", "shape": [32000, 64]}, {"std": 0.02}),
        ("PositionEmbedding", {"architecture": "roberta", "shape": [514, 768]}, {"std": 0.02, "padding_idx": 1}),
    ],
)
def test_the_row_of_the_padding_token_is_zeros(layer, members, parameters):
    assert of_model(layer, **members)["weights"]["parameters"] == parameters


@pytest.mark.parametrize(
    ("layer", "shape", "axes"), [("c_attn", [768, 2304], "in_out"), ("Linear", [2304, 768], "out_in")]
)
def test_gpt_2s_matrices_are_stored_as_its_code_calls_them(layer, shape, axes):
    answer = ask(layer, framework="transformers", architecture="gpt2", role="qkv", shape=shape)

    assert (answer["layer"]["layout"], answer["layer"]["fan_in"]) == (axes, 768)
    assert "shape=768,2304" in answer["framework_default"]["weights"]["href"]


def test_the_positions_of_whispers_encoder_are_sinusoids():
    stacks = {"encoder_layers": 4, "decoder_layers": 4, "architecture": "whisper", "shape": [448, 384]}
    encoder = of_model("PositionEmbedding", stack="encoder", **stacks)
    decoder = of_model("PositionEmbedding", stack="decoder", **stacks)

    assert encoder["weights"]["initializer"] == "sinusoidal"
    assert decoder["weights"]["std"] == 0.02


@pytest.mark.parametrize(("layer", "shape"), [("Mamba", [1536, 16]), ("Mamba2", [24])])
def test_mambas_state_matrix_is_log_1_to_n(layer, shape):
    """modeling_mamba.py:338 and modeling_mamba2.py:445, where N are the heads."""
    assert of_model(layer, shape=shape)["weights"]["initializer"] == "mamba_a_log"


def test_without_a_family_matrices_are_drawn_alike_and_convolutions_unknown():
    assert of_model("Linear", shape=[8, 8])["weights"]["std"] == 0.02
    assert of_model("Conv2d", shape=[8, 8, 3, 3]) is None


@pytest.mark.parametrize("framework", ["pytorch", "keras"])
def test_a_family_says_nothing_of_another_frameworks_default(framework):
    own = ask("Linear", framework=framework, shape=[8, 8])["framework_default"]["weights"]

    assert ask("Linear", framework=framework, architecture="t5", shape=[8, 8])["framework_default"]["weights"] == own
