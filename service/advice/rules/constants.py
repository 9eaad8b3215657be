"""What weights that are all one number do in each place: which start slowly, which never learn, which stay alike.

The reasons are the gradients of the first steps, for inputs that differ, biases that are all the same, and random
weights around. What gets none in the first step gets one later: only where two that meet are zero do both stay so.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from service.advice.judgements import Judgement
from service.advice.layer.layer import Layer
from service.advice.layer.roles import HEAD_ROLES
from service.advice.rules.condition import (
    ALWAYS,
    DEPTHWISE,
    ONE_UNIT,
    SKIPS,
    Condition,
    architecture,
    has,
    kind,
    member,
    role,
)


@dataclass(frozen=True)
class ConstantEffect:
    """What is to be thought of weights that are all zero, or all another number, of layers of some condition."""

    when: Condition
    judgement: Judgement
    statement: str


def _is_flat_at_zero(layer: Layer) -> bool:
    """Return whether the activation after the layer has the slope 0 at 0, as frameworks take ReLU's to be."""
    if layer.role == "mlp_gate" and layer.activation.name == "reglu":
        return True
    function = layer.curves.function
    return function is not None and not np.any(function.derivative(np.zeros(1)))


_FLAT = Condition("an activation of slope 0 at 0", _is_flat_at_zero)
_RECURRENT = Condition("recurrent", lambda layer: layer.is_recurrent)
_OF_INPUTS = member("tensor", "input") | Condition(
    "one matrix for the inputs and the state", lambda layer: layer.weight.is_of_inputs_and_state
)
_GATED = kind("lstm", "gru")
_STATE_SPACE = kind("s4", "s4d", "mamba")
_UP = role("mlp_up", "mlp_gate")
_HEADS = role(*sorted(HEAD_ROLES))
_CONTRAST = role("projection_head") | (role("head") & architecture("clip"))

_ALIKE = (
    "all units compute the same, in effect one unit; where the weights after them are all the same too, they get the "
    "same gradient and stay alike for ever"
)

_ROUTER = ConstantEffect(
    role("router"),
    "acceptable",
    "all experts are equally likely at first: right where noise on the logits breaks the ties (Shazeer et al., "
    "2017). Without it all tokens go to the same experts, until the router has learnt",
)
_MIXTURE = ConstantEffect(
    role("mixture_head"),
    "reject",
    "all components are the same and get the same gradient, so that they stay alike for ever, unless their biases "
    "set them apart",
)
_STATES = ConstantEffect(
    _STATE_SPACE,
    "poor",
    "all states of a channel evolve alike, where they are meant to cover many time scales",
)
"""Of zeros and of other numbers alike."""

ZERO_EFFECTS = (
    ConstantEffect(
        role("query"),
        "acceptable",
        "scores of zero make attention uniform at first, as µP has it (Yang et al., 2022). The queries learn from the "
        "first step and the keys from the second, but neither ever does if the keys are zero too",
    ),
    ConstantEffect(
        role("key"),
        "acceptable",
        "scores of zero make attention uniform at first. The keys learn from the first step and the queries from the "
        "second, but neither ever does if the queries are zero too",
    ),
    ConstantEffect(
        role("qkv"),
        "reject",
        "attention is uniform, and stays so: queries get their gradient through the keys, and keys through the "
        "queries, so that where both are zero neither ever learns",
    ),
    ConstantEffect(
        role("value", "attention_output") & SKIPS,
        "acceptable",
        "attention adds nothing at first, so that its block is the identity. Either the values or the output "
        "projection may be zero: if both are, neither ever learns",
    ),
    ConstantEffect(
        _RECURRENT & _OF_INPUTS,
        "reject",
        "nothing of the input gets into the state, nor a gradient to the layers before; if the layer after starts at "
        "zero too, as outputs often do, nothing ever learns",
    ),
    ConstantEffect(
        _RECURRENT & _GATED,
        "acceptable",
        "the gates see the input alone at first, and the cell keeps its content by its gates all the same. The weights "
        "learn from the first step, as the states of units differ",
    ),
    ConstantEffect(
        _RECURRENT,
        "poor",
        "no state is handed on at first, and no gradient goes back through time. The weights learn from the first "
        "step, but long dependencies only later",
    ),
    ConstantEffect(
        kind("embedding") & has("tied"),
        "reject",
        "all inputs and all logits are zero: as inputs the rows get their gradient through the logits' weights, and as "
        "these from a signal that has nothing but positions in it",
    ),
    ConstantEffect(
        kind("embedding"),
        "poor",
        "no token differs from another at first, and the layers after get no signal from them. Each row learns through "
        "the random weights after it, so that rows don't stay alike",
    ),
    _ROUTER,
    ConstantEffect(
        role("highway_gate"),
        "acceptable",
        "the gate is that of its bias for every input at first, and learns from the first step",
    ),
    ConstantEffect(
        role("hypernetwork_output"),
        "reject",
        "the weights that it makes for the main network are all zero, but for its bias",
    ),
    ConstantEffect(
        _CONTRAST,
        "reject",
        "outputs of zero have no direction: where they are normalised next, neither they nor their gradient are "
        "defined",
    ),
    _MIXTURE,
    ConstantEffect(
        _HEADS,
        "acceptable",
        "the outputs are those of the bias at first. These weights learn from the first step, the layers before them "
        "from the second",
    ),
    ConstantEffect(
        role("shortcut"),
        "poor",
        "the path around the branch lets nothing through at first; where the branch starts at zero too, nothing gets "
        "through the block",
    ),
    _STATES,
    ConstantEffect(
        _FLAT & ~_RECURRENT,
        "reject",
        "the signal is zero, where {activation} has the slope 0: without a bias that differs no gradient reaches these "
        "weights, nor the layers before, and they never learn",
    ),
    ConstantEffect(
        SKIPS,
        "poor",
        "the branch adds nothing at first, and its other weights get no gradient in the first step. These learn only "
        "through them; zeros belong in the last layer of a branch",
    ),
    ConstantEffect(
        ALWAYS,
        "reject",
        "the signal is zero, and so is the gradient of the layers before. These weights learn only through random "
        "weights after them, and where those are zero too, never",
    ),
)
"""Of zeros, where they are neither recommended nor a choice: the first whose condition holds."""

CONSTANT_EFFECTS = (
    _ROUTER,
    ConstantEffect(
        role("query", "key"),
        "poor",
        "scores depend on one direction of the input alone at first, and all units of a head are the same. They part "
        "only through the random weights of the other side",
    ),
    ConstantEffect(
        role("qkv"),
        "reject",
        "within each head all queries are the same, and all keys: they get the same gradient and stay alike for ever, "
        "in effect one unit",
    ),
    ConstantEffect(
        kind("embedding"),
        "poor",
        "no token differs from another at first. Each row learns from a gradient of its own, so that rows don't stay "
        "alike",
    ),
    ConstantEffect(
        _RECURRENT & ~_OF_INPUTS,
        "poor",
        "each unit gets the same sum of all states, in which they can't be told apart until the weights have learnt",
    ),
    _MIXTURE,
    ConstantEffect(
        _HEADS & ~_CONTRAST & ~ONE_UNIT,
        "poor",
        "all outputs are the same at first, and the layers before them get the same gradient in all units; each output "
        "learns from targets of its own",
    ),
    _STATES,
    ConstantEffect(
        DEPTHWISE,
        "acceptable",
        "each channel is summed over its window at first; channels differ, and so do the gradients of the places in a "
        "kernel",
    ),
    ConstantEffect(~ONE_UNIT, "reject", _ALIKE),
)
"""Of other numbers, where no constant is recommended; of a single unit nothing is alike."""


def constant_effect(layer: Layer, value: float) -> ConstantEffect | None:
    """Return what weights that are all `value` do in a layer; None where they are judged as any others."""
    effects = ZERO_EFFECTS if value == 0.0 else CONSTANT_EFFECTS
    return next((effect for effect in effects if effect.when.holds(layer)), None)
