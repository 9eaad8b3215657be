"""What is usual in families of networks."""

from __future__ import annotations

from typing import get_args

import pytest

from service.activations.names import find_activation
from service.advice.layer.architectures import ARCHITECTURES, architectures_of
from service.advice.layer.description import ArchitectureName
from tests.advice.asking import ask

# What follows a hidden layer, what normalises it, whether it is in a residual branch.
USUAL = {
    "mlp": ("relu", "none", False),
    "resnet": ("relu", "batch", True),
    "densenet": ("relu", "batch", False),
    "unet": ("relu", "batch", False),
    "efficientnet": ("silu", "batch", True),
    "transformer": ("gelu", "layer", True),
    "gpt": ("gelu", "layer", True),
    "bert": ("gelu", "layer", True),
    "vit": ("gelu", "layer", True),
    "clip": ("gelu", "layer", True),
    "dit": ("gelu", "layer", True),
    "moe": ("relu", "layer", True),
    "llama": ("silu", "rms", True),
    "t5": ("relu", "rms", True),
    "diffusion": ("silu", "none", False),
    "siren": ("siren", "none", False),
    "pinn": ("tanh", "none", False),
    "actor_critic": ("tanh", "none", False),
    "linear_model": ("linear", "none", False),
    # hidden_act of the configurations in transformers, and the class of their normalisations.
    **dict.fromkeys(
        ("gpt2", "gptj", "gpt_neox", "bloom", "falcon", "phi", "starcoder2", "roberta", "modernbert", "whisper",
         "wav2vec2", "deit", "dinov2", "swin", "convnext", "distilbert", "electra", "albert", "deberta", "deberta_v2",
         "xlnet", "bart", "gpt_neo", "gpt_bigcode", "hubert", "siglip", "beit", "mixer", "convnextv2", "maxvit",
         "vit_mae", "dinov3_vit", "swinv2", "siglip2", "mbart"),
        ("gelu", "layer", True),
    ),
    "opt": ("relu", "layer", True),
    "detr": ("relu", "layer", True),
    "nemotron": ("squared_relu", "layer", True),
    **dict.fromkeys(
        ("mistral", "qwen2", "qwen3", "phi3", "olmo2", "mixtral", "deepseek_v3", "mamba", "mamba2",
         "qwen2_moe", "qwen3_moe", "qwen3_next", "qwen3_5", "olmo3", "olmoe", "ministral", "ministral3", "smollm3",
         "granite", "glm", "glm4", "llama4", "gpt_oss", "jamba", "bamba", "falcon_h1", "falcon_mamba", "deepseek_v2"),
        ("silu", "rms", True),
    ),
    **dict.fromkeys(("olmo", "stablelm", "cohere", "cohere2"), ("silu", "layer", True)),
    **dict.fromkeys(("gemma", "gemma2", "gemma3", "gemma3n", "gemma4"), ("gelu", "rms", True)),
    "mobilenet": ("relu6", "batch", True),
    **dict.fromkeys(("inception", "googlenet"), ("relu", "batch", False)),
    **dict.fromkeys(("regnet", "mnasnet"), ("relu", "batch", True)),
}  # fmt: skip
HEADS_TOO = {"siren", "pinn", "actor_critic"}


def test_every_architecture_that_a_description_may_name_is_known():
    assert {*ARCHITECTURES} == {*get_args(ArchitectureName)}


@pytest.mark.parametrize("traits", ARCHITECTURES.values(), ids=ARCHITECTURES)
def test_an_architecture_has_a_known_activation(traits):
    assert find_activation(traits.activation).name == traits.activation


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_what_is_usual_is_assumed(architecture):
    activation, normalization, is_residual = USUAL.get(architecture, USUAL["mlp"])
    layer = "conv" if normalization == "batch" else "dense"
    hidden, head = ask(layer, architecture=architecture), ask("head", architecture=architecture)

    assert hidden["assumed"]["activation"] == activation
    assert hidden["assumed"]["normalization"] == normalization
    assert hidden["assumed"]["residual"] == is_residual
    assert head["assumed"]["activation"] == (activation if architecture in HEADS_TOO else "linear")
    assert not head["assumed"]["residual"]


@pytest.mark.parametrize("role", ["query", "qkv", "attention_output", "mlp_up", "mlp_gate", "mlp_down"])
def test_the_roles_of_a_transformers_layers_imply_one(role):
    answer = ask("dense", role=role)

    assert (answer["assumed"]["normalization"], answer["assumed"]["residual"]) == ("layer", True)


@pytest.mark.parametrize(("layer", "activation"), [("lstm", "tanh"), ("embedding", "linear"), ("graph", "relu")])
def test_some_layers_have_a_usual_activation_of_their_own(layer, activation):
    assert ask(layer)["assumed"]["activation"] == activation


def test_a_position_of_the_normalisation_implies_skips():
    assert ask("dense", norm_position="pre")["assumed"]["residual"]
    assert ask("dense", role="residual_last")["assumed"]["residual"]
    assert not ask("dense")["assumed"]["residual"]


TRANSFORMERS = {"transformer", "gpt", "bert", "vit", "clip", "dit", "moe", "llama", "t5"}


@pytest.mark.parametrize(
    ("name", "kinds"), [("gpt2", ("gpt2", "gpt")), ("gpt", ("gpt",)), ("convnext", ("convnext",)), (None, ())]
)
def test_a_family_of_models_is_of_a_kind_of_network(name, kinds):
    assert architectures_of(name) == kinds


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_the_embedding_of_a_transformer_is_known_as_one(architecture):
    rule = ask("embedding", architecture=architecture)["recommendation"]["rule"]

    is_of_transformer = not TRANSFORMERS.isdisjoint(architectures_of(architecture))
    assert (rule not in {"embedding", "convex"}) == (is_of_transformer or rule == "own_code")
