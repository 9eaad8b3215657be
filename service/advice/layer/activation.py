"""The activation after a layer: the one that is given, by name or by samples, or the usual one."""

from __future__ import annotations

import math

from service.activations.activation import Activation, sampled
from service.activations.names import UnknownActivation, find_activation
from service.advice.layer.architectures import architecture_called
from service.advice.layer.description import ActivationTable, LayerDescription
from service.advice.layer.recurrent_cells import GATES
from service.advice.layer.roles import LINEAR_ROLES
from service.advice.layer.unnamed_activations import INSTEAD, find_by_samples
from service.advice.layer.vocabulary import LayerKind, LayerRole, LayerWord
from service.likeness import fold
from service.tensors.errors import InvalidParameter

_PARAMETERS = ("negative_slope", "alpha", "omega", "pieces")

_ACTIVATED_KINDS: frozenset[LayerKind] = frozenset(("dense", "conv", "conv_transpose", "subpixel_conv", "graph"))
"""Layers that a nonlinearity usually follows."""


def resolve_activation(
    description: LayerDescription, word: LayerWord, role: LayerRole
) -> tuple[Activation, str | None]:
    """Return what follows the layer, and its name where it was assumed.

    Raises InvalidParameter.
    """
    parameters = {name: float(value) for name in _PARAMETERS if (value := getattr(description, name)) is not None}
    if description.activation_table is not None:
        if description.activation is not None or parameters:
            raise InvalidParameter("activation_table", "give either activation or activation_table")
        _check_table(description.activation_table)
        return _rectifier(description.activation_table) or _sampled(description.activation_table), None
    name = description.activation or word.activation
    assumed = None
    if name is None:
        name = assumed = _usual_activation(description, word.kind, role)
    last = name[:64].rpartition(".")[2]
    by_samples = None if parameters else find_by_samples(last)
    if by_samples is not None:
        return by_samples, f"{last}, by samples"
    try:
        activation = find_activation(name)
    except UnknownActivation as error:
        instead = INSTEAD.get(fold(last))
        detail = instead or f"{error}; any other can be given as activation_table, in a POST"
        detail = f"{name[:64]!r} {detail}"
        raise InvalidParameter("activation", detail) from error
    if activation.name == "sin" and (description.architecture == "siren" or description.omega is not None):
        activation = find_activation("siren")
    return activation.with_parameters(parameters), assumed


def _sampled(table: ActivationTable) -> Activation:
    return sampled(tuple(table.x), tuple(table.y))


def _rectifier(table: ActivationTable) -> Activation | None:
    """Return the ReLU or the leaky ReLU that samples are of; None of other activations."""
    if not table.x[0] < 0.0 < table.x[-1] or 0.0 not in table.x:
        return None
    slope = table.y[0] / table.x[0]
    is_so = all(
        math.isclose(y, x if x > 0.0 else slope * x, rel_tol=1e-9) for x, y in zip(table.x, table.y, strict=True)
    )
    if not is_so or not 0.0 <= slope < 1.0:
        return None
    return (
        find_activation("leaky_relu").with_parameters({"negative_slope": slope}) if slope else find_activation("relu")
    )


def _check_table(table: ActivationTable) -> None:
    if len(table.x) != len(table.y):
        raise InvalidParameter("activation_table", "x and y must be equally long")
    if any(not a < b for a, b in zip(table.x, table.x[1:], strict=False)):
        raise InvalidParameter("activation_table", "x must rise from each sample to the next")
    if not any(table.y):
        raise InvalidParameter("activation_table", "y is zero everywhere; such a layer passes nothing on")


def _usual_activation(description: LayerDescription, kind: LayerKind, role: LayerRole) -> str:
    architecture = architecture_called(description.architecture)
    if architecture.is_activation_everywhere:
        return architecture.activation
    if kind in GATES:
        return "tanh"
    if role in LINEAR_ROLES or kind not in _ACTIVATED_KINDS:
        return "linear"
    return architecture.activation
