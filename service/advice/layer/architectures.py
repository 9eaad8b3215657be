"""What is usual in each family of networks, and assumed where a description does not say otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from service.advice.layer.description import ArchitectureName, Normalization


@dataclass(frozen=True)
class ArchitectureTraits:
    """What the layers of a family of networks have around them."""

    normalization: Normalization = "none"
    is_residual: bool = False
    is_transformer: bool = False
    is_normalized_before: bool = False
    """Whether normalisations stand before the layers, as in pre-activation blocks, where no norm_position says so."""
    activation: str = "relu"
    """What follows a hidden layer."""
    has_biases: bool = True
    """Whether its layers usually have biases."""
    is_activation_everywhere: bool = False
    """Whether that is assumed after layers of every kind and role, heads included."""


_PLAIN = ArchitectureTraits()
_RESIDUAL_CONVOLUTIONS = ArchitectureTraits("batch", is_residual=True)
_TRANSFORMER = ArchitectureTraits("layer", is_residual=True, is_transformer=True, activation="gelu")
_TANH = ArchitectureTraits(activation="tanh", is_activation_everywhere=True)

ARCHITECTURES: Mapping[ArchitectureName, ArchitectureTraits] = {
    "mlp": _PLAIN,
    "cnn": _PLAIN,
    "resnet": _RESIDUAL_CONVOLUTIONS,
    "densenet": _RESIDUAL_CONVOLUTIONS,
    "unet": _RESIDUAL_CONVOLUTIONS,
    "efficientnet": _RESIDUAL_CONVOLUTIONS,
    "rnn": _PLAIN,
    "transformer": _TRANSFORMER,
    "gpt": _TRANSFORMER,
    "llama": ArchitectureTraits("rms", is_residual=True, is_transformer=True, has_biases=False, activation="silu"),
    "bert": _TRANSFORMER,
    "t5": ArchitectureTraits("rms", is_residual=True, is_transformer=True, has_biases=False),
    "vit": _TRANSFORMER,
    "clip": _TRANSFORMER,
    "dit": _TRANSFORMER,
    "diffusion": ArchitectureTraits(activation="silu", is_normalized_before=True),
    "gan": _PLAIN,
    "dcgan": _PLAIN,
    "vae": _PLAIN,
    "flow": _PLAIN,
    "actor_critic": _TANH,
    "ddpg": _PLAIN,
    "detector": _PLAIN,
    "gnn": _PLAIN,
    "siren": ArchitectureTraits(activation="siren", is_activation_everywhere=True),
    "pinn": _TANH,
    "moe": ArchitectureTraits("layer", is_residual=True, is_transformer=True),
    "autoencoder": _PLAIN,
    "linear_model": ArchitectureTraits(activation="linear"),
}


def architecture_called(name: ArchitectureName | None) -> ArchitectureTraits:
    """Return the architecture of a name; a plain one where none is given."""
    return _PLAIN if name is None else ARCHITECTURES[name]
