"""Falcon (Almazrouei et al. 2023): `modeling_falcon.py` of transformers."""

from __future__ import annotations

from service.models.architecture import Architecture
from service.models.config import Config


def falcon(config: Config) -> Architecture:
    """Return the tensors of FalconModel or FalconForCausalLM."""
    width, heads = config.size("hidden_size"), config.size("num_attention_heads")
    inner, bias = config.size("ffn_hidden_size", default=4 * width), config.flag("bias", False)
    head = config.part("hidden_size", width, "num_attention_heads", heads)
    model = Architecture(config.number("initializer_range", 0.02))
    with model.within("" if config.is_bare else "transformer"):
        model.embedding("word_embeddings", config.size("vocab_size"), width)
        with model.layers("h", config.count("num_hidden_layers")):
            for norm in _norms(config):
                model.norm(norm, width, bias=True)
            model.linear("self_attention.query_key_value", _projected(config, heads) * head, width, bias=bias)
            model.linear("self_attention.dense", width, width, bias=bias)
            model.linear("mlp.dense_h_to_4h", inner, width, bias=bias)
            model.linear("mlp.dense_4h_to_h", width, inner, bias=bias)
        model.norm("ln_f", width, bias=True)
    model.end(config, "lm_head", "transformer.word_embeddings", is_tied=config.flag("tie_word_embeddings", True))
    return model


def _projected(config: Config, heads: int) -> int:
    """Return how many heads' queries, keys and values one matrix makes."""
    if config.flag("new_decoder_architecture", False):
        return heads + 2 * config.size("num_kv_heads", default=heads)
    return heads + 2 if config.flag("multi_query", True) else 3 * heads


def _norms(config: Config) -> tuple[str, ...]:
    """Return the normalizations of a layer: parallel attention shares one, or has one for each branch."""
    if config.flag("new_decoder_architecture", False) and config.size("num_ln_in_parallel_attn", default=2) == 2:
        return ("ln_attn", "ln_mlp")
    if config.flag("parallel_attn", True):
        return ("input_layernorm",)
    return ("input_layernorm", "post_attention_layernorm")
