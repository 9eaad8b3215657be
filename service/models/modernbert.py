"""ModernBERT (Warner et al. 2024): `modeling_modernbert.py` of transformers, whose normals are cut."""

from __future__ import annotations

import math

from service.models.architecture import Architecture, numbers
from service.models.config import Config


def modernbert(config: Config) -> Architecture:
    """Return the tensors of ModernBertModel or ModernBertForMaskedLM, whose decoder is tied."""
    width, inner, vocabulary = config.size("hidden_size"), config.size("intermediate_size"), config.size("vocab_size")
    layers, bias = config.count("num_hidden_layers"), config.flag("norm_bias", False)
    config.check_heads("hidden_size", width, "num_attention_heads")
    model = Architecture(config.number("initializer_range", 0.02))
    end = model.std / math.sqrt(2 * layers)
    cutoff = config.number("initializer_cutoff_factor", 2.0)

    def linear(name: str, outputs: int, inputs: int, std: float, has_bias: bool) -> None:
        cut = {"std": std, "low": -cutoff, "high": cutoff}
        model.add(f"{name}.weight", (outputs, inputs), "truncated_normal", **cut)
        if has_bias:
            model.add(f"{name}.bias", (outputs,), "zeros")

    with model.within("" if config.is_bare else "model"):
        linear("embeddings.tok_embeddings", vocabulary, width, model.std, False)
        model.norm("embeddings.norm", width, bias=bias)
        with model.layers("layers", layers):
            linear("attn.Wqkv", 3 * width, width, model.std, config.flag("attention_bias", False))
            linear("attn.Wo", width, width, end, config.flag("attention_bias", False))
            linear("mlp.Wi", 2 * inner, width, model.std, config.flag("mlp_bias", False))
            linear("mlp.Wo", width, inner, end, config.flag("mlp_bias", False))
            model.norm("mlp_norm", width, bias=bias)
        if layers > 1:
            # The embeddings are normalized before the first layer.
            model.norm(f"layers.{numbers(1, layers)}.attn_norm", width, bias=bias)
        model.norm("final_norm", width, bias=bias)
    if not config.is_bare:
        linear("head.dense", width, width, end, config.flag("classifier_bias", False))
        model.norm("head.norm", width, bias=bias)
        model.head("decoder", "model.embeddings.tok_embeddings", is_tied=True)
        if config.flag("decoder_bias", True):
            model.add("decoder.bias", (vocabulary,), "zeros")
    return model
