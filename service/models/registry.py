"""All families, by the `model_type` of their configurations."""

from __future__ import annotations

from collections.abc import Mapping

from service.likeness import did_you_mean, nearest_names
from service.models.architecture import Architecture, Family
from service.models.bert import bert, distilbert, roberta
from service.models.bloom import bloom
from service.models.clip import clip
from service.models.config import Config, InvalidConfig
from service.models.convnext import convnext
from service.models.deepseek_v3 import deepseek_v3
from service.models.falcon import falcon
from service.models.gpt2 import gpt2
from service.models.gpt_neox import gpt_neox
from service.models.llama import LLAMA_FAMILIES
from service.models.mamba import mamba, mamba2
from service.models.modernbert import modernbert
from service.models.opt import opt
from service.models.resnet import TORCHVISION, resnet
from service.models.swin import swin
from service.models.t5 import t5
from service.models.vit import dinov2, vit
from service.models.whisper import whisper

FAMILIES: Mapping[str, Family] = {
    "gpt2": gpt2, "gpt_neox": gpt_neox, **LLAMA_FAMILIES, "opt": opt, "bloom": bloom, "falcon": falcon,
    "deepseek_v3": deepseek_v3, "mamba": mamba, "mamba2": mamba2, "bert": bert, "roberta": roberta,
    "distilbert": distilbert, "modernbert": modernbert, "t5": t5, "whisper": whisper, "vit": vit, "deit": vit,
    "dinov2": dinov2, "swin": swin, "convnext": convnext, "resnet": resnet, "clip": clip,
}  # fmt: skip


HEADS: Mapping[str, tuple[str, ...]] = {
    "gpt2": ("GPT2Model", "GPT2LMHeadModel"),
    "gpt_neox": ("GPTNeoXModel", "GPTNeoXForCausalLM"),
    "llama": ("LlamaModel", "LlamaForCausalLM"),
    "mistral": ("MistralModel", "MistralForCausalLM"),
    "qwen2": ("Qwen2Model", "Qwen2ForCausalLM"),
    "qwen3": ("Qwen3Model", "Qwen3ForCausalLM"),
    "gemma": ("GemmaModel", "GemmaForCausalLM"),
    "gemma2": ("Gemma2Model", "Gemma2ForCausalLM"),
    "gemma3_text": ("Gemma3TextModel", "Gemma3ForCausalLM"),
    "mixtral": ("MixtralModel", "MixtralForCausalLM"),
    "phi3": ("Phi3Model", "Phi3ForCausalLM"),
    "opt": ("OPTModel", "OPTForCausalLM"),
    "bloom": ("BloomModel", "BloomForCausalLM"),
    "falcon": ("FalconModel", "FalconForCausalLM"),
    "deepseek_v3": ("DeepseekV3Model", "DeepseekV3ForCausalLM"),
    "mamba": ("MambaModel", "MambaForCausalLM"),
    "mamba2": ("Mamba2Model", "Mamba2ForCausalLM"),
    "bert": ("BertModel", "BertForMaskedLM"),
    "roberta": ("RobertaModel", "RobertaForMaskedLM"),
    "distilbert": ("DistilBertModel", "DistilBertForMaskedLM"),
    "modernbert": ("ModernBertModel", "ModernBertForMaskedLM"),
    "t5": ("T5Model", "T5ForConditionalGeneration"),
    "whisper": ("WhisperModel", "WhisperForConditionalGeneration"),
    "vit": ("ViTModel", "ViTForImageClassification"),
    "deit": ("DeiTModel", "DeiTForImageClassification"),
    "dinov2": ("Dinov2Model", "Dinov2ForImageClassification"),
    "swin": ("SwinModel", "SwinForImageClassification"),
    "convnext": ("ConvNextModel", "ConvNextForImageClassification"),
    "resnet": ("ResNetModel", "ResNetForImageClassification", TORCHVISION),
    "clip": ("CLIPModel",),
}
"""The classes of each family whose tensors are known, the one without a head first."""


class UnknownFamily(LookupError):
    """A `model_type` that is that of no family."""

    def __init__(self, name: str) -> None:
        meant = did_you_mean(nearest_names(name, FAMILIES, 2), ".")
        super().__init__(f"no family of models is called {name!r}{meant} There are {', '.join(sorted(FAMILIES))}")


def architecture_of(config: Config) -> Architecture:
    """Return the tensors of the model of a configuration. Raises UnknownFamily and InvalidConfig."""
    if config.model_type not in FAMILIES:
        raise UnknownFamily(config.model_type[:64])
    known = HEADS[config.model_type]
    if config.architecture and config.architecture not in known:
        detail = f"{config.architecture[:64]} is not made; of {config.model_type} there are {', '.join(known)}"
        raise InvalidConfig("architectures", detail)
    return FAMILIES[config.model_type](config)
