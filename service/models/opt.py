"""OPT (Zhang et al. 2022): `modeling_opt.py` of transformers."""

from __future__ import annotations

from service.models.architecture import Architecture
from service.models.config import Config

_OFFSET = 2
"""Positions before the first (`OPTLearnedPositionalEmbedding`)."""


def opt(config: Config) -> Architecture:
    """Return the tensors of OPTModel or OPTForCausalLM, whose head is tied."""
    width, inner = config.size("hidden_size"), config.size("ffn_dim")
    vocabulary, outer = config.size("vocab_size"), config.size("word_embed_proj_dim", default=width)
    bias = config.flag("enable_bias", True)
    has_affine = config.flag("layer_norm_elementwise_affine", True)
    config.check_heads("hidden_size", width, "num_attention_heads")
    model = Architecture(config.number("init_std", 0.02))
    with model.within("" if config.is_bare else "model", "decoder"):
        model.embedding("embed_tokens", vocabulary, outer, config.row("pad_token_id", vocabulary, 1))
        model.embedding("embed_positions", config.size("max_position_embeddings") + _OFFSET, width)
        if outer != width:
            model.linear("project_in", width, outer)
            model.linear("project_out", outer, width)
        with model.layers("layers", config.count("num_hidden_layers")):
            model.linear("self_attn.{q,k,v,out}_proj", width, width, bias=bias)
            model.linear("fc1", inner, width, bias=bias)
            model.linear("fc2", width, inner, bias=bias)
            if has_affine:
                model.norm("{self_attn_layer_norm,final_layer_norm}", width, bias=True)
        if has_affine and config.flag("do_layer_norm_before", True):
            model.norm("final_layer_norm", width, bias=True)
    model.end(config, "lm_head", "model.decoder.embed_tokens", is_tied=config.flag("tie_word_embeddings", True))
    return model
