"""What an experiment takes, told before any of it is done."""

from __future__ import annotations

from collections import Counter

import numpy as np

from service.initializers.initializer import Target
from service.linear_algebra.batch_product import LANES
from service.propagation.draws import KEPT_BYTES, Candidate
from service.propagation.measurement import Experiment
from service.propagation.stack import Stack
from service.streams.registry import DEFAULT_STREAM
from service.tensors.dtypes import FLOAT32
from service.tensors.errors import OverLimit
from service.tensors.source import WholeSource
from service.tensors.tensor import MULTIPLICATIONS_A_SECOND

_TERM = 1e-10
"""Seconds of a product's term: half as much again as it took on a server's processor (an AMD EPYC with AVX2)."""

_ACTIVATION = 1.2e-7
"""Of a pre-activation and its gradient, through function, derivative and mean squares."""

_MATRIX = 2e-4
"""Of each matrix besides."""

_PREDICTION = 2.5e-4
"""Of each layer of a candidate, to predict it."""

_BY_QUADRATURE = 1e-3
"""Of each where its weights have a mean, or mix no units."""

_CURVES = 0.06
"""Of an activation whose moments are not known yet."""

MOST_STATES = 2**23
"""Pre-activations of one draw, those of all its inputs: all are held for the way back."""

_BYTES_A_STATE = 8 * 3
"""Held of each: itself, and what the way back through a normalisation needs."""


def seconds(experiment: Experiment) -> float:
    """Return the seconds of processor time that an experiment takes, about."""
    stack = experiment.stack
    columns = -(-experiment.batch_size // LANES) * LANES
    of_batch = 2 * _TERM * columns * stack.weights + _ACTIVATION * experiment.batch_size * stack.activations
    matrices = stack.steps * stack.matrices_per_step
    each = of_batch + _MATRIX * matrices
    draws = sum(_drawing(stack, candidate) for candidate in experiment.candidates)
    of_draws = len(experiment.seeds) * (len(experiment.candidates) * each + draws)
    curves = experiment.candidates[0].first.layer.curves_before
    predictions = sum(_predicting(stack, candidate) for candidate in experiment.candidates)
    return of_draws + predictions + (0.0 if curves.are_ready else _CURVES)


def check(experiment: Experiment) -> None:
    """Raise OverLimit where a draw would hold too much."""
    states = experiment.batch_size * experiment.stack.activations
    if states > MOST_STATES:
        way_round = "ask for a smaller batch_size or width, or for fewer layers"
        raise OverLimit(states, MOST_STATES, "pre-activations of one draw", way_round, "holds")


def memory(experiment: Experiment, threads: int) -> int:
    """Return the bytes that an experiment holds, about."""
    stack = experiment.stack
    largest = max(inputs * units for inputs, units in map(stack.sides, range(1, stack.steps + 1)))
    of_draw = _BYTES_A_STATE * experiment.batch_size * stack.activations + 8 * largest
    return min(threads, len(experiment.candidates) * len(experiment.seeds)) * (
        of_draw + min(KEPT_BYTES, 4 * stack.weights)
    )


def _drawing(stack: Stack, candidate: Candidate) -> float:
    """Return the seconds that the matrices of a draw take, twice those of which not all are kept."""
    total = 0.0
    for sides, count in Counter(map(stack.sides, range(1, stack.steps + 1))).items():
        scheme = candidate.weights(sides)
        target = Target(scheme.shape, FLOAT32, DEFAULT_STREAM.open(0, ""))
        source = scheme.initializer.initialize(target).source
        if isinstance(source, WholeSource):
            total += count * source.work / MULTIPLICATIONS_A_SECOND
        else:
            total += count * source.pace(FLOAT32.working).seconds(int(np.prod(scheme.shape)))
    kept = min(KEPT_BYTES / max(4 * stack.weights, 1), 1.0)
    return total * stack.matrices_per_step * (2.0 - kept)


def _predicting(stack: Stack, candidate: Candidate) -> float:
    first = candidate.first
    is_by_quadrature = first.is_made and (first.scaling.mean or first.scaling.unit_gain is not None)
    return (_BY_QUADRATURE if is_by_quadrature else _PREDICTION) * stack.steps
