"""All families, by the `model_type` of their configurations."""

from __future__ import annotations

from collections.abc import Mapping

from service.likeness import did_you_mean, nearest_names
from service.models.architecture import Architecture, Family
from service.models.bert import bert, distilbert, roberta
from service.models.bloom import bloom
from service.models.clip import clip, clip_text_model, clip_vision_model
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
    "clip_text_model": clip_text_model, "clip_vision_model": clip_vision_model,
}  # fmt: skip


HEADS: Mapping[str, tuple[str, ...]] = {
    "gpt2": ("GPT2Model", "GPT2LMHeadModel", "GPT2ForSequenceClassification"),
    "gpt_neox": ("GPTNeoXModel", "GPTNeoXForCausalLM", "GPTNeoXForSequenceClassification"),
    "llama": ("LlamaModel", "LlamaForCausalLM", "LlamaForSequenceClassification"),
    "mistral": ("MistralModel", "MistralForCausalLM", "MistralForSequenceClassification"),
    "qwen2": ("Qwen2Model", "Qwen2ForCausalLM", "Qwen2ForSequenceClassification"),
    "qwen3": ("Qwen3Model", "Qwen3ForCausalLM", "Qwen3ForSequenceClassification"),
    "olmo2": ("Olmo2Model", "Olmo2ForCausalLM"),
    "gemma": ("GemmaModel", "GemmaForCausalLM", "GemmaForSequenceClassification"),
    "gemma2": ("Gemma2Model", "Gemma2ForCausalLM", "Gemma2ForSequenceClassification"),
    "gemma3_text": ("Gemma3TextModel", "Gemma3ForCausalLM", "Gemma3TextForSequenceClassification"),
    "mixtral": ("MixtralModel", "MixtralForCausalLM", "MixtralForSequenceClassification"),
    "phi3": ("Phi3Model", "Phi3ForCausalLM", "Phi3ForSequenceClassification"),
    "opt": ("OPTModel", "OPTForCausalLM", "OPTForSequenceClassification"),
    "bloom": ("BloomModel", "BloomForCausalLM", "BloomForSequenceClassification"),
    "falcon": ("FalconModel", "FalconForCausalLM", "FalconForSequenceClassification"),
    "deepseek_v3": ("DeepseekV3Model", "DeepseekV3ForCausalLM"),
    "mamba": ("MambaModel", "MambaForCausalLM"),
    "mamba2": ("Mamba2Model", "Mamba2ForCausalLM"),
    "bert": ("BertModel", "BertForMaskedLM", "BertForSequenceClassification"),
    "roberta": ("RobertaModel", "RobertaForMaskedLM", "RobertaForSequenceClassification"),
    "distilbert": ("DistilBertModel", "DistilBertForMaskedLM", "DistilBertForSequenceClassification"),
    "modernbert": ("ModernBertModel", "ModernBertForMaskedLM"),
    "t5": ("T5Model", "T5ForConditionalGeneration"),
    "whisper": ("WhisperModel", "WhisperForConditionalGeneration"),
    "vit": ("ViTModel", "ViTForImageClassification"),
    "deit": ("DeiTModel", "DeiTForImageClassification"),
    "dinov2": ("Dinov2Model", "Dinov2ForImageClassification"),
    "swin": ("SwinModel", "SwinForImageClassification"),
    "convnext": ("ConvNextModel", "ConvNextForImageClassification"),
    "resnet": ("ResNetModel", "ResNetForImageClassification", TORCHVISION),
    "clip": ("CLIPModel", "CLIPForImageClassification"),
    "clip_text_model": ("CLIPTextModel", "CLIPTextModelWithProjection"),
    "clip_vision_model": ("CLIPVisionModel", "CLIPVisionModelWithProjection"),
}
"""The classes of each family whose tensors are known, the one without a head first."""


class UnknownFamily(LookupError):
    """A `model_type` that is that of no family."""

    def __init__(self, name: str, of_text: str = "") -> None:
        """`of_text` is the family of what reads text in a model that reads more, where that is known."""
        meant = did_you_mean(nearest_names(name, FAMILIES, 2), ".")
        if of_text:
            meant = f", but what reads its text is {of_text}: send its text_config alone."
        super().__init__(f"no family of models is called {name!r}{meant} There are {', '.join(sorted(FAMILIES))}")


def architecture_of(config: Config) -> Architecture:
    """Return the tensors of the model of a configuration. Raises UnknownFamily and InvalidConfig."""
    if config.model_type not in FAMILIES:
        raise UnknownFamily(config.model_type[:64], _family_of_text(config))
    known = HEADS[config.model_type]
    if config.architecture and config.architecture not in known:
        detail = f"{config.architecture[:64]} is not made; of {config.model_type} there are {', '.join(known)}"
        raise InvalidConfig("architectures", detail)
    return FAMILIES[config.model_type](config)


def _family_of_text(config: Config) -> str:
    """Return the known family of the part of a model that reads text; empty where there is none."""
    members = config.members.get("text_config")
    told = members.get("model_type") if isinstance(members, dict) else None
    candidates = (told, f"{config.model_type}_text")
    return next((name for name in candidates if isinstance(name, str) and name in FAMILIES), "")
