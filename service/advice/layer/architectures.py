"""What is usual in each family of networks, and assumed where a description does not say otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from service.advice.layer.description import ArchitectureName, Normalization


@dataclass(frozen=True)
class Architecture:
    """What the layers of a family of networks have around them."""

    normalization: Normalization = "none"
    is_residual: bool = False
    is_transformer: bool = False
    activation: str = "relu"
    """What follows a hidden layer."""
    is_activation_everywhere: bool = False
    """Whether that is assumed after layers of every kind and role, heads included."""


_PLAIN = Architecture()
_RESIDUAL_CONVOLUTIONS = Architecture("batch", is_residual=True)
_TRANSFORMER = Architecture("layer", is_residual=True, is_transformer=True, activation="gelu")
_TANH = Architecture(activation="tanh", is_activation_everywhere=True)

ARCHITECTURES: Mapping[ArchitectureName, Architecture] = {
    "mlp": _PLAIN,
    "cnn": _PLAIN,
    "resnet": _RESIDUAL_CONVOLUTIONS,
    "densenet": _RESIDUAL_CONVOLUTIONS,
    "unet": _RESIDUAL_CONVOLUTIONS,
    "efficientnet": _RESIDUAL_CONVOLUTIONS,
    "rnn": _PLAIN,
    "transformer": _TRANSFORMER,
    "gpt": _TRANSFORMER,
    "llama": Architecture("rms", is_residual=True, is_transformer=True, activation="silu"),
    "bert": _TRANSFORMER,
    "t5": Architecture("rms", is_residual=True, is_transformer=True),
    "vit": _TRANSFORMER,
    "clip": _TRANSFORMER,
    "dit": _TRANSFORMER,
    "diffusion": Architecture(activation="silu"),
    "gan": _PLAIN,
    "dcgan": _PLAIN,
    "vae": _PLAIN,
    "flow": _PLAIN,
    "actor_critic": _TANH,
    "ddpg": _PLAIN,
    "detector": _PLAIN,
    "gnn": _PLAIN,
    "siren": Architecture(activation="siren", is_activation_everywhere=True),
    "pinn": _TANH,
    "moe": Architecture("layer", is_residual=True, is_transformer=True),
    "autoencoder": _PLAIN,
    "linear_model": Architecture(activation="linear"),
}


def architecture_called(name: ArchitectureName | None) -> Architecture:
    """Return the architecture of a name; a plain one where none is given."""
    return _PLAIN if name is None else ARCHITECTURES[name]
