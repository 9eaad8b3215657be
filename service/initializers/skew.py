"""Skew-symmetric matrices, from which recurrent networks make orthogonal ones."""

from __future__ import annotations

import math
from typing import Annotated, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from service.initializers.entry import Built, Entry, Initializer, Reference, Target, order_of_square
from service.streams.transforms import cosine_of_turns, sine_of_turns
from service.tensors.pattern import Pattern
from service.tensors.spec import Scalar

Index = NDArray[np.int64]


class Skew(Initializer):
    """The skew-symmetric parameter of an orthogonal recurrent matrix."""

    kind: Annotated[
        Literal["cayley", "henaff"],
        Field(description="cayley: rotations by an angle of up to a right one, towards 0; henaff: by any angle."),
    ] = "cayley"

    entry: ClassVar[Entry] = Entry(
        name="skew",
        summary="A skew-symmetric matrix of 2 × 2 blocks along the diagonal, each the generator of a rotation.",
        formula="blocks [[0, s], [-s, 0]]; cayley: s = -sqrt((1 - cos t) / (1 + cos t)), t ~ U[0, π/2); "
        "henaff: s ~ U[-π, π)",
        when="The parameter A of orthogonal RNNs whose recurrent matrix is exp(A), or its Cayley transform.",
        references=(
            Reference(
                "Mario Lezcano-Casado, David Martínez-Rubio",
                "Cheap Orthogonal Constraints in Neural Networks: A Simple Parametrization of the Orthogonal and "
                "Unitary Group",
                2019,
                "https://arxiv.org/abs/1901.08428",
            ),
            Reference(
                "Kyle Helfrich, Devin Willmott, Qiang Ye",
                "Orthogonal Recurrent Neural Networks with Scaled Cayley Transform",
                2017,
                "https://arxiv.org/abs/1707.09520",
            ),
            Reference(
                "Mikael Henaff, Arthur Szlam, Yann LeCun",
                "Recurrent Orthogonal Networks and Long-Memory Tasks",
                2016,
                "https://arxiv.org/abs/1602.06662",
            ),
        ),
        aliases={"expRNN": ("henaff_init_", "cayley_init_")},
        traps=(
            "This is the parameter, not the orthogonal matrix itself. Both aliases name one entry: henaff_init_ needs "
            "kind=henaff.",
            "expRNN's haar_init_ is the logarithm of a random rotation, which no formula gives: it is left out. "
            "orthogonal makes the random rotation.",
            "An odd order leaves the last row and column zero.",
        ),
        ranks=(2, 2),
        example="shape=8,8&seed=42",
    )

    def build(self, target: Target) -> Built:
        order, stream, is_henaff = order_of_square(target, "skew"), target.stream, self.kind == "henaff"

        def generators(first: int, count: int) -> NDArray[np.float64]:
            """Return s of blocks first, first + 1, ..."""
            drawn = np.empty(count)
            if is_henaff:
                stream.uniform(drawn, first, -math.pi, math.pi)
                return drawn
            stream.uniform(drawn, first, 0.0, 0.25)
            # The tangent of half the angle, with no difference of nearly equal numbers.
            found: NDArray[np.float64] = -sine_of_turns(drawn) / (1.0 + cosine_of_turns(drawn))
            return found

        def skewed(row: Index, column: Index) -> NDArray[np.float64]:
            value = np.zeros(row.size)
            places = np.flatnonzero((row // 2 == column // 2) & (row != column))
            if places.size:
                # In any part of the matrix, the blocks between two are as many as the elements, or fewer.
                block = row[places] // 2
                s = generators(int(block[0]), int(block[-1] - block[0]) + 1)[block - block[0]]
                value[places] = np.where(row[places] < column[places], s, -s)
            return value

        facts: dict[str, Scalar] = {"kind": self.kind, "blocks": order // 2, "bound": math.pi if is_henaff else 1.0}
        return Built(Pattern(target.shape, skewed), facts, 3.15 if is_henaff else 1.0)
