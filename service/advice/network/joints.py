"""Whether the shapes of layers that follow one another meet."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from service.advice.layer.architectures import WITHOUT_ATTENTION
from service.advice.layer.layer import Layer
from service.advice.layer.roles import HEAD_ROLES, NORMALIZED_ROLES
from service.advice.layer.vocabulary import CONVOLUTIONS, LayerKind, LayerRole
from service.advice.network.skips import WITH_OTHER_SKIPS
from service.advice.network.structure import Place, block_of
from service.tensors.layout import LAYOUT_NAMES, WEIGHTS, Axes, axes

_PASSING: frozenset[LayerKind] = frozenset(("normalization", "prelu", "layer_scale", "positional_embedding", "lora"))
"""Layers that change no number of units."""
_OF_STATE_SPACES: frozenset[LayerKind] = frozenset(("mamba", "mamba2", "s4", "s4d"))
_OF_NO_UNITS: frozenset[LayerKind] = _OF_STATE_SPACES | {"embedding", "positional_embedding"}
"""Layers whose weight does not say how many inputs they take."""
HALVING = frozenset(("glu", "reglu", "geglu", "swiglu"))
"""Activations that make one number of two."""
_LAST_ROLES: frozenset[LayerRole] = frozenset(("residual_last", "attention_output", "mlp_down"))
_LONGEST_SUM = 64
"""Outputs of earlier layers that are tried as parts of a concatenation."""


def inputs_of(layer: Layer) -> int | None:
    """Return how many inputs a layer takes; None where its description does not say."""
    sides, description = layer.axes, layer.description
    if layer.is_recurrent:
        return sides.in_ if description.tensor == "input" and sides is not None else description.inputs
    if sides is None or layer.kind in _OF_NO_UNITS:
        return None
    if layer.has_assumed_shape:
        own = description.width if layer.kind == "attention" else description.in_features
        return None if own is None or layer.role == "attention_output" else own
    if layer.has_kernel_by_channel:
        return sides.stack
    return sides.in_ * (layer.groups if layer.kind in {"conv", "subpixel_conv"} else 1)


def outputs_of(layer: Layer) -> int | None:
    """Return how many outputs a layer gives; None where its description does not say."""
    if layer.is_recurrent:
        return (layer.projection or layer.units) * (2 if layer.description.bidirectional else 1)
    if layer.axes is None or layer.kind in _OF_STATE_SPACES or not _says_outputs(layer):
        return None
    if layer.kind == "attention":
        return layer.axes.in_ if layer.role != "attention_output" else layer.out
    if layer.has_kernel_by_channel and layer.bias_shape is None:
        # What a separable convolution gives, its pointwise kernel says.
        return layer.description.out_features
    return layer.out


def _says_outputs(layer: Layer) -> bool:
    description = layer.description
    if not layer.has_assumed_shape:
        return True
    if layer.kind == "attention":
        return description.width is not None
    said = (description.out_features, description.classes, description.in_features if layer.is_depthwise else None)
    return any(size is not None for size in said)


def handed_on(layer: Layer) -> int | None:
    """Return how many numbers a layer's nonlinearity hands on; None where the description does not say."""
    outputs, name = outputs_of(layer), layer.activation.name
    if outputs is None or layer.role != "hidden":
        return outputs
    if name in HALVING:
        return outputs // 2
    return outputs // int(layer.activation.value or 2) if name == "maxout" else outputs


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
            return self._mismatch_of_normalization(layer)
        if place.way == "branch" and place.branch != self.branch:
            self._enter(place.branch)
        reads_stream = place.way == "beside" or layer.role in {"value", "qkv", "mlp_up"}
        if place.way == "beside" and place.branch is not None and place.branch != self.branch:
            self._enter(place.branch)
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

    def take_of(self, layer: Layer, place: Place, givers: Sequence[Layer | None]) -> str | None:
        """Pass a layer that takes what certain layers give, and return what does not meet there."""
        known = [giver for giver in givers if giver is not None]
        is_one = len(known) == len(givers) == 1
        self.given, self.giver = (outputs_of(known[0]), known[0]) if is_one else (None, None)
        said = self.take(layer, place)
        if len(givers) < 2 or len(known) < len(givers):
            return said
        inputs, widths = inputs_of(layer), [width for giver in known if (width := outputs_of(giver)) is not None]
        if inputs is None or len(widths) < len(known):
            return said
        # They are beside each other, or added or multiplied.
        fitting = [sum(widths), *(widths[:1] if len(set(widths)) == 1 else [])]
        if any(self._meets(layer, inputs, width, known[-1]) for width in fitting):
            return said
        names, sizes = (" and ".join(map(str, each)) for each in (map(_title, known), widths))
        return f"{_title(layer)} takes {inputs} inputs, and {names} give {sizes} outputs: the shapes do not meet."

    def _enter(self, branch: int | None) -> None:
        self.branch, self.stream, self.streamer = branch, self.given, self.giver

    def _mismatch_of_normalization(self, layer: Layer) -> str | None:
        """Return what to say where a normalisation is of another number of units than there are."""
        is_of_units = layer.kind == "normalization" and len(layer.shape) == 1 and not layer.has_assumed_shape
        giver, given, units = self.giver, self.given, layer.out
        if not is_of_units or giver is None or given is None or giver.role not in NORMALIZED_ROLES:
            return None
        # One that stands before the layer that it is listed after has the units that came before.
        if units in self.earlier or units == self.stream or self._meets(layer, units, given, giver):
            return None
        return (
            f"{_title(layer)} normalises {units} units, and {_title(giver)} before it gives {given} outputs: the "
            "shapes do not meet."
        )

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
        # A mixer's matrices read parts of what others give.
        is_mixer = layer.description.architecture in WITHOUT_ATTENTION
        if inputs == source or is_mixer or layer.role in {"attention_output", "modulation", "hypernetwork_output"}:
            return True
        is_flattened = giver.kind in CONVOLUTIONS and layer.kind not in CONVOLUTIONS and inputs % source == 0
        is_folded = layer.kind in CONVOLUTIONS and (giver.kind in {"dense", "subpixel_conv"})
        if is_flattened or (is_folded and source % inputs == 0):
            return True
        if giver.activation.name in HALVING and source == 2 * inputs:
            return True
        if giver.activation.name == "maxout" and source == inputs * int(giver.activation.value or 2):
            return True
        if giver.role in HEAD_ROLES and inputs in self.earlier:
            # A head beside another, or what comes after one that only watches.
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
    is_fixed = layer.has_assumed_shape or layer.layout not in LAYOUT_NAMES
    if rank < 2 or is_fixed or layer.is_recurrent or layer.kind == "embedding":
        return None
    return axes(layer.shape, WEIGHTS.letters(order, rank))


@dataclass
class _Sum:
    """What comes together at the end of a residual branch."""

    stream: int | None = None
    """How many units the stream has."""
    streamer: Layer | None = None
    """The layer that it comes from; None where the list begins with the branch."""
    end: tuple[int, Layer] | None = None
    """The layer that ends the branch, and its place in the list."""
    shortcut: tuple[int, Layer] | None = None

    def mismatch(self) -> tuple[int, str] | None:
        """Return what does not meet in the sum, at the later of its layers; None where all is well."""
        if self.end is None:
            return None
        index, last = self.end
        width, added = self.stream, "which are added to {} inputs"
        if self.streamer is not None:
            added = f"which are added to the {{}} of {_title(self.streamer)}"
        if self.shortcut is not None:
            index, width = max(index, self.shortcut[0]), outputs_of(self.shortcut[1])
            added = f"which are added to the {{}} of the shortcut {_title(self.shortcut[1])}"
        outputs = outputs_of(last)
        if width is None or outputs is None or width == outputs:
            return None
        said = f"{_title(last)} ends a residual branch with {outputs} outputs, {added.format(width)}"
        return index, f"{said}: the shapes do not meet."


def mismatches(
    layers: Sequence[Layer],
    places: Sequence[Place],
    begun: Collection[int],
    takes: Sequence[tuple[str, ...] | None],
) -> dict[int, str]:
    """Return what to say of shapes that do not meet, by the places in the list.

    The layers at the places `begun` take another input of the network, and not what the layer before them gives.
    `takes` has for each layer the names of those whose outputs it takes, where that is known.
    """
    joints, found = Joints(), dict[int, str]()
    by_name = {layer.links.name: layer for layer in layers}
    sums: dict[int, _Sum] = {}
    for index, (layer, place, named) in enumerate(zip(layers, places, takes, strict=True)):
        if index in begun:
            joints.given = joints.giver = None
        givers = None if named is None else [by_name.get(name) for name in named]
        said = joints.take(layer, place) if givers is None else joints.take_of(layer, place, givers)
        if said is not None:
            found[index] = said
        if place.branch is not None and place.way != "apart":
            around = sums.setdefault(place.branch, _Sum())
            if around.stream is None:
                around.stream, around.streamer = _stream(joints, layer)
            if layer.role == "shortcut":
                around.shortcut = (index, layer)
            elif place.ends_branch and _is_added(layer):
                around.end = (index, layer)
    for each in sums.values():
        unmet = each.mismatch()
        if unmet is not None:
            found.setdefault(*unmet)
    return found


def _stream(joints: Joints, layer: Layer) -> tuple[int | None, Layer | None]:
    """Return how many units there are before a branch that begins with a layer, and where they come from."""
    if joints.streamer is not None:
        return joints.stream, joints.streamer
    return (None if layer.role == "shortcut" else inputs_of(layer)), None


def _is_added(layer: Layer) -> bool:
    """Return whether the branch that a layer ends is certainly added to the stream: by its name, or as is said."""
    if layer.description.architecture in WITH_OTHER_SKIPS or layer.kind == "attention":
        return False
    is_said = layer.description.residual is True and "residual" not in layer.assumed
    return is_said or layer.role in _LAST_ROLES or block_of(layer.links.name) is not None
