"""Mamba (Gu & Dao 2023) and Mamba-2 (Dao & Gu 2024), as transformers has them: their own rules for a state space."""

from __future__ import annotations

import math
from collections.abc import Callable

from service.models.architecture import Architecture
from service.models.config import Config, InvalidConfig


def mamba(config: Config) -> Architecture:
    """Return the tensors of MambaModel or MambaForCausalLM, whose head is tied unless the configuration says not."""
    width = config.size("hidden_size")
    inner = config.size("intermediate_size", default=config.size("expand", default=2) * width)
    states, kernel = config.size("state_size", default=16), config.size("conv_kernel", default=4)
    rank = math.ceil(width / 16) if config.members.get("time_step_rank") in (None, "auto") else 0
    rank = rank or config.size("time_step_rank")
    bias = config.flag("use_bias", False)

    def mixer(model: Architecture) -> None:
        model.linear("in_proj", 2 * inner, width, bias=bias)
        model.linear("x_proj", rank + 2 * states, inner)
        scale = rank**-0.5 * config.number("time_step_scale", 1.0)
        model.add("dt_proj.weight", (inner, rank), "uniform", low=-scale, high=scale)
        _time_steps(model, config, "dt_proj.bias", inner)
        model.add("A_log", (inner, states), "mamba_a_log")
        model.add("D", (inner,), "ones")
        _convolution(model, config, inner, kernel)
        _outputs(model, config, width, inner)

    return _backbone(config, mixer, is_tied=True)


def mamba2(config: Config) -> Architecture:
    """Return the tensors of Mamba2Model or Mamba2ForCausalLM."""
    width = config.size("hidden_size")
    inner = config.size("expand", default=2) * width
    states, kernel = config.size("state_size", default=128), config.size("conv_kernel", default=4)
    heads, groups = config.size("num_heads", default=128), config.size("n_groups", default=8)
    bias = config.flag("use_bias", False)
    if config.members.get("head_dim") is not None and heads * config.size("head_dim") != inner:
        raise InvalidConfig("num_heads", f"and head_dim must give the inner width, {inner}: hidden_size times expand")

    def mixer(model: Architecture) -> None:
        mixed = inner + 2 * groups * states
        model.linear("in_proj", inner + mixed + heads, width, bias=bias)
        _time_steps(model, config, "dt_bias", heads)
        model.add("A_log", (heads,), "mamba_a_log")
        model.add("D", (heads,), "ones")
        model.norm("norm", inner)
        _convolution(model, config, mixed, kernel)
        _outputs(model, config, width, inner)

    return _backbone(config, mixer, is_tied=False)


def _backbone(config: Config, mixer: Callable[[Architecture], None], *, is_tied: bool) -> Architecture:
    width = config.size("hidden_size")
    model = Architecture(config.number("initializer_range", 0.1))
    with model.within("" if config.is_bare else "backbone"):
        model.embedding("embeddings", config.size("vocab_size"), width)
        with model.layers("layers", config.count("num_hidden_layers")):
            model.norm("norm", width)
            with model.within("mixer"):
                mixer(model)
        model.norm("norm_f", width)
    model.end(config, "lm_head", "backbone.embeddings", is_tied=config.flag("tie_word_embeddings", is_tied))
    return model


def _time_steps(model: Architecture, config: Config, name: str, count: int) -> None:
    """Add the bias whose softplus is a time step, log-uniform between two bounds."""
    steps = {
        "dt_min": config.number("time_step_min", 0.001),
        "dt_max": config.number("time_step_max", 0.1),
        "floor": config.number("time_step_floor", 1e-4),
    }
    model.add(name, (count,), "dt_bias", **steps)


def _convolution(model: Architecture, config: Config, channels: int, kernel: int) -> None:
    bound = kernel**-0.5
    model.add("conv1d.weight", (channels, 1, kernel), "uniform", low=-bound, high=bound)
    if config.flag("use_conv_bias", True):
        model.add("conv1d.bias", (channels,), "zeros")


def _outputs(model: Architecture, config: Config, width: int, inner: int) -> None:
    bound = inner**-0.5
    if config.flag("rescale_prenorm_residual", False):
        bound /= math.sqrt(config.count("num_hidden_layers"))
    model.add("out_proj.weight", (width, inner), "uniform", low=-bound, high=bound)
    if config.flag("use_bias", False):
        model.add("out_proj.bias", (width,), "zeros")
