"""Record what transformers writes for small models: `python -m scripts.record_models`, with torch and transformers.

Writes tests/models/recorded.json: for each configuration, those of the tiny models among them, its `config.json`, of
each tensor of the file that `save_pretrained` writes the dtype, the shape, and the mean and the standard deviation of
its elements as they were initialized, and the tensors that are left out, each with the one that has its elements.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

import torch
import transformers
from safetensors import safe_open

from service.models.tiny import TINY

OUT = Path(__file__).parents[1] / "tests" / "models" / "recorded.json"

_TEXT = {
    "vocab_size": 271,
    "hidden_size": 48,
    "num_hidden_layers": 3,
    "num_attention_heads": 4,
    "intermediate_size": 96,
}
_ROTARY = {**_TEXT, "max_position_embeddings": 64}
_GROUPED = {**_ROTARY, "num_key_value_heads": 2}
_OLD = {"vocab_size": 271, "n_embd": 48, "n_layer": 3, "n_head": 4, "n_positions": 64}
_IMAGE = {"hidden_size": 48, "num_hidden_layers": 3, "num_attention_heads": 4, "intermediate_size": 96,
          "image_size": 32, "patch_size": 8}  # fmt: skip

MODELS = (
    ("gpt2", "AutoModelForCausalLM", _OLD),
    ("gpt2", "AutoModel", _OLD | {"n_inner": 100, "initializer_range": 0.05}),
    ("gpt_neox", "AutoModelForCausalLM", _ROTARY),
    ("llama", "AutoModelForCausalLM", _GROUPED),
    (
        "llama",
        "AutoModelForCausalLM",
        _ROTARY | {"tie_word_embeddings": True, "attention_bias": True, "mlp_bias": True, "head_dim": 16},
    ),
    ("mistral", "AutoModelForCausalLM", _GROUPED),
    ("qwen2", "AutoModelForCausalLM", _GROUPED),
    ("qwen3", "AutoModelForCausalLM", _GROUPED | {"head_dim": 16}),
    ("olmo2", "AutoModelForCausalLM", _GROUPED),
    ("gemma", "AutoModelForCausalLM", _GROUPED | {"head_dim": 16}),
    ("gemma2", "AutoModelForCausalLM", _GROUPED | {"head_dim": 16}),
    ("gemma3_text", "AutoModelForCausalLM", _GROUPED | {"head_dim": 16}),
    ("mixtral", "AutoModelForCausalLM", _GROUPED | {"num_local_experts": 4}),
    ("phi3", "AutoModelForCausalLM", _GROUPED | {"pad_token_id": 0}),
    (
        "opt",
        "AutoModelForCausalLM",
        {
            "vocab_size": 271,
            "hidden_size": 48,
            "num_hidden_layers": 3,
            "ffn_dim": 96,
            "num_attention_heads": 4,
            "max_position_embeddings": 64,
            "word_embed_proj_dim": 48,
        },
    ),
    ("bloom", "AutoModelForCausalLM", {"vocab_size": 271, "hidden_size": 48, "n_layer": 3, "n_head": 4}),
    (
        "falcon",
        "AutoModelForCausalLM",
        {"vocab_size": 271, "hidden_size": 48, "num_hidden_layers": 3, "num_attention_heads": 4},
    ),
    ("bert", "AutoModelForMaskedLM", _ROTARY),
    ("bert", "AutoModel", _ROTARY),
    ("roberta", "AutoModelForMaskedLM", _ROTARY),
    (
        "distilbert",
        "AutoModelForMaskedLM",
        {"vocab_size": 271, "dim": 48, "n_layers": 3, "n_heads": 4, "hidden_dim": 96, "max_position_embeddings": 64},
    ),
    (
        "t5",
        "AutoModelForSeq2SeqLM",
        {"vocab_size": 271, "d_model": 48, "d_kv": 12, "d_ff": 96, "num_layers": 3, "num_heads": 4},
    ),
    ("vit", "AutoModelForImageClassification", _IMAGE),
    ("deit", "AutoModel", _IMAGE),
    (
        "clip",
        "AutoModel",
        {
            "text_config": _TEXT | {"max_position_embeddings": 20, "bos_token_id": 0, "eos_token_id": 1},
            "vision_config": _IMAGE,
            "projection_dim": 24,
        },
    ),
    ("clip_text_model", "CLIPTextModel", _TEXT | {"max_position_embeddings": 20}),
    ("clip_vision_model", "CLIPVisionModel", _IMAGE),
    (
        "clip",
        "AutoModelForImageClassification",
        {"text_config": _TEXT | {"max_position_embeddings": 20}, "vision_config": _IMAGE, "projection_dim": 24},
    ),
    (
        "dinov2",
        "AutoModel",
        {"hidden_size": 48, "num_hidden_layers": 3, "num_attention_heads": 4, "image_size": 32, "patch_size": 8},
    ),
    (
        "whisper",
        "AutoModelForSpeechSeq2Seq",
        {
            "vocab_size": 271,
            "d_model": 48,
            "encoder_layers": 3,
            "decoder_layers": 2,
            "encoder_attention_heads": 4,
            "decoder_attention_heads": 4,
            "encoder_ffn_dim": 96,
            "decoder_ffn_dim": 96,
            "num_mel_bins": 20,
            "max_source_positions": 30,
            "max_target_positions": 20,
            "pad_token_id": 0,
        },
    ),
    ("mamba", "AutoModelForCausalLM", {"vocab_size": 271, "hidden_size": 48, "num_hidden_layers": 3}),
    (
        "mamba2",
        "AutoModelForCausalLM",
        {"vocab_size": 271, "hidden_size": 48, "num_hidden_layers": 3, "head_dim": 16, "num_heads": 6, "n_groups": 2},
    ),
    ("modernbert", "AutoModelForMaskedLM", _ROTARY | {"pad_token_id": 0}),
    ("resnet", "AutoModelForImageClassification", {"embedding_size": 16, "hidden_sizes": [16, 32], "depths": [2, 2]}),
    ("convnext", "AutoModelForImageClassification", {"hidden_sizes": [16, 32], "depths": [2, 2], "num_stages": 2}),
    (
        "swin",
        "AutoModelForImageClassification",
        {"embed_dim": 16, "depths": [2, 2], "num_heads": [2, 4], "image_size": 32, "window_size": 4, "patch_size": 4},
    ),
    (
        "deepseek_v3",
        "AutoModelForCausalLM",
        {
            **_ROTARY,
            "num_key_value_heads": 4,
            "n_routed_experts": 8,
            "moe_intermediate_size": 32,
            "n_shared_experts": 1,
            "first_k_dense_replace": 1,
            "kv_lora_rank": 16,
            "q_lora_rank": 24,
            "qk_nope_head_dim": 8,
            "qk_rope_head_dim": 8,
            "v_head_dim": 12,
            "n_group": 2,
            "topk_group": 1,
            "num_experts_per_tok": 2,
        },
    ),
)

CLASSIFIERS = (
    ("gpt2", _OLD), ("gpt_neox", _ROTARY), ("llama", _GROUPED), ("mistral", _GROUPED), ("qwen2", _GROUPED),
    ("qwen3", _GROUPED), ("gemma", _GROUPED | {"head_dim": 16}), ("gemma2", _GROUPED | {"head_dim": 16}),
    ("gemma3_text", _GROUPED | {"head_dim": 16}), ("mixtral", _GROUPED | {"num_local_experts": 4}),
    ("phi3", _GROUPED | {"pad_token_id": 0}),
    ("bloom", {"vocab_size": 271, "hidden_size": 48, "n_layer": 2, "n_head": 4}),
    ("falcon", {"vocab_size": 271, "hidden_size": 48, "num_hidden_layers": 2, "num_attention_heads": 4}),
    ("opt", {"vocab_size": 271, "hidden_size": 48, "num_hidden_layers": 2, "ffn_dim": 96, "num_attention_heads": 4,
             "max_position_embeddings": 64, "word_embed_proj_dim": 32}),
    ("bert", _ROTARY), ("roberta", _ROTARY),
    ("distilbert",
     {"vocab_size": 271, "dim": 48, "n_layers": 2, "n_heads": 4, "hidden_dim": 96, "max_position_embeddings": 64}),
)  # fmt: skip
"""Of texts, into three classes."""

_CLASSIFIER = "AutoModelForSequenceClassification"

_NOT_GIVEN = ("model_type", "architectures")


def record(model_type: str, name: str, changes: dict) -> dict:
    """Return what is recorded of a model of a class, or of what one of the library's Auto classes chooses."""
    torch.manual_seed(0)
    given = {member: value for member, value in changes.items() if member not in _NOT_GIVEN}
    config = transformers.AutoConfig.for_model(model_type, **given)
    kind = getattr(transformers, name)
    model = kind.from_config(config, dtype=torch.float32) if name.startswith("Auto") else kind(config)
    tensors = {}
    with tempfile.TemporaryDirectory() as folder:
        model.save_pretrained(folder)
        written = json.loads(Path(folder, "config.json").read_text())
        for file in sorted(Path(folder).glob("*.safetensors")):
            with safe_open(file, "pt") as opened:
                for name in opened.keys():  # noqa: SIM118 (no mapping)
                    tensor = opened.get_tensor(name)
                    values = tensor.double()
                    std = float(values.std(unbiased=False)) if values.numel() else 0.0
                    tensors[name] = [
                        str(tensor.dtype).removeprefix("torch."),
                        list(tensor.shape),
                        round(float(values.mean()), 8),
                        round(std, 8),
                    ]
    parameters = sum(p.numel() for p in model.parameters())
    return {"config": written, "tensors": tensors, "tied": _tied(model, tensors), "parameters": parameters}


def _tied(model: torch.nn.Module, tensors: dict) -> dict[str, str]:
    """Return the tensors of a model that its file has not, each with the one of the file whose elements it has."""
    state = {name: tensor.data_ptr() for name, tensor in model.state_dict().items()}
    written = {state[name]: name for name in tensors if name in state}
    return {name: written[at] for name, at in state.items() if name not in tensors and at in written}


def main() -> None:
    recorded = []
    models: list[tuple[str, str, dict]] = [*MODELS]
    models += [(family, _CLASSIFIER, {**changes, "num_labels": 3}) for family, changes in CLASSIFIERS]
    models += [(config["model_type"], config["architectures"][0], dict(config)) for config, _ in TINY.values()]
    for model in models:
        try:
            recorded.append(record(*model))
        except Exception as error:  # noqa: BLE001 (the others are recorded)
            sys.stderr.write(f"{model[0]}: {error!r}\n")
    OUT.parent.mkdir(exist_ok=True)
    page = {"transformers": transformers.__version__, "torch": torch.__version__, "models": recorded}
    OUT.write_text(json.dumps(page, indent=None, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
