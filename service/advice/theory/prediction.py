"""A layer with weights and biases as theory sees it, and the signal that it predicts."""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping
from dataclasses import dataclass

from service.advice.judgements import JUDGED_LAYERS
from service.advice.layer.description import Normalization
from service.advice.layer.layer import Layer
from service.advice.scheme import Scheme
from service.advice.theory import mean_field
from service.advice.theory.mean_field import Normalizer, Signal, Surroundings
from service.advice.theory.scaling import Scaling
from service.lazy import lazy

_NORMALIZERS: Mapping[Normalization, Normalizer] = {
    "none": "none", "batch": "batch", "instance": "batch", "group": "batch", "layer": "layer", "rms": "layer",
    "weight": "none",
}  # fmt: skip

_LARGEST_MEAN = 1e100
"""What counts as the largest sum of weights, so that its square is still a number."""


@dataclass(frozen=True, eq=False)
class Prediction:
    """What theory predicts of a layer with these weights and biases, worked out when it is first asked for."""

    layer: Layer
    weights: Scheme | None
    bias: Scheme | None

    @lazy
    def likeness(self) -> tuple[object, ...]:
        """What predictions have in common of which all is the same."""
        weights = self.weights
        if weights is None or not self.is_made:
            return (id(weights), id(self.bias))
        moments = (weights.mean_square, weights.std, weights.mean, weights.unit_gain)
        return (self.scaling, self.stack_scaling, *moments)

    @lazy
    def is_made(self) -> bool:
        """Whether theory knows the weights' second moment, and what it does to a signal."""
        return self.weights is not None and self.weights.mean_square is not None and self.layer.axes is not None

    @lazy
    def scaling(self) -> Scaling:
        """The weights and biases of the layer itself."""
        assert self.weights is not None
        return scaling_of(self.layer, self.weights, self.bias)

    @lazy
    def stack_scaling(self) -> Scaling | None:
        """Those of a stack of layers like this one; None where they are the layer's own."""
        assert self.weights is not None
        return stack_scaling_of(self.layer, self.weights, self.scaling)

    @lazy
    def signal(self) -> Signal:
        """The signal through the layer, and through as many as the network has, where that is known."""
        if self.layer.depth is not None:
            return self.judged
        is_by_quadrature = bool(self.scaling.mean) or self.scaling.unit_gain is not None
        return self.through(None) if is_by_quadrature else self.judged.without_depth

    @lazy
    def judged(self) -> Signal:
        """The signal through as many layers as the network has, or else through those by which weights are judged."""
        return self.through(self.layer.depth or JUDGED_LAYERS)

    def through(self, layers: int | None) -> Signal:
        """Return the signal through so many layers like this one, or blocks; of the layer alone where that is None."""
        surroundings = surroundings_of(self.layer, layers)
        return mean_field.signal(self.layer.curves_before, self.scaling, surroundings, self.stack_scaling)


def scaling_of(layer: Layer, weights: Scheme, bias: Scheme | None) -> Scaling:
    """Return the layer's weights and biases as theory sees them. Inverted dropout scales what it keeps up."""
    # The same constant everywhere shifts the signal; it does not spread it.
    bias_square = 0.0 if bias is None or bias.is_constant else bias.mean_square or 0.0
    variance = layer.frequency**2 * bias_square
    return _scaling(layer, weights, variance, layer.fan_in * (weights.mean_square or 0.0), layer.fan_in)


def stack_scaling_of(layer: Layer, weights: Scheme, own: Scaling) -> Scaling | None:
    """Return the scaling of a stack of layers like this one; None where it is that of the layer itself, its `own`.

    A layer that is not square is in a list with others, or else followed by one of the transposed shape: the second
    moment changes through all of them as through as many of their geometric mean. What ends a branch goes into the sum
    as it is.
    """
    if layer.is_square or layer.ends_bare_branch:
        return None
    found = _scaling_of_list(layer, weights, own.bias)
    if found is None:
        transposed = weights.transposed_mean_square(layer.fan_in_of_transposed)
        if transposed is None:
            return None
        weight = math.sqrt(layer.fan_in * (weights.mean_square or 0.0) * layer.fan_in_of_transposed * transposed)
        found = _scaling(layer, weights, own.bias, weight, math.sqrt(layer.fan_in * layer.fan_in_of_transposed))
    return None if found == own else found


def _scaling_of_list(layer: Layer, weights: Scheme, bias: float) -> Scaling | None:
    """Return the geometric mean of the scalings that these weights have in the layers of a list; None without one."""
    logarithm, inputs, count = 0.0, 0.0, 0
    for fans, times in layer.stack:
        square = weights.mean_square_at(*fans)
        if not square:
            return None
        logarithm += times * math.log(fans[0] * square)
        inputs += times * math.log(fans[0])
        count += times
    return None if not count else _scaling(layer, weights, bias, math.exp(logarithm / count), math.exp(inputs / count))


def _scaling(layer: Layer, weights: Scheme, bias: float, weight: float, inputs: float) -> Scaling:
    # To fewer digits than a double has, so that layers of different widths are known to be scaled alike.
    kept = 1.0 - layer.description.dropout
    rounded = float(f"{layer.frequency**2 * weight / kept:.13g}")
    if not weights.mean:
        gain = None if weights.unit_gain is None or bias else layer.frequency * weights.unit_gain
        return Scaling(rounded, bias, weights.is_isometric, kept=kept, unit_gain=gain)
    mean = min(max(layer.frequency * inputs * weights.mean, -_LARGEST_MEAN), _LARGEST_MEAN)
    return Scaling(rounded, bias, False, mean, inputs)


def normalizer_of(layer: Layer) -> Normalizer:
    """Return what brings pre-activations to unit variance in a network of such layers."""
    return _NORMALIZERS[layer.normalization]


def surroundings_of(layer: Layer, layers: int | None = None) -> Surroundings:
    """Return what theory must know of the network around a layer, of `layers` layers in place of its own depth."""
    description = layer.description
    is_post_norm, depth = description.norm_position == "post", layer.depth if layers is None else layers
    # Of a branch that ends here, the layers before keep the signal.
    branch = 1 if layer.ends_bare_branch else description.layers_per_branch
    return _surroundings(depth, layer.normalization, layer.has_skips, is_post_norm, branch)


@functools.lru_cache(maxsize=1024)
def _surroundings(
    layers: int | None, normalization: Normalization, has_skips: bool, is_post_norm: bool, layers_per_branch: int
) -> Surroundings:
    return Surroundings(layers, _NORMALIZERS[normalization], has_skips, is_post_norm, layers_per_branch)
