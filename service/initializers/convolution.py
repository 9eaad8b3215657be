"""Convolution kernels that are orthogonal maps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from service.initializers.entry import (
    Built,
    Entry,
    Initializer,
    NonNegative,
    Reference,
    Target,
    refuse_complex,
)
from service.initializers.orthogonal import Orthogonal, OrthogonalBlocks
from service.tensors.errors import InvalidParameter
from service.tensors.layout import Axes, Layout, axes
from service.tensors.source import Constant, Whole
from service.tensors.spec import Scalar


@dataclass(frozen=True)
class _AtOneTap(Whole):
    """A matrix out × in at one tap of a kernel, zeros at the others."""

    matrix: Orthogonal
    weight: Axes
    tap: int
    """Which tap, in C order."""

    @property
    def work(self) -> int:
        return self.matrix.work

    def make(self, dtype: np.dtype[Any]) -> NDArray[Any]:
        weight = self.weight
        whole = np.zeros(weight.out * weight.in_ * weight.receptive_field, dtype)
        out, in_ = np.arange(weight.out)[:, None], np.arange(weight.in_)[None, :]
        places = out * weight.out_stride + in_ * weight.in_stride + self.tap * weight.kernel_stride
        whole[places.reshape(-1)] = self.matrix.make(dtype)
        return whole


class DeltaOrthogonal(Initializer):
    """An orthogonal matrix at the centre of a convolution kernel."""

    gain: Annotated[NonNegative, Field(description="Multiplies the matrix.")] = 1.0
    layout: Annotated[Layout, Field(description="Which axes are out, in and kernel.")] = "out_in"
    centre: Annotated[
        Literal["lower", "upper"],
        Field(description="Of an even kernel's two central taps: lower is (k - 1) div 2, upper k div 2."),
    ] = "lower"

    entry: ClassVar[Entry] = Entry(
        name="delta_orthogonal",
        summary="A convolution that is a random orthogonal matrix at its centre tap and zero elsewhere.",
        formula="W[o, i, centre] = gain · Q[o, i] with Qᵀ Q = I, zero at the other taps; in ≤ out",
        when="Very deep convolutional networks without residual connections (10,000 layers in the paper), with tanh.",
        references=(
            Reference(
                "Lechao Xiao, Yasaman Bahri, Jascha Sohl-Dickstein, Samuel S. Schoenholz, Jeffrey Pennington",
                "Dynamical Isometry and a Mean Field Theory of CNNs",
                2018,
                "https://arxiv.org/abs/1806.05393",
            ),
        ),
        aliases={"JAX": ("delta_orthogonal",), "TensorFlow": ("convolutional_delta_orthogonal",)},
        traps=(
            "An even kernel's centre is (k - 1) div 2 as in JAX and TensorFlow; dirac_ has k div 2: centre=upper.",
            "An orthogonal kernel that is spread over all taps is another scheme; orthogonal flattens the taps.",
        ),
        ranks=(3, 5),
        example="shape=32,16,3,3&seed=42",
    )

    def build(self, target: Target) -> Built:
        if not 3 <= target.rank <= 5:
            raise InvalidParameter("shape", "delta_orthogonal needs a shape of rank 3, 4 or 5")
        refuse_complex(target, "delta_orthogonal")
        weight = axes(target.shape, self.layout)
        if weight.in_ > weight.out:
            raise InvalidParameter(
                "shape", f"delta_orthogonal needs in ≤ out, and the shape has in = {weight.in_}, out = {weight.out}"
            )
        facts: dict[str, Scalar] = {"gain": self.gain, "centre": self.centre}
        if 0 in target.shape:
            return Built(Constant(0.0), facts, 0.0)
        matrix = Orthogonal(
            target.stream, OrthogonalBlocks(1, weight.out, weight.in_, out_is_last=False), self.gain, target.threads
        )
        tap = 0
        for size in weight.kernel:
            tap = tap * size + (size // 2 if self.centre == "upper" else (size - 1) // 2)
        return Built(_AtOneTap(matrix, weight, tap), facts, self.gain)
