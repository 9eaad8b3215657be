"""What is to be thought of weights other than the recommended ones: a framework's, or those that a layer has now."""

from __future__ import annotations

import math
from dataclasses import dataclass

from service.advice.answer import FrameworkDefault, Judgement, Verdict
from service.advice.framework_default import LayerDefault, default_of
from service.advice.layer.layer import Layer
from service.advice.numbers import ratio_text
from service.advice.rules.rule import Rule
from service.advice.scheme import Scheme
from service.advice.tensor_advice import tensor_advice
from service.advice.theory.evidence import evidence_of, initial_loss, surroundings_of
from service.advice.theory.judgement import judge
from service.advice.theory.mean_field import Signal
from service.advice.wording import signal_sentence
from service.tensors.errors import InvalidParameter

_EXCESS_NATS = 10.0
"""The initial loss over that of knowing nothing beyond which the first steps only undo the weights: a choice."""

_BANDS: tuple[tuple[float, Judgement], ...] = ((2.0, "good"), (5.0, "acceptable"))
"""By less than which factor a standard deviation may differ from the recommended one: a choice."""

_SMALLEST_RATIO = 1e-12
"""A ratio of standard deviations that has a logarithm, for weights of zero."""


@dataclass(frozen=True)
class Judge:
    """A layer's rule and what it recommends, with which other weights are compared."""

    layer: Layer
    rule: Rule
    recommended: Scheme | None
    bias: Scheme | None

    def verdict(self, weights: Scheme) -> Verdict:
        """Return the verdict on the weights that the layer has now."""
        judgement, statement = self._opinion(weights)
        evidence = evidence_of(self.layer, weights, self.bias, self.rule.has_theory)
        return Verdict(judgement, statement, tensor_advice(weights), evidence)

    def framework_default(self) -> FrameworkDefault | None:
        """Return the default of the framework that the description names, judged; None where there is none."""
        try:
            default = default_of(self.layer)
            if default is None:
                return None
            weights, bias = tensor_advice(default.weights), tensor_advice(default.bias)
        except InvalidParameter:
            return None
        judgement, statement = self._opinion_on_default(default)
        evidence = evidence_of(self.layer, default.weights, None, self.rule.has_theory)
        return FrameworkDefault(default.framework, default.layer, weights, bias, judgement, statement, evidence)

    def _opinion(self, weights: Scheme) -> tuple[Judgement, str]:
        if weights.is_constant and self.rule.zeros_are_fine:
            return "good", "a constant does no harm here: something else breaks the symmetry"
        if weights.is_constant and self.layer.axes is not None:
            return "reject", self._symmetry_statement(weights)
        if not self._is_followed(weights):
            return self._opinion_on_logits(weights)
        judgement, signal = self._judge_signal(weights, self.bias)
        how = ", as recommended," if self._is_as_recommended(weights) else " as it is"
        return judgement, signal_sentence(f"{weights.initializer_name}{how}", self.layer, signal)

    def _opinion_on_default(self, default: LayerDefault) -> tuple[Judgement, str]:
        subject, bias = f"{default.framework}'s {default.layer} default", default.bias
        if not self._is_followed(default.weights):
            judgement, statement = self._compare(default.weights)
            return judgement, f"{subject}: {statement}"
        # Biases drawn at random keep up a second moment that says nothing of the input.
        judgement, signal = self._judge_signal(default.weights, None)
        statement = signal_sentence(subject, self.layer, signal)
        if bias is not None and bias.mean_square and not bias.is_constant:
            statement += f"; its biases add a variance of {bias.mean_square:.2g} that says nothing of the input"
        return judgement, statement

    def _opinion_on_logits(self, weights: Scheme) -> tuple[Judgement, str]:
        """Compare weights with those recommended, and reject those with which a classifier knows less than nothing."""
        judgement, statement = self._compare(weights)
        mean_square = weights.mean_square
        least = initial_loss(self.layer, 0.0)
        loss = None if mean_square is None else initial_loss(self.layer, mean_square)
        if loss is not None and least is not None:
            statement += f"; the loss starts at {loss:.4g} nats, where {least:.4g} knows nothing"
            judgement = "reject" if loss > least + _EXCESS_NATS else judgement
        return judgement, statement

    def _is_followed(self, weights: Scheme) -> bool:
        """Return whether theory follows the signal through layers with these weights, so that their scale matters."""
        is_known = weights.mean_square is not None and self.layer.axes is not None
        return self.rule.has_theory and is_known and surroundings_of(self.layer).normalizer == "none"

    def _compare(self, weights: Scheme) -> tuple[Judgement, str]:
        """Judge weights by how far they are from those recommended, where theory has nothing to say."""
        own = self.recommended.mean_square if self.recommended is not None else None
        other = weights.mean_square
        if own is None or other is None:
            return "acceptable", f"{weights.initializer_name} is another kind of tensor than {self.rule.name} asks for"
        if math.isclose(own, other):
            return "good", "as recommended"
        if other == 0.0 and self.rule.zeros_are_fine:
            return "good", "zeros do no harm here: something else breaks the symmetry"
        if own == 0.0:
            std = math.sqrt(other)
            return "acceptable", f"random where zeros are recommended, with a standard deviation of {std:.3g}"
        ratio = math.sqrt(other / own)
        distance = abs(math.log(max(ratio, _SMALLEST_RATIO)))
        judgement: Judgement = next((name for factor, name in _BANDS if distance < math.log(factor)), "poor")
        statement = f"{ratio_text(ratio)} times the standard deviation that is recommended"
        if surroundings_of(self.layer).normalizer != "none":
            statement += "; after a normalisation that decides how large a step is, not the signal"
        return judgement, statement

    def _judge_signal(self, weights: Scheme, bias: Scheme | None) -> tuple[Judgement, Signal]:
        """Judge weights by what they make of the signal; what is recommended is good, as nothing better is known."""
        judgement, signal = judge(self.layer, weights, bias)
        return "good" if self._is_as_recommended(weights) else judgement, signal

    def _is_as_recommended(self, weights: Scheme) -> bool:
        """Return whether the weights have the recommended scale, and keep norms where those recommended do."""
        own = self.recommended
        if own is None or own.mean_square is None or weights.mean_square is None:
            return False
        return math.isclose(own.mean_square, weights.mean_square) and own.is_isometric == weights.is_isometric

    def _symmetry_statement(self, weights: Scheme) -> str:
        zero = "the signal is zero, and so is the gradient before it; " if weights.constant == 0.0 else ""
        remedy = self.rule.weights.initializer if self.rule.weights else "a random scheme"
        return (
            f"{zero}all units compute the same and get the same gradient, and so remain the same for ever: one unit in "
            f"effect. Take {remedy}"
        )
