"""T5 (Raffel et al. 2020): `modeling_t5.py` of transformers, and its own standard deviations."""

from __future__ import annotations

from service.models.architecture import Architecture
from service.models.config import Config


def t5(config: Config) -> Architecture:
    """Return the tensors of T5Model or T5ForConditionalGeneration."""
    width, vocabulary = config.size("d_model"), config.size("vocab_size")
    model = Architecture(config.number("initializer_factor", 1.0))
    model.embedding("shared", vocabulary, width)
    layers = config.count("num_layers")
    _stack(model, config, "encoder", layers)
    _stack(model, config, "decoder", config.count("num_decoder_layers", default=layers))
    model.ties |= {f"{stack}.embed_tokens.weight": "shared.weight" for stack in ("encoder", "decoder")}
    if not config.is_bare:
        model.head("lm_head", "shared", is_tied=config.flag("tie_word_embeddings", True))
    return model


def _stack(model: Architecture, config: Config, name: str, layers: int) -> None:
    width, heads = config.size("d_model"), config.size("num_heads")
    feed_forward = 2 if name == "decoder" else 1
    with model.within(name):
        with model.layers("block", layers):
            _attention(model, config, "layer.0.SelfAttention")
            if name == "decoder":
                _attention(model, config, "layer.1.EncDecAttention")
            _feed_forward(model, config, f"layer.{feed_forward}.DenseReluDense")
            model.norm(f"layer.{{0..{feed_forward}}}.layer_norm", width)
        buckets = config.size("relative_attention_num_buckets", default=32)
        bias = "block.0.layer.0.SelfAttention.relative_attention_bias"
        model.embedding(bias, buckets, heads, std=model.std * width**-0.5)
        model.norm("final_layer_norm", width)


def _attention(model: Architecture, config: Config, name: str) -> None:
    """Add attention: its queries are divided by the root of a head's width at the start, and not in the product."""
    width, head = config.size("d_model"), config.size("d_kv")
    inner = config.size("num_heads") * head
    model.linear(f"{name}.q", inner, width, std=model.std * (width * head) ** -0.5)
    model.linear(f"{name}.{{k,v}}", inner, width, std=model.std * width**-0.5)
    model.linear(f"{name}.o", width, inner, std=model.std * inner**-0.5)


def _feed_forward(model: Architecture, config: Config, name: str) -> None:
    width, inner = config.size("d_model"), config.size("d_ff")
    is_gated = str(config.members.get("feed_forward_proj", "relu")).startswith("gated")
    model.linear(f"{name}.wi{'_{0,1}' if is_gated else ''}", inner, width, std=model.std * width**-0.5)
    model.linear(f"{name}.wo", width, inner, std=model.std * inner**-0.5)
