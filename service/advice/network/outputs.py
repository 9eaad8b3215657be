"""Which layers of a list end the network: by their names, and by what follows the last of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from service.advice.layer.layer import Layer
from service.advice.layer.outputs import SIGMOIDS, folded_activation
from service.advice.layer.roles import HEAD_ROLES
from service.advice.layer.vocabulary import LayerKind, LayerRole, role_of_name
from service.advice.network.joints import inputs_of, outputs_of
from service.advice.network.network_layer import NetworkLayer
from service.advice.network.structure import STEPS, block_of

_KINDS: frozenset[LayerKind] = frozenset(("dense", "conv", "conv_transpose"))
_OF_MAPS: frozenset[LayerKind] = frozenset(("conv", "conv_transpose"))

_LAST = "it is the last of the list{}"
_SAY_OTHERWISE = "; give role=hidden where another layer follows"
_OPEN = "nothing says whether the last of the list puts out the answer; give role=head if it does"


def outputs_by_list(network_layers: Sequence[NetworkLayer]) -> dict[int, dict[str, object]]:
    """Return the roles of the layers that put out what the network answers, where none are said."""
    found = _by_names(network_layers)
    steps = [index for index, each in enumerate(network_layers) if each.layer.kind in STEPS]
    last = steps[-1] if steps else None
    has_before = last is not None and any(
        each.layer.kind in STEPS or each.layer.kind == "embedding" for each in network_layers[:last]
    )
    if last is None or last in found or not has_before or not _may_end(network_layers, last):
        return found
    members = _of_last(network_layers, last)
    return {**found, last: {**members}} if members else found


def _by_names(network_layers: Sequence[NetworkLayer]) -> dict[int, dict[str, object]]:
    """Return the heads that are called so: classifier, policy, fc_mu."""
    found: dict[int, dict[str, object]] = {}
    for index, each in enumerate(network_layers):
        layer = each.layer
        if layer.kind not in _KINDS or not _is_open(layer) or block_of(layer.links.name) is not None:
            continue
        role = role_of_name(layer.links.name)
        if role == "value" and layer.out == 1:
            # Of states, not of attention.
            role = "value_head"
        if role in HEAD_ROLES:
            found[index] = {"role": role, "role_from": "its name"}
    return found


def _is_open(layer: Layer) -> bool:
    return layer.role == "hidden" and "role" in layer.assumed


def _may_end(network_layers: Sequence[NetworkLayer], index: int) -> bool:
    """Return whether the last layer is of a kind that may put out an answer, and no block's, and none normalises it."""
    layer = network_layers[index].layer
    if layer.kind not in _KINDS or not _is_open(layer) or block_of(layer.links.name) is not None:
        return False
    description, own = layer.description, network_layers[index].own
    is_inside = description.residual is True or description.normalization not in {None, "none"}
    if is_inside and not own.isdisjoint(("residual", "normalization")):
        return False
    return all(each.layer.kind != "normalization" for each in network_layers[index + 1 :])


def _of_last(network_layers: Sequence[NetworkLayer], last: int) -> Mapping[str, object]:
    """Return the role of the last layer by its activation, or by its size where none follows it."""
    layer, before = network_layers[last].layer, [each.layer for each in network_layers[:last]]
    said = folded_activation(layer.description.activation)
    rebuilds = _rebuilds_inputs(layer, before)
    if said in SIGMOIDS:
        return _members("reconstruction_head" if rebuilds else "head", ", and a sigmoid follows")
    if said == "tanh":
        return _members("reconstruction_head", ", and gives what the first takes") if rebuilds else {}
    if layer.activation.name != "linear" and said:
        return {}
    if layer.description.activation_table is not None or not _is_output_by_size(layer, before, is_said=bool(said)):
        return {"role": "hidden", "role_from": _OPEN} if layer.kind == "dense" else {}
    return _members(_role_by_size(layer, before, rebuilds), ", and no activation follows")


def _members(role: LayerRole, why: str) -> Mapping[str, object]:
    return {"role": role, "role_from": _LAST.format(why) + _SAY_OTHERWISE}


def _is_output_by_size(layer: Layer, before: Sequence[Layer], is_said: bool) -> bool:
    """Return whether a layer that no activation is said of puts out an answer: it narrows, or reads other layers."""
    inputs, outputs = inputs_of(layer), outputs_of(layer)
    if layer.description.residual is True and inputs == outputs:
        return False
    # Not so in a network that is linear throughout.
    others_say = any(
        _says_activation(each) and each.activation.name != "linear" for each in before if each.kind in _KINDS
    )
    is_said = is_said and others_say
    narrows = outputs is not None and (inputs is None or outputs < inputs)
    if layer.kind in _OF_MAPS:
        is_pointwise = layer.axes is not None and layer.axes.receptive_field == 1
        return layer.kind == "conv" and narrows and (is_said or others_say or is_pointwise)
    giver = next(each for each in reversed(before) if each.kind in STEPS or each.kind == "embedding")
    return is_said or others_say or narrows or giver.kind != "dense"


def _says_activation(layer: Layer) -> bool:
    return layer.description.activation is not None or layer.description.activation_table is not None


def _rebuilds_inputs(layer: Layer, before: Sequence[Layer]) -> bool:
    """Return whether a layer gives as many numbers as the first takes, and others less: that of an autoencoder."""
    first = next((each for each in before if each.kind in STEPS), None)
    inputs = None if first is None else inputs_of(first)
    outputs = outputs_of(layer)
    if inputs is None or inputs != outputs:
        return False
    return layer.kind in _OF_MAPS or any((outputs_of(each) or inputs) < inputs for each in before)


def _role_by_size(layer: Layer, before: Sequence[Layer], rebuilds: bool) -> LayerRole:
    if rebuilds:
        return "reconstruction_head"
    outputs = outputs_of(layer)
    vocabularies = {each.axes.in_ for each in before if each.kind == "embedding" and each.axes is not None}
    if outputs in vocabularies:
        return "lm_head"
    if "actor_critic" in layer.architectures:
        return "value_head" if outputs == 1 else "policy_head"
    return "regression_head" if outputs == 1 else "head"
