"""The weights of a stack: tensors of one seed, each by its name, the very ones that `/weights` serves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from service.advice.scheme import Scheme
from service.advice.theory.prediction import Prediction
from service.initializers.initializer import Target
from service.linear_algebra.batch_product import Singles
from service.propagation.stack import Place, Sides, Stack
from service.streams.registry import DEFAULT_STREAM
from service.tensors.dtypes import FLOAT32
from service.tensors.source import WholeSource

KEPT_BYTES = 2**26
"""Of the matrices of one draw that are kept for the way back; others are drawn again."""

Doubles = NDArray[np.float64]


@dataclass(frozen=True)
class Candidate:
    """A scheme for the weights of a stack, and one for its biases."""

    label: str
    """What the request calls it."""
    by_sides: Mapping[Sides, Prediction]
    """The layers, weights and biases, by the sides of the matrices."""

    @property
    def first(self) -> Prediction:
        """Those of the first matrix."""
        return next(iter(self.by_sides.values()))

    def weights(self, sides: Sides) -> Scheme:
        """Return the scheme of a matrix."""
        scheme = self.by_sides[sides].weights
        assert scheme is not None
        return scheme


@dataclass(frozen=True)
class Draw:
    """One draw of the weights and biases of a stack."""

    stack: Stack
    candidate: Candidate
    seed: int
    _kept: dict[Place, Singles] = field(default_factory=dict)

    def matrix(self, place: Place) -> Singles:
        """Return the matrix at a place, (units, inputs)."""
        kept = self._kept.get(place)
        if kept is not None:
            return kept
        prediction = self.candidate.by_sides[self.stack.sides(place.step)]
        assert prediction.weights is not None
        elements = self._elements(prediction.weights, place, "weight")
        axes = prediction.layer.axes
        is_stored_by_inputs = axes is not None and axes.letters.startswith("i")
        made = np.ascontiguousarray(elements.T if is_stored_by_inputs else elements)
        if (len(self._kept) + 1) * made.nbytes <= KEPT_BYTES:
            self._kept[place] = made
        return made

    def biases(self, place: Place) -> Doubles | None:
        """Return the biases at a place, (units, 1); None where there are none, or only zeros."""
        bias = self.candidate.by_sides[self.stack.sides(place.step)].bias
        if bias is None or bias.constant == 0.0:
            return None
        return self._elements(bias, place, "bias")[:, None].astype(np.float64)

    def _elements(self, scheme: Scheme, place: Place, tensor: str) -> NDArray[Any]:
        stream = DEFAULT_STREAM.open(self.seed, self.stack.name(place, tensor))
        source = scheme.initializer.initialize(Target(scheme.shape, FLOAT32, stream)).source
        if isinstance(source, WholeSource):
            elements = source.materialize(FLOAT32.working)
        else:
            elements = np.empty(int(np.prod(scheme.shape)), FLOAT32.working)
            source.fill(elements, 0)
        return elements.reshape(scheme.shape)


def normal(seed: int, name: str, shape: tuple[int, int]) -> Doubles:
    """Return standard normal numbers, those of the tensor of a name: (inputs, features), transposed."""
    out = np.empty(shape[0] * shape[1], np.float32)
    DEFAULT_STREAM.open(seed, name).normal(out, 0, 0.0, 1.0)
    return np.ascontiguousarray(out.reshape(shape).T).astype(np.float64)
