"""From a request's members to an experiment with signals in a stack."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from pydantic import BaseModel

from service.activations.names import find_activation
from service.advice.framework_default import default_of
from service.advice.layer.description import LayerDescription
from service.advice.layer.layer import Layer
from service.advice.layer.resolve import resolve
from service.advice.links import LinkOptions
from service.advice.scheme import Scheme, parameter
from service.advice.theory.prediction import Prediction
from service.propagation.draws import Candidate
from service.propagation.measurement import Experiment
from service.propagation.stack import Sides, Stack
from service.requests.code.brackets import depths
from service.requests.current_initializer import Current, framework_named, read_current
from service.requests.faults import Fault, InvalidRequest
from service.requests.layers.activation_call import understand_activation
from service.requests.members import Members
from service.requests.propagation_parameters import (
    ExperimentParameters,
    PropagationAnswerParameters,
    StackParameters,
)
from service.requests.spellings.model import prepare_readers
from service.requests.validation import read, split
from service.streams.stream import LARGEST_SEED
from service.tensors.errors import InvalidParameter

_WIDTH, _DEPTH, _ACTIVATION, _SEED = 256, 20, "relu", 0
_BATCH, _BATCH_OF_NORM = 16, 64
_CANDIDATES = ("he_normal", "glorot_normal", "lecun_normal", "orthogonal", "normal?std=0.02", "pytorch default")
"""What is assumed; told as such."""

_MODELS: tuple[type[BaseModel], ...] = (StackParameters, ExperimentParameters, PropagationAnswerParameters)


@dataclass(frozen=True)
class PropagationRequest:
    """An experiment, and what was assumed of it."""

    experiment: Experiment
    activation: str
    assumed: Mapping[str, object]


def parse_propagation(members: Members, faults_of_form: Sequence[Fault] = ()) -> PropagationRequest:
    """Return the experiment that a request describes.

    Raises InvalidRequest with what is wrong with it and with `faults_of_form`, those of the answer's form.
    """
    members, _ = understand_activation(members)
    members = _with_list(members)
    faults = [*faults_of_form]
    of_stack, of_experiment, _ = split(members, "an experiment", _MODELS, faults)
    stack_parameters = read(StackParameters, of_stack, faults)
    parameters = read(ExperimentParameters, of_experiment, faults)
    if stack_parameters is None or parameters is None:
        members.refuse(*faults)
    faults += _faults(stack_parameters, parameters)
    if faults:
        members.refuse(*faults)
    assumed: dict[str, object] = {}
    builder = _Builder(members, stack_parameters, parameters, _widths(stack_parameters, assumed))
    if stack_parameters.activation is None:
        assumed["activation"] = _ACTIVATION
    written: Sequence[str | dict[str, Any]] = parameters.candidates or _CANDIDATES
    if parameters.candidates is None:
        assumed["candidates"] = [*_CANDIDATES]
    if parameters.batch_size is None:
        assumed["batch_size"] = builder.batch_size
    if parameters.seed is None:
        assumed["seed"] = str(_SEED)
    first = _SEED if parameters.seed is None else parameters.seed
    seeds = [(first + number) % (LARGEST_SEED + 1) for number in range(parameters.seeds)]
    layer = builder.layer(builder.sides[0])
    experiment = Experiment(builder.stack(layer), builder.candidates(written), seeds, builder.batch_size)
    return PropagationRequest(experiment, layer.activation.full_name, assumed)


def prepare() -> None:
    """Make the readers of what a request may say."""
    for model in _MODELS:
        prepare_readers(model)


def _with_list(members: Members) -> Members:
    """Return the members of a query with its candidates as a list: repeated ones, or with commas between them."""
    written = members.values.get("candidates")
    if members.in_body or written is None:
        return members
    texts = [written] if isinstance(written, str) else written
    return replace(members, values={**members.values, "candidates": [name for text in texts for name in _split(text)]})


def _split(text: str) -> Iterator[str]:
    """Yield what stands between the commas of a text, but for those in brackets."""
    start = 0
    for place, depth in enumerate(depths(text)):
        if text[place] == "," and depth == 0:
            yield text[start:place].strip()
            start = place + 1
    yield text[start:].strip()


def _faults(stack: StackParameters, experiment: ExperimentParameters) -> list[Fault]:
    """Return what does not go together."""
    faults = []
    if stack.widths is not None:
        faults += [
            Fault(name, "is said by widths; give one of them")
            for name, value in (("width", stack.width), ("depth", stack.depth))
            if value is not None
        ]
        if stack.residual and len({*stack.widths}) > 1:
            faults.append(Fault("widths", "must be alike with residual: skips add what has the same width"))
    if not stack.residual:
        of_blocks = {"layers_per_branch", "residual_scale", "norm_position"} & stack.model_fields_set
        faults += [Fault(name, "is of residual blocks: give residual too") for name in sorted(of_blocks)]
    elif stack.norm_position is not None and stack.normalization not in {"layer", "rms"}:
        faults.append(Fault("norm_position", "is of normalization=layer and rms"))
    if stack.normalization == "batch" and experiment.batch_size == 1:
        faults.append(Fault("batch_size", "must be 2 and more with normalization=batch"))
    return faults


def _widths(stack: StackParameters, assumed: dict[str, object]) -> tuple[int, ...]:
    if stack.widths is not None:
        return tuple(stack.widths)
    width, depth = stack.width or _WIDTH, stack.depth or _DEPTH
    if stack.width is None:
        assumed["width"] = width
    if stack.depth is None:
        assumed["depth"] = depth
    return (width,) * (depth + stack.residual)


@dataclass(frozen=True)
class _Builder:
    """What makes a stack and its candidates of what a request says."""

    members: Members
    of_stack: StackParameters
    of_experiment: ExperimentParameters
    widths: tuple[int, ...]

    @property
    def sides(self) -> list[Sides]:
        """Those of all matrices, each once."""
        return list(dict.fromkeys(zip(self.widths[:-1], self.widths[1:], strict=True)))

    @property
    def batch_size(self) -> int:
        usual = _BATCH_OF_NORM if self.of_stack.normalization == "batch" else _BATCH
        return self.of_experiment.batch_size or usual

    def layer(self, sides: Sides, **members: Any) -> Layer:
        """Return the layer of a matrix. Raises InvalidRequest."""
        stack = self.of_stack
        of_activation = {name: getattr(stack, name) for name in ("negative_slope", "alpha", "omega")}
        description = LayerDescription(
            layer="Linear",
            role="hidden",
            in_features=sides[0],
            out_features=sides[1],
            activation=stack.activation or _ACTIVATION,
            residual=stack.residual,
            layers_per_branch=stack.layers_per_branch,
            normalization=stack.normalization,
            norm_position=stack.norm_position,
            depth=len(self.widths) - stack.residual,
            **{name: value for name, value in of_activation.items() if value is not None},
            **members,
        )
        with self.members.refusing():
            return resolve(description, LinkOptions())

    def stack(self, layer: Layer) -> Stack:
        """Return the stack. Raises InvalidRequest where its activation is no function of each pre-activation."""
        activation, given = layer.activation, self.of_stack
        # Theory's pre-activations, too, have been multiplied with the frequency.
        function = (find_activation("sin") if activation.name == "siren" else activation).function
        if function is None:
            what = "is no function of each pre-activation by itself, which those of a stack must be"
            self.members.refuse(Fault("activation", f"{activation.full_name} {what}"))
        is_normalized = given.normalization in {"layer", "rms"}
        return Stack(
            widths=self.widths,
            function=function,
            frequency=layer.frequency,
            normalization=given.normalization,
            is_residual=given.residual,
            is_post_norm=given.residual and is_normalized and given.norm_position == "post",
            layers_per_branch=given.layers_per_branch if given.residual else 1,
            residual_scale=given.residual_scale,
        )

    def candidates(self, written: Sequence[str | dict[str, Any]]) -> list[Candidate]:
        """Return the candidates. Raises InvalidRequest with what is wrong with each."""
        found, faults = list[Candidate](), list[Fault]()
        for index, each in enumerate(written):
            try:
                found.append(self._candidate(each))
            except InvalidRequest as error:
                faults += [self._at(index, fault) for fault in error.faults]
        if faults:
            raise InvalidRequest(faults, self.members.in_body)
        return found

    def _at(self, index: int, fault: Fault) -> Fault:
        """Return a fault of a candidate as one of the list of them."""
        detail = fault.detail if fault.parameter in {None, "current"} else f"{fault.parameter}: {fault.detail}"
        if self.members.in_body:
            return Fault(str(index), detail, (*self.members.within, "candidates"))
        return Fault("candidates", f"number {index + 1}: {detail}")

    def _candidate(self, written: str | dict[str, Any]) -> Candidate:
        rest, of_bias = written, None
        if isinstance(written, dict):
            rest = {name: value for name, value in written.items() if name != "bias"}
            of_bias = written.get("bias")
        framework = framework_named(rest if isinstance(rest, str) else None)
        bias = None if of_bias is None else self._current(of_bias)
        if framework is not None:
            by_sides = {sides: self._default(sides, framework) for sides in self.sides}
            return Candidate(_label(written), by_sides)
        weights = self._current(rest)
        return Candidate(_label(written), {sides: self._prediction(sides, weights, bias) for sides in self.sides})

    def _current(self, written: Any) -> Current:
        """Return what a candidate says of weights or biases; the stack says whatever else there is of the tensor."""
        faults: list[Fault] = []
        if not isinstance(written, str | dict):
            raise InvalidRequest([Fault("current", "must be an initializer's name, or an object with it")], True)
        current = read_current(written, self.members.in_body, faults)
        if current is None or faults:
            raise InvalidRequest(faults, self.members.in_body)
        if current.others:
            names = " and ".join(current.others)
            raise InvalidRequest([Fault("current", f"says {names}, as the experiment does: leave it out here")], True)
        return current

    def _prediction(self, sides: Sides, weights: Current, bias: Current | None) -> Prediction:
        layout = parameter(weights.initializer, "layout")
        layer = self.layer(sides, bias=bias is not None, **({} if layout is None else {"layout": layout}))
        with _refusing():
            weights.check(layer)
            of_weights = Scheme.of(weights.initializer, layer.shape, layer.links, "weight")
            of_bias = None if bias is None else Scheme.of(bias.initializer, (sides[1],), layer.links, "bias")
        return Prediction(layer, of_weights, of_bias)

    def _default(self, sides: Sides, framework: str) -> Prediction:
        layer = self.layer(sides, framework=framework, bias=self.of_experiment.bias)
        with _refusing():
            default = default_of(layer)
        if default is None:
            raise InvalidRequest([Fault("current", f"{framework} has no default for dense layers that is known")], True)
        return Prediction(layer, default.weights, default.bias if self.of_experiment.bias else None)


@contextmanager
def _refusing() -> Iterator[None]:
    """Refuse a candidate that is not for the stack's matrices."""
    try:
        yield
    except InvalidParameter as error:
        place = "" if error.parameter == "current" else f"{error.parameter}: "
        raise InvalidRequest([Fault("current", f"{place}{error.detail}")], True) from error


def _label(written: str | dict[str, Any]) -> str:
    """Return what a candidate is called: what the request says."""
    if isinstance(written, str):
        return written
    parameters = [f"{name}={value}" for name, value in written.items() if name not in {"initializer", "bias"}]
    return f"{written.get('initializer')}{'?' * bool(parameters)}{'&'.join(parameters)}"
