"""Whether the shapes of layers that follow one another meet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from service.advice.layer.layer import Layer
from service.advice.layer.roles import HEAD_ROLES
from service.advice.layer.vocabulary import LayerKind
from service.advice.network.structure import Place
from service.tensors.layout import LAYOUT_NAMES, WEIGHTS, Axes, axes

_SPATIAL: frozenset[LayerKind] = frozenset(("conv", "conv_transpose", "subpixel_conv"))
_PASSING: frozenset[LayerKind] = frozenset(("normalization", "prelu", "layer_scale", "positional_embedding", "lora"))
"""Layers that change no number of units."""
_HALVING = frozenset(("glu", "reglu", "geglu", "swiglu"))
_LONGEST_SUM = 64
"""Outputs of earlier layers that are tried as parts of a concatenation."""


def inputs_of(layer: Layer) -> int | None:
    """Return how many inputs a layer takes; None where its description does not say."""
    sides = layer.axes
    if layer.is_recurrent:
        if layer.description.tensor == "input" and sides is not None:
            return sides.in_
        return None if "inputs" in layer.assumed else layer.description.inputs
    if sides is None or "shape" in layer.assumed or layer.kind in {"embedding", "mamba", "mamba2", "s4", "s4d"}:
        return None
    if layer.has_kernel_by_channel:
        return sides.stack
    return sides.in_ * (layer.groups if layer.kind in {"conv", "subpixel_conv"} else 1)


def outputs_of(layer: Layer) -> int | None:
    """Return how many outputs a layer gives; None where its description does not say."""
    if layer.is_recurrent:
        return (layer.projection or layer.units) * (2 if layer.description.bidirectional else 1)
    if layer.axes is None or "shape" in layer.assumed or layer.kind in {"mamba", "mamba2", "s4", "s4d"}:
        return None
    if layer.kind == "attention":
        return layer.axes.in_ if layer.role != "attention_output" else layer.out
    if layer.has_kernel_by_channel and layer.bias_shape is None:
        # What a separable convolution gives, its pointwise kernel says.
        return layer.description.out_features
    return layer.out


@dataclass
class Joints:
    """The numbers of units on the way so far."""

    given: int | None = None
    """What the last layer gave."""
    giver: Layer | None = None
    stream: int | None = None
    """What the residual stream has, or what the layers beside each other get."""
    streamer: Layer | None = None
    earlier: list[int] = field(default_factory=list)
    """What the network gets, and what all layers before gave."""
    branch: int | None = None

    def take(self, layer: Layer, place: Place) -> str | None:
        """Pass a layer, and return what does not meet there; None where all is well."""
        if layer.kind in _PASSING:
            return None
        if place.way == "branch" and place.branch != self.branch:
            self.branch, self.stream, self.streamer = place.branch, self.given, self.giver
        reads_stream = place.way == "beside" or layer.role in {"value", "qkv", "mlp_up"}
        if place.way == "beside" and place.branch is not None and place.branch != self.branch:
            self.branch, self.stream, self.streamer = place.branch, self.given, self.giver
        source, giver = (self.stream, self.streamer) if reads_stream else (self.given, self.giver)
        said = self._mismatch(layer, source, giver) if layer.kind != "embedding" else None
        outputs, inputs = outputs_of(layer), inputs_of(layer)
        if not self.earlier and inputs is not None:
            self.earlier.append(inputs)
        if place.way == "along":
            self.stream, self.streamer = self.given, self.giver
        if place.way != "beside":
            self.given, self.giver = outputs, layer
        if outputs is not None:
            self.earlier.append(outputs)
        return said

    def _mismatch(self, layer: Layer, source: int | None, giver: Layer | None) -> str | None:
        inputs = inputs_of(layer)
        if inputs is None or source is None or giver is None or self._meets(layer, inputs, source, giver):
            return None
        sentence = (
            f"{_title(layer)} takes {inputs} inputs, and {_title(giver)} before it gives {source} outputs: the shapes "
            "do not meet"
        )
        other = _other_order(giver, layer)
        return f"{sentence}{other}." if other else f"{sentence}."

    def _meets(self, layer: Layer, inputs: int, source: int, giver: Layer) -> bool:
        if inputs == source or layer.role in {"attention_output", "modulation", "hypernetwork_output"}:
            return True
        is_flattened = giver.kind in _SPATIAL and layer.kind not in _SPATIAL and inputs % source == 0
        is_folded = layer.kind in _SPATIAL and (giver.kind in {"dense", "subpixel_conv"})
        if is_flattened or (is_folded and source % inputs == 0):
            return True
        if giver.activation.name in _HALVING and source == 2 * inputs:
            return True
        if giver.activation.name == "maxout" and source == inputs * int(giver.activation.value or 2):
            return True
        if layer.role in HEAD_ROLES and inputs in self.earlier:
            return True
        return self._is_concatenation(inputs, source)

    def _is_concatenation(self, inputs: int, source: int) -> bool:
        """Return whether the inputs are those of the layer before and of earlier ones together."""
        rest = inputs - source
        if rest <= 0:
            return False
        before = self.earlier[:-1]
        if rest in before:
            return True
        total = 0
        for outputs in reversed(before[-_LONGEST_SUM:]):
            total += outputs
            if total >= rest:
                return total == rest
        return False


def _title(layer: Layer) -> str:
    return layer.links.name or layer.description.layer


def _other_order(giver: Layer, layer: Layer) -> str:
    """Return what to say where the shapes meet in the transposed order; empty where they do not."""
    is_default = layer.layout == "out_in"
    other, whose = ("in_out", "Keras and JAX") if is_default else ("out_in", "PyTorch")
    first, second = _in_order(giver, other), _in_order(layer, other)
    if first is None or second is None or first.out != second.in_:
        return ""
    return (
        f", but would as {whose} store them (layout={other}): {first.in_} to {first.out}, then {second.in_} to "
        f"{second.out}"
    )


def _in_order(layer: Layer, order: str) -> Axes | None:
    rank = len(layer.shape)
    if rank < 2 or layer.layout not in LAYOUT_NAMES or layer.is_recurrent or layer.kind == "embedding":
        return None
    return axes(layer.shape, WEIGHTS.letters(order, rank))


def mismatches(layers: Sequence[Layer], places: Sequence[Place]) -> Iterator[tuple[int, str]]:
    """Yield the places in a list at which shapes do not meet, and what to say there."""
    joints = Joints()
    for index, (layer, place) in enumerate(zip(layers, places, strict=True)):
        said = joints.take(layer, place)
        if said is not None:
            yield index, said
