"""What the code of a layer's family does, where the rules say otherwise: it comes first, and theirs beside it."""

from __future__ import annotations

from dataclasses import replace

from service.advice.layer.layer import Layer
from service.advice.layer.model_part import HOMES, ModelTensor, model_context, own_code
from service.advice.layer.vocabulary import LayerKind
from service.advice.recipe import Recipe
from service.advice.rules.activations import ACTIVATION_RULES
from service.advice.rules.deep_networks import DEEP_NETWORK_RULES
from service.advice.rules.fallback import FALLBACK_RULES
from service.advice.rules.models import MODEL_RULES
from service.advice.rules.parametrizations import PARAMETRIZATION_RULES
from service.advice.rules.rule import Choice, Rule
from service.advice.rules.structures import STRUCTURE_RULES
from service.catalogue.catalogue import CATALOGUE
from service.frameworks.model_families.family import ModelPart
from service.frameworks.model_families.registry import MODELS
from service.frameworks.registry import DESCRIBED
from service.frameworks.rules import TensorContext
from service.tensors.errors import InvalidParameter

NAME = "own_code"
"""By which answers call it, as they do rules."""

_APART: frozenset[LayerKind] = frozenset(("normalization", "logit_scale", "mamba", "mamba2", "parameter"))
"""Layers that start alike in all networks, or with further tensors that rules know."""
_OUTPUTS: frozenset[ModelPart] = frozenset(("head", "lm_head"))
_PARAMETRIZED = frozenset(rule.name for rule in PARAMETRIZATION_RULES)
_OF_FAMILIES = frozenset(rule.name for rule in MODEL_RULES)
"""Rules that say what a family's authors do."""
_OF_THEORY = frozenset(
    rule.name for rules in (STRUCTURE_RULES, DEEP_NETWORK_RULES, ACTIVATION_RULES, FALLBACK_RULES) for rule in rules
)
_WHEN_THEORY = "you prefer theory, which keeps the signal's scale, to this family's code"
_WHEN_PRACTICE = "you prefer what is usual in networks of its kind to this family's code"


def with_own_code(layer: Layer, rule: Rule) -> Rule:
    """Return the rule for a layer, with what its family's own code does first where the rule says another thing."""
    own = None if layer.kind in _APART or rule.name in _PARAMETRIZED else own_code(layer)
    if own is None or (rule.name in _OF_FAMILIES and not _comes_first(layer)):
        return rule
    try:
        weights, bias = _weights(layer, own), _bias(layer, own)
        is_same = rule.weights is not None and _is_same(layer, weights, rule.weights)
    except InvalidParameter:
        return rule
    has_other_bias = own.part in _OUTPUTS and layer.usually_has_bias and (rule.bias is None) != (bias is None)
    if is_same and not has_other_bias:
        return rule
    return _ruled(rule, own, weights, bias, is_same=is_same)


def _comes_first(layer: Layer) -> bool:
    """Return whether the code says more than rules that say what the family's authors, or those of its like, do."""
    return layer.description.framework in MODELS or layer.description.architecture in HOMES


def _ruled(rule: Rule, own: ModelTensor, weights: Recipe, bias: Recipe | None, *, is_same: bool) -> Rule:
    library = DESCRIBED[own.library].title
    when = _WHEN_THEORY if rule.name in _OF_THEORY else _WHEN_PRACTICE
    others = () if rule.weights is None or is_same else (Choice(rule.weights, when, rule.references, rule.bias),)
    return replace(
        rule,
        name=NAME,
        weights=weights,
        bias=bias,
        reason=f"As {own.family.title}'s code in {library} starts this part: {own.weight.formula}. "
        f"It stands in {own.family.source}.",
        references=(*_WORKS.get(own.library, ()), *rule.references),
        alternatives=(*others, *rule.alternatives),
        warnings=() if own.part in _OUTPUTS else rule.warnings,
    )


_WORKS = {"transformers": ("wolf2019",)}


def _weights(layer: Layer, own: ModelTensor) -> Recipe:
    """Return what the family's weight starts with, as its code reads the axes: whatever the groups."""
    found = Recipe.of(own.weight.initializer(model_context(layer)))
    # Queries, keys and values in one matrix are drawn as one.
    as_one = {"gates": 1} if "gates" in CATALOGUE.get(found.initializer).model_fields else {}
    return Recipe(found.initializer, {"groups": None, **as_one, **found.parameters})


def _bias(layer: Layer, own: ModelTensor) -> Recipe | None:
    """Return what the bias beside it starts with; None where the family has none there."""
    shape = layer.bias_shape
    if shape is None or own.part in own.family.without_biases:
        return None
    return Recipe.of(own.bias.initializer(TensorContext(shape, fan_in=layer.fan_in)))


def _is_same(layer: Layer, own: Recipe, other: Recipe) -> bool:
    first, second = own.on(layer), other.on(layer)
    return first.is_same_as(second) or first.is_distributed_as(second)
