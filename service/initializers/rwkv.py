"""RWKV-7's parameters by channel: mixes of tokens, decays and gates."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from service.arithmetic.arrays import Doubles, Integers
from service.arithmetic.transforms import power, powers
from service.initializers.initializer import Initialization, Initializer, LayerIndex, Target
from service.tensors.dtypes import refuse_complex
from service.tensors.errors import InvalidParameter
from service.tensors.pattern import Pattern
from service.tensors.spec import Scalar

Part = Literal["x_r", "x_w", "x_k", "x_v", "x_a", "x_g", "ffn.x_k", "w0", "a0", "v0", "k_k", "k_a", "r_k", "ln_x"]

_MIX_EXPONENTS = {"x_r": 0.2, "x_w": 0.9, "x_k": 0.7, "x_v": 0.7, "x_a": 0.9, "x_g": 0.2}
"""Of the mixes of tokens in time, at the first layer."""

_CONSTANTS = {"k_a": 1.02, "r_k": -0.04}

_LARGEST = 8.5
"""More than any element: w0 goes from -8 to 3."""


class Rwkv7(Initializer):
    """The parameters of RWKV-7 that follow from the channel and the layer, as its training code starts them.

    BlinkDL/RWKV-LM, RWKV-v7/train_temp/src/model.py at 118e451: RWKV_Tmix_x070, RWKV_CMix_x070, generate_init_weight.
    """

    name = "rwkv7"
    ranks = (1, None)
    random = False

    part: Annotated[
        Part,
        Field(
            description="The parameter, by its name under att; ffn.x_k is the feed-forward's, ln_x the norm's weight."
        ),
    ]
    layer: Annotated[LayerIndex, Field(description="Which layer it is in, from 0.")]
    layers: Annotated[int, Field(ge=2, le=10**6, description="Layers of the network.")]
    head_size: Annotated[int, Field(ge=2, le=2**31, description="Channels of a head.")] = 64

    def initialize(self, target: Target) -> Initialization:
        refuse_complex(target.dtype, "rwkv7")
        if not target.shape:
            raise InvalidParameter("shape", "rwkv7 needs a shape of rank 1 or more, its last axis the channels")
        if self.layer >= self.layers:
            raise InvalidParameter("layer", f"must be below layers = {self.layers}")
        facts: dict[str, Scalar] = {
            "part": self.part, "layer": self.layer, "layers": self.layers, "head_size": self.head_size,
        }  # fmt: skip
        if self.part in _CONSTANTS:
            return Initialization.constant(_CONSTANTS[self.part], facts)
        if self.part == "ln_x":
            value = power((1 + self.layer) / self.layers, 0.7)
            return Initialization.constant(value, facts)
        formula, channels = self._formula(), target.shape[-1]
        return Initialization(
            Pattern(target.shape, lambda *coordinates: formula(coordinates[-1], channels)), facts, _LARGEST
        )

    def _formula(self) -> Callable[[Integers, int], Doubles]:
        """Return the part by its channel and the number of channels."""
        deeper, shallower = self.layer / (self.layers - 1), 1.0 - self.layer / self.layers
        if self.part in _MIX_EXPONENTS or self.part == "ffn.x_k":
            fourth = (shallower * shallower) * (shallower * shallower)
            exponent = fourth if self.part == "ffn.x_k" else _MIX_EXPONENTS[self.part] * shallower
            return lambda n, channels: 1.0 - powers(n / channels, exponent)
        decay = 1.0 + (power(deeper, 0.3) if self.layer else 0.0)
        formulas: Mapping[str, Callable[[Integers, int], Doubles]] = {
            "w0": lambda n, channels: -6.0 + 6.0 * powers(_along(n, channels), decay) + 0.5 + 2.5 * self._zigzag(n),
            "a0": lambda n, channels: -0.19 + 0.3 * self._zigzag(n) + 0.4 * (_along(n, channels) - 0.5),
            "v0": lambda n, channels: 0.73 - 0.4 * (_along(n, channels) - 0.5),
            "k_k": lambda n, channels: 0.71 - 0.1 * (_along(n, channels) - 0.5),
        }
        return formulas[self.part]

    def _zigzag(self, n: Integers) -> Doubles:
        """Return z |z|, z rising from -1 to 1 within each head."""
        middle = (self.head_size - 1) / 2
        rising = (n % self.head_size - middle) / middle
        values: Doubles = rising * np.abs(rising)
        return values


def _along(n: Integers, channels: int) -> Doubles:
    values: Doubles = n / max(channels - 1, 1)
    return values
