"""GPT-2 (Radford et al. 2019): `modeling_gpt2.py` of transformers, whose Conv1D stores in × out."""

from __future__ import annotations

import math

from service.models.architecture import Architecture
from service.models.config import Config


def gpt2(config: Config) -> Architecture:
    """Return the tensors of GPT2Model or GPT2LMHeadModel, whose head is tied."""
    layers, width = config.count("n_layer", "num_hidden_layers"), config.size("n_embd", "hidden_size")
    inner = config.size("n_inner", default=4 * width)
    config.check_heads("n_embd", width, "n_head", "num_attention_heads")
    model = Architecture(config.number("initializer_range", 0.02))
    end = model.std / math.sqrt(2 * layers)
    with model.within("" if config.is_bare else "transformer"):
        model.embedding("wte", config.size("vocab_size"), width)
        model.embedding("wpe", config.size("n_positions", "max_position_embeddings"), width)
        with model.layers("h", layers):
            model.norm("ln_{1,2}", width, bias=True)
            # A Conv1D's weight is in × out.
            for name, inputs, outputs, std in (
                ("attn.c_attn", width, 3 * width, model.std), ("attn.c_proj", width, width, end),
                ("mlp.c_fc", width, inner, model.std), ("mlp.c_proj", inner, width, end),
            ):  # fmt: skip
                model.normal(f"{name}.weight", (inputs, outputs), std)
                model.add(f"{name}.bias", (outputs,), "zeros")
        model.norm("ln_f", width, bias=True)
    model.end(config, "lm_head", "transformer.wte", is_tied=True)
    return model
