"""Whisper (Radford et al. 2022): `modeling_whisper.py` of transformers."""

from __future__ import annotations

from service.models.architecture import Architecture
from service.models.config import Config

_KERNEL = 3
"""Of both convolutions."""


def whisper(config: Config) -> Architecture:
    """Return the tensors of WhisperModel or WhisperForConditionalGeneration, whose head is tied."""
    width, vocabulary = config.size("d_model"), config.size("vocab_size")
    model = Architecture(config.number("init_std", 0.02))
    with model.within("" if config.is_bare else "model"):
        with model.within("encoder"):
            model.normal("conv1.weight", (width, config.size("num_mel_bins", default=80), _KERNEL))
            model.normal("conv2.weight", (width, width, _KERNEL))
            model.add("{conv1,conv2}.bias", (width,), "zeros")
            positions = (config.size("max_source_positions", default=1500), width)
            model.add("embed_positions.weight", positions, "sinusoidal", order="halves", timescales="inclusive")
            _layers(model, config, "encoder")
        with model.within("decoder"):
            model.embedding("embed_tokens", vocabulary, width, config.row("pad_token_id", vocabulary, 50256))
            model.embedding("embed_positions", config.size("max_target_positions", default=448), width)
            _layers(model, config, "decoder")
    if not config.is_bare:
        model.head("proj_out", "model.decoder.embed_tokens", is_tied=True)
    return model


def _layers(model: Architecture, config: Config, stack: str) -> None:
    width, inner = config.size("d_model"), config.size(f"{stack}_ffn_dim")
    config.check_heads("d_model", width, f"{stack}_attention_heads")
    attentions = ("self_attn", "encoder_attn") if stack == "decoder" else ("self_attn",)
    with model.layers("layers", config.count(f"{stack}_layers")):
        for attention in attentions:
            model.linear(f"{attention}.{{q,v,out}}_proj", width, width, bias=True)
            model.linear(f"{attention}.k_proj", width, width)
            model.norm(f"{attention}_layer_norm", width, bias=True)
        model.linear("fc1", inner, width, bias=True)
        model.linear("fc2", width, inner, bias=True)
        model.norm("final_layer_norm", width, bias=True)
    model.norm("layer_norm", width, bias=True)
