"""The answer to an experiment, as JSON has it and as a person reads it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from service.advice.links import LinkOptions, href
from service.advice.numbers import ratio_text
from service.advice.presentation.page import WIDTH, filled
from service.advice.scheme import Scheme
from service.advice.theory.recursion import HIGHEST, LOWEST
from service.delivery.text_table import lines_of
from service.propagation.draws import Candidate, Doubles
from service.propagation.measurement import LARGEST, SMALLEST, Drawn, Experiment, Measured
from service.propagation.passage import GRADIENT, INPUTS
from service.propagation.prediction import Predicted, Told
from service.propagation.stack import Stack
from service.propagation.verdict import Passing, Verdict

Document = dict[str, Any]

DIGITS = 4
"""To which numbers are told: more of them may differ from machine to machine."""

_SHOWN_LAYERS = (1, 2, 3, 5, 10, 20, 50, 100, 200, 500)
"""Of which the text tells the numbers, and the last."""


@dataclass(frozen=True)
class Outcome:
    """A candidate, what its draws do, what theory says of it, and what to say of that."""

    candidate: Candidate
    drawn: Drawn
    told: Told
    verdict: Verdict
    rank: int


@dataclass(frozen=True)
class PropagationAnswer:
    """The answer to an experiment."""

    experiment: Experiment
    activation: str
    assumed: Mapping[str, object]
    root: str
    """The path under which the service is reached."""
    outcomes: Sequence[Outcome]

    @property
    def document(self) -> Document:
        """The answer as JSON has it."""
        experiment, stack = self.experiment, self.experiment.stack
        return {
            "stack": self._stack(),
            "assumed": dict(self.assumed),
            "seeds": [str(seed) for seed in experiment.seeds],
            "batch_size": experiment.batch_size,
            "inputs": self._normal(INPUTS, stack.widths[0]),
            "output_gradient": self._normal(GRADIENT, stack.widths[-1]),
            "unit": stack.unit,
            "layers": [stack.first + index for index in range(len(stack.widths))],
            "ranking": [outcome.candidate.label for outcome in self.ranked],
            "candidates": [self._outcome(outcome) for outcome in self.outcomes],
        }

    @property
    def ranked(self) -> list[Outcome]:
        return sorted(self.outcomes, key=lambda outcome: (outcome.rank, outcome.verdict.distance))

    def _stack(self) -> Document:
        stack = self.experiment.stack
        told: Document = {
            "widths": list(stack.widths),
            "depth": stack.steps if stack.is_residual else len(stack.widths),
            "activation": self.activation,
            "normalization": stack.normalization,
            "residual": stack.is_residual,
        }
        if stack.is_residual:
            told |= {"layers_per_branch": stack.layers_per_branch, "residual_scale": stack.residual_scale}
            if stack.normalization in {"layer", "rms"}:
                told["norm_position"] = "post" if stack.is_post_norm else "pre"
        return {**told, "parameters": stack.weights}

    def _normal(self, name: str, features: int) -> Document:
        shape = [self.experiment.batch_size, features]
        sizes = ",".join(map(str, shape))
        return {"shape": shape, "href": f"{self.root}/weights/normal?shape={sizes}&std=1&seed={{seed}}&name={name}"}

    def _outcome(self, outcome: Outcome) -> Document:
        first = outcome.candidate.first
        weights = outcome.candidate.weights(self.experiment.stack.sides(1))
        predicted = outcome.told.predicted
        told: Document = {
            "candidate": outcome.candidate.label,
            "rank": outcome.rank,
            "initializer": weights.initializer_name,
            "parameters": weights.parameters,
            "std": None if weights.std is None else _number(weights.std, 6),
            "tensors": [*self._tensors(outcome.candidate)],
            "verdict": _verdict(outcome.verdict),
            "validity": {"level": outcome.told.validity, "reasons": list(outcome.told.reasons)},
            "signal": _course(outcome.drawn.signal, None if predicted is None else _signal(predicted)),
            "gradient": _course(outcome.drawn.gradient, None if predicted is None else _gradient(predicted)),
        }
        if first.bias is not None:
            told["bias"] = {"initializer": first.bias.initializer_name, "parameters": first.bias.parameters}
        return told

    def _tensors(self, candidate: Candidate) -> Iterator[Document]:
        """Yield where the weights of steps that are alike can be had, and what they are called."""
        stack = self.experiment.stack
        for first, last in _runs(stack):
            prediction = candidate.by_sides[stack.sides(first)]
            for number in range(1, stack.matrices_per_step + 1):
                for scheme, tensor in ((prediction.weights, "weight"), (prediction.bias, "bias")):
                    if scheme is None:
                        continue
                    pattern = stack.name_pattern(tensor, number)
                    yield {
                        "name": pattern,
                        "numbers": [first + stack.first, last + stack.first],
                        "shape": list(scheme.shape),
                        "href": _template(scheme, pattern, self.root),
                    }

    @property
    def text(self) -> str:
        """The answer as a person reads it."""
        stack = self.experiment.stack
        lines = [self.title, "", *lines_of([*self._verdict_rows()])]
        for title, course in (("signal", "signal"), ("gradient", "gradient")):
            lines += ["", f"mean square of the {title}, drawn", *lines_of([*self._course_rows(course)])]
        unit = stack.unit
        lines += [
            "",
            *filled(
                f"Drawn is the geometric mean of {len(self.experiment.seeds)} seeds, each of "
                f"{self.experiment.batch_size} inputs, over the mean square at the {unit} where it comes from; in "
                "brackets is what theory predicts.",
                WIDTH,
            ),
        ]
        return "".join(f"{line.rstrip()}\n" for line in lines)

    @property
    def title(self) -> str:
        stack = self.experiment.stack
        widths = (
            f"width {stack.widths[0]}" if len({*stack.widths}) == 1 else "widths " + ",".join(map(str, stack.widths))
        )
        count = stack.steps if stack.is_residual else len(stack.widths)
        kind = f"{count} residual blocks" if stack.is_residual else f"{count} layers"
        norm = "" if stack.normalization == "none" else f", {stack.normalization} normalisation"
        return f"{kind}, {widths}, {self.activation}{norm}"

    def _verdict_rows(self) -> Iterator[tuple[str, ...]]:
        stack = self.experiment.stack
        last = stack.first + stack.steps
        signal, gradient = f"signal at {stack.unit} {last}", f"gradient at {stack.unit} {stack.first}"
        yield "rank", "candidate", signal, gradient, "verdict"
        for outcome in self.ranked:
            predicted, drawn = outcome.told.predicted, outcome.drawn
            yield (
                str(outcome.rank),
                outcome.candidate.label,
                _beside(float(drawn.signal.middle[-1]), None if predicted is None else predicted.signal[-1]),
                _beside(float(drawn.gradient.middle[0]), None if predicted is None else predicted.gradient[0]),
                sentence(outcome.verdict, stack.unit),
            )

    def _course_rows(self, course: str) -> Iterator[tuple[str, ...]]:
        stack = self.experiment.stack
        last = stack.first + stack.steps
        shown = sorted({stack.first, *(number for number in _SHOWN_LAYERS if number < last), last})
        yield (stack.unit, *map(str, shown))
        for outcome in self.ranked:
            middle = getattr(outcome.drawn, course).middle
            yield (outcome.candidate.label, *(_text(float(middle[number - stack.first])) for number in shown))


def sentence(verdict: Verdict, unit: str) -> str:
    """Return a verdict in words."""
    signal, gradient = verdict.signal, verdict.gradient
    parts = [f"signal {signal.word} at {unit} {signal.layer}"] * (signal.layer is not None)
    if gradient.layer is not None:
        word = "" if parts and signal.word == gradient.word else f"{gradient.word} "
        parts.append(f"gradient {word}at {unit} {gradient.layer}")
    return ", ".join(parts) or "stable"


def _runs(stack: Stack) -> list[tuple[int, int]]:
    """Return the first and the last of steps one after another whose matrices have the same sides."""
    runs: list[tuple[int, int]] = []
    for step in range(1, stack.steps + 1):
        if runs and stack.sides(step) == stack.sides(runs[-1][1]):
            runs[-1] = (runs[-1][0], step)
        else:
            runs.append((step, step))
    return runs


def _template(scheme: Scheme, pattern: str, root: str) -> str:
    """Return the URL of a tensor with {layer} or {block}, and {seed} (RFC 6570)."""
    name = pattern.replace("{layer}", "LAYER").replace("{block}", "BLOCK")
    found = href(scheme.initializer, scheme.shape, LinkOptions(root=root), name)
    found = found.replace("LAYER", "{layer}").replace("BLOCK", "{block}")
    return f"{found}&seed={{seed}}" if scheme.initializer.random else found


def _verdict(verdict: Verdict) -> Document:
    worse = verdict.worse
    return {
        "word": worse.word,
        "judgement": worse.judgement,
        "signal": _passing(verdict.signal),
        "gradient": _passing(verdict.gradient),
    }


def _passing(passing: Passing) -> Document:
    return {
        "word": passing.word,
        "layer": passing.layer,
        "factor": _number(passing.factor, DIGITS),
        "judgement": passing.judgement,
    }


def number_of(logarithm: float) -> float:
    """Return the number of a predicted logarithm, 0 and `LARGEST` for the ends, where theory stops to follow."""
    if logarithm <= LOWEST:
        return 0.0
    return LARGEST if logarithm >= HIGHEST else math.exp(logarithm)


_Logarithms = tuple[Sequence[float], Sequence[tuple[float, float]] | None]
"""A predicted course, and the ends around it."""


def _signal(predicted: Predicted) -> _Logarithms:
    return predicted.signal, predicted.signal_intervals


def _gradient(predicted: Predicted) -> _Logarithms:
    return predicted.gradient, predicted.gradient_intervals


def _course(measured: Measured, predicted: _Logarithms | None) -> Document:
    told: Document = {
        "measured": _numbers(measured.middle),
        "low": _numbers(measured.low),
        "high": _numbers(measured.high),
        "predicted": None,
        "predicted_low": None,
        "predicted_high": None,
    }
    if predicted is not None:
        course, intervals = predicted
        told["predicted"] = [_number(number_of(each), DIGITS) for each in course]
        if intervals is not None:
            told["predicted_low"] = [_number(number_of(low), DIGITS) for low, _ in intervals]
            told["predicted_high"] = [_number(number_of(high), DIGITS) for _, high in intervals]
    return told


def _numbers(values: Doubles) -> list[float]:
    return [_number(float(value), DIGITS) for value in values]


def _number(value: float, digits: int) -> float:
    return 0.0 if abs(value) < SMALLEST else float(f"{value:.{digits}g}")


def _beside(drawn: float, log_predicted: float | None) -> str:
    """Return a number that was drawn, and the one that theory predicts."""
    return _text(drawn) if log_predicted is None else f"{_text(drawn)} ({_text(number_of(log_predicted))})"


def _text(value: float) -> str:
    return "0" if value < 10 * SMALLEST else ratio_text(value)
