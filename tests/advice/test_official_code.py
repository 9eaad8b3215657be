"""What is recommended where `architecture` says whose model it is, against that model's own code.

Of code that is Python and runs here without more than its own library the values are recorded, by
scripts/record_image_models.py and scripts/record_transformers_models.py; of other code the formula stands in the row,
with the file and the line that has it.
"""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

from tests.advice.asking import ask, choices

RECORDED = Path(__file__).parents[1] / "frameworks" / "recorded" / "image_models.json"
MODELS = {
    (record["layer"], record["tensor"]): record for record in json.loads(RECORDED.read_text())["records"]
}  # fmt: skip

VIT, JAX = {"architecture": "vit"}, {"architecture": "vit", "framework": "flax", "layout": "out_in"}
DIT, CONVNEXT = {"architecture": "dit", "depth": 1}, {"architecture": "convnext"}
RETINANET = "torchvision RetinaNet head"
FC1, FC2 = "blocks.0.mlp.fc1", "blocks.0.mlp.fc2"

# The request, whose shape is that of the tensor that was recorded.
RUN = [
    ("timm ViT", "blocks.0.attn.qkv.weight", "Linear", {**VIT, "role": "qkv"}),
    ("timm ViT", "blocks.0.attn.proj.weight", "Linear", {**VIT, "role": "attention_output", "depth": 12}),
    ("timm ViT", "blocks.0.attn.proj.weight", "Linear", {**VIT, "role": "query"}),
    ("timm ViT", f"{FC1}.weight", "fc1", VIT),
    ("timm ViT", f"{FC2}.weight", "fc2", {**VIT, "depth": 12}),
    ("timm ViT", f"{FC2}.weight", "Linear", {"architecture": "dinov2", "role": "mlp_down", "depth": 12}),
    ("timm ViT", "pos_embed", "pos_embed", VIT),
    ("timm ViT", "cls_token", "cls_token", VIT),
    ("timm ViT (jax)", "blocks.0.attn.proj.weight", "Linear", {**JAX, "role": "attention_output"}),
    ("timm ViT (jax)", f"{FC1}.weight", "Linear", {**JAX, "role": "mlp_up"}),
    ("timm ViT (jax)", f"{FC2}.weight", "Linear", {**JAX, "role": "mlp_down", "depth": 12}),
    ("timm ViT (jax)", "patch_embed.proj.weight", "PatchEmbed", VIT),
    ("timm ViT (moco)", "blocks.0.attn.qkv.weight", "Linear", {**JAX, "role": "qkv"}),
    *(("DiT", f"{FC1}.weight", "Linear", {**DIT, "role": role}) for role in ("hidden", "mlp_up")),
    *(("DiT", "blocks.0.attn.proj.weight", "Linear", {**DIT, "role": role, "depth": 28})
      for role in ("hidden", "query", "key", "value", "attention_output")),
    ("DiT", f"{FC2}.weight", "fc2", {**DIT, "depth": 28}),
    ("DiT", "blocks.0.attn.qkv.weight", "Linear", {**DIT, "role": "qkv"}),
    ("DiT", "x_embedder.proj.weight", "PatchEmbed", DIT),
    ("DiT", "t_embedder.mlp.0.weight", "time_mlp", DIT),
    ("DiT", "t_embedder.mlp.2.weight", "TimestepEmbedder", DIT),
    ("DiT", "y_embedder.embedding_table.weight", "Embedding", DIT),
    ("DiT", "blocks.0.adaLN_modulation.1.weight", "adaLN_modulation", DIT),
    ("DiT", "final_layer.linear.weight", "Linear", {**DIT, "role": "head"}),
    ("torchvision ConvNeXt", "features.0.0.weight", "PatchEmbed", CONVNEXT),
    ("torchvision ConvNeXt", "features.1.0.block.0.weight", "Conv2d", {**CONVNEXT, "groups": 96}),
    ("torchvision ConvNeXt", "features.1.0.block.3.weight", "Linear", CONVNEXT),
    ("torchvision ConvNeXt", "features.1.0.block.3.weight", "pwconv1", CONVNEXT),
    ("torchvision ConvNeXt", "features.1.0.block.5.weight", "Linear", {**CONVNEXT, "role": "mlp_down"}),
    ("torchvision MobileNetV2", "classifier.1.weight", "classifier", {"architecture": "mobilenetv2"}),
    ("torchvision ResNet-18", "conv1.weight", "Conv2d", {"architecture": "resnet"}),
    ("torchvision ResNet-18", "layer1.0.conv1.weight", "Conv2d", {"architecture": "resnet"}),
    ("torchvision ResNet-18", "layer1.0.conv2.weight", "Conv2d", {"architecture": "resnet", "role": "residual_last"}),
    ("torchvision ResNet-18", "layer2.0.downsample.0.weight", "Conv2d", {"architecture": "resnet"}),
    (RETINANET, "classification_head.cls_logits.weight", "Conv2d", {"role": "detector_head"}),
    (RETINANET, "regression_head.bbox_reg.weight", "Conv2d", {"architecture": "retinanet", "role": "bbox_pred"}),
]  # fmt: skip


def recommended(layer, **members):
    return ask(layer, **members)["recommendation"]


def words(members):
    """Return members with architectures and roles as a description has them."""
    own = {"mobilenetv2": "mobilenet", "retinanet": "detector", "bbox_pred": "regression_head"}
    return {name: own.get(value, value) if isinstance(value, str) else value for name, value in members.items()}


@pytest.mark.parametrize(("model", "tensor", "layer", "members"), RUN)
def test_it_is_what_the_code_gave_when_it_ran(model, tensor, layer, members):
    record = MODELS[model, tensor]
    weights = recommended(layer, shape=record["shape"], **words(members))["weights"]
    size = math.prod(record["shape"])

    assert weights["std"] == pytest.approx(record["std"], rel=6 / math.sqrt(2 * size) + 1e-3, abs=1e-12)
    if record["largest"] > 0.0 and record["largest"] < 2.0 * record["std"]:
        assert weights["bound"] == pytest.approx(record["largest"], rel=0.01)


def test_the_biases_of_a_feed_forward_in_jax_are_tiny_and_random():
    (drawn,) = {
        record["std"] > 0.0 for (model, name), record in MODELS.items() if name == f"{FC1}.bias" and "jax" in model
    }
    bias = recommended("fc1", **JAX, shape=[768, 192])["bias"]

    assert drawn
    assert bias["std"] == 1e-6
    assert recommended("fc1", **VIT, shape=[768, 192])["bias"]["std"] == 0.0


@pytest.mark.parametrize(("depth", "value"), [(None, 1e-6), (3, 1e-6), (27, 1e-6)])
def test_convnexts_layer_scale_does_not_depend_on_the_depth(depth, value):
    assert MODELS["torchvision ConvNeXt", "features.1.0.layer_scale"]["mean"] == pytest.approx(value)
    assert recommended("LayerScale", shape=[96], depth=depth, **CONVNEXT)["weights"]["parameters"] == {"value": value}


def test_timms_patch_embedding_is_among_the_alternatives():
    """It is PyTorch's default, as init_weights_vit_timm touches linear layers alone."""
    record = MODELS["timm ViT", "patch_embed.proj.weight"]
    answer = ask("PatchEmbed", shape=record["shape"], framework="pytorch", **VIT)
    (alternative,) = (choice for choice in answer["alternatives"] if "timm" in choice["when"])

    assert alternative["weights"]["bound"] == pytest.approx(record["largest"], rel=1e-3)
    assert answer["framework_default"]["weights"]["bound"] == alternative["weights"]["bound"]


GPT_2, LLAMA, BERT, T5 = ({"architecture": name} for name in ("gpt2", "llama", "bert", "t5"))
SQUARE, UP, DOWN = [768, 768], [3072, 768], [768, 3072]
OF_DEPTH = 0.02 / math.sqrt(24.0)
CUT = 0.8796256610342398
"""Of a standard deviation, by a cut at two sigmas."""

# A request, the standard deviation, and where the code has it.
MODERN, STARCODER = ({"architecture": name, "depth": 22} for name in ("modernbert", "starcoder2"))
READ = [
    ("Linear", {**T5, "role": "query", "shape": SQUARE}, (768 * 64) ** -0.5, "mesh transformer/attention.py:439"),
    ("Linear", {**T5, "role": "query", "shape": SQUARE, "heads": 24}, (768 * 32) ** -0.5, "modeling_t5.py:615"),
    ("Linear", {**T5, "role": "key", "shape": SQUARE}, 768**-0.5, "modeling_t5.py:616"),
    ("Linear", {**T5, "role": "value", "shape": SQUARE}, 768**-0.5, "modeling_t5.py:617"),
    ("Linear", {**T5, "role": "attention_output", "shape": [768, 1024]}, 1024**-0.5, "modeling_t5.py:618"),
    ("Linear", {**T5, "role": "mlp_up", "shape": UP}, 768**-0.5, "modeling_t5.py:595"),
    ("Linear", {**T5, "role": "mlp_gate", "shape": UP}, 768**-0.5, "modeling_t5.py:602"),
    ("Linear", {**T5, "role": "mlp_down", "shape": DOWN, "depth": 12}, 3072**-0.5, "modeling_t5.py:608"),
    ("Embedding", {**T5, "shape": [32128, 768]}, 1.0, "modeling_t5.py:577"),
    ("relative_position_bias", {**T5, "shape": [32, 12], "width": 768}, 768**-0.5, "modeling_t5.py:620"),
    ("c_proj", {**GPT_2, "shape": SQUARE, "depth": 12}, OF_DEPTH, "modeling_gpt2.py:449"),
    ("mlp.c_proj", {**GPT_2, "shape": DOWN, "depth": 12}, OF_DEPTH, "modeling_gpt2.py:449"),
    ("c_attn", {**GPT_2, "shape": [2304, 768], "depth": 12}, 0.02, "modeling_gpt2.py:436"),
    ("c_fc", {**GPT_2, "shape": UP, "depth": 12}, 0.02, "modeling_gpt2.py:436"),
    ("wte", {**GPT_2, "shape": [50257, 768]}, 0.02, "modeling_utils.py:2332"),
    *((layer, {**BERT, "shape": SQUARE, "depth": depth, "norm_position": position}, 0.02, "modeling_bert.py:550")
      for layer in ("q_proj", "o_proj") for depth in (None, 12) for position in (None, "post")),
    ("fc2", {**BERT, "shape": DOWN, "depth": 12, "norm_position": "post"}, 0.02, "modeling_bert.py:550"),
    ("o_proj", {"architecture": "roberta", "shape": SQUARE, "depth": 12}, 0.02, "modeling_roberta.py:482"),
    *((layer, {**LLAMA, "shape": shape, "depth": 32}, 0.02, "configuration_llama.py:71")
      for layer, shape in (("q_proj", SQUARE), ("o_proj", SQUARE), ("gate_proj", UP), ("up_proj", UP),
                           ("down_proj", DOWN), ("SwiGLU", DOWN))),
    *(("o_proj", {"architecture": name, "shape": SQUARE, "depth": 32}, 0.02, f"configuration_{name}.py")
      for name in ("mistral", "qwen3", "gemma2", "olmo", "phi", "bloom", "opt", "gpt_neox", "mixtral", "deepseek_v3")),
    ("down_proj", {**STARCODER, "shape": DOWN}, 0.018042, "configuration_starcoder2.py:68"),
    ("embed_tokens", {**STARCODER, "shape": [49152, 768]}, 0.018042, "configuration_starcoder2.py:68"),
    ("wo", {**MODERN, "shape": SQUARE}, CUT * 0.02 / 44**0.5, "modeling_modernbert.py:373"),
    ("Wqkv", {**MODERN, "shape": [2304, 768]}, CUT * 0.02, "modeling_modernbert.py:372"),
    *((layer, {**BERT, "framework": "tensorflow", "layout": "out_in", "shape": SQUARE, "depth": 12}, CUT * 0.02,
       "google-research/bert modeling.py create_initializer") for layer in ("q_proj", "o_proj", "fc1", "fc2")),
    ("RMSNorm", {"architecture": "gemma", "shape": [2048]}, 0.0, "modeling_gemma.py:350"),
    ("Conv1d", {"architecture": "wav2vec2", "shape": [512, 512, 3]}, (2 / 1536) ** 0.5, "modeling_wav2vec2.py:939"),
    ("in_proj", {"architecture": "mamba", "shape": UP}, (3 * 768) ** -0.5, "mamba_ssm/models/mixer_seq_simple.py:55"),
    ("out_proj", {"architecture": "mamba", "shape": [768, 1536], "depth": 24}, (3 * 1536 * 24) ** -0.5,
     "mamba_ssm/models/mixer_seq_simple.py:80"),
    ("Embedding", {"architecture": "mamba", "shape": [50280, 768]}, 0.02, "mamba_ssm/models/mixer_seq_simple.py:62"),
    ("text_projection", {"architecture": "clip", "shape": [512, 512]}, 512**-0.5, "clip/model.py:326"),
    ("q_proj", {"architecture": "clip", "shape": [512, 512]}, 512**-0.5, "clip/model.py:320"),
    ("out_proj", {"architecture": "clip", "shape": [512, 512], "depth": 12}, (512 * 24) ** -0.5, "clip/model.py:321"),
    ("fc1", {"architecture": "clip", "shape": [2048, 512]}, 1024**-0.5, "clip/model.py:322"),
    ("fc2", {"architecture": "clip", "shape": [512, 2048], "depth": 12}, (512 * 24) ** -0.5, "clip/model.py:323"),
    ("wpe", {"architecture": "clip", "shape": [77, 512]}, 0.01, "clip/model.py:301"),
    ("ConvTranspose2d", {"architecture": "dcgan", "shape": [100, 512, 4, 4]}, 0.02,
     "pytorch/examples dcgan/main.py:94"),
    ("Conv2d", {"architecture": "dcgan", "role": "head", "shape": [1, 512, 4, 4]}, 0.02,
     "pytorch/examples dcgan/main.py:94"),
    ("GCNConv", {"shape": [16, 1433]}, (2 / 1449) ** 0.5, "tkipf/gcn gcn/inits.py:13"),
]  # fmt: skip


@pytest.mark.parametrize(("layer", "members", "std", "source"), READ)
def test_it_is_what_the_code_says(layer, members, std, source):
    assert recommended(layer, **members)["weights"]["std"] == pytest.approx(std, rel=1e-9, abs=1e-12), source


def alternatives(layer, **members):
    return {round(choice["weights"]["std"], 9): choice["when"] for choice in ask(layer, **members)["alternatives"]}


@pytest.mark.parametrize(
    ("layer", "members", "std", "whose"),
    [
        # Radford et al. 2019: what practice leaves out, theory has.
        ("o_proj", {**LLAMA, "shape": SQUARE, "depth": 12}, OF_DEPTH, "GPT-2 and Megatron-LM"),
        ("o_proj", {**BERT, "shape": SQUARE, "depth": 12}, OF_DEPTH, "GPT-2 and Megatron-LM"),
        ("down_proj", {**LLAMA, "shape": DOWN, "depth": 12}, 3072**-0.5 / 24**0.5, "theory"),
        # Black et al., arXiv:2204.06745: 2 / (L sqrt(d)).
        ("o_proj", {"architecture": "gpt_neox", "shape": SQUARE, "depth": 12}, 2 / (12 * 768**0.5), "GPT-NeoX"),
        # Wang et al., arXiv:2203.00555: β = (8 N)^(-1/4) for an encoder.
        (
            "o_proj",
            {**BERT, "shape": SQUARE, "depth": 12},
            768**-0.5 * (8 * 12) ** -0.25,
            "multiplies its residual connections by α",
        ),
        ("q_proj", {**T5, "shape": SQUARE}, 768**-0.5, "divided by sqrt(d_k)"),
        ("qkv", {"architecture": "dit", "shape": [2304, 768]}, 768**-0.5, "each be drawn by itself"),
        ("qkv", {**VIT, "shape": [2304, 768]}, 768**-0.5, "MoCo v3"),
        ("fc1", {**VIT, "shape": UP}, CUT * 0.02, "cut at two sigmas"),
        ("in_proj", {"architecture": "mamba", "shape": UP}, 0.1, "transformers"),
        ("PatchEmbed", {**VIT, "shape": [768, 3, 16, 16]}, 0.02, "transformers"),
        ("lm_head", {**T5, "shape": [32128, 768]}, 1.0, "transformers"),
    ],
)
def test_what_others_do_stands_beside_it_with_whose_it_is(layer, members, std, whose):
    found = alternatives(layer, **members)

    assert whose in found.get(round(std, 9), ""), found


@pytest.mark.parametrize("architecture", ["transformer", "gpt", "t5", "llama"])
def test_deepnorm_says_that_the_model_must_be_changed_too(architecture):
    answer = ask("o_proj", architecture=architecture, norm_position="post", depth=24, shape=SQUARE)

    assert choices(answer)[0] == "deepnorm"
    assert any("multiply each residual connection by α" in warning for warning in answer["warnings"])


def test_bert_is_not_taken_for_a_network_with_deepnorm():
    for layer in ("q_proj", "o_proj", "fc1", "fc2"):
        assert choices(ask(layer, **BERT, norm_position="post", depth=24))[0] == "normal"


def test_a_bilinear_layer_is_drawn_by_its_first_input_in_pytorch():
    """torch/nn/modules/linear.py: bound = 1 / sqrt(weight.size(1))."""
    found = ask("Bilinear", framework="pytorch", shape=[40, 20, 30])["framework_default"]

    assert found["weights"]["bound"] == pytest.approx(20**-0.5)
    assert found["bias"]["bound"] == pytest.approx(20**-0.5)


@pytest.mark.parametrize(("architecture", "layer"), [("mamba", "in_proj"), ("mamba2", "in_proj")])
def test_mambas_in_proj_leads_to_no_queries(architecture, layer):
    assert ask(layer, architecture=architecture, shape=UP)["layer"]["role"] == "hidden"
    assert ask(layer, shape=[2304, 768])["layer"]["role"] == "qkv"


def test_the_convolutions_of_a_detectors_heads_are_small():
    """Lin et al., arXiv:1708.02002, section 4.1: all new ones but the last have σ = 0.01 and a bias of 0."""
    recommended = ask("Conv2d", architecture="detector", shape=[256, 256, 3, 3])["recommendation"]

    assert recommended["weights"]["std"] == 0.01
    assert recommended["bias"]["initializer"] == "zeros"


@pytest.mark.parametrize(("channels", "kernel", "groups"), [(768, 128, 16), (512, 128, 16), (64, 3, 1)])
def test_wav2vecs_convolution_of_positions(channels, kernel, groups):
    """fairseq's make_conv_pos: sqrt(4 / (kernel · channels)), whatever the groups."""
    shape = [channels, channels // groups, kernel]
    answer = ask("pos_conv_embed", architecture="wav2vec2", shape=shape, groups=groups)

    assert answer["recommendation"]["weights"]["std"] == pytest.approx((4.0 / (kernel * channels)) ** 0.5)


def test_whispers_encoder_has_sinusoids_and_its_decoder_has_not():
    members = {"architecture": "whisper", "shape": [1500, 384], "framework": "transformers"}
    encoder, decoder = (ask("embed_positions", stack=stack, **members) for stack in ("encoder", "decoder"))

    assert encoder["recommendation"]["weights"]["initializer"] == "sinusoidal"
    assert encoder["framework_default"]["judgement"] == "good"
    assert decoder["recommendation"]["weights"]["initializer"] == "normal"


@pytest.mark.parametrize("role", ["qkv", "mlp_up", "attention_output", "mlp_down"])
def test_the_vision_blocks_of_openais_clip_are_told_apart(role):
    """Its initialize_parameters draws the text's transformer alone."""
    when = [choice["when"] for choice in ask("Linear", architecture="clip", role=role, depth=12)["alternatives"]]

    assert any("vision" in each for each in when)


def test_the_last_convolution_of_a_diffusion_model_starts_at_zero():
    """hojonathanho/diffusion, diffusion_tf/models/unet.py: conv2d(h, name='conv_out', init_scale=0.)."""
    found = ask("conv_out", architecture="diffusion", shape=[4, 320, 3, 3])

    assert choices(found)[0] == "zeros"
    assert found["layer"]["role"] == "regression_head"


def test_a_query_of_reinforcement_learning_is_none_of_attention():
    assert ask("q1.0", architecture="ddpg", shape=[256, 23])["layer"]["role"] != "query"


def test_the_attention_of_a_diffusion_model_is_normalised():
    """Rombach et al., arXiv:2112.10752; ldm/modules/attention.py: x = self.attn1(self.norm1(x)) + x."""
    found = ask("attn1.to_q", architecture="diffusion", shape=[1280, 1280])

    assert found["assumed"]["normalization"] == "layer"
    assert not any("Nothing normalises" in warning for warning in found["warnings"])


def test_the_second_matrix_of_an_adapter_keeps_its_shape():
    assert ask("lora_B", shape=[4096, 8])["layer"]["shape"] == [4096, 8]
    assert ask("lora_A", shape=[8, 4096])["layer"]["shape"] == [8, 4096]
