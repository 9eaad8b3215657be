"""What is to be thought of weights other than the recommended ones: a framework's, or those that a layer has now."""

from __future__ import annotations

import math
from dataclasses import dataclass

from service.advice.answer import Evidence, Extent, FrameworkDefault, Verdict
from service.advice.framework_default import LayerDefault, default_of
from service.advice.judgements import (
    DEVIATION,
    EXCESS_NATS,
    GROWTH,
    JUDGEMENTS,
    NUMBERS,
    OUTPUT,
    SHARED_OVER_OWN,
    SIGNAL,
    Judgement,
)
from service.advice.layer.layer import Layer
from service.advice.layer.vocabulary import LayerRole
from service.advice.numbers import fan_text, ratio_text
from service.advice.rules.constants import constant_effect
from service.advice.rules.rule import Rule
from service.advice.scheme import Scheme
from service.advice.tensor_advice import tensor_advice
from service.advice.theory.evidence import evidence_of, short_evidence_of
from service.advice.theory.initial_loss import initial_loss
from service.advice.theory.judgement import judgement_beside, judgement_on
from service.advice.theory.mean_field import Signal
from service.advice.theory.prediction import Prediction, normalizer_of
from service.advice.wording import hopeless_sentence, knowing, possessive, signal_sentence
from service.lazy import lazy
from service.tensors.errors import InvalidParameter

_LARGEST_COMMON_LOGIT = 2.0**13
"""What all logits may have in common: in float32, of 24 bits, their differences are then known to 0.001."""
_SMALLEST_RATIO = 1e-12
"""A ratio of standard deviations that has a logarithm, for weights of zero."""

_ROUNDING = 1e-12
"""By which two numbers that are the same may differ."""

_BRANCH_ENDS: frozenset[LayerRole] = frozenset(("attention_output", "mlp_down"))
_BRANCHES_OF_BLOCK = 2
"""Of a transformer: attention and the feed-forward layers."""

_NO_SCALE = 1e-3
"""The mean square of a normalisation's scales below which they count as zero."""

_ENDS_BRANCH = "it is the last of a residual branch"
_ZEROS_ARE_FINE = "zeros do no harm here: something else breaks the symmetry"


@dataclass(frozen=True)
class Judge:
    """A layer's rule and what it recommends, with which other weights are compared."""

    layer: Layer
    rule: Rule
    recommended: Scheme | None
    bias: Scheme | None
    extent: Extent = "full"

    def verdict(self, weights: Scheme) -> Verdict:
        """Return the verdict on the weights that the layer has now."""
        judgement, statement = self._opinion(weights)
        evidence = self.evidence(weights, self.bias)
        return Verdict(judgement, statement, tensor_advice(weights), evidence)

    def framework_default(self) -> FrameworkDefault | None:
        """Return the default of the framework that the description names, judged; None where there is none."""
        try:
            default = default_of(self.layer, links_bias=self.extent == "full")
            if default is None:
                return None
            weights = tensor_advice(default.weights)
            bias = tensor_advice(default.bias) if self.extent == "full" else None
        except InvalidParameter:
            return None
        judgement, statement = self._opinion_on_default(default)
        evidence = self.evidence_of_choice(default.weights, None)
        return FrameworkDefault(default.framework, default.layer, weights, bias, judgement, statement, evidence)

    def evidence_of_choice(self, weights: Scheme, bias: Scheme | None) -> Evidence | None:
        """Return what theory predicts of the layer with weights that it might have; None in a brief answer."""
        return None if self.extent == "brief" else self.evidence(weights, bias)

    @lazy
    def evidence_of_recommended(self) -> Evidence:
        """What theory predicts of the layer with the recommended weights, intervals included."""
        prediction = self.prediction(self.recommended, self.bias)
        found = self._told[id(prediction)] = evidence_of(prediction, self.rule.has_theory)
        return found

    def evidence(self, weights: Scheme, bias: Scheme | None) -> Evidence:
        """Return what theory predicts of the layer with weights that it has, or might have."""
        prediction = self.prediction(weights, bias)
        known = self._told.get(id(prediction))
        if known is None:
            make = evidence_of if self.extent == "full" else short_evidence_of
            known = self._told[id(prediction)] = make(prediction, self.rule.has_theory)
        return known

    @lazy
    def _told(self) -> dict[int, Evidence]:
        """That of each prediction."""
        return {}

    def prediction(self, weights: Scheme | None, bias: Scheme | None) -> Prediction:
        """Return what theory predicts of the layer with weights; the same object for those that it takes alike."""
        known = self._predictions.get((id(weights), id(bias)))
        if known is None:
            own = Prediction(self.layer, weights, bias)
            known = self._alike.setdefault(own.likeness, own) if self.rule.has_theory else own
            self._predictions[id(weights), id(bias)] = known
            self._asked.append((weights, bias))
        return known

    @lazy
    def _predictions(self) -> dict[tuple[int, int], Prediction]:
        """Those of each pair of weights and biases."""
        return {}

    @lazy
    def _asked(self) -> list[tuple[Scheme | None, Scheme | None]]:
        """These pairs, which are known by their places in memory as long as they are there."""
        return []

    @lazy
    def _alike(self) -> dict[tuple[object, ...], Prediction]:
        """Those that differ, by what theory sees of weights."""
        return {}

    def _opinion(self, weights: Scheme) -> tuple[Judgement, str]:
        if weights.is_constant and self._is_random_here(weights.constant or 0.0):
            opinion = self._opinion_on_constant(weights.constant or 0.0)
            if opinion is not None:
                return opinion
        if not self._is_followed(weights) or self._is_compared_with_constant(weights):
            return self._opinion_on_logits(weights)
        likeness = self._likeness(weights)
        how = "" if likeness is None else f", {likeness},"
        return self._opinion_on_signal(f"{weights.initializer_name}{how}", weights, self.bias)

    def _is_random_here(self, value: float) -> bool:
        """Return whether random weights are right where these are all one number; zeros may be right besides."""
        if self.layer.axes is None or not self.rule.zeros_are_fine:
            return self.layer.axes is not None
        is_random = self.recommended is not None and not self.recommended.is_constant
        return value != 0.0 and is_random and self.layer.kind != "positional_embedding"

    def _opinion_on_constant(self, value: float) -> tuple[Judgement, str] | None:
        """Judge weights that are all one number where random ones are recommended; None where they are as any others.

        What may be zero at the choice of who asks is not judged worse.
        """
        effect = constant_effect(self.layer, value)
        when = self._when_zeros_are_right() if value == 0.0 else None
        if when is not None and (effect is None or effect.judgement != "acceptable"):
            return "acceptable", f"right where {when}"
        if effect is None:
            return None
        judgement, statement = effect.judgement, effect.statement.format(activation=self.layer.activation.name)
        if value and self.layer.is_depthwise:
            gain = self.layer.fan_in * abs(value)
            judgement = max(judgement, _factor_judgement(gain), key=JUDGEMENTS.index)
            statement = f"{statement}. What a channel has in common is multiplied by {gain:.3g}"
        remedy = self.rule.weights.initializer if self.rule.weights else "a random scheme"
        return judgement, statement if judgement in {"good", "acceptable"} else f"{statement}. Take {remedy}"

    def _is_compared_with_constant(self, weights: Scheme) -> bool:
        """Return whether weights stand where a constant is right: their size is what matters."""
        is_lost_in_depth = self.layer.ends_bare_branch and bool(weights.constant)
        return weights.is_constant and self.rule.zeros_are_fine and not is_lost_in_depth

    def _opinion_on_default(self, default: LayerDefault) -> tuple[Judgement, str]:
        subject, bias = f"{possessive(default.framework)} {default.layer} default", default.bias
        if not self._is_followed(default.weights):
            judgement, statement = self._compare(default.weights)
            return judgement, f"{subject}: {statement}"
        likeness = self._likeness(default.weights)
        if likeness is not None:
            subject += f", {likeness},"
        # Biases drawn at random keep up a second moment that says nothing of the input.
        judgement, statement = self._opinion_on_signal(subject, default.weights, None)
        if bias is not None and bias.mean_square and not bias.is_constant:
            statement += f"; its biases add a variance of {bias.mean_square:.2g}, whatever the input"
        return judgement, statement

    def _opinion_on_logits(self, weights: Scheme) -> tuple[Judgement, str]:
        """Compare weights with those recommended, and reject those with which a classifier knows less than nothing."""
        judgement, statement = self._compare(weights)
        start = initial_loss(self.layer, weights, self.bias)
        if start is not None:
            if judgement != "good" and self._is_taken_away_by_softmax(weights):
                judgement = "acceptable"
                statement = (
                    f"a constant of {weights.constant:.3g} gives all classes one logit, which the softmax takes away: "
                    "as good as zeros, which are recommended"
                )
            is_least = math.isclose(start.loss, start.least, rel_tol=_ROUNDING)
            least = f"that of {knowing(start)}" + ("" if is_least else f" at {start.least:.4g}")
            statement += f"; the loss starts at {start.loss:.4g} nats, {least}"
            is_worse = start.loss > start.least + EXCESS_NATS and self._likeness(weights) is None
            judgement = "reject" if is_worse else judgement
        return judgement, statement

    def _is_taken_away_by_softmax(self, weights: Scheme) -> bool:
        """Return whether weights are a constant that adds as much to all logits of one softmax, and not too much."""
        value, recommended = weights.constant, self.recommended
        is_beside_zeros = recommended is not None and recommended.constant == 0.0 and bool(value)
        is_softmax = self.layer.role in {"head", "lm_head"} and not self.layer.has_independent_outputs
        return is_beside_zeros and is_softmax and abs(value or 0.0) * self.layer.fan_in < _LARGEST_COMMON_LOGIT

    def _is_followed(self, weights: Scheme) -> bool:
        """Return whether theory follows the signal through layers with these weights, so that their scale matters."""
        is_known = weights.mean_square is not None and self.layer.axes is not None
        return self.rule.has_theory and is_known and normalizer_of(self.layer) == "none"

    def _compare(self, weights: Scheme) -> tuple[Judgement, str]:
        """Judge weights by how far they are from those recommended, where theory has nothing to say."""
        recommended = self.recommended
        likeness = self._likeness(weights)
        if likeness is not None:
            return "good", likeness
        own = None if recommended is None else recommended.mean_square
        other = weights.mean_square
        if recommended is None or own is None or other is None:
            return "acceptable", f"{weights.initializer_name} makes another kind of tensor than is recommended"
        if recommended.constant is not None or weights.constant is not None:
            return self._compare_with_constant(weights, recommended)
        if math.isclose(own, other) and not weights.mean:
            return "good", _of_scale(weights, recommended)
        ratio = math.sqrt(other / own)
        judgement, statement = self._opinion_on_ratio(weights, ratio)
        if self.layer.is_normalized:
            statement += (
                "; the next normalisation takes this factor out of the signal, not out of the effective learning rate"
            )
        if self._has_shared_signal(weights):
            return "poor", (
                f"the mean of {weights.mean:.3g} adds up over {fan_text(self.layer.fan_in)} inputs to more than the "
                f"weights differ by, so that all units get nearly the same signal; {statement}"
            )
        return judgement, statement

    def _opinion_on_ratio(self, weights: Scheme, ratio: float) -> tuple[Judgement, str]:
        """Judge a standard deviation by its ratio to the recommended one, and by what is known besides.

        Between the recommended one and zeros that do no harm none does. At the end of a branch whose input is
        normalised, what all branches add to the stream says how much too large it is.
        """
        judgement, statement = _band(ratio), f"{ratio_text(ratio)} times the recommended standard deviation"
        if ratio < 1.0 and self.rule.zeros_are_fine and not self.layer.is_normalized:
            return "good", statement if judgement == "good" else f"{statement}, where zeros do no harm either"
        growth = self._growth_of_stream(weights)
        if growth is None or judgement != "poor" or SIGNAL.judgement(math.log(growth)) in {"poor", "reject"}:
            return judgement, statement
        blocks = f"{self.layer.depth} blocks"
        return (
            "acceptable",
            f"{statement}, with which {blocks} multiply the signal's mean square by {growth:.3g} at most",
        )

    def _growth_of_stream(self, weights: Scheme) -> float | None:
        """Return what branches that end in these weights make of the stream's mean square, for inputs of mean square 1.

        None where they do not end branches whose inputs are normalised, or where the depth is not known.
        """
        layer = self.layer
        if layer.role not in _BRANCH_ENDS or not layer.has_skips or layer.depth is None or layer.axes is None:
            return None
        if normalizer_of(layer) == "none":
            return None
        return 1.0 + _BRANCHES_OF_BLOCK * layer.depth * layer.fan_in * (weights.mean_square or 0.0)

    def _compare_with_constant(self, weights: Scheme, recommended: Scheme) -> tuple[Judgement, str]:
        """Judge weights by what they do to the output where a constant is recommended, or one against random weights.

        A constant against another by its factor; anything against zeros by the second moment of what it adds to the
        output, for inputs of second moment 1.
        """
        target, value = recommended.constant, weights.constant
        of_vector = self._opinion_on_vector(weights, target)
        if of_vector is not None:
            return of_vector
        if value == 0.0 and self.rule.zeros_are_fine:
            return "good", "as recommended" if target == 0.0 else _ZEROS_ARE_FINE
        if target is None:
            return "poor", f"a constant of {value:.3g} where {recommended.initializer_name} is recommended"
        if value is not None and math.isclose(value, target):
            return "good", "as recommended"
        if value is not None and target:
            ratio = abs(value / target)
            judgement = _band(ratio) if value / target > 0.0 else max(_band(ratio), "acceptable", key=JUDGEMENTS.index)
            return judgement, f"a constant of {value:.3g} where {target:g} is recommended"
        added = self._added_second_moment(weights, target)
        is_summed = self.layer.axes is not None and self._sums_inputs
        judgement = (OUTPUT if is_summed else NUMBERS).judgement(math.log(max(added, _SMALLEST_RATIO)))
        where = "zeros are" if target == 0.0 else f"a constant of {target:g} is"
        return judgement, f"{where} recommended here, and {self._effect(weights, added)}"

    def _opinion_on_vector(self, weights: Scheme, target: float | None) -> tuple[Judgement, str] | None:
        """Judge a vector that takes away what its layer is for; None of others."""
        if self.layer.kind == "normalization" and target and (weights.mean_square or 0.0) < _NO_SCALE:
            return self._opinion_on_scale_of_zero()
        if self.layer.kind == "prelu" and weights.constant == 1.0:
            return "poor", "a slope of 1 on both sides is no nonlinearity: the layers around it are in effect one"
        return None

    def _opinion_on_scale_of_zero(self) -> tuple[Judgement, str]:
        """Judge a normalisation's scale of zero, or almost, by whether a skip goes around it."""
        if self.layer.has_skips:
            return "acceptable", f"right where {self._when_zeros_are_right() or _ENDS_BRANCH}, and nowhere else"
        return "reject", (
            "a scale of zero lets nothing of the input through, and no gradient back: with no skip around it, all that "
            "is before it has hardly any effect and does not learn"
        )

    def _added_second_moment(self, weights: Scheme, target: float) -> float:
        """Return the second moment of what weights add to the output, beside that of the constant `target`."""
        # Of an identity no law is known, and its second moment is.
        std = math.sqrt(weights.mean_square or 0.0) if weights.std is None else weights.std
        mean = weights.mean - target
        if self.layer.axes is None or not self._sums_inputs:
            return std * std + mean * mean
        # A mean adds up coherently over the inputs, as far as they have one themselves.
        fan_in = self.layer.fan_in
        return fan_in * std * std + fan_in * mean * fan_in * mean

    @property
    def _sums_inputs(self) -> bool:
        return self.layer.kind not in {"embedding", "positional_embedding"}

    def _effect(self, weights: Scheme, added: float) -> str:
        is_summed = self.layer.axes is not None and self._sums_inputs
        does = (
            f"adds a mean square of {added:.3g} to the output"
            if is_summed
            else (f"differs from it by a mean square of {added:.3g}")
        )
        of = f", summed over {fan_text(self.layer.fan_in)} inputs" if is_summed else ""
        if weights.constant is not None:
            return f"a constant of {weights.constant:.3g} {does}{of}"
        if weights.std is None:
            return f"{weights.initializer_name} {does}{of}"
        around = f" around {weights.mean:.3g}" if weights.mean and not is_summed else ""
        return f"a standard deviation of {weights.std:.3g}{around} {does}{of}"

    def _has_shared_signal(self, weights: Scheme) -> bool:
        """Return whether all units get much the same, though a normalisation follows that keeps the scale.

        A layer normalisation takes the mean over the units away, and with it what they share.
        """
        if not weights.mean or self.layer.axes is None or not self._sums_inputs or self.layer.normalization == "layer":
            return False
        own, shared = weights.std or 0.0, math.sqrt(self.layer.fan_in) * abs(weights.mean)
        return shared > SHARED_OVER_OWN * own

    def _opinion_on_signal(self, subject: str, weights: Scheme, bias: Scheme | None) -> tuple[Judgement, str]:
        """Judge weights by what they make of the signal, and say it.

        What is recommended is good, as nothing better is known: where it cannot keep the signal either, other weights
        are judged by how much worse they are.
        """
        signal = self.prediction(weights, bias).judged
        own = judgement_on(signal)
        judgement = self._judgement_beside_recommended(signal, own, weights)
        sentence = hopeless_sentence if judgement == "good" != own else signal_sentence
        return judgement, sentence(subject, self.layer, weights, signal)

    def _judgement_beside_recommended(self, signal: Signal, own: Judgement, weights: Scheme) -> Judgement:
        """Return the judgement on weights that by themselves have another one, their own."""
        if own == "good" or self._likeness(weights) is not None:
            return "good"
        recommended = self._signal_of_recommended
        return own if recommended is None else judgement_beside(signal, recommended)

    def rejects(self, weights: Scheme, bias: Scheme | None) -> bool:
        """Return whether theory rejects weights for this layer."""
        if not self._is_followed(weights):
            return False
        signal = self.prediction(weights, bias).judged
        return self._judgement_beside_recommended(signal, judgement_on(signal), weights) == "reject"

    @lazy
    def _signal_of_recommended(self) -> Signal | None:
        """What the recommended weights make of the signal; None where theory does not follow them."""
        if self.recommended is None or not self._is_followed(self.recommended):
            return None
        return self.prediction(self.recommended, self.bias).judged

    def _likeness(self, weights: Scheme) -> str | None:
        """Return in which respect weights are those that are recommended, if they are as good; None if they differ."""
        own = self.recommended
        if own is None:
            return None
        if weights.is_same_as(own):
            return "as recommended"
        if weights.is_distributed_as(own):
            return "distributed as recommended"
        return _of_scale(weights, own) if self._is_of_scale(weights, own) else None

    def _is_of_scale(self, weights: Scheme, own: Scheme) -> bool:
        """Return whether weights have the recommended scale, and keep norms where those recommended do."""
        if own.mean_square is None or weights.mean_square is None:
            return False
        is_of_scale = math.isclose(own.mean_square, weights.mean_square)
        is_of_mean = math.isclose(own.mean, weights.mean, abs_tol=_ROUNDING)
        is_of_kind = own.initializer_name == weights.initializer_name or not (own.is_isometric or weights.is_isometric)
        return is_of_scale and is_of_mean and is_of_kind

    def _when_zeros_are_right(self) -> str | None:
        """Return when zeros are to be preferred, where they are a choice beside random weights; None where not."""
        choices = (choice.when for choice in self.rule.alternatives if choice.weights.initializer == "zeros")
        return next(choices, None)


def _of_scale(weights: Scheme, recommended: Scheme) -> str:
    whose = recommended.initializer_name
    return "at the recommended scale" + ("" if whose == weights.initializer_name else f", that of {whose}")


def _factor_judgement(factor: float) -> Judgement:
    """Return the judgement on a factor by which a signal grows, or shrinks, in one layer."""
    return GROWTH.judgement(abs(math.log(max(factor * factor, _SMALLEST_RATIO))))


def _band(ratio: float) -> Judgement:
    """Return the judgement on a standard deviation, or on a constant, by its ratio to the recommended one."""
    return DEVIATION.judgement(abs(math.log(max(ratio, _SMALLEST_RATIO))))
