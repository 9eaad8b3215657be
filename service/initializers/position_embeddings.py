"""Embeddings of positions by sines and cosines."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from service.arithmetic.arrays import Doubles, Integers
from service.arithmetic.transforms import cosine_of_turns, exp, log, sine_of_turns
from service.initializers.initializer import Initialization, Initializer, Target
from service.initializers.padding import PaddingIdx, padded
from service.tensors.dtypes import refuse_complex
from service.tensors.errors import InvalidParameter
from service.tensors.pattern import Pattern
from service.tensors.spec import Scalar

_FARTHEST = 2**50
"""Up to here the sine of a position is computed."""

Order = Literal["interleaved", "halves"]


@dataclass(frozen=True)
class _Waves:
    """The waves of one axis of positions, in columns 0 ... width - 1."""

    width: int
    order: Order
    is_inclusive: bool
    base: float

    def at(self, position: Integers, column: Integers) -> Doubles:
        """Return sin or cos(position / base**e), e from 0 to 1 with the column's wave."""
        waves = self.width // 2
        if self.order == "interleaved":
            wave, is_cosine = column // 2, column % 2 == 1
        else:
            wave, is_cosine = column % max(waves, 1), column >= waves
        # The last column of an odd width with an exponent of its own, as the paper's formula has it.
        exponent = wave / max(waves - 1, 1) if self.is_inclusive else (2.0 * wave) / self.width
        turns = (position * exp(-(exponent * log(self.base)))) / (2.0 * math.pi)
        values: Doubles = np.where(is_cosine, cosine_of_turns(turns), sine_of_turns(turns))
        if self.order == "halves":
            values[column >= 2 * waves] = 0.0
        return values


class Sinusoidal(Initializer):
    """Sines and cosines of positions (vaswani2017, section 3.5), along one axis or two."""

    name = "sinusoidal"
    ranks = (2, 3)
    random = False

    order: Annotated[
        Order,
        Field(
            description="interleaved: sin, cos, sin, …, as in the paper; halves: the sines, then the cosines, as in "
            "tensor2tensor, fairseq, Whisper and MAE."
        ),
    ] = "interleaved"
    timescales: Annotated[
        Literal["exclusive", "inclusive"],
        Field(
            description="exclusive: base^(2i/width), as in the paper; inclusive: base^(i/(width/2 - 1)), the last of "
            "which is base, as in tensor2tensor, fairseq and Whisper."
        ),
    ] = "exclusive"
    base: Annotated[float, Field(gt=1, le=1e12, description="The longest timescale.")] = 10000.0
    first_position: Annotated[int, Field(ge=-(2**31), le=2**31, description="The position of the first row.")] = 0
    padding_idx: PaddingIdx = None

    def initialize(self, target: Target) -> Initialization:
        refuse_complex(target.dtype, "sinusoidal")
        if not 2 <= target.rank <= 3:
            raise InvalidParameter(
                "shape", "sinusoidal needs a shape of rank 2, positions and width, or 3: rows, columns and width"
            )
        if max(target.shape[:-1]) > _FARTHEST:
            raise InvalidParameter("shape", f"sinusoidal has at most {_FARTHEST} positions")
        facts: dict[str, Scalar] = {
            "order": self.order, "timescales": self.timescales, "base": self.base,
            "first_position": self.first_position,
        }  # fmt: skip
        pattern = self._of_image(target) if target.rank == 3 else self._of_sequence(target)
        return padded(Initialization(pattern, facts, 1.0), self.padding_idx, target)

    def _waves(self, width: int) -> _Waves:
        return _Waves(width, self.order, self.timescales == "inclusive", self.base)

    def _of_sequence(self, target: Target) -> Pattern:
        waves, first = self._waves(target.shape[1]), self.first_position
        return Pattern(target.shape, lambda position, column: waves.at(position + first, column))

    def _of_image(self, target: Target) -> Pattern:
        """Return the embeddings of a grid: the first half of the width tells the column, the other the row."""
        half, rest = divmod(target.shape[2], 2)
        if rest or half % 2:
            raise InvalidParameter("shape", "the width must be divisible by 4: sines and cosines of rows and columns")
        waves, first = self._waves(half), self.first_position

        def at(row: Integers, column: Integers, channel: Integers) -> Doubles:
            return waves.at(np.where(channel < half, column, row) + first, channel % max(half, 1))

        return Pattern(target.shape, at)
