"""Models by name: the configurations of published ones, as far as they decide the tensors, and the tiny ones."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from service.likeness import nearest_names
from service.models.resnet import TORCHVISION
from service.models.tiny import TINY


@dataclass(frozen=True)
class PublishedModel:
    """A model that is known by its name."""

    config: Mapping[str, Any]
    """Of its `config.json`, what decides the names, shapes and initializers of the tensors."""
    parameters: int
    """Its numbers, those of tied tensors once, and of buffers not."""


def _gpt2(width: int, layers: int, heads: int, parameters: int) -> PublishedModel:
    config = {
        "model_type": "gpt2", "architectures": ["GPT2LMHeadModel"], "n_embd": width, "n_layer": layers,
        "n_head": heads, "n_positions": 1024, "vocab_size": 50257,
    }  # fmt: skip
    return PublishedModel(config, parameters)


def _decoder(
    model_type: str, architecture: str, parameters: int, sizes: tuple[int, int, int, int], **more: Any
) -> PublishedModel:
    """Return a decoder of a width, an inner width, layers and heads."""
    width, inner, layers, heads = sizes
    config = {
        "model_type": model_type, "architectures": [architecture], "hidden_size": width, "intermediate_size": inner,
        "num_hidden_layers": layers, "num_attention_heads": heads, **more,
    }  # fmt: skip
    return PublishedModel(config, parameters)


def _llama(
    parameters: int, sizes: tuple[int, int, int, int], key_heads: int, vocabulary: int, **more: Any
) -> PublishedModel:
    return _decoder(
        "llama", "LlamaForCausalLM", parameters, sizes,
        num_key_value_heads=key_heads, vocab_size=vocabulary, dtype="bfloat16", **more,
    )  # fmt: skip


def _resnet(
    name: str, depths: list[int], parameters: int, *, layer_type: str = "bottleneck"
) -> Mapping[str, PublishedModel]:
    """Return a ResNet by the names of transformers, and by those of torchvision."""
    widths = [64, 128, 256, 512] if layer_type == "basic" else [256, 512, 1024, 2048]
    config = {
        "model_type": "resnet", "depths": depths, "hidden_sizes": widths, "layer_type": layer_type, "num_labels": 1000,
    }  # fmt: skip
    architectures = {name: "ResNetForImageClassification", f"{name}-torchvision": TORCHVISION}
    return {
        name: PublishedModel({"architectures": [architecture], **config}, parameters)
        for name, architecture in architectures.items()
    }


_QWEN2, _QWEN3 = ("qwen2", "Qwen2ForCausalLM"), ("qwen3", "Qwen3ForCausalLM")
_BF16 = {"dtype": "bfloat16"}
_OF_VIT = {"image_size": 224, "num_labels": 1000}
_GEMMA = {"vocab_size": 256000, "head_dim": 256, **_BF16}

PUBLISHED: Mapping[str, PublishedModel] = {
    "gpt2": _gpt2(768, 12, 12, 124_439_808),
    "gpt2-medium": _gpt2(1024, 24, 16, 354_823_168),
    "gpt2-large": _gpt2(1280, 36, 20, 774_030_080),
    "gpt2-xl": _gpt2(1600, 48, 25, 1_557_611_200),
    "llama-2-7b": _llama(6_738_415_616, (4096, 11008, 32, 32), 32, 32000, max_position_embeddings=4096),
    "llama-2-13b": _llama(13_015_864_320, (5120, 13824, 40, 40), 40, 32000, max_position_embeddings=4096),
    "llama-2-70b": _llama(68_976_648_192, (8192, 28672, 80, 64), 8, 32000, max_position_embeddings=4096),
    "llama-3-8b": _llama(8_030_261_248, (4096, 14336, 32, 32), 8, 128256, max_position_embeddings=8192),
    "llama-3-70b": _llama(70_553_706_496, (8192, 28672, 80, 64), 8, 128256, max_position_embeddings=8192),
    "llama-3.1-405b": _llama(405_853_388_800, (16384, 53248, 126, 128), 8, 128256, max_position_embeddings=131072),
    "llama-3.2-1b": _llama(1_235_814_400, (2048, 8192, 16, 32), 8, 128256, tie_word_embeddings=True, head_dim=64),
    "llama-3.2-3b": _llama(3_212_749_824, (3072, 8192, 28, 24), 8, 128256, tie_word_embeddings=True, head_dim=128),
    "tinyllama-1.1b": _llama(1_100_048_384, (2048, 5632, 22, 32), 4, 32000),
    "mistral-7b": _decoder("mistral", "MistralForCausalLM", 7_241_732_096, (4096, 14336, 32, 32),
                           num_key_value_heads=8, vocab_size=32000, **_BF16),
    "mixtral-8x7b": _decoder("mixtral", "MixtralForCausalLM", 46_702_792_704, (4096, 14336, 32, 32),
                             num_key_value_heads=8, vocab_size=32000, num_local_experts=8, **_BF16),
    "mixtral-8x22b": _decoder("mixtral", "MixtralForCausalLM", 140_630_071_296, (6144, 16384, 56, 48),
                              num_key_value_heads=8, vocab_size=32768, num_local_experts=8, **_BF16),
    "qwen2.5-0.5b": _decoder(*_QWEN2, 494_032_768, (896, 4864, 24, 14), num_key_value_heads=2, vocab_size=151936,
                             tie_word_embeddings=True, **_BF16),
    "qwen2.5-7b": _decoder(*_QWEN2, 7_615_616_512, (3584, 18944, 28, 28), num_key_value_heads=4, vocab_size=152064,
                           **_BF16),
    "qwen3-0.6b": _decoder(*_QWEN3, 596_049_920, (1024, 3072, 28, 16), num_key_value_heads=8, head_dim=128,
                           vocab_size=151936, tie_word_embeddings=True, **_BF16),
    "qwen3-8b": _decoder(*_QWEN3, 8_190_735_360, (4096, 12288, 36, 32), num_key_value_heads=8, head_dim=128,
                         vocab_size=151936, **_BF16),
    "gemma-2b": _decoder("gemma", "GemmaForCausalLM", 2_506_172_416, (2048, 16384, 18, 8), num_key_value_heads=1,
                         **_GEMMA),
    "gemma-7b": _decoder("gemma", "GemmaForCausalLM", 8_537_680_896, (3072, 24576, 28, 16), num_key_value_heads=16,
                         **_GEMMA),
    "gemma-2-2b": _decoder("gemma2", "Gemma2ForCausalLM", 2_614_341_888, (2304, 9216, 26, 8), num_key_value_heads=4,
                           **_GEMMA),
    "gemma-2-9b": _decoder("gemma2", "Gemma2ForCausalLM", 9_241_705_984, (3584, 14336, 42, 16), num_key_value_heads=8,
                           **_GEMMA),
    "phi-3-mini": _decoder("phi3", "Phi3ForCausalLM", 3_821_079_552, (3072, 8192, 32, 32), num_key_value_heads=32,
                           vocab_size=32064, **_BF16),
    "pythia-160m": _decoder("gpt_neox", "GPTNeoXForCausalLM", 162_322_944, (768, 3072, 12, 12), vocab_size=50304),
    "gpt-neox-20b": _decoder("gpt_neox", "GPTNeoXForCausalLM", 20_554_567_680, (6144, 24576, 44, 64), vocab_size=50432,
                             dtype="float16"),
    "opt-125m": PublishedModel({
        "model_type": "opt", "architectures": ["OPTForCausalLM"], "hidden_size": 768, "ffn_dim": 3072,
        "num_hidden_layers": 12, "num_attention_heads": 12, "vocab_size": 50272, "max_position_embeddings": 2048,
        "word_embed_proj_dim": 768, "dtype": "float16",
    }, 125_239_296),
    "bloom-560m": PublishedModel({
        "model_type": "bloom", "architectures": ["BloomForCausalLM"], "hidden_size": 1024, "n_layer": 24, "n_head": 16,
        "vocab_size": 250880,
    }, 559_214_592),
    "falcon-7b": PublishedModel({
        "model_type": "falcon", "architectures": ["FalconForCausalLM"], "hidden_size": 4544, "num_hidden_layers": 32,
        "num_attention_heads": 71, "vocab_size": 65024, "dtype": "bfloat16",
    }, 6_921_720_704),
    "deepseek-v3": _decoder(
        "deepseek_v3", "DeepseekV3ForCausalLM", 671_026_419_200, (7168, 18432, 61, 128), num_key_value_heads=128,
        vocab_size=129280, n_routed_experts=256, n_shared_experts=1, moe_intermediate_size=2048,
        first_k_dense_replace=3, kv_lora_rank=512, q_lora_rank=1536, qk_nope_head_dim=128, qk_rope_head_dim=64,
        v_head_dim=128, **_BF16,
    ),
    "bert-base": _decoder("bert", "BertModel", 109_482_240, (768, 3072, 12, 12), vocab_size=30522,
                          max_position_embeddings=512),
    "bert-large": _decoder("bert", "BertModel", 335_141_888, (1024, 4096, 24, 16), vocab_size=30522,
                           max_position_embeddings=512),
    "roberta-base": _decoder("roberta", "RobertaForMaskedLM", 124_697_433, (768, 3072, 12, 12), vocab_size=50265,
                             max_position_embeddings=514, type_vocab_size=1),
    "distilbert-base": PublishedModel({
        "model_type": "distilbert", "architectures": ["DistilBertForMaskedLM"], "dim": 768, "hidden_dim": 3072,
        "n_layers": 6, "n_heads": 12, "vocab_size": 30522, "max_position_embeddings": 512,
    }, 66_985_530),
    "modernbert-base": _decoder("modernbert", "ModernBertForMaskedLM", 149_655_232, (768, 1152, 22, 12),
                                vocab_size=50368, initializer_cutoff_factor=2.0),
    "t5-small": PublishedModel({
        "model_type": "t5", "architectures": ["T5ForConditionalGeneration"], "d_model": 512, "d_kv": 64, "d_ff": 2048,
        "num_layers": 6, "num_heads": 8, "vocab_size": 32128,
    }, 60_506_624),
    "t5-base": PublishedModel({
        "model_type": "t5", "architectures": ["T5ForConditionalGeneration"], "d_model": 768, "d_kv": 64, "d_ff": 3072,
        "num_layers": 12, "num_heads": 12, "vocab_size": 32128,
    }, 222_903_552),
    "vit-b16": _decoder("vit", "ViTForImageClassification", 86_567_656, (768, 3072, 12, 12), patch_size=16, **_OF_VIT),
    "vit-l16": _decoder("vit", "ViTForImageClassification", 304_326_632, (1024, 4096, 24, 16), patch_size=16,
                        **_OF_VIT),
    "dinov2-base": PublishedModel({
        "model_type": "dinov2", "architectures": ["Dinov2Model"], "hidden_size": 768, "num_hidden_layers": 12,
        "num_attention_heads": 12, "image_size": 518, "patch_size": 14,
    }, 86_580_480),
    "swin-tiny": PublishedModel({
        "model_type": "swin", "architectures": ["SwinForImageClassification"], "embed_dim": 96, "depths": [2, 2, 6, 2],
        "num_heads": [3, 6, 12, 24], "window_size": 7, "num_labels": 1000,
    }, 28_288_354),
    "convnext-tiny": PublishedModel({
        "model_type": "convnext", "architectures": ["ConvNextForImageClassification"], "depths": [3, 3, 9, 3],
        "hidden_sizes": [96, 192, 384, 768], "num_labels": 1000,
    }, 28_589_128),
    "clip-vit-b32": PublishedModel({
        "model_type": "clip", "architectures": ["CLIPModel"], "projection_dim": 512,
        "text_config": {"hidden_size": 512, "num_hidden_layers": 12, "intermediate_size": 2048, "vocab_size": 49408},
        "vision_config": {"hidden_size": 768, "num_hidden_layers": 12, "intermediate_size": 3072, "patch_size": 32},
    }, 151_277_313),
    "whisper-tiny": PublishedModel({
        "model_type": "whisper", "architectures": ["WhisperForConditionalGeneration"], "d_model": 384,
        "encoder_layers": 4, "decoder_layers": 4, "encoder_attention_heads": 6, "decoder_attention_heads": 6,
        "encoder_ffn_dim": 1536, "decoder_ffn_dim": 1536, "vocab_size": 51865, "num_mel_bins": 80,
    }, 37_760_640),
    "mamba-130m": PublishedModel({
        "model_type": "mamba", "architectures": ["MambaForCausalLM"], "hidden_size": 768, "num_hidden_layers": 24,
        "vocab_size": 50280,
    }, 129_135_360),
    **_resnet("resnet-18", [2, 2, 2, 2], 11_689_512, layer_type="basic"),
    **_resnet("resnet-34", [3, 4, 6, 3], 21_797_672, layer_type="basic"),
    **_resnet("resnet-50", [3, 4, 6, 3], 25_557_032),
    **_resnet("resnet-101", [3, 4, 23, 3], 44_549_160),
    **_resnet("resnet-152", [3, 8, 36, 3], 60_192_808),
    **{name: PublishedModel(*model) for name, model in TINY.items()},
}  # fmt: skip
"""By their usual names, in lower case."""


def published_like(name: str) -> Collection[str]:
    """Return the names of up to three published models that `name` may be a slip for, the nearest first."""
    return nearest_names(name, PUBLISHED, 3)
