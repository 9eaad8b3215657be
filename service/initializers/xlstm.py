"""The biases of xLSTM's gates."""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from service.arithmetic.arrays import Doubles, Integers
from service.arithmetic.transforms import powers
from service.initializers.initializer import (
    Initialization,
    Initializer,
    LayerCount,
    LayerIndex,
    PositiveInteger,
    Target,
)
from service.tensors.dtypes import refuse_complex
from service.tensors.errors import InvalidParameter
from service.tensors.pattern import Pattern
from service.tensors.spec import Scalar

_GATES = 4
"""Input, forget, cell z and output, in this order."""
_FORGET = 1


class SlstmBias(Initializer):
    """The bias of an sLSTM cell, zeros but in the forget gate (NX-AI/xlstm, xlstm/blocks/slstm/cell.py at 18d6ded)."""

    name = "slstm_bias"
    ranks = (1, 1)
    random = False

    kind: Annotated[
        Literal["powerlaw", "linspace"],
        Field(
            description="powerlaw: from 5 down to -7, by a power that grows with the layer (powerlaw_blockdependent); "
            "linspace: from 3 up to 6 (small_init)."
        ),
    ] = "powerlaw"
    layer: Annotated[LayerIndex, Field(description="Which block of the network it is in, from 0.")] = 0
    layers: Annotated[LayerCount, Field(description="Blocks of the network.")] = 1
    heads: Annotated[PositiveInteger, Field(description="Heads of the cell.")] = 4
    backend: Annotated[
        Literal["cuda", "vanilla"],
        Field(description="How the code stores it: cuda (heads, gates, head size), vanilla (gates, heads, head size)."),
    ] = "cuda"

    def initialize(self, target: Target) -> Initialization:
        refuse_complex(target.dtype, "slstm_bias")
        if target.rank != 1:
            raise InvalidParameter("shape", "slstm_bias makes a bias, of rank 1: four gates times the units")
        if self.layer >= self.layers:
            raise InvalidParameter("layer", f"must be below layers = {self.layers}")
        size, rest = divmod(target.shape[0], _GATES * self.heads)
        if rest:
            raise InvalidParameter("shape", f"four gates of {self.heads} heads do not divide {target.shape[0]}")
        facts: dict[str, Scalar] = {
            "kind": self.kind, "layer": self.layer, "layers": self.layers, "heads": self.heads,
            "backend": self.backend, "head_size": size,
        }  # fmt: skip
        if not size:
            return Initialization.constant(0.0, facts)
        blocks_of_a_gate = self.heads if self.backend == "vanilla" else 1

        def bias(index: Integers) -> Doubles:
            gate = index // (size * blocks_of_a_gate) % _GATES
            values: Doubles = np.where(gate == _FORGET, self._forget(index % size / max(size - 1, 1)), 0.0)
            return values

        return Initialization(Pattern(target.shape, bias, 100.0), facts, 7.0)

    def _forget(self, part: Doubles) -> Doubles:
        """Return the forget gate's bias by how far along a head it is, from 0 to 1."""
        if self.kind == "linspace":
            return 3.0 * (1.0 - part) + 6.0 * part
        exponent = 0.3 + 1.3 * (self.layer / max(self.layers - 1, 1))
        values: Doubles = 5.0 - 12.0 * powers(part, exponent)
        return values
