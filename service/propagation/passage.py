"""Signals and gradients through one draw of a stack.

Pre-activations and gradients are arrays (units, inputs of the batch) in binary64; what a matrix multiplies is rounded
to binary32 before, by `linear_algebra/batch_product.py`, whose sums are the same on every machine.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from service.linear_algebra.batch_product import product, transposed_product
from service.linear_algebra.interruption import interruption
from service.propagation.draws import Doubles, Draw, normal
from service.propagation.stack import Place

INPUTS, GRADIENT = "inputs", "gradient"
"""The names of the tensors of inputs, and of the gradients that come back: (inputs of the batch, units), N(0, 1)."""

LARGEST = 1e150
"""Of pre-activations and gradients that are followed: their squares are numbers still."""

_Back = Callable[[Doubles], Doubles]
"""From the gradient by what comes out to that by what went in."""


@dataclass(frozen=True)
class Course:
    """Mean squares at each layer over those where the signal, or the gradient, comes from: (layers, inputs)."""

    signal: Doubles
    gradient: Doubles


def measure(draw: Draw, batch_size: int) -> Course:
    """Return what becomes of a batch of inputs, and of as many gradients on their way back. Raises Interrupted."""
    stack, check = draw.stack, interruption()
    passage = Passage(draw)
    state = normal(draw.seed, INPUTS, (batch_size, stack.widths[0]))
    if not stack.is_residual or stack.is_post_norm:
        state, _ = passage.normalized(state)
    forward, backs = [_mean_square(state)], list[_Back]()
    for step in range(1, stack.steps + 1):
        check()
        state, back = passage.block(step, state) if stack.is_residual else passage.layer(Place(step), state)
        forward.append(_mean_square(state))
        backs.append(back)
    gradient = normal(draw.seed, GRADIENT, (batch_size, stack.widths[-1]))
    backward = [_mean_square(gradient)]
    for back in reversed(backs):
        check()
        gradient = back(gradient)
        backward.append(_mean_square(gradient))
    return Course(np.array(forward) / forward[0], np.array(backward[::-1]) / backward[0])


def _mean_square(state: Doubles) -> Doubles:
    """Return the mean square over the units, for each input."""
    # Sums over the first axis go row after row.
    mean: Doubles = np.sum(state * state, axis=0) / len(state)
    return mean


@dataclass(frozen=True)
class Passage:
    """The layers of a draw, each as what it makes of a state and the way back."""

    draw: Draw

    def layer(self, place: Place, z: Doubles, is_after_norm: bool = False) -> tuple[Doubles, _Back]:
        """Pass from pre-activations to the next layer's, normalised where those of a plain stack are."""
        stack, function = self.draw.stack, self.draw.stack.function
        h = z if is_after_norm else function.function(z)
        after = stack.frequency * _times(product, self.draw.matrix(place), h)
        biases = self.draw.biases(place)
        if biases is not None:
            after = after + stack.frequency * biases
        after, before_norm = self.normalized(_bounded(after)) if self._normalizes_each else (_bounded(after), None)

        def back(gradient: Doubles) -> Doubles:
            gradient = gradient if before_norm is None else before_norm(gradient)
            through = stack.frequency * _times(transposed_product, self.draw.matrix(place), gradient)
            return _bounded(through if is_after_norm else function.derivative(z) * through)

        return after, back

    def block(self, step: int, x: Doubles) -> tuple[Doubles, _Back]:
        """Pass through a residual block: x + f(x), x + f(norm(x)), or norm(x + f(x)); the way back is the sum of both.

        What is normalised goes into the first layer of the branch as it is, without a nonlinearity.
        """
        stack = self.draw.stack
        is_pre_norm = stack.normalization in {"layer", "rms"} and not stack.is_post_norm
        z, backs = x, list[_Back]()
        if is_pre_norm:
            z, back = self.normalized(z)
            backs.append(back)
        is_first_linear = stack.normalization in {"layer", "rms"}
        for number in range(1, stack.layers_per_branch + 1):
            z, back = self.layer(Place(step, number), z, is_after_norm=is_first_linear and number == 1)
            backs.append(back)
        total, after = _bounded(x + stack.residual_scale * z), None
        if stack.is_post_norm:
            total, after = self.normalized(total)

        def way_back(gradient: Doubles) -> Doubles:
            gradient = gradient if after is None else after(gradient)
            through = stack.residual_scale * gradient
            for back in reversed(backs):
                through = back(through)
            return _bounded(gradient + through)

        return total, way_back

    @property
    def _normalizes_each(self) -> bool:
        """Whether the pre-activations of each layer are normalised: in branches those of a batch are."""
        stack = self.draw.stack
        return stack.normalization != "none" and (not stack.is_residual or stack.normalization == "batch")

    def normalized(self, z: Doubles) -> tuple[Doubles, _Back]:
        """Return pre-activations as the stack normalises them, and the way back."""
        kind = self.draw.stack.normalization
        if kind == "none":
            return z, lambda gradient: gradient
        if kind == "batch":
            # Sums over the first axis go row after row.
            value, back = _normalized(np.ascontiguousarray(z.T), is_centred=True)
            return np.ascontiguousarray(value.T), lambda gradient: np.ascontiguousarray(
                back(np.ascontiguousarray(gradient.T)).T
            )
        return _normalized(z, is_centred=kind == "layer")


def _normalized(z: Doubles, is_centred: bool) -> tuple[Doubles, _Back]:
    """Return numbers over the root of their mean square along the first axis, less their mean where `is_centred`."""
    count = len(z)
    centred = z - np.sum(z, axis=0) / count if is_centred else z
    size = np.sqrt(np.sum(centred * centred, axis=0) / count)
    scale = np.divide(1.0, size, out=np.zeros_like(size), where=size > 0.0)
    value = centred * scale

    def back(gradient: Doubles) -> Doubles:
        along = np.sum(gradient * value, axis=0) / count
        mean = np.sum(gradient, axis=0) / count if is_centred else 0.0
        return _bounded(scale * (gradient - mean - along * value))

    return value, back


def _times(multiply: Callable[..., np.ndarray], matrix: np.ndarray, state: Doubles) -> Doubles:
    """Return a product whose right factor is brought to the middle of binary32's numbers by a power of two."""
    largest = float(np.max(np.abs(state), initial=0.0))
    exponent = int(np.frexp(largest)[1])
    scaled = np.ldexp(state, -exponent).astype(np.float32)
    return np.ldexp(multiply(matrix, scaled).astype(np.float64), exponent)


def _bounded(state: Doubles) -> Doubles:
    return np.clip(state, -LARGEST, LARGEST)
