"""Descriptions drawn at random, and recorded ones, for properties that hold for every answer."""

from __future__ import annotations

import random

from pydantic import ValidationError

from service.advice.advisor import advise
from service.advice.layer.description import LayerDescription
from service.advice.layer.resolve import resolve
from service.advice.links import LinkOptions
from service.catalogue.catalogue import CATALOGUE
from service.tensors.errors import InvalidParameter

LAYERS = (
    "Linear", "Dense", "Conv2d", "ConvTranspose2d", "DepthwiseConv2D", "LSTM", "GRU", "SimpleRNN", "Embedding",
    "MultiheadAttention", "LayerNorm", "BatchNorm2d", "PReLU", "LoRA", "Mamba", "S4D", "GCNConv", "SwiGLU", "head",
)  # fmt: skip
MEMBERS = {
    "activation": ("relu", "tanh", "gelu", "sigmoid", "selu", "silu", "linear", "elu", "softplus", "sin"),
    "role": ("hidden", "first", "head", "query", "mlp_down", "residual_last", "value_head", "binary_head", "router"),
    "architecture": ("resnet", "gpt", "vit", "bert", "clip", "t5", "dcgan", "diffusion", "actor_critic", "vae"),
    "normalization": ("none", "batch", "layer", "rms", "group"),
    "framework": ("pytorch", "keras", "flax", "transformers"),
    "depth": (1, 3, 12, 40, 100, 1000),
    "residual": (True, False),
    "bias": (True, False),
    "dropout": (0.1, 0.5),
    "parametrization": ("mup",),
    "norm_position": ("pre", "post"),
}
CURRENT: tuple[tuple[str, dict], ...] = (
    ("normal", {}),
    ("zeros", {}),
    ("uniform", {"low": 0.0, "high": 0.1}),
    ("he_normal", {}),
)


def drawn_answers(count, seed):
    """Yield answers to descriptions drawn at random, of those that can be answered, with what was asked."""
    source = random.Random(seed)
    while count:
        members = {name: source.choice(MEMBERS[name]) for name in source.sample(sorted(MEMBERS), source.randrange(6))}
        asked = {"layer": source.choice(LAYERS), **members}
        name, parameters = source.choice(CURRENT)
        initializer = CATALOGUE.get(name)(**parameters) if source.random() < 0.3 else None
        try:
            links = LinkOptions(seed=source.choice((None, 42)), name=source.choice(("", "blocks.3.fc1")))
            answer = advise(resolve(LayerDescription(**asked), links), initializer)
        except (ValidationError, InvalidParameter):
            continue
        yield asked, answer
        count -= 1
