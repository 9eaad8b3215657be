"""GPT-NeoX (Black et al. 2022): `modeling_gpt_neox.py` of transformers."""

from __future__ import annotations

from service.models.architecture import Architecture
from service.models.config import Config


def gpt_neox(config: Config) -> Architecture:
    """Return the tensors of GPTNeoXModel or GPTNeoXForCausalLM."""
    width, inner = config.size("hidden_size"), config.size("intermediate_size")
    vocabulary, bias = config.size("vocab_size"), config.flag("attention_bias", True)
    config.check_heads("hidden_size", width, "num_attention_heads")
    model = Architecture(config.number("initializer_range", 0.02))
    with model.within("" if config.is_bare else "gpt_neox"):
        model.embedding("embed_in", vocabulary, width)
        with model.layers("layers", config.count("num_hidden_layers")):
            model.norm("{input,post_attention}_layernorm", width, bias=True)
            model.linear("attention.query_key_value", 3 * width, width, bias=bias)
            model.linear("attention.dense", width, width, bias=bias)
            model.linear("mlp.dense_h_to_4h", inner, width, bias=True)
            model.linear("mlp.dense_4h_to_h", width, inner, bias=True)
        model.norm("final_layer_norm", width, bias=True)
    model.end(config, "embed_out", "gpt_neox.embed_in", is_tied=config.flag("tie_word_embeddings", False))
    return model
