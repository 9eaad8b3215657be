"""From a layer to the answer: the rule that holds for it, what that recommends, and what else there is."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace

from service.advice.answer import Alternative, Answer, Extent, Recommendation, TensorAdvice, Verdict
from service.advice.called_weights import called_weights, reading
from service.advice.checkpoint.names import (
    bias_name,
    first_suffix,
    is_whole_attention,
    stored_tensor,
    weight_name,
)
from service.advice.checkpoint.tensors import checkpoint_tensors, name_of, output_shape, parts_of_transformer_layer
from service.advice.citations import citations
from service.advice.experiments import experiments
from service.advice.framework_default import default_of
from service.advice.layer.layer import Layer
from service.advice.layer.resolve import resolve
from service.advice.layer.uses import may_have_bias
from service.advice.layer_warnings import layer_warnings
from service.advice.numbers import fan_number
from service.advice.recipe import Recipe
from service.advice.rules.recipes import ZEROS
from service.advice.rules.rule import Choice, ExtraTensor, Rule
from service.advice.rules.table import rule_for
from service.advice.scheme import Scheme
from service.advice.tensor_advice import tensor_advice
from service.advice.theory.prediction import Prediction
from service.advice.verdict import Judge
from service.advice.wording import dropout_sentence, possessive
from service.frameworks.default_initializer import DefaultInitializer
from service.frameworks.framework import Framework
from service.initializers.initializer import Initializer
from service.lazy import lazy
from service.tensors.errors import InvalidParameter

_OF_THE_WHOLE = dict.fromkeys(("role", "tensor", "layout", "dim_feedforward", "heads", "kv_heads", "head_size"))
"""What a description says of a transformer's layer, and of none of its parts."""


def advise(
    layer: Layer, current: Initializer | None = None, extent: Extent = "full", caller: Framework | None = None
) -> Answer:
    """Return the answer. `current` is what the weights have now, by a call of `caller`. Raises InvalidParameter."""
    return Advisor(layer).answer(current, extent, caller)


@dataclass(frozen=True)
class Candidate:
    """Weights that a layer may have, or has, and what theory predicts of it with them."""

    relation: str
    """Whose they are."""
    prediction: Prediction


class Advisor:
    """The rule for a layer, and what follows from it."""

    def __init__(self, layer: Layer) -> None:
        self.layer = layer
        self.rule: Rule = rule_for(layer)
        self.weights = None if self.rule.weights is None else self._weights(self.rule.weights)
        self.bias = self._bias(self.rule.bias)

    def _weights(self, recipe: Recipe) -> Scheme:
        return recipe.on(self.layer, suffix=self._suffix)

    @lazy
    def _suffix(self) -> str:
        """What the weight is called, where others stand beside it or the layer has a name."""
        has_others = self.layer.is_recurrent or bool(self.rule.tensors) or is_whole_attention(self.layer)
        return weight_name(self.layer) if self.layer.links.name or has_others else ""

    def _bias(self, recipe: Recipe | None) -> Scheme | None:
        """Return the bias by a recipe; None where the layer has none, or where a normalisation takes it away again."""
        layer = self.layer
        shape, stored = layer.bias_shape, stored_tensor(layer)
        if shape is None or not may_have_bias(layer) or layer.description.bias is False:
            return None
        if layer.description.bias or layer.has_constructor_bias:
            return (recipe or ZEROS).on(layer, shape, bias_name(layer))
        has_own = stored is None or stored.bias is not None or layer.kind == "normalization"
        is_usual = layer.usually_has_bias and has_own
        return recipe.on(layer, shape, bias_name(layer)) if recipe is not None and is_usual else None

    def tensors(self) -> dict[str, Scheme]:
        """Return all tensors of the layer, by the names that they have in a checkpoint."""
        others = {**self._output_projection(), **self._extra_tensors}
        own = checkpoint_tensors(self.layer, self.weights, self.bias, others)
        return {**own, **self._tensors_of_parts(), **self._pointwise_tensors()}

    def _pointwise_tensors(self) -> dict[str, Scheme]:
        """Return a separable convolution's other kernel, and its bias, by the rule for them."""
        layer, name = self.layer, self.layer.pointwise_kernel
        if name is None or layer.axes is None or layer.description.out_features is None:
            return {}
        shape = [*[1] * len(layer.axes.kernel), layer.out, layer.description.out_features]
        members = {"tensor": name, "shape": shape, "layout": None, "groups": 1, "stride": 1}
        sizes = dict.fromkeys(("in_features", "out_features", "kernel_size"))
        return Advisor(resolve(layer.description.model_copy(update={**members, **sizes}), layer.links)).tensors()

    def _tensors_of_parts(self) -> dict[str, Scheme]:
        """Return the tensors of the further layers within a transformer's layer, each by the rule for it."""
        layer, found = self.layer, dict[str, Scheme]()
        for name, members in parts_of_transformer_layer(layer).items():
            own = {**_OF_THE_WHOLE, **members}
            part = resolve(layer.description.model_copy(update=own), replace(layer.links, name=""))
            found |= {f"{name}.{tensor}": scheme for tensor, scheme in Advisor(part).tensors().items()}
        return found

    @lazy
    def _rest(self) -> Mapping[str, Scheme]:
        """Return the layer's tensors besides those that its rule names, by their full names.

        They are a cell's second bias, a recurrent stack's further layers, directions and projections, the other
        matrices and the biases of a whole attention, the parts of a transformer's layer, a separable convolution's
        other kernel.
        """
        layer = self.layer
        is_fused_cell = layer.cell is not None and not layer.cell.is_by_gate
        if not (is_fused_cell or is_whole_attention(layer) or layer.pointwise_kernel is not None):
            return {}
        told = {
            weight_name(layer),
            *([] if self.bias is None else [bias_name(layer)]),
            *(name_of(layer, key) for key in self._extra_tensors),
        }
        if layer.is_numbered:
            told |= {f"{tensor}{first_suffix(layer)}" for tensor in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")}
        return {
            tensor: replace(scheme, name=layer.links.named(tensor))
            for tensor, scheme in self.tensors().items()
            if tensor not in told
        }

    def _output_projection(self) -> Mapping[str, Scheme]:
        """Return the matrix that ends an attention of which a rule names the first alone, by the rule for it."""
        layer = self.layer
        shape = output_shape(layer)
        if shape is None or "output" in self.rule.tensors:
            return {}
        members = {"role": "attention_output", "shape": list(shape), "tensor": None, "layout": None}
        output = resolve(layer.description.model_copy(update=members), layer.links)
        recipe = rule_for(output).weights
        return {} if recipe is None else {"output": recipe.on(output, suffix=weight_name(output))}

    def parts(self) -> dict[str, Scheme]:
        """Return the tensors of ordinary layers that are parts of this one, by their names in a checkpoint."""
        return self._others(self.rule.parts)

    @lazy
    def _extra_tensors(self) -> Mapping[str, Scheme]:
        return self._others(self.rule.tensors)

    def _others(self, tensors: Mapping[str, ExtraTensor]) -> dict[str, Scheme]:
        layer = self.layer
        return {
            key: extra.recipe.on(layer, shape, name_of(layer, key))
            for key, extra in tensors.items()
            if (shape := extra.shape(layer)) is not None and not (extra.is_bias and self.bias is None)
        }

    def answer(self, current: Initializer | None, extent: Extent = "full", caller: Framework | None = None) -> Answer:
        """Return the answer. `current` is what the weights have now, by a call of `caller`. Raises InvalidParameter."""
        layer, rule = self.layer, self.rule
        judge = Judge(layer, rule, self.weights, self.bias, extent)
        evidence = judge.evidence_of_recommended
        alternatives = self._alternatives(judge)
        default = judge.framework_default()
        verdict = None if current is None else self._verdict(judge, current, caller)
        return Answer(
            layer=self._layer_members(),
            assumed=layer.assumed,
            recommendation=self._recommendation(),
            alternatives=alternatives,
            evidence=evidence,
            framework_default=default,
            verdict=verdict,
            warnings=layer_warnings(layer, rule, self.bias, evidence),
            experiments=experiments(layer, self.weights, self.bias),
            references=citations(layer, rule, evidence),
        )

    @property
    def recommended(self) -> Prediction:
        """What theory predicts of the layer with what is recommended."""
        return Prediction(self.layer, self.weights, self.bias)

    def candidates(self, current: Initializer | None, caller: Framework | None = None) -> list[Candidate]:
        """Return what the layer may have, the recommendation first. Raises InvalidParameter."""
        judge = Judge(self.layer, self.rule, self.weights, self.bias)
        found = [Candidate("recommended", judge.prediction(self.weights, self.bias))]
        found += [Candidate("or", judge.prediction(weights, bias)) for _, weights, bias in self._choices(judge)]
        with suppress(InvalidParameter):
            default = default_of(self.layer)
            if default is not None:
                whose = f"{possessive(default.framework)} {default.layer} default"
                found.append(Candidate(whose, judge.prediction(default.weights, None)))
        if current is not None:
            called = None if caller is None else called_weights(current, caller, self.layer, self._suffix)
            found.append(Candidate("now", judge.prediction(called or self._current(current), self.bias)))
        return found

    def _verdict(self, judge: Judge, current: Initializer, caller: Framework | None) -> Verdict:
        """Return the verdict on weights that a framework's function has drawn, where one is known."""
        weights = None if caller is None else called_weights(current, caller, self.layer, self._suffix)
        if caller is None or weights is None:
            return judge.verdict(self._current(current))
        verdict, own = judge.verdict(weights), self._current(current)
        is_alike = math.isclose(weights.mean_square or 0.0, own.mean_square or 0.0)
        told = "" if is_alike else reading(weights, caller, self.layer)
        return replace(verdict, statement=f"{verdict.statement}; {told}") if told else verdict

    def _current(self, initializer: Initializer) -> Scheme:
        """Return what the weights have now, of the dtype that the recommended scheme of the same name is of."""
        own = Recipe.of(initializer)
        if self.weights is not None and self.weights.initializer_name == initializer.name:
            own = Recipe(own.initializer, {**own.parameters, "dtype": self.weights.links.dtype.name})
        if self.layer.axes is None and isinstance(initializer, DefaultInitializer):
            # A framework's default for a vector has no fans.
            return own.on(self.layer, self.layer.shape, self._suffix)
        return self._weights(own)

    def _recommendation(self) -> Recommendation:
        return Recommendation(
            tensor_advice(self.weights),
            self._bias_advice,
            {name: tensor_advice(scheme) for name, scheme in {**self._extra_tensors, **self._rest}.items()},
            self.rule.name,
            self._reason(),
            self.rule.references,
        )

    def _reason(self) -> str:
        """Return the rule's reason, and what dropout changes in its formula."""
        layer, recipe, reason = self.layer, self.rule.weights, self.rule.reason
        own = None if self.weights is None else self.weights.mean_square
        if not layer.description.dropout or recipe is None or own is None:
            return reason
        undropped = replace(layer, description=layer.description.model_copy(update={"dropout": 0.0}))
        is_same = math.isclose(recipe.on(undropped).mean_square or 0.0, own)
        return reason if is_same else f"{reason} {dropout_sentence(layer)}"

    @lazy
    def _bias_advice(self) -> TensorAdvice | None:
        return tensor_advice(self.bias)

    def _alternatives(self, judge: Judge) -> tuple[Alternative, ...]:
        """Return the choices besides the recommendation."""
        return tuple(
            Alternative(
                tensor_advice(weights),
                self._bias_advice if bias is self.bias else tensor_advice(bias),
                choice.when,
                choice.references,
                judge.evidence_of_choice(weights, bias),
            )
            for choice, weights, bias in self._choices(judge)
        )

    def _choices(self, judge: Judge) -> Iterator[tuple[Choice, Scheme, Scheme | None]]:
        """Yield the choices with their weights and biases, without those that are not for a tensor of this shape.

        Those that are the recommendation itself here are left out too, and those that theory rejects in this network,
        which choices for another one need not suit.
        """
        for choice in self.rule.alternatives:
            try:
                weights = self._weights(choice.weights)
            except InvalidParameter:
                continue
            bias = self.bias if choice.bias is None else self._bias(choice.bias)
            if bias is self.bias and self._is_recommended(weights):
                continue
            if choice.condition is None and judge.rejects(weights, bias):
                continue
            yield choice, weights, bias

    def _is_recommended(self, weights: Scheme) -> bool:
        own = self.weights
        return own is not None and (weights.is_same_as(own) or weights.is_distributed_as(own))

    def _layer_members(self) -> dict[str, object]:
        layer = self.layer
        members: dict[str, object] = {
            "kind": layer.kind, "role": layer.role, "activation": layer.activation.name, "shape": layer.shape,
            "layout": layer.layout, "fan_in": fan_number(layer.fan_in), "fan_out": fan_number(layer.fan_out),
        }  # fmt: skip
        return {"name": layer.links.name, **members} if layer.links.name else members
