"""What `/advise` says of a stack, against what draws of it do."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from scripts.stacks.cases import Case
from scripts.stacks.matrices import Convolution, Explicit, Gaussian, Matrix, Orthogonal
from scripts.stacks.networks import NORMALIZATIONS, Layer, Normalization, Step, block, normalized_block, plain, ratios
from scripts.stacks.units import Dropped, Gated, Maxout, Numbers, Pointwise, Unit
from service.activations import pointwise
from service.activations.names import find_activation
from service.advice.advisor import advise
from service.advice.answer import Evidence, Level
from service.advice.layer.description import LayerDescription
from service.advice.layer.resolve import resolve
from service.advice.links import LinkOptions
from service.catalogue.catalogue import CATALOGUE

Interval = tuple[float, float]

_ROUNDING = 1e-6

_CHUNK = 2**24
"""Numbers that are held of one chunk of draws, about."""

_GATES = {
    "glu": pointwise.PointwiseFunction(pointwise.sigmoid, lambda z: pointwise.sigmoid(z) * pointwise.sigmoid(-z)),
    "swiglu": pointwise.swish(1.0),
    "geglu": pointwise.gelu(),
}


@dataclass(frozen=True)
class Told:
    """What is said of the layer."""

    evidence: Evidence
    std: float
    gain: float
    fan_in: float
    is_isometric: bool


_BANDS: Mapping[Level, tuple[float, float]] = {"high": (0.90, 0.99), "medium": (0.80, 1.0)}
"""Which part of the draws an interval is to hold; one without width holds all."""

Direction = tuple[float, float, Interval | None, float | None]
"""The ratio told and the mean of those drawn, the interval, and the part of the draws in it."""


@dataclass(frozen=True)
class Comparison:
    """What is told of a stack and what draws of it do, forwards and backwards."""

    level: Level
    directions: tuple[Direction, Direction]

    def holds(self, slack: float = 0.0) -> bool:
        """Return whether the intervals hold as many draws as they are to, but for a part `slack`."""
        least, most = _BANDS.get(self.level, (0.0, 1.0))
        for _, _, interval, share in self.directions:
            if interval is None or share is None or math.isclose(*interval, rel_tol=_ROUNDING):
                continue
            if not least - slack <= share <= most + slack:
                return False
        return True


def compare(case: Case, draws: int) -> Comparison:
    """Return the comparison with so many draws."""
    evidence = told(case).evidence
    depth, finite = evidence.depth, evidence.finite_width
    assert depth is not None
    assert finite is not None
    # Stacks that explode beyond all numbers are in no interval.
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        forward, backward = simulate(case, draws).T
    directions = (
        _direction(depth.forward, forward, finite.forward_interval),
        _direction(depth.backward, backward, finite.backward_interval),
    )
    return Comparison(evidence.validity.level, directions)


def _direction(predicted: float, drawn: Numbers, interval: Interval | None) -> Direction:
    if interval is None:
        return predicted, float(np.mean(drawn)), None, None
    low, high = interval[0] * (1.0 - _ROUNDING), interval[1] * (1.0 + _ROUNDING)
    return predicted, float(np.mean(drawn)), interval, float(np.mean((drawn >= low) & (drawn <= high)))


def told(case: Case, shape: tuple[int, ...] | None = None) -> Told:
    """Return what `/advise` says of the weights of a case."""
    members: dict[str, Any] = {
        "activation": case.activation,
        "depth": case.depth,
        "bias": case.activation == "siren",
        **case.members,
    }
    members["residual"] = members.get("residual", False) or case.partner is not None
    description = LayerDescription(layer=case.layer, shape=list(shape or case.shape), **members)
    layer = resolve(description, LinkOptions())
    verdict = advise(layer, CATALOGUE.get(case.initializer)(**case.parameters)).verdict
    assert verdict is not None
    gain = float(case.parameters.get("gain", 1.0))
    is_isometric = case.initializer == "orthogonal"
    return Told(verdict.evidence, verdict.weights.std or 0.0, gain, layer.fan_in, is_isometric)


def simulate(case: Case, draws: int, seed: int = 1) -> Numbers:
    """Return the ratios, forward and backward, of so many draws: (draws, 2)."""
    rng = np.random.default_rng([seed, case.depth, *case.shape])
    held = np.prod(case.shape[:2]) ** 0.5 * case.depth * 4 * max(case.batch, 1) * (64 if case.image else 1)
    if case.is_explicit or case.batch or case.image:
        held += np.prod(case.shape) * case.depth
    size = max(int(_CHUNK / held), 1)
    chunks = [min(size, draws - start) for start in range(0, draws, size)]
    return np.concatenate([_simulate(case, rng, chunk) for chunk in chunks])


def _simulate(case: Case, rng: np.random.Generator, draws: int) -> Numbers:
    unit = _unit(case, rng)
    own = told(case)
    out, into = case.shape[0], case.shape[1]
    scale = float(case.members.get("omega", 1)) ** 2
    bias = scale / (3.0 * into) if case.activation == "siren" else 0.0
    layers = [Layer(_matrix(case, own, scale), unit.pieces * out, bias)]
    if out != into:
        # The transposed layer follows each.
        other = case.partner or case
        layers.append(Layer(_matrix(other, told(other, (into, out, *case.shape[2:])), scale), unit.pieces * into, bias))
    elif case.partner is not None:
        layers.append(Layer(_matrix(case.partner, told(case.partner), scale), out))
    first = _first(case, rng, (draws, (out if _is_residual(case) else unit.pieces * out)))
    normalize = _normalization(case)
    if normalize is not None and (case.members.get("norm_position") == "post" or not _is_residual(case)):
        first = normalize(first)[0]
    return ratios(rng, first, _steps(case, unit, layers))


def _normalization(case: Case) -> Normalization | None:
    return NORMALIZATIONS.get(case.members.get("normalization", "layer" if case.partner else "none"))


def _is_residual(case: Case) -> bool:
    return bool(case.members.get("residual")) or case.partner is not None


def _steps(case: Case, unit: Unit, layers: list[Layer]) -> list[Step]:
    normalize = _normalization(case)
    if not _is_residual(case):
        return [plain(unit, layers[(number + 1) % len(layers)], normalize) for number in range(case.depth - 1)]
    is_post_norm = case.members.get("norm_position") == "post"
    branch = (layers[-1], layers[0])
    if case.batch:
        assert normalize is not None
        return [normalized_block(unit, branch, normalize)] * case.depth
    return [block(unit, branch, normalize, is_post_norm=is_post_norm)] * case.depth


def _first(case: Case, rng: np.random.Generator, shape: tuple[int, int]) -> Numbers:
    if case.batch:
        return rng.standard_normal((*shape, case.batch))
    if not case.image:
        return rng.standard_normal(shape)
    pixels = rng.standard_normal((*shape, 8, 8) if case.image == "noise" else (*shape, 1, 1))
    return np.broadcast_to(pixels, (*shape, 8, 8)).copy()


def _matrix(case: Case, own: Told, scale: float) -> Matrix:
    if own.is_isometric:
        return Orthogonal(own.gain)
    variance = scale * own.std**2
    if case.image:
        return Convolution(variance, case.shape[2])
    if case.is_explicit or case.batch:
        return Explicit(variance, case.is_explicit and "uniform" in case.initializer)
    return Gaussian(variance)


def _unit(case: Case, rng: np.random.Generator) -> Unit:
    unit: Unit
    if case.activation in _GATES:
        gate = _GATES[case.activation]
        unit = Gated(gate.function, gate.derivative)
    elif case.activation == "maxout":
        unit = Maxout(case.members["pieces"])
    else:
        parameters = {name: case.members[name] for name in ("negative_slope",) if name in case.members}
        name = "sin" if case.activation == "siren" else case.activation
        function = find_activation(name).with_parameters(parameters).function
        assert function is not None
        unit = Pointwise(function.function, function.derivative)
    dropout = case.members.get("dropout", 0.0)
    return Dropped(unit, dropout, rng) if dropout else unit
