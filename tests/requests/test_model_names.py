"""Families of models by the names of their checkpoints: none is taken for another."""

from __future__ import annotations

import pytest

from service.advice.layer.description import LayerDescription
from service.requests.spellings.model import choices_of

# What each name's config.json at the Hub says as model_type, where it has one; and names that papers use.
FAMILIES = {
    "qwen3_next": "qwen3_next Qwen/Qwen3-Next-80B-A3B-Instruct Qwen3Next",
    "qwen3": "Qwen/Qwen3-8B",
    "qwen3_moe": "Qwen/Qwen3-30B-A3B Qwen/Qwen3-Coder-30B-A3B-Instruct Qwen3Moe",
    "qwen2": "Qwen/Qwen2.5-7B Qwen1.5-7B DeepSeek-R1-Distill-Qwen-7B",
    "qwen2_moe": "Qwen2-57B-A14B",
    "qwen3_5": "Qwen3.5-9B",
    "gemma": "google/gemma-7b gemma-1.1-7b-it codegemma-7b",
    "gemma2": "google/gemma-2-9b-it",
    "gemma3": "google/gemma-3-4b-it",
    "gemma3n": "google/gemma-3n-E4B-it",
    "gemma4": "gemma-4-31b google/gemma-4-26b-a4b",
    "llama": "meta-llama/Llama-3.1-8B Llama-2-7b-hf llama-7b Falcon3-7B-Base deepseek-llm-7b-base SmolLM2-135M",
    "llama4": "meta-llama/Llama-4-Scout-17B-16E",
    "mistral": "mistralai/Mistral-7B-v0.1 mistralai/Mistral-Large-Instruct-2407",
    "ministral": "Ministral-8B-Instruct-2410",
    "mixtral": "Mixtral-8x7B-v0.1",
    "phi": "microsoft/phi-2 phi-1_5",
    "phi3": "microsoft/Phi-3-mini-4k-instruct microsoft/Phi-3.5-mini-instruct phi-4",
    "olmo": "allenai/OLMo-7B",
    "olmo2": "allenai/OLMo-2-1124-7B",
    "olmo3": "Olmo-3-7B",
    "olmoe": "OLMoE-1B-7B-0924",
    "falcon": "tiiuae/falcon-7b",
    "falcon_mamba": "falcon-mamba-7b",
    "falcon_h1": "Falcon-H1-1B",
    "gpt_oss": "openai/gpt-oss-20b",
    "deepseek_v3": "deepseek-ai/DeepSeek-V3 DeepSeek-V3.1 DeepSeek-R1",
    "deepseek_v2": "DeepSeek-V2-Lite",
    "smollm3": "HuggingFaceTB/SmolLM3-3B",
    "granite": "ibm-granite/granite-3.1-8b",
    "mamba": "state-spaces/mamba-130m mamba-2.8b",
    "mamba2": "mamba2",
    "dinov2": "facebook/dinov2-base",
    "dinov3_vit": "dinov3-vits16",
    "vit_mae": "facebook/vit-mae-base mae",
    "vit": "google/vit-base-patch16-224 vit-b/16 vit-h-14",
    "resnet": "resnet50 wide_resnet50_2",
    "vgg": "vgg16",
    "bert": "bert-base-uncased",
    "t5": "t5-v1_1-base google/flan-t5-base",
    "swinv2": "microsoft/swinv2-tiny",
    "swin": "swin-tiny",
    "siglip2": "google/siglip2-base",
    "siglip": "google/siglip-so400m",
    "wav2vec2": "wav2vec2-base",
    "efficientnet": "efficientnet-b0",
    "mobilenet": "mobilenet_v2",
    "gpt2": "gpt2-xl",
    "gpt": "gpt3",
    "detr": "detr-resnet-50 facebook/detr",
    "glm4": "glm-4-9b",
    "stablelm": "stablelm-2-1_6b",
    "starcoder2": "starcoder2-3b",
    "cohere": "command-r",
    "deberta_v2": "deberta-v3-large",
    "convnext": "convnext-tiny",
    "whisper": "whisper-large-v3",
    "gpt_neox": "gpt-neox-20b EleutherAI/pythia-70m",
    "bamba": "bamba-9b",
    "jamba": "ai21labs/Jamba-v0.1",
    "nemotron": "nemotron-4 nvidia/Nemotron-4-340B-Base",
    "roberta": "xlm-roberta-base",
    "regnet": "regnety_16gf",
    "inception": "inception_v3",
}
OTHERS = [
    "Qwen/Qwen3-VL-8B",
    "Qwen/Qwen2.5-VL-7B",
    "Qwen/Qwen1.5-MoE-A2.7B",
    "qwen4",
    "gemma5",
    "gemma-5-9b",
    "llama5",
    "Llama-3.2-11B-Vision",
    "mistral4",
    "Phi-3.5-MoE-instruct",
    "Phi-4-multimodal-instruct",
    "olmo4",
    "deepseek-v4",
    "deepseek-vl",
    "mamba3",
    "bert-generation",
    "wav2vec2-bert",
    "glm-4.5",
    "Qwen3VL",
    "nemotron_h",
    "nvidia/Nemotron-H-8B-Base-8K",
    "nvidia/NVIDIA-Nemotron-Nano-9B-v2",
    "nemotron-3-nano-30b-a3b",
    "nemotron3_diarization",
    "mistral_large4",
    "granite_swa",
    "xlm-roberta-xl",
    "Qwen3.5-35B-A3B",
]
"""Of families that are not described, and begin as those that are."""

CHOICES = choices_of(LayerDescription)["architecture"]


@pytest.mark.parametrize(
    ("family", "name"), [(family, name) for family in FAMILIES for name in FAMILIES[family].split()]
)
def test_a_checkpoints_name_says_its_family(family, name):
    assert CHOICES.find(name) == family


@pytest.mark.parametrize("name", OTHERS)
def test_a_family_that_is_not_described_is_not_taken_for_one_that_it_begins_as(name):
    assert CHOICES.find(name) is None
    assert "leave architecture out" in CHOICES.hint(name)
