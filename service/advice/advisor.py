"""From a layer understood to the answer."""

from __future__ import annotations

import functools
import math
from collections.abc import Iterable

from service.advice.answer import (
    Alternative,
    Answer,
    Evidence,
    FrameworkDefault,
    Judgement,
    Recommendation,
    Source,
    TensorAdvice,
    Verdict,
)
from service.advice.experiments import experiments
from service.advice.framework_default import default_of
from service.advice.layer.layer import Layer
from service.advice.rules.rule import Rule
from service.advice.rules.table import rule_for
from service.advice.scheme import Recipe, Scheme
from service.advice.theory.evidence import JUDGED_LAYERS, evidence, initial_loss, judge, rounded, spoken, surroundings
from service.advice.theory.mean_field import Signal
from service.bibliography import REFERENCES
from service.initializers.initializer import Initializer
from service.tensors.errors import InvalidParameter
from service.tensors.layout import Shape

_NORMALISED_WITHOUT_BIAS = frozenset(("batch", "instance", "group"))
_NATS = 10.0
"""Of the loss at the start over that of knowing nothing, beyond which the first steps only undo the weights."""

_THEORY = ("poole2016", "schoenholz2017")


def advise(layer: Layer, current: Initializer | None = None) -> Answer:
    """Return the answer. `current` is what the weights have now. Raises InvalidParameter."""
    return Advisor(layer).answer(current)


class Advisor:
    """The rule for a layer, and what follows from it."""

    def __init__(self, layer: Layer) -> None:
        self.layer = layer
        self.rule: Rule = rule_for(layer)
        self.weights = None if self.rule.weights is None else self.rule.weights.on(layer, suffix=self._weight_suffix)
        self.bias = self._bias(self.rule.bias)

    @property
    def _weight_suffix(self) -> str:
        return "weight" if self.layer.links.name else ""

    def _bias(self, recipe: Recipe | None) -> Scheme | None:
        """Return the bias of a choice; None where the layer has none, or where a normalisation takes it away again."""
        layer = self.layer
        if recipe is None or layer.description.bias is False:
            return None
        if (
            layer.description.bias is None
            and layer.normalization in _NORMALISED_WITHOUT_BIAS
            and layer.kind in {"dense", "conv"}
        ):
            return None
        return recipe.on(layer, self.bias_shape, "bias")

    @property
    def bias_shape(self) -> Shape:
        layer = self.layer
        return (layer.gates * layer.units,) if layer.kind in {"rnn", "lstm", "gru"} else (layer.out,)

    def tensors(self) -> dict[str, Scheme]:
        """Return all tensors of the layer, by the names that they have in a manifest."""
        found = {"weight": self.weights, "bias": self.bias, **self._others()}
        return {name: made for name, made in found.items() if made is not None}

    @functools.cache  # noqa: B019 (an advisor lives as long as one answer)
    def _others(self) -> dict[str, Scheme]:
        layer = self.layer
        return {name: other.recipe.on(layer, other.shape(layer), name) for name, other in self.rule.tensors.items()}

    def answer(self, current: Initializer | None) -> Answer:
        layer, rule = self.layer, self.rule
        own = evidence(layer, self.weights, self.bias, rule.has_theory)
        alternatives = self._alternatives()
        default = self._default()
        verdict = None if current is None else self._verdict(current)
        return Answer(
            layer=self._described(),
            assumed=layer.assumed,
            recommendation=Recommendation(
                _told(self.weights),
                _told(self.bias),
                {name: tell(made) for name, made in self._others().items()},
                rule.name,
                rule.reason,
                rule.references,
            ),
            alternatives=alternatives,
            evidence=own,
            framework_default=default,
            verdict=verdict,
            warnings=(*rule.warnings, *self._of_bare_layers(), *self._warnings()),
            experiments=experiments(layer, self.weights),
            references=sources(self._works(own)),
        )

    def _works(self, own: Evidence) -> Iterable[str]:
        """Yield the keys of the works that the answer rests on, the rule's first."""
        yield from self.rule.references
        for choice in self.rule.alternatives:
            yield from choice.references
        if own.forward_ratio is not None:
            yield from _THEORY
        if own.finite_width is not None:
            yield "hanin2018"
        if self.layer.normalization == "batch":
            yield "yang2019"
        if self.layer.description.dropout:
            yield "pretorius2018"
        yield "mishkin2015"

    def _described(self) -> dict[str, object]:
        layer = self.layer
        told: dict[str, object] = {
            "kind": layer.kind, "role": layer.role, "activation": layer.activation.name, "shape": layer.shape,
            "layout": layer.layout, "fan_in": rounded(layer.fan_in), "fan_out": rounded(layer.fan_out),
        }  # fmt: skip
        return {"name": layer.links.name, **told} if layer.links.name else told

    def _alternatives(self) -> tuple[Alternative, ...]:
        found, own_bias = [], _told(self.bias)
        for choice in self.rule.alternatives:
            try:
                weights = choice.weights.on(self.layer, suffix=self._weight_suffix)
            except InvalidParameter:
                continue
            bias = self.bias if choice.bias is None else self._bias(choice.bias)
            found.append(
                Alternative(
                    _told(weights),
                    own_bias if bias is self.bias else _told(bias),
                    choice.when,
                    choice.references,
                    evidence(self.layer, weights, bias, self.rule.has_theory),
                )
            )
        return tuple(found)

    def _default(self) -> FrameworkDefault | None:
        try:
            found = default_of(self.layer)
            if found is None:
                return None
            weights, bias = found.weights, found.bias
            told = _told(weights), _told(bias)
        except InvalidParameter:
            return None
        subject = f"{found.framework}'s {found.layer} default"
        if not self._is_followed(weights):
            judgement, statement = self._compared(weights)
            statement = f"{subject}: {statement}"
        else:
            # Biases drawn at random keep up a second moment that says nothing of the input.
            judgement, signal = self._judged(weights, None)
            statement = self._said(subject, signal)
            if bias is not None and bias.mean_square and not bias.is_constant:
                statement += f"; its biases add a variance of {bias.mean_square:.2g} that says nothing of the input"
        shown = evidence(self.layer, weights, None, self.rule.has_theory)
        return FrameworkDefault(found.framework, found.layer, *told, judgement, statement, shown)

    def _is_followed(self, weights: Scheme) -> bool:
        """Return whether theory follows the signal through layers with these weights, so that their scale matters."""
        is_known = weights.mean_square is not None and self.layer.axes is not None
        return self.rule.has_theory and is_known and surroundings(self.layer).normalization == "none"

    def _said(self, subject: str, signal: Signal) -> str:
        """Return what a signal becomes, in words."""
        layer = self.layer
        assert signal.depth is not None
        layers = layer.depth or JUDGED_LAYERS
        unit = "block" if layer.has_skips else "layer"
        way = f"through {layers} blocks" if layer.has_skips else f"from the first to the last of {layers} layers"
        return (
            f"{subject} gives a forward ratio of {spoken(signal.forward_ratio)} a {unit} here: "
            f"{spoken(signal.depth.forward)} {way}, and {spoken(signal.depth.backward)} for the gradient"
        )

    def _compared(self, weights: Scheme) -> tuple[Judgement, str]:
        """Judge weights by how far they are from those recommended, where theory has nothing to say."""
        own = self.weights.mean_square if self.weights is not None else None
        other = weights.mean_square
        if own is None or other is None:
            return "acceptable", f"{weights.entry_name} is another kind of tensor than {self.rule.name} asks for"
        if math.isclose(own, other):
            return "good", "as recommended"
        if other == 0.0 and self.rule.zeros_are_fine:
            return "good", "zeros do no harm here: something else breaks the symmetry"
        if own == 0.0:
            return (
                "acceptable",
                f"random where zeros are recommended, with a standard deviation of {math.sqrt(other):.3g}",
            )
        ratio = math.sqrt(other / own)
        distance = abs(math.log(max(ratio, 1e-12)))
        bands: tuple[tuple[float, Judgement], ...] = ((2.0, "good"), (5.0, "acceptable"))
        judgement: Judgement = next((name for end, name in bands if distance < math.log(end)), "poor")
        statement = f"{spoken(ratio)} times the standard deviation that is recommended"
        if surroundings(self.layer).normalization != "none":
            statement += "; behind a normalisation that decides how large a step is, not the signal"
        return judgement, statement

    def _verdict(self, current: Initializer) -> Verdict:
        layer = self.layer
        weights = Recipe(current.name, dict(current.canonical)).on(layer, suffix=self._weight_suffix)
        told = tell(weights)
        shown = evidence(layer, weights, self.bias, self.rule.has_theory)
        if weights.is_constant and not self.rule.zeros_are_fine and layer.axes is not None:
            return Verdict("reject", self._symmetry(weights), told, shown)
        if weights.is_constant and self.rule.zeros_are_fine:
            return Verdict("good", "a constant does no harm here: something else breaks the symmetry", told, shown)
        if not self._is_followed(weights):
            judgement, statement = self._compared(weights)
            least = initial_loss(layer, 0.0)
            if shown.initial_loss is not None and least is not None:
                statement += f"; the loss starts at {shown.initial_loss:.4g} nats, where {least:.4g} knows nothing"
                judgement = "reject" if shown.initial_loss > least + _NATS else judgement
            return Verdict(judgement, statement, told, shown)
        judgement, signal = self._judged(weights, self.bias)
        how = ", as recommended," if self._is_recommended(weights) else " as it is"
        return Verdict(judgement, self._said(f"{weights.entry_name}{how}", signal), told, shown)

    def _judged(self, weights: Scheme, bias: Scheme | None) -> tuple[Judgement, Signal]:
        """Judge weights by what they make of the signal; what is recommended is good, as nothing better is known."""
        judgement, signal = judge(self.layer, weights, bias)
        return "good" if self._is_recommended(weights) else judgement, signal

    def _is_recommended(self, weights: Scheme) -> bool:
        """Return whether the weights have the recommended scale, and keep norms where those recommended do."""
        own = self.weights
        if own is None or own.mean_square is None or weights.mean_square is None:
            return False
        return math.isclose(own.mean_square, weights.mean_square) and own.is_isometric == weights.is_isometric

    def _symmetry(self, weights: Scheme) -> str:
        zero = "the signal is zero, and so is the gradient before it; " if weights.constant == 0.0 else ""
        return (
            f"{zero}all units compute the same and get the same gradient, and so remain the same for ever: one unit in "
            f"effect. Take {self.rule.weights.initializer if self.rule.weights else 'a random scheme'}"
        )

    def _of_bare_layers(self) -> tuple[str, ...]:
        around = surroundings(self.layer)
        return () if around.has_skips or around.normalization != "none" else self.rule.bare_warnings

    def _warnings(self) -> Iterable[str]:
        layer, around = self.layer, surroundings(self.layer)
        if (
            around.normalization != "none"
            and not around.has_skips
            and self.rule.has_theory
            and self.weights is not None
        ):
            shown = evidence(layer, self.weights, self.bias)
            if shown.depth is not None and shown.chi_perp is not None and shown.depth.backward > 1e3:
                yield (
                    f"{layer.normalization} normalisation without skips multiplies the gradient's squared norm by "
                    f"{shown.chi_perp:.5g} a layer, {shown.depth.backward:.2g} times through {shown.depth.layers} "
                    "layers, whatever the weights: add skips"
                )
        if (
            layer.description.bias is not False
            and self.bias is None
            and layer.normalization in _NORMALISED_WITHOUT_BIAS
        ):
            yield "The normalisation behind the layer takes any bias away again: leave it out."
        if layer.description.dropout and not (
            layer.activation.family.is_rectifier or layer.activation.name == "linear"
        ):
            yield "Dropout adds noise that no scale of the weights makes up for exactly."


def tell(made: Scheme) -> TensorAdvice:
    """Return a scheme in the words of the answer."""
    std, bound = made.std, made.bound
    return TensorAdvice(
        made.entry_name,
        made.parameters,
        None if std is None else rounded(std),
        None if bound is None else rounded(bound),
        made.fan("fan_in"),
        made.fan("fan_out"),
        made.href,
    )


def _told(made: Scheme | None) -> TensorAdvice | None:
    return None if made is None else tell(made)


def sources(keys: Iterable[str]) -> tuple[Source, ...]:
    """Return the works with these keys, each once."""
    return tuple(_SOURCES[key] for key in dict.fromkeys(keys))


_SOURCES = {key: Source(r.authors, r.title, r.year, r.identifier, r.url) for key, r in REFERENCES.items()}
