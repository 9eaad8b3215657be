"""BLOOM (BigScience 2022): `modeling_bloom.py` of transformers."""

from __future__ import annotations

from service.models.architecture import Architecture
from service.models.config import Config


def bloom(config: Config) -> Architecture:
    """Return the tensors of BloomModel or BloomForCausalLM, whose head is tied."""
    width = config.size("hidden_size", "n_embed")
    config.check_heads("hidden_size", width, "n_head", "num_attention_heads")
    model = Architecture(config.number("initializer_range", 0.02))
    with model.within("" if config.is_bare else "transformer"):
        model.embedding("word_embeddings", config.size("vocab_size"), width)
        model.norm("word_embeddings_layernorm", width, bias=True)
        with model.layers("h", config.count("n_layer", "num_hidden_layers")):
            model.norm("{input,post_attention}_layernorm", width, bias=True)
            model.linear("self_attention.query_key_value", 3 * width, width, bias=True)
            model.linear("self_attention.dense", width, width, bias=True)
            model.linear("mlp.dense_h_to_4h", 4 * width, width, bias=True)
            model.linear("mlp.dense_4h_to_h", width, 4 * width, bias=True)
        model.norm("ln_f", width, bias=True)
    model.end(config, "lm_head", "transformer.word_embeddings", is_tied=True)
    return model
