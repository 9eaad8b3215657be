"""What a rule is: a condition, an answer, the reason, and the works that it follows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from service.advice.layer.layer import Layer
from service.advice.recipe import Recipe
from service.advice.rules.condition import Condition
from service.advice.rules.recipes import ZEROS
from service.tensors.layout import Shape


@dataclass(frozen=True)
class ExtraTensor:
    """A tensor of the layer besides its weights and bias."""

    recipe: Recipe
    shape: Callable[[Layer], Shape | None]
    """None of a layer that has no such tensor."""
    is_bias: bool = False
    """Whether it is another bias, which layers without biases do not have."""


@dataclass(frozen=True)
class Choice:
    """A choice besides the recommendation, and when to prefer it."""

    weights: Recipe
    when: str
    references: tuple[str, ...] = ()
    bias: Recipe | None = None
    """What goes with it; None for the bias of the rule."""
    condition: Condition | None = None
    """What `when` puts into words, as far as a description can say whether it holds; it then holds for no layer that
    the rule answers, as the choice would be the recommendation. None where `when` is a matter of taste or of data."""


@dataclass(frozen=True)
class Rule:
    """One line of the table. Of all rules whose condition holds, the first answers.

    `references` are keys of `service.bibliography`. `bias` is None where the layer has none.
    """

    name: str
    when: Condition
    weights: Recipe | None
    reason: str
    references: tuple[str, ...]
    alternatives: tuple[Choice, ...] = ()
    bias: Recipe | None = ZEROS
    tensors: Mapping[str, ExtraTensor] = field(default_factory=dict)
    parts: Mapping[str, ExtraTensor] = field(default_factory=dict)
    """Tensors of ordinary layers within this one, which a list of layers may have as layers of their own."""
    warnings: tuple[str, ...] = ()
    bare_warnings: tuple[str, ...] = ()
    """Those of layers without skips and normalisation around."""
    bias_warnings: tuple[str, ...] = ()
    """Those about the bias, of layers that have one."""
    zeros_are_fine: bool = False
    """Whether something else breaks the symmetry, so that weights of zero do no harm."""
    has_theory: bool = True
    """Whether the layer stands in a stack of its like, of which mean-field theory says something."""


def out_units(layer: Layer) -> Shape:
    """Return the shape of a tensor with a number for each unit of the layer."""
    return (layer.out,)
