"""The recipe `advise`: each tensor of a model starts at what /advise recommends for its layer."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from service.advice.advisor import Advisor
from service.advice.layer.description import ArchitectureName, LayerDescription
from service.advice.layer.resolve import resolve
from service.advice.layer.roles import BLOCK_ROLES
from service.advice.layer.vocabulary import LayerRole
from service.advice.links import LinkOptions
from service.advice.scheme import Scheme
from service.models.architecture import Architecture, Entry
from service.models.config import Config
from service.models.parts import Part
from service.models.recipes.megatron import DECODERS
from service.models.recipes.recipe import Groups, Place, Recipe, Table
from service.models.recipes.schemes import ZEROS, neutral

NAME = "advise"

SECONDS = 0.2
"""Of processor time, at most about, that advice on all layers of a model takes."""

_POST_NORMALIZED = frozenset(("bert", "roberta", "distilbert"))
"""Families whose normalizations follow the sums of their branches."""

# Falcon's queries, keys and values alternate by groups in one matrix, which no gates describe.
FAMILIES = frozenset((*DECODERS, *_POST_NORMALIZED)) - {"falcon"}
"""Those of which /advise knows every layer."""

_STORED_IN_OUT = frozenset(("gpt2",))
"""Families whose matrices within layers are stored in × out."""

_ACTIVATIONS = ("hidden_act", "hidden_activation", "activation_function", "activation")
"""The members of configurations that tell the activation of the feed-forward networks."""


@dataclass(frozen=True)
class _Word:
    """What a part is called in a request for advice."""

    layer: str
    role: LayerRole | None = None
    activation: str | None = None
    """What follows it, where its role does not say."""
    is_inner: bool = False
    """Whether the activation of the feed-forward network follows it."""


_WORDS: Mapping[Part, _Word] = {
    "token_embedding": _Word("Embedding"), "position_embedding": _Word("positional_embedding"),
    "type_embedding": _Word("Embedding"), "query": _Word("Linear", "query"), "key": _Word("Linear", "key"),
    "value": _Word("Linear", "value"), "query_key_value": _Word("Linear", "qkv"),
    "latent": _Word("Linear", "hidden", "linear"),
    "attention_output": _Word("Linear", "attention_output"), "mlp_gate": _Word("Linear", "mlp_gate", is_inner=True),
    "mlp_up": _Word("Linear", "mlp_up", is_inner=True), "mlp_gate_up": _Word("Linear", "mlp_up", is_inner=True),
    "mlp_down": _Word("Linear", "mlp_down"), "router": _Word("Linear", "router"), "head": _Word("Linear", "lm_head"),
    "pooler": _Word("pooler"), "head_transform": _Word("Linear", "hidden", is_inner=True),
}  # fmt: skip


@dataclass(frozen=True)
class _Network:
    """What a request for advice says of every layer of a model."""

    members: Mapping[str, Any]
    activation: str | None
    depth: str
    """The member that tells how many layers there are."""
    heads: int
    key_heads: int
    is_stored_in_out: bool

    @classmethod
    def of(cls, config: Config, architecture: Architecture, said: ArchitectureName | None) -> _Network:
        scales = [name for name, own in architecture.tensors.items() if len(own["shape"]) == 1]
        has_centred_norms = any(name.replace(".weight", ".bias") in scales for name in scales if "weight" in name)
        is_encoder = config.model_type in _POST_NORMALIZED
        members = {
            "normalization": "layer" if has_centred_norms else "rms",
            "norm_position": "post" if is_encoder else "pre",
            "residual": True,
            "architecture": said,
        }
        told = (config.members.get(name) for name in _ACTIVATIONS)
        activation = next((name for name in told if isinstance(name, str)), None)
        heads = config.size("num_attention_heads", "n_head", "n_heads")
        key_heads = config.size("num_key_value_heads", default=heads)
        depth = "encoder_layers" if is_encoder else "depth"
        return cls(members, activation, depth, heads, key_heads, config.model_type in _STORED_IN_OUT)

    def scheme(self, part: Part, place: Place) -> Entry:
        """Return what is advised for the weight of a part. Raises InvalidParameter."""
        weights = self._advisor(part, place, tuple(place.own["shape"])).weights
        return ZEROS(place) if weights is None else _entry(weights)

    def _advisor(self, part: Part, place: Place, shape: tuple[int, ...]) -> Advisor:
        word, model = _WORDS[part], place.model
        members = {
            **self.members,
            "layer": word.layer,
            "role": word.role,
            "shape": list(shape),
            self.depth: model.layers,
        }
        if word.role not in BLOCK_ROLES or word.role == "hidden":
            members["residual"] = members["norm_position"] = None
        members["activation"] = self.activation if word.is_inner else word.activation
        if part == "query_key_value":
            members |= {"heads": self.heads, "kv_heads": self.key_heads}
        if part == "token_embedding":
            members |= {"tied": model.is_tied, "padding_idx": place.own.get("padding_idx")}
        if self.is_stored_in_out and word.role is not None and word.role != "lm_head":
            members["layout"] = "in_out"
        description = LayerDescription.model_validate({k: v for k, v in members.items() if v is not None})
        return Advisor(resolve(description, LinkOptions()))

    @property
    def table(self) -> Table:
        """The schemes of all parts."""
        return {
            **{part: functools.partial(self.scheme, part) for part in _WORDS},
            "scale": neutral, "bias": ZEROS, "router_bias": ZEROS,
        }  # fmt: skip


def _entry(scheme: Scheme) -> Entry:
    return {"initializer": scheme.initializer_name, **scheme.parameters}


def advised_groups(config: Config, architecture: Architecture, said: ArchitectureName | None) -> Groups:
    """Return the tensors of an architecture as /advise recommends, which is told what a configuration tells.

    `said` is the `architecture` of the request for advice; without it what holds for any network of such layers is
    recommended. Raises MissingPart and InvalidParameter.
    """
    network = _Network.of(config, architecture, said)
    return Recipe(NAME, {config.model_type: network.table}).groups(config, architecture)
