"""From an activation's call, nn.LeakyReLU(0.2), to the members of a description."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from service.activations.names import UnknownActivation, find_activation
from service.advice.layer.outputs import is_softmax
from service.requests.faults import Fault
from service.requests.layers.constructor_call import ConstructorCall
from service.requests.members import Members
from service.tensors.errors import InvalidParameter

_OF_ACTIVATIONS = frozenset(("negative_slope", "alpha", "init", "num_pieces"))
"""What the one parameter of an activation is called."""


def understand_activation(members: Members) -> tuple[Members, Mapping[str, object]]:
    """Return the members with the activation's parameter from its call, nn.LeakyReLU(0.2), and what was read from it.

    Raises InvalidRequest.
    """
    name = "nonlinearity" if "nonlinearity" in members.values else "activation"
    text = members.values.get(name)
    call = ConstructorCall.of(text) if isinstance(text, str) else None
    if not isinstance(text, str) or call is None or not (call.positional or call.keywords):
        return members, {}
    try:
        activation = find_activation(call.name[:64])
    except (UnknownActivation, InvalidParameter):
        return members, {}
    read: dict[str, object] = {"activation": "softmax" if is_softmax(call.name) else activation.full_name}
    if activation.name == "gelu" and call.keywords.get("approximate") in ("tanh", True):
        read["activation"] = "gelu_tanh"
    own = {parameter: value for parameter, value in call.keywords.items() if parameter in _OF_ACTIVATIONS}
    values = [value for value in (*own.values(), *call.positional) if isinstance(value, int | float)]
    if activation.parameter is not None and values and not isinstance(values[0], bool):
        if activation.parameter in members.values:
            members.refuse(Fault(activation.parameter, f"is given in {text[:64]} too; give one of them"))
        read[activation.parameter] = values[0]
    rest = {member: value for member, value in members.values.items() if member != name}
    return replace(members, values={**rest, **read}), read
