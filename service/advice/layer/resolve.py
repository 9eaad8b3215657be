"""From a description to the layer that the rules see: what is given, and what is usual where nothing is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from service.activations.names import find_activation
from service.advice.layer.activation import resolve_activation
from service.advice.layer.architectures import CONVOLUTIONAL, WITHOUT_ATTENTION, architecture_called
from service.advice.layer.assumed_sizes import assumed_sizes
from service.advice.layer.checks import check
from service.advice.layer.description import LayerDescription, Normalization
from service.advice.layer.layer import Layer
from service.advice.layer.model_part import block_number
from service.advice.layer.outputs import output_by_sigmoid, output_by_softmax
from service.advice.layer.roles import BLOCK_ROLES, HEAD_ROLES, TRANSFORMER_ROLES
from service.advice.layer.storage import is_sure_conv_1d
from service.advice.layer.stored_weight import StoredWeight, stored_weight
from service.advice.layer.uses import check_uses
from service.advice.layer.vocabulary import LayerKind, LayerRole, LayerWord, fold_layer_word, layer_word
from service.advice.links import LinkOptions
from service.frameworks.transformers import TRANSFORMERS
from service.initializers.initializer import Initializer

CONSTRUCTOR_BIAS = "constructor_bias"
"""Read from a call that says nothing of a bias: its constructor makes one. It is no member, and is not told as one."""

NOTHING: Mapping[str, object] = MappingProxyType({})


_BETWEEN_KERNELS = (
    "nothing nonlinear stands between the two kernels of a separable convolution, and the first makes up for what is "
    "before both"
)


def resolve(
    description: LayerDescription,
    links: LinkOptions,
    read: Mapping[str, object] = NOTHING,
    bias_start: Initializer | None = None,
) -> Layer:
    """Return the layer of a description. Raises InvalidParameter.

    `read` is what the description has from the constructor's call, which is told as what is assumed, and `bias_start`
    what that call has the bias start with.
    """
    word = _word(description)
    assumed: dict[str, object] = {**read}
    has_constructor_bias = assumed.pop(CONSTRUCTOR_BIAS, False) is True
    if is_sure_conv_1d(description):
        description = description.model_copy(update={"framework": TRANSFORMERS.name})
        assumed["framework"] = TRANSFORMERS.name
    role: LayerRole = description.role or word.role or _usual_role(description, word.kind, assumed)
    if description.role is None and word.role is None:
        assumed["role"] = role
    if description.tied and role == "head" and word.kind == "dense":
        # The tensor is the embedding's, and zeros would never learn.
        word, role = replace(word, kind="embedding"), "hidden"
    stored = stored_weight(description, word.kind, role)
    if assumed.get("role") == "hidden":
        stored = _as_output(stored, assumed)
    description, role = stored.description, stored.weight.role
    assumed |= stored.assumed
    if stored.weight.kind != word.kind:
        word = replace(word, kind=stored.weight.kind)
    activation, usual_activation = resolve_activation(description, word, role)
    if usual_activation is not None:
        assumed["activation"] = usual_activation
    is_beside = _is_beside_convolutions(description, word.kind, links.name)
    normalization = description.normalization
    if normalization is None:
        normalization = assumed["normalization"] = _usual_normalization(description, is_beside, role)
    has_skips = description.residual
    if has_skips is None:
        has_skips = assumed["residual"] = _usually_has_skips(description, is_beside, role)
    layer = Layer(
        description=description,
        links=links,
        weight=stored.weight,
        shape=stored.shape,
        layout=stored.layout,
        cell=stored.cell,
        blocks=stored.blocks,
        activation=activation,
        normalization=normalization,
        has_skips=has_skips,
        assumed=assumed,
        has_constructor_bias=has_constructor_bias,
        bias_start=bias_start,
    )
    layer = _as_convolution_of_two_kernels(layer, assumed)
    check_uses(layer)
    check(layer)
    sizes = assumed_sizes(layer)
    return replace(layer, assumed={**assumed, **sizes}) if sizes else layer


def _as_convolution_of_two_kernels(layer: Layer, assumed: dict[str, object]) -> Layer:
    """Return a layer with what its being one kernel of a separable convolution says; others as they are."""
    if layer.groups != layer.description.groups:
        assumed["groups"] = layer.groups
    if not layer.is_second_of_separable:
        return layer
    assumed["activation_from"] = _BETWEEN_KERNELS
    return replace(layer, activation=find_activation("linear"))


def _word(description: LayerDescription) -> LayerWord:
    """Return what the layer's word means in the architecture that is described. Raises InvalidParameter."""
    word = layer_word(description.layer)
    if word.kind == "dense" and _is_kernel(description):
        word = replace(word, kind="conv")
    if word.role_in_transformer is not None and architecture_called(description.architecture).is_transformer:
        return replace(word, role=word.role_in_transformer)
    if word.role == "value" and description.architecture in _WITH_CRITICS:
        return replace(word, role="value_head")
    if word.role in {"query", "key"} and description.architecture in _WITH_CRITICS:
        # Of their values of actions.
        return replace(word, role=None)
    if (
        word.role is None
        and description.architecture == "diffusion"
        and fold_layer_word(description.layer) == "convout"
    ):
        return replace(word, role="regression_head")
    if word.role == "qkv" and description.architecture in WITHOUT_ATTENTION:
        return replace(word, role=None)
    return word


def _is_kernel(description: LayerDescription) -> bool:
    """Return whether a matrix is stored as the kernel of a convolution of one position: 8,32,1,1."""
    shape = description.shape or ()
    return len(shape) > 3 and description.layout is None and set(shape[2:]) == {1}


_WITH_CRITICS = frozenset(("actor_critic", "ddpg"))
"""Architectures of which a layer called value says how good a state is, and is none of attention."""


def _as_output(stored: StoredWeight, assumed: dict[str, object]) -> StoredWeight:
    """Return the weight of a layer that its one unit and its activation say to be an output; others as they are."""
    output = output_by_sigmoid(stored.description, stored.weight.kind, stored.units)
    if output is None:
        return stored
    assumed |= output.members
    return replace(stored, weight=replace(stored.weight, role=output.role))


_WITH_ATTENTION_APART = frozenset((None, "diffusion", "unet"))
"""Architectures of which the blocks of a transformer, where they have some, normalise what they take."""


def _usual_normalization(description: LayerDescription, is_beside: bool, role: LayerRole) -> Normalization:
    if description.architecture in _WITH_ATTENTION_APART and role in TRANSFORMER_ROLES:
        return "layer"
    architecture = architecture_called(description.architecture)
    if is_beside:
        return "none"
    # Heads follow a transformer's last normalisation; no other network normalises what it puts out.
    return "none" if role in HEAD_ROLES and not architecture.is_transformer else architecture.normalization


def _is_beside_convolutions(description: LayerDescription, kind: LayerKind, name: str) -> bool:
    """Return whether a layer weighs a convolutional network's channels, or is one of the matrices after them.

    A matrix in a block, by its name in the network, is one of a residual network that has matrices alone.
    """
    is_weighing = fold_layer_word(description.layer) in _OF_CHANNELS
    return description.architecture in CONVOLUTIONAL and (
        is_weighing or (kind == "dense" and block_number(name) is None)
    )


_OF_CHANNELS = frozenset(("squeezeexcite", "squeezeexcitation", "semodule", "selayer", "se"))
"""Words for layers that weigh channels."""


def _usually_has_skips(description: LayerDescription, is_beside: bool, role: LayerRole) -> bool:
    is_residual = (
        (architecture_called(description.architecture).is_residual and not is_beside)
        or role in TRANSFORMER_ROLES
        or role == "residual_last"
        or description.norm_position is not None
    )
    return is_residual and role in BLOCK_ROLES


def _usual_role(description: LayerDescription, kind: LayerKind, assumed: dict[str, object]) -> LayerRole:
    """Return the role of a layer of which none is said: a share of positives is a classifier's or a detector's."""
    with_prior: dict[LayerKind, LayerRole] = {"dense": "binary_head", "conv": "detector_head"}
    if description.prior is not None:
        return with_prior.get(kind, "hidden")
    output = output_by_softmax(description, kind)
    if output is None:
        return "hidden"
    assumed["role_from"] = output.reason
    return output.role
