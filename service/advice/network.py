"""The layers of a network together: each one's answer, the signal through all of them, their tensors as a manifest."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from service.activations import interpolation
from service.activations.curves import Curves
from service.advice.advisor import Advisor
from service.advice.answer import Answer, Level, Validity
from service.advice.layer.layer import Layer
from service.advice.scheme import Scheme
from service.advice.theory.evidence import rounded, scaling_of, surroundings
from service.advice.theory.recursion import bounded_exp
from service.initializers.initializer import Initializer
from service.tensors.dtypes import Dtype
from service.tensors.spec import Scalar


@dataclass(frozen=True)
class LayerSignal:
    """What theory predicts behind a layer of the network."""

    layer: str
    second_moment: float
    """Of its pre-activations; of the residual stream, behind the last layer of a branch. The input's is 1."""
    gradient: float
    """The squared norm of the gradient there over that at the last layer."""


@dataclass(frozen=True)
class NetworkEvidence:
    """The signal from the input to the last layer that theory speaks of, and the gradient back to the first."""

    layers: int
    forward_ratio: float
    backward_ratio: float
    signal: tuple[LayerSignal, ...]
    validity: Validity


@dataclass(frozen=True)
class Manifest:
    """The tensors of the network: what `/weights` takes, by name."""

    seed: str
    dtype: str
    tensors: Mapping[str, Mapping[str, object]]


@dataclass(frozen=True)
class NetworkAnswer:
    """The answer for a list of layers."""

    layers: tuple[Answer, ...]
    network: NetworkEvidence
    manifest: Manifest


@dataclass(frozen=True)
class NetworkLayer:
    """A layer of the network: understood, with what its weights have now."""

    layer: Layer
    current: Initializer | None = None


def advise_network(network_layers: Sequence[NetworkLayer]) -> NetworkAnswer:
    """Return the answers for layers in the order in which a signal meets them. Raises InvalidParameter."""
    advisors = [Advisor(network_layer.layer) for network_layer in network_layers]
    answers = [
        advisor.answer(network_layer.current) for advisor, network_layer in zip(advisors, network_layers, strict=True)
    ]
    links = network_layers[0].layer.links
    tensors = {
        f"{advisor.layer.links.name}.{name}": described(made, links.dtype)
        for advisor in advisors
        for name, made in advisor.tensors().items()
    }
    manifest = Manifest(str(links.seed or 0), links.dtype.name, tensors)
    return NetworkAnswer(tuple(answers), _evidence(advisors), manifest)


def described(made: Scheme, shared: Dtype) -> dict[str, Scalar | list[int]]:
    """Return a tensor in the member names of `/weights`."""
    told = {"initializer": made.entry_name, "shape": list(made.shape), **made.parameters}
    return told if made.links.dtype is shared else {**told, "dtype": made.links.dtype.name}


@dataclass
class _Walk:
    """Where a signal on its way through the layers stands."""

    stream: float = 1.0
    """The second moment that the next layer gets, before its nonlinearity, or the residual stream's."""
    curves: Curves | None = None
    """Of the nonlinearity that the next layer's inputs go through; None for those of the network itself."""
    branch: float | None = None
    """The second moment within a residual branch; None outside."""
    jacobian: float = 1.0
    """The branch's, so far."""
    done: int = 0
    """Layers of the branch that are behind."""
    steps: list[tuple[str, float, float]] = field(default_factory=list)
    """The layers that are behind: name, second moment, and the logarithm of the gradient's factor of each."""

    def take(self, advisor: Advisor) -> None:
        """Go through a layer."""
        layer, weights = advisor.layer, advisor.weights
        assert weights is not None
        scaling, around = scaling_of(layer, weights, advisor.bias), surroundings(layer)
        if not around.has_skips:
            q, chi = self._layer(self.stream, scaling.weight, scaling.bias)
            if around.normalization != "none":
                q, chi = 1.0, chi / max(q, _LEAST)
            self._note(layer, q, chi)
            self.stream, self.curves = q, layer.curves
            return
        is_normalised = around.normalization != "none"
        if self.branch is None:
            starts_at_unit = is_normalised and not around.is_post_norm
            self.branch = 1.0 if starts_at_unit else self.stream
            self.jacobian = 1.0 / max(self.stream, _LEAST) if starts_at_unit else 1.0
            if starts_at_unit:
                self.curves = None
        self.branch, chi = self._layer(self.branch, scaling.weight, scaling.bias)
        self.jacobian *= chi
        self.curves, self.done = layer.curves, self.done + 1
        if self.done < around.layers_per_branch:
            self.steps.append((layer.links.name, self.branch, 0.0))
            return
        total = self.stream + self.branch
        factor = 1.0 + self.jacobian
        if around.is_post_norm:
            total, factor = 1.0, factor / max(total, _LEAST)
        self._note(layer, total, factor)
        self.stream, self.branch, self.done = total, None, 0

    def _layer(self, q: float, weight: float, bias: float) -> tuple[float, float]:
        """Return the second moment behind a layer, and the factor of the gradient's squared norm."""
        if self.curves is None or q <= 0.0:
            return weight * q + bias, weight
        found = np.empty(3)
        interpolation.look_up(self.curves.table, math.log(q), found)
        second, slope = (bounded_exp(float(value)) for value in found[:2])
        return min(weight * second + bias, 1e300), weight * slope

    def _note(self, layer: Layer, q: float, factor: float) -> None:
        self.steps.append((layer.links.name, q, math.log(max(factor, _LEAST))))


_LEAST = 1e-300


def _evidence(advisors: Sequence[Advisor]) -> NetworkEvidence:
    walk, left_out = _Walk(), []
    for advisor in advisors:
        weights = advisor.weights
        is_known = weights is not None and weights.mean_square is not None and advisor.layer.axes is not None
        if is_known and (
            advisor.rule.has_theory or (weights is not None and weights.is_constant and advisor.layer.has_skips)
        ):
            walk.take(advisor)
        else:
            left_out.append(advisor.layer.links.name)
    logarithms = [factor for _, _, factor in walk.steps]
    behind, signal = 0.0, []
    for (name, q, _), factor in zip(reversed(walk.steps), [0.0, *reversed(logarithms)], strict=False):
        behind += factor
        signal.append(LayerSignal(name, rounded(q), rounded(bounded_exp(behind))))
    signal.reverse()
    forward = walk.steps[-1][1] if walk.steps else 1.0
    backward = signal[0].gradient if signal else 1.0
    return NetworkEvidence(len(signal), rounded(forward), backward, tuple(signal), _validity(advisors, left_out))


def _validity(advisors: Sequence[Advisor], left_out: Sequence[str]) -> Validity:
    reasons, level = [], "high"
    if left_out:
        names = ", ".join(left_out[:8]) + (", ..." if len(left_out) > 8 else "")
        reasons.append(f"theory says nothing of {names}")
        level = "medium"
    if any(advisor.layer.has_skips for advisor in advisors):
        reasons.append("branches and their sum are taken for independent")
        level = "medium"
    if any(advisor.layer.kind in {"rnn", "lstm", "gru", "attention"} for advisor in advisors):
        reasons.append("recurrence and attention are not followed")
        level = "low"
    if not advisors or len(left_out) == len(advisors):
        level = "none"
    found: Level = level  # type: ignore[assignment]
    return Validity(found, tuple(reasons))
