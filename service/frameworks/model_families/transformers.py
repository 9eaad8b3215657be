"""Hugging Face transformers' models: `_init_weights` of each family, and the configuration that it reads.

A family without an `_init_weights` of its own has the base's, modeling_utils.py:2304: N(0, initializer_range²) for
linear layers, convolutions and embeddings, whose row padding_idx is zeros. Parents draw after their children, so that
what a model's own rule names is drawn anew. Read in transformers 5.24.0, src/transformers, and recorded from it in
tests/frameworks/recorded/transformers_models.json.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from service.frameworks.model_families.family import MATRIX_PARTS, ModelFamily, ModelPart, by_name
from service.frameworks.rules import (
    ALL_ONES,
    ALL_ZEROS,
    BIAS_OF_FAN_IN,
    CUT_FAR_OUT,
    NORMAL_OF_FEATURES,
    STANDARD_NORMAL,
    UNIFORM_OF_FAN_IN,
    TensorContext,
    TensorDefault,
    constant,
    of_matrix,
)
from service.initializers.initializer import Initializer
from service.initializers.position_embeddings import Sinusoidal
from service.initializers.random import NormalInitializer, TruncatedNormalInitializer, UniformInitializer
from service.initializers.residual_branches import ResidualScaledNormal
from service.initializers.state_space import DtBias, MambaALog
from service.initializers.variance_scaling import GlorotUniform, HeNormal
from service.tensors.errors import InvalidParameter
from service.tensors.fans import Geometry, fans

_USUAL_DEPTH = 12
"""Of the configurations' defaults, where a request says none."""
_USUAL_HEAD_SIZE = 64
"""T5's d_kv."""


def _normal(formula: str, std: Callable[[TensorContext], float], *takes: str) -> TensorDefault:
    return TensorDefault(f"N(0, {formula})", lambda context: NormalInitializer(std=std(context)), takes)


def _fan_out(context: TensorContext) -> float:
    return fans(Geometry(context.shape, context.layout)).of("fan_out")


def _layers(context: TensorContext) -> int:
    return context.depth or _USUAL_DEPTH


def _width(context: TensorContext) -> int:
    """Return the model's width. Raises InvalidParameter."""
    if context.width is None:
        raise InvalidParameter("width", "is needed: the model's (d_model), of which the standard deviation is a power")
    return context.width


_OF_FAN_IN = _normal("1/fan_in", lambda context: context.fan_in_of_shape() ** -0.5, "fan_in")
_OF_WIDTH = _normal("1/width", lambda context: _width(context) ** -0.5, "width")

_GPT_2_OUTPUT = TensorDefault(
    "N(0, 0.02²/(2 layers))", lambda context: ResidualScaledNormal(layers=_layers(context)), ("depth",)
)

_T5_QUERY = _normal(
    "1/(width head_size)",
    lambda context: (context.fan_in_of_shape() * (context.head_size or _USUAL_HEAD_SIZE)) ** -0.5,
    "fan_in", "head_size",
)  # fmt: skip

_CLIP_INPUT = _normal(
    "1/(2 width layers)", lambda context: (context.fan_in_of_shape() * 2 * _layers(context)) ** -0.5, "fan_in", "depth"
)
_CLIP_DOWN = _normal("1/(2 width layers)", lambda context: (_fan_out(context) * 2 * _layers(context)) ** -0.5, "depth")
_CLIP_UP = _normal("1/(2 width)", lambda context: (2 * context.fan_in_of_shape()) ** -0.5, "fan_in")


def _cut(formula: str, std: Callable[[TensorContext], float], *takes: str) -> TensorDefault:
    return TensorDefault(
        f"N(0, {formula}), cut at two sigmas",
        lambda context: TruncatedNormalInitializer(std=std(context)),
        takes,
    )


_MODERN_BERT_DEPTH = 22
"""Of its configuration."""
_MODERN_BERT_INPUT = _cut("0.02²", lambda _: 0.02)
_MODERN_BERT_OUTPUT = _cut(
    "0.02²/(2 layers)", lambda context: 0.02 / math.sqrt(2.0 * (context.depth or _MODERN_BERT_DEPTH)), "depth"
)
_MODERN_BERT_HEAD = _cut("1/fan_in", lambda context: context.fan_in_of_shape() ** -0.5, "fan_in")

_GLOROT = of_matrix(GlorotUniform)
_UNCUT = 0.87962566103423978
"""The standard deviation of a normal one that is cut at two sigmas, which this one is not: the bounds are ±2."""
_LECUN = TensorDefault(
    "N(0, 1.29/fan_in), cut at ±2",
    lambda context: TruncatedNormalInitializer(std=context.fan_in_of_shape() ** -0.5 / _UNCUT, bounds="absolute"),
    ("fan_in",),
)
"""lecun_normal_ of transformers/initialization.py:195."""
_TINY = TensorDefault("N(0, 1e-6²)", lambda _: NormalInitializer(std=1e-6))

_UNIT_UNIFORM = TensorDefault("U(0, 1)", lambda _: UniformInitializer())


def _rank_uniform(context: TensorContext) -> Initializer:
    return UniformInitializer(fan_in=context.size(1))


_TIME_STEPS = TensorDefault("softplus⁻¹ of log-uniform", lambda _: DtBias())
_MAMBA: Mapping[ModelPart, TensorDefault] = {
    "attention_output": UNIFORM_OF_FAN_IN,
    "conv": UNIFORM_OF_FAN_IN,
    "dt_proj": TensorDefault("U(±1/sqrt(rank))", _rank_uniform),
    "a_log": TensorDefault("ln 1, ..., ln n", lambda _: MambaALog()),
    "dt_bias": _TIME_STEPS,
}
"""With rescale_prenorm_residual, which is off by default, what ends a branch is divided by sqrt(layers)."""

_ADDED_TO_ONE: Mapping[ModelPart, TensorDefault] = {"normalization": ALL_ZEROS}
"""Of a normalisation that multiplies by 1 + weight."""
_GATED_DELTA: Mapping[ModelPart, TensorDefault] = {
    **_ADDED_TO_ONE, "gated_normalization": ALL_ONES, "dt_bias": ALL_ONES,
}  # fmt: skip
"""Of models whose linear attention has a normalisation of its own, which multiplies by the weight itself."""
_BASE = _normal("0.02²", lambda _: 0.02)
_HYBRID: Mapping[ModelPart, TensorDefault] = {
    "a_log": _MAMBA["a_log"], "dt_bias": ALL_ONES, "dt_proj": _BASE,
}  # fmt: skip
"""Of a Mamba mixer beside attention, whose matrices are drawn as all others are."""

_SINUSOIDS = TensorDefault("sines, then cosines", lambda _: Sinusoidal(order="halves", timescales="inclusive"))


_SCORES: frozenset[ModelPart] = frozenset(("head",))
_OUTPUTS: frozenset[ModelPart] = frozenset(("head", "lm_head"))


def _configured(name: str, title: str, line: int, **members: Any) -> ModelFamily:
    """Return a family that has the base's rule, and says in its configuration how large."""
    return ModelFamily(name, title, f"models/{name}/configuration_{name}.py:{line}", **members)


def _ruled(name: str, title: str, line: int, **members: Any) -> ModelFamily:
    """Return a family with an `_init_weights` of its own."""
    return ModelFamily(name, title, f"models/{name}/modeling_{name}.py:{line}", **members)


_DECODERS = (
    _ruled(
        "gpt2",
        "GPT-2",
        432,
        is_tied=True,
        has_transposed_linears=True,
        weights={"attention_output": _GPT_2_OUTPUT, "mlp_down": _GPT_2_OUTPUT},
        without_biases=_OUTPUTS,
    ),
    _ruled("gptj", "GPT-J", 260, without_biases=_SCORES),
    _ruled("gpt_neo", "GPT-Neo", 365, without_biases=_OUTPUTS, is_tied=True),
    _ruled(
        "gpt_bigcode",
        "GPTBigCode",
        348,
        weights={"attention_output": _GPT_2_OUTPUT, "mlp_down": _GPT_2_OUTPUT},
        without_biases=_OUTPUTS,
        is_tied=True,
    ),
    _configured("gpt_neox", "GPT-NeoX", 71, without_biases=_OUTPUTS),
    _configured("opt", "OPT", 66, padding_rows={"embedding": 1}, without_biases=_OUTPUTS, is_tied=True),
    _configured("bloom", "BLOOM", 62, without_biases=_OUTPUTS, is_tied=True),
    _ruled("falcon", "Falcon", 636, without_biases=_OUTPUTS, is_tied=True),
    _configured("llama", "LLaMA", 71),
    _configured("mistral", "Mistral", 71),
    _configured("qwen2", "Qwen2", 68, without_biases=_OUTPUTS),
    _configured("qwen3", "Qwen3", 70),
    _ruled("qwen2_moe", "Qwen2-MoE", 419, without_biases=_OUTPUTS),
    _ruled("qwen3_moe", "Qwen3-MoE", 371),
    _ruled("qwen3_next", "Qwen3-Next", 956, weights=_GATED_DELTA),
    _ruled("qwen3_5", "Qwen3.5", 927, weights=_GATED_DELTA),
    _configured("phi", "Phi", 73, without_biases=_SCORES),
    _configured("phi3", "Phi-3", 72, padding_rows={"embedding": 32000}),
    _configured("olmo", "OLMo", 74, padding_rows={"embedding": 1}),
    _configured("olmo2", "OLMo 2", 77, padding_rows={"embedding": 1}),
    _ruled("olmo3", "OLMo 3", 351, padding_rows={"embedding": 1}),
    _ruled("olmoe", "OLMoE", 414, padding_rows={"embedding": 1}),
    _configured("ministral", "Ministral", 74),
    _configured("ministral3", "Ministral 3", 82, padding_rows={"embedding": 11}),
    _configured("smollm3", "SmolLM3", 79, padding_rows={"embedding": 128004}, is_tied=True),
    _configured("granite", "Granite", 71),
    _ruled("nemotron", "Nemotron", 355, std=0.0134),
    _configured("glm", "GLM", 65, padding_rows={"embedding": 151329}, without_biases=_OUTPUTS),
    _configured("glm4", "GLM-4", 65, padding_rows={"embedding": 151329}, without_biases=_OUTPUTS),
    _configured("cohere", "Cohere", 75, padding_rows={"embedding": 0}, is_tied=True),
    _configured("cohere2", "Cohere 2", 74, padding_rows={"embedding": 0}, is_tied=True),
    _ruled("llama4", "LLaMA 4", 457),
    _ruled("gpt_oss", "GPT-OSS", 398, biases={"router": _BASE}, without_biases=_OUTPUTS),
    _ruled("jamba", "Jamba", 820, weights={**_HYBRID, "dt_bias": ALL_ZEROS}, padding_rows={"embedding": 0}),
    _ruled("bamba", "Bamba", 919, weights=_HYBRID, padding_rows={"embedding": 0}),
    _ruled("falcon_h1", "Falcon-H1", 1004, weights=_HYBRID, padding_rows={"embedding": 0}),
    _configured("stablelm", "StableLM", 52),
    _configured("starcoder2", "StarCoder2", 68, std=0.018042, without_biases=_OUTPUTS, is_tied=True),
    _ruled("gemma", "Gemma", 346, weights=_ADDED_TO_ONE, padding_rows={"embedding": 0}, is_tied=True),
    _ruled("gemma2", "Gemma 2", 363, weights=_ADDED_TO_ONE, padding_rows={"embedding": 0}, is_tied=True),
    _ruled("gemma3", "Gemma 3", 424, weights=_ADDED_TO_ONE, padding_rows={"embedding": 0}, is_tied=True),
    _ruled("gemma3n", "Gemma 3n", 1343, padding_rows={"embedding": 0}, is_tied=True),
    _ruled("gemma4", "Gemma 4", 1455, padding_rows={"embedding": 0}, is_tied=True),
    _ruled("mixtral", "Mixtral", 388),
    _ruled("deepseek_v2", "DeepSeek-V2", 485),
    _ruled("deepseek_v3", "DeepSeek-V3", 554),
    _ruled("mamba", "Mamba", 542, std=0.1, weights=_MAMBA, biases={"dt_proj": _TIME_STEPS}, is_tied=True),
    _ruled("falcon_mamba", "FalconMamba", 581, std=0.1, weights=_MAMBA, biases={"dt_proj": _TIME_STEPS}, is_tied=True),
    _ruled("mamba2", "Mamba-2", 662, std=0.1, weights=_MAMBA),
)

_ENCODERS = (
    _ruled("bert", "BERT", 550, padding_rows={"embedding": 0}, is_tied=True),
    _ruled("roberta", "RoBERTa", 482, padding_rows={"embedding": 1, "positional_embedding": 1}, is_tied=True),
    _ruled("distilbert", "DistilBERT", 299, padding_rows={"embedding": 0}, is_tied=True),
    _ruled("electra", "ELECTRA", 521, padding_rows={"embedding": 0}, is_tied=True),
    _ruled("albert", "ALBERT", 300, padding_rows={"embedding": 0}, is_tied=True),
    _ruled("deberta", "DeBERTa", 602, padding_rows={"embedding": 0}, is_tied=True),
    _ruled("deberta_v2", "DeBERTa-v2", 684, padding_rows={"embedding": 0}, is_tied=True),
    _ruled("xlnet", "XLNet", 633, is_tied=True),
    _ruled(
        "modernbert",
        "ModernBERT",
        340,
        is_tied=True,
        weights={
            **dict.fromkeys(
                ("dense", "embedding", "qkv", "query", "key", "value", "mlp_up", "mlp_gate"), _MODERN_BERT_INPUT
            ),
            **dict.fromkeys(("attention_output", "mlp_down", "prediction_head", "lm_head"), _MODERN_BERT_OUTPUT),
            "head": _MODERN_BERT_HEAD,
        },
    ),
)

_ENCODER_DECODERS = (
    _ruled(
        "t5",
        "T5",
        567,
        std=1.0,
        is_tied=True,
        weights={
            **dict.fromkeys(
                ("dense", "key", "value", "qkv", "attention_output", "mlp_up", "mlp_gate", "mlp_down", "head"),
                _OF_FAN_IN,
            ),
            "query": _T5_QUERY,
            "relative_position_bias": _OF_WIDTH,
        },
    ),
    _ruled(
        "whisper",
        "Whisper",
        527,
        weights={"encoder_positions": _SINUSOIDS},
        padding_rows={"embedding": 50256},
        is_tied=True,
    ),
    _configured("mbart", "mBART", 65, padding_rows={"embedding": 1}, is_tied=True),
    _configured("bart", "BART", 63, padding_rows={"embedding": 1}, is_tied=True),
    _ruled(
        "hubert",
        "HuBERT",
        586,
        weights={
            "conv": of_matrix(HeNormal),
            # As in wav2vec 2.0.
            "position_conv": UNIFORM_OF_FAN_IN,
            "mask_token": _UNIT_UNIFORM,
            "feature_projection": _normal("0.02²", lambda _: 0.02),
        },
    ),
    _ruled(
        "wav2vec2",
        "wav2vec 2.0",
        915,
        weights={
            "conv": of_matrix(HeNormal),
            "feature_projection": UNIFORM_OF_FAN_IN,
            # It draws what weight normalisation computes, which stays as PyTorch started it.
            "position_conv": UNIFORM_OF_FAN_IN,
            "projection_head": UNIFORM_OF_FAN_IN,
            "quantizer": STANDARD_NORMAL,
            "codevectors": _UNIT_UNIFORM,
            "mask_token": _UNIT_UNIFORM,
        },
        biases=dict.fromkeys(("conv", "feature_projection", "projection_head"), BIAS_OF_FAN_IN),
    ),
)

_SIGLIP: Mapping[ModelPart, TensorDefault] = {
    **dict.fromkeys(("query", "key", "value", "qkv", "attention_output", "mlp_up", "mlp_down", "class_token"), _GLOROT),
    **dict.fromkeys(("dense", "conv", "patch_embedding", "projection_head"), _LECUN),
    **dict.fromkeys(("embedding", "positional_embedding"), NORMAL_OF_FEATURES),
    "head": _OF_FAN_IN,
    "logit_scale": ALL_ZEROS,
}
_SIGLIP_BIASES: Mapping[ModelPart, TensorDefault] = dict.fromkeys(("mlp_up", "mlp_down"), _TINY)

_IMAGES = (
    _ruled(
        "vit", "ViT", 323,
        weights={"class_token": CUT_FAR_OUT, "positional_embedding": CUT_FAR_OUT, "mask_token": ALL_ZEROS},
    ),
    _ruled(
        "deit", "DeiT", 313,
        weights=dict.fromkeys(("class_token", "positional_embedding", "mask_token"), ALL_ZEROS),
    ),
    _ruled(
        "dinov2", "DINOv2", 348,
        weights={
            **dict.fromkeys((*MATRIX_PARTS, "class_token", "positional_embedding"), CUT_FAR_OUT),
            "mask_token": ALL_ZEROS,
            "layer_scale": constant(1.0),
        },
    ),
    _ruled(
        "vit_mae", "ViT-MAE", 602,
        # The rule for its embeddings ends at once, because the patch embedding is drawn before them.
        weights=dict.fromkeys(("class_token", "positional_embedding", "mask_token"), ALL_ZEROS),
    ),
    _ruled(
        "dinov3_vit", "DINOv3", 474,
        weights={
            **dict.fromkeys((*MATRIX_PARTS, "class_token"), CUT_FAR_OUT), "mask_token": ALL_ZEROS,
            "layer_scale": constant(1.0),
        },
    ),
    _ruled(
        "swinv2", "Swin V2", 873,
        weights={
            **dict.fromkeys(("positional_embedding", "mask_token"), ALL_ZEROS),
            "logit_scale": constant(math.log(10.0)),
        },
    ),
    _ruled(
        "swin", "Swin", 739,
        weights=dict.fromkeys(("relative_position_bias", "positional_embedding", "mask_token"), ALL_ZEROS),
    ),
    _ruled(
        "clip", "CLIP", 409,
        weights={
            **dict.fromkeys(("query", "key", "value", "qkv"), _CLIP_INPUT),
            "attention_output": _OF_FAN_IN,
            "mlp_up": _CLIP_UP,
            "mlp_down": _CLIP_DOWN,
            "projection_head": _OF_FAN_IN,
            "head": _OF_FAN_IN,
            "class_token": NORMAL_OF_FEATURES,
            "logit_scale": constant(2.6592),
        },
    ),
    _ruled(
        "resnet", "ResNet", 268,
        weights={
            "conv": of_matrix(HeNormal, "He's normal by fan_out", mode="fan_out"),
            **dict.fromkeys(("dense", "head"), UNIFORM_OF_FAN_IN),
        },
        biases=dict.fromkeys(("dense", "head"), BIAS_OF_FAN_IN),
    ),
    _ruled("convnext", "ConvNeXt", 201, weights={"layer_scale": constant(1e-6)}),
    _configured("detr", "DETR", 82),
    _ruled("convnextv2", "ConvNeXt V2", 221),
    _ruled(
        "beit", "BEiT", 467,
        weights={
            **dict.fromkeys(
                ("class_token", "positional_embedding", "mask_token", "relative_position_bias"), ALL_ZEROS
            ),
            "layer_scale": constant(0.1),
        },
    ),
    _ruled("siglip", "SigLIP", 382, weights=_SIGLIP, biases=_SIGLIP_BIASES),
    _ruled("siglip2", "SigLIP 2", 395, weights=_SIGLIP, biases=_SIGLIP_BIASES),
)  # fmt: skip

TRANSFORMERS_MODELS = by_name(*_DECODERS, *_ENCODERS, *_ENCODER_DECODERS, *_IMAGES)
"""By the folder under src/transformers/models."""
