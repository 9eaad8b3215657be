"""DeepSeek-V3 (DeepSeek-AI 2024): `modeling_deepseek_v3.py` of transformers, and the names of its files."""

from __future__ import annotations

from service.models.architecture import Architecture, numbers
from service.models.config import Config


def deepseek_v3(config: Config) -> Architecture:
    """Return the tensors of DeepseekV3ForCausalLM, without the layer that predicts further tokens."""
    width, vocabulary = config.size("hidden_size"), config.size("vocab_size")
    layers = config.count("num_hidden_layers")
    dense = min(config.size("first_k_dense_replace", default=3), layers)
    model = Architecture(config.number("initializer_range", 0.02))
    with model.within("" if config.is_bare else "model"):
        model.embedding("embed_tokens", vocabulary, width, config.row("pad_token_id", vocabulary))
        with model.layers("layers", layers):
            model.norm("{input,post_attention}_layernorm", width)
            _attention(model, config, width)
        with model.layers("layers", dense):
            _gated(model, "mlp", width, config.size("intermediate_size"))
        if layers > dense:
            with model.layers("layers", layers - dense, first=dense):
                _experts(model, config, width)
        model.norm("norm", width)
    model.end(config, "lm_head", "model.embed_tokens", is_tied=config.flag("tie_word_embeddings", False))
    return model


def _attention(model: Architecture, config: Config, width: int) -> None:
    """Add multi-head latent attention (section 2.1.1)."""
    heads, latent = config.size("num_attention_heads"), config.size("kv_lora_rank")
    rotated, plain = config.size("qk_rope_head_dim"), config.size("qk_nope_head_dim")
    value, bias = config.size("v_head_dim"), config.flag("attention_bias", False)
    with model.within("self_attn"):
        if config.members.get("q_lora_rank") is None:
            model.linear("q_proj", heads * (plain + rotated), width)
        else:
            rank = config.size("q_lora_rank")
            model.linear("q_a_proj", rank, width, bias=bias)
            model.norm("q_a_layernorm", rank)
            model.linear("q_b_proj", heads * (plain + rotated), rank)
        model.linear("kv_a_proj_with_mqa", latent + rotated, width, bias=bias)
        model.norm("kv_a_layernorm", latent)
        model.linear("kv_b_proj", heads * (plain + value), latent)
        model.linear("o_proj", width, heads * value, bias=bias)


def _experts(model: Architecture, config: Config, width: int) -> None:
    count, inner = config.size("n_routed_experts"), config.size("moe_intermediate_size")
    config.check_heads("n_routed_experts", count, "n_group")
    model.linear("mlp.gate", count, width)
    model.add("mlp.gate.e_score_correction_bias", (count,), "zeros")
    _gated(model, f"mlp.experts.{numbers(0, count)}", width, inner)
    _gated(model, "mlp.shared_experts", width, inner * config.size("n_shared_experts", default=1))


def _gated(model: Architecture, name: str, width: int, inner: int) -> None:
    model.linear(f"{name}.{{gate,up}}_proj", inner, width)
    model.linear(f"{name}.down_proj", width, inner)
