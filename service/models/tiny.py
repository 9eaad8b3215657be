"""A tiny model of each family: two layers, a megabyte or two in float32, a vocabulary of bytes and special tokens."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_VOCABULARY = {"vocab_size": 272}
"""256 bytes, and room for the special tokens."""

_LAYERS = {"hidden_size": 128, "intermediate_size": 256, "num_hidden_layers": 2, "num_attention_heads": 4}
_TEXT = {**_LAYERS, **_VOCABULARY, "max_position_embeddings": 512}
_GROUPED = {**_TEXT, "num_key_value_heads": 2}
_HEADS_APART = {**_GROUPED, "head_dim": 32}
_IMAGE = {"image_size": 32, "patch_size": 8}
_TOWER = {"hidden_size": 96, "intermediate_size": 192, "num_hidden_layers": 2, "num_attention_heads": 4}
_CLIP_ENDS = {"pad_token_id": 256, "bos_token_id": 257, "eos_token_id": 258}
_END = {"bos_token_id": 256, "eos_token_id": 256}

_MODELS: tuple[tuple[str, str, int, dict[str, Any]], ...] = (
    (
        "gpt2",
        "GPT2LMHeadModel",
        497_152,
        {"n_embd": 128, "n_layer": 2, "n_head": 4, "n_positions": 512, **_VOCABULARY, **_END},
    ),
    ("gpt_neox", "GPTNeoXForCausalLM", 334_848, _TEXT),
    ("llama", "LlamaForCausalLM", 365_184, _GROUPED),
    ("mistral", "MistralForCausalLM", 365_184, _GROUPED),
    ("qwen2", "Qwen2ForCausalLM", 365_696, {**_GROUPED, "eos_token_id": 256}),
    ("qwen3", "Qwen3ForCausalLM", 365_312, {**_HEADS_APART, "eos_token_id": 256}),
    ("olmo2", "Olmo2ForCausalLM", 365_568, {**_GROUPED, "eos_token_id": 256}),
    ("gemma", "GemmaForCausalLM", 330_368, _HEADS_APART),
    ("gemma2", "Gemma2ForCausalLM", 330_880, _HEADS_APART),
    ("gemma3_text", "Gemma3ForCausalLM", 331_008, _HEADS_APART),
    ("mixtral", "MixtralForCausalLM", 464_512, {**_GROUPED, "intermediate_size": 96, "num_local_experts": 4}),
    ("phi3", "Phi3ForCausalLM", 365_184, {**_GROUPED, "pad_token_id": 0, "bos_token_id": 1, "eos_token_id": 2}),
    (
        "opt",
        "OPTForCausalLM", 365_824,
        {
            "hidden_size": 128,
            "ffn_dim": 256,
            "num_hidden_layers": 2,
            "num_attention_heads": 4,
            "word_embed_proj_dim": 128,
            "max_position_embeddings": 512,
            **_VOCABULARY,
        },
    ),
    ("bloom", "BloomForCausalLM", 431_872, {"hidden_size": 128, "n_layer": 2, "n_head": 4, **_VOCABULARY}),
    (
        "falcon",
        "FalconForCausalLM", 379_648,
        {"hidden_size": 128, "num_hidden_layers": 2, "num_attention_heads": 4, **_VOCABULARY},
    ),
    (
        "deepseek_v3",
        "DeepseekV3ForCausalLM", 452_392,
        {
            **_TEXT,
            "num_key_value_heads": 4,
            "n_routed_experts": 8,
            "n_shared_experts": 1,
            "moe_intermediate_size": 64,
            "first_k_dense_replace": 1,
            "num_experts_per_tok": 2,
            "n_group": 2,
            "topk_group": 1,
            "kv_lora_rank": 32,
            "q_lora_rank": 48,
            "qk_nope_head_dim": 16,
            "qk_rope_head_dim": 16,
            "v_head_dim": 16,
        },
    ),
    ("mamba", "MambaForCausalLM", 268_160, {"hidden_size": 128, "num_hidden_layers": 2, **_VOCABULARY}),
    (
        "mamba2",
        "Mamba2ForCausalLM", 288_816,
        {
            "hidden_size": 128,
            "num_hidden_layers": 2,
            "num_heads": 8,
            "head_dim": 32,
            "n_groups": 1,
            "state_size": 32,
            **_VOCABULARY,
        },
    ),
    ("bert", "BertForMaskedLM", 382_864, _TEXT),
    ("roberta", "RobertaForMaskedLM", 382_992, {**_TEXT, "max_position_embeddings": 514, "type_vocab_size": 1}),
    (
        "distilbert",
        "DistilBertForMaskedLM", 382_608,
        {"dim": 128, "hidden_dim": 256, "n_layers": 2, "n_heads": 4, "max_position_embeddings": 512, **_VOCABULARY},
    ),
    (
        "modernbert",
        "ModernBertForMaskedLM", 379_920,
        {
            **_TEXT,
            "pad_token_id": 0,
            "bos_token_id": 1,
            "cls_token_id": 1,
            "eos_token_id": 2,
            "sep_token_id": 2,
        },
    ),
    (
        "t5",
        "T5ForConditionalGeneration", 396_160,
        {"d_model": 96, "d_kv": 24, "d_ff": 192, "num_layers": 2, "num_heads": 4, **_VOCABULARY},
    ),
    (
        "whisper",
        "WhisperForConditionalGeneration", 337_152,
        {
            "d_model": 64,
            "encoder_layers": 2,
            "decoder_layers": 2,
            "encoder_attention_heads": 4,
            "decoder_attention_heads": 4,
            "encoder_ffn_dim": 128,
            "decoder_ffn_dim": 128,
            "num_mel_bins": 80,
            **_VOCABULARY,
            **_END,
            "pad_token_id": 256,
            "decoder_start_token_id": 257,
        },
    ),
    ("vit", "ViTForImageClassification", 293_514, {**_LAYERS, **_IMAGE, "num_labels": 10}),
    ("deit", "DeiTForImageClassification", 293_770, {**_LAYERS, **_IMAGE, "num_labels": 10}),
    (
        "dinov2",
        "Dinov2Model", 292_864,
        {"hidden_size": 128, "num_hidden_layers": 2, "num_attention_heads": 4, "mlp_ratio": 2, **_IMAGE},
    ),
    (
        "swin",
        "SwinForImageClassification", 303_532,
        {
            "embed_dim": 48,
            "depths": [2, 2],
            "num_heads": [3, 6],
            "window_size": 4,
            "image_size": 32,
            "patch_size": 4,
            "num_labels": 10,
        },
    ),
    (
        "convnext",
        "ConvNextForImageClassification", 387_786,
        {"num_stages": 2, "hidden_sizes": [64, 128], "depths": [2, 2], "image_size": 32, "num_labels": 10},
    ),
    (
        "resnet",
        "ResNetForImageClassification", 210_090,
        {"embedding_size": 32, "hidden_sizes": [128, 256], "depths": [2, 2], "num_labels": 10},
    ),
    (
        "clip",
        "CLIPModel", 365_665,
        {
            "projection_dim": 64,
            "text_config": {
                **_TOWER, **_VOCABULARY, "max_position_embeddings": 77, **_CLIP_ENDS,
            },
            "vision_config": {**_TOWER, **_IMAGE},
        },
    ),
    (
        "clip_text_model",
        "CLIPTextModelWithProjection",
        318_080,
        {**_LAYERS, **_VOCABULARY, "max_position_embeddings": 77, "projection_dim": 64, **_CLIP_ENDS},
    ),
    ("clip_vision_model", "CLIPVisionModelWithProjection", 300_544, {**_LAYERS, **_IMAGE, "projection_dim": 64}),
)  # fmt: skip

_TAKEN = frozenset(("convnext", "swin", "whisper"))
"""Families that have a published model called tiny."""


def tiny_name(model_type: str) -> str:
    """Return the name of a family's tiny model."""
    return f"{model_type}-tiny-random" if model_type in _TAKEN else f"{model_type}-tiny"


TINY: Mapping[str, tuple[Mapping[str, Any], int]] = {
    tiny_name(model_type): ({"model_type": model_type, "architectures": [architecture], **config}, parameters)
    for model_type, architecture, parameters, config in _MODELS
}
"""The configurations and the counts of parameters, by the models' names."""
