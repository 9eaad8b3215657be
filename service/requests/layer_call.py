"""From a layer's constructor call, and from frameworks' names of its sizes, to the members of a description."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from service.activations.names import UnknownActivation, find_activation
from service.advice.layer.description import LayerDescription
from service.advice.layer.outputs import is_softmax
from service.advice.layer.vocabulary import LayerKind, fold_layer_word, is_depthwise, layer_word
from service.frameworks.transformers import TRANSFORMERS
from service.likeness import fold
from service.requests.builder_call import read_builder
from service.requests.calls import read_call, value_of
from service.requests.faults import Fault
from service.requests.members import Members
from service.requests.spellings.model import choices_of
from service.requests.spellings.values import integers
from service.tensors.errors import InvalidParameter

_CONV_1D = "Conv1D"
"""Of Keras a convolution, of Hugging Face transformers GPT-2's matrix, whose arguments are its outputs and inputs."""
_LONGEST = 64

_RECURRENT = frozenset(("rnn", "lstm", "gru"))
_VECTORS = frozenset(("normalization", "prelu", "layer_scale"))

SIZES: Mapping[str, str] = {
    "in_channels": "in_features", "out_channels": "out_features", "filters": "out_features", "units": "out_features",
}  # fmt: skip
"""Names of sizes that are understood beside the layer, by the member that each is; units are also a cell's."""

_ARGUMENTS: Mapping[str, str] = {
    **SIZES,
    **dict.fromkeys(("in_features", "in_dim", "input_dim", "d_in", "in_size", "num_embeddings", "n_in"), "in_features"),
    "nx": "in_features", "nf": "out_features",
    **dict.fromkeys(("out_features", "features", "output_size", "output_channels", "n_out"), "out_features"),
    **dict.fromkeys(("out_dim", "output_dim", "d_out", "embedding_dim"), "out_features"),
    **dict.fromkeys(("kernel_size", "kernel_shape"), "kernel_size"),
    **dict.fromkeys(("stride", "strides"), "stride"),
    **dict.fromkeys(("groups", "feature_group_count"), "groups"),
    **dict.fromkeys(("bias", "use_bias", "with_bias"), "bias"),
    **dict.fromkeys(("activation", "nonlinearity", "act"), "activation"),
    **dict.fromkeys(("embed_dim", "d_model"), "width"),
    **dict.fromkeys(("num_heads", "nhead"), "heads"),
    **dict.fromkeys(("num_features", "normalized_shape", "num_channels", "num_parameters", "dims"), "shape"),
    **dict.fromkeys(("kernel_initializer", "weight_init"), "current"),
    "input_size": "inputs", "hidden_size": "units", "r": "rank",
    **{name: name for name in ("num_layers", "bidirectional", "proj_size", "dim_feedforward")},
}  # fmt: skip
"""Arguments of constructors, by the member that each is."""
_BY_FOLD = {fold(name): member for name, member in _ARGUMENTS.items()}
"""The same without underscores: TensorFlow.js writes kernelSize."""
_INPUT_SHAPES = frozenset(("inputshape", "batchinputshape"))
"""Keras's shape of the inputs, of which the features or channels are the last axis."""

_OF_CELLS: Mapping[str, str] = {"in_features": "inputs", "out_features": "units"}
"""What members of other layers are in a recurrent one."""

_OF_ACTIVATIONS = frozenset(("negative_slope", "alpha", "init", "num_pieces"))
"""What the one parameter of an activation is called."""
_TEXTS = frozenset(("activation", "current"))
_LISTS = frozenset(("kernel_size", "shape"))
_KERAS = re.compile(r"[123]D\b")


@dataclass(frozen=True)
class Call:
    """A constructor's call, with arguments as values of JSON; what is no number, list or word is a text."""

    name: str
    positional: list[Any] = field(default_factory=list)
    keywords: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, text: str) -> Call | None:
        """Return the call that a text is; None where it is none."""
        written = (read_builder(text) or read_call(text.strip())) if "(" in text else None
        if written is None:
            return None
        call = cls(written.name)
        for name, argument in written.arguments:
            if name is None:
                # Flux's inputs => outputs.
                call.positional.extend(_argument(side.strip()) for side in argument.split("=>", 1))
            else:
                call.keywords[name] = _argument(argument)
        return call


def _argument(text: str) -> Any:
    try:
        value = value_of(text)
    except ValueError:
        return text
    return integers(value) if isinstance(value, str) and value[:1] in {"(", "["} else value


def understand_activation(members: Members) -> tuple[Members, Mapping[str, object]]:
    """Return the members with the activation's parameter from its call, nn.LeakyReLU(0.2), and what was read from it.

    Raises InvalidRequest.
    """
    name = "nonlinearity" if "nonlinearity" in members.values else "activation"
    text = members.values.get(name)
    call = Call.of(text) if isinstance(text, str) else None
    if not isinstance(text, str) or call is None or not (call.positional or call.keywords):
        return members, {}
    try:
        activation = find_activation(call.name[:64])
    except (UnknownActivation, InvalidParameter):
        return members, {}
    read: dict[str, object] = {"activation": "softmax" if is_softmax(call.name) else activation.full_name}
    if activation.name == "gelu" and call.keywords.get("approximate") in ("tanh", True):
        read["activation"] = "gelu_tanh"
    own = {parameter: value for parameter, value in call.keywords.items() if parameter in _OF_ACTIVATIONS}
    values = [value for value in (*own.values(), *call.positional) if isinstance(value, int | float)]
    if activation.parameter is not None and values and not isinstance(values[0], bool):
        if activation.parameter in members.values:
            members.refuse(Fault(activation.parameter, f"is given in {text[:64]} too; give one of them"))
        read[activation.parameter] = values[0]
    rest = {member: value for member, value in members.values.items() if member != name}
    return replace(members, values={**rest, **read}), read


def understand_layer(members: Members) -> tuple[Members, Mapping[str, object]]:
    """Return the members with those that the call of the layer says, and what was read from it. Raises InvalidRequest.

    A size by another framework's name becomes the member that it is.
    """
    text = members.values.get("layer")
    if not isinstance(text, str) or not ("(" in text or SIZES.keys() & members.values.keys()):
        return members, {}
    call = Call.of(text)
    name = text if call is None else call.name
    try:
        kind = layer_word(name).kind
    except InvalidParameter:
        # Whoever reads the layer says what is wrong with it.
        return members, {}
    members = _with_own_names(members, kind)
    if call is None:
        return members, {}
    is_transposed = _is_conv_1d(call, members)
    with members.refusing():
        read = _read(call, "dense" if is_transposed else kind)
    if is_transposed and members.values.get("framework") is None:
        read["framework"] = TRANSFORMERS.name
    values = {**members.values, "layer": name}
    for member, value in read.items():
        if member == "unused_arguments":
            continue
        given = values.get(member)
        if given is not None and str(given).lower() != str(value).lower():
            members.refuse(Fault(member, f"is {value} in {text[:64]}, and given otherwise too; give one of them"))
        values.setdefault(member, value)
    return replace(members, values=values), read


def _is_conv_1d(call: Call, members: Members) -> bool:
    """Return whether a call is of Hugging Face's Conv1D(nf, nx), a matrix, and not of Keras's convolution."""
    path, _, last = call.name.rpartition(".")
    if last != _CONV_1D or "kernel_size" in call.keywords:
        return False
    framework = choices_of(LayerDescription)["framework"].find(str(members.values.get("framework", ""))[:_LONGEST])
    is_of_library = framework == TRANSFORMERS.name or path.split(".")[0] == TRANSFORMERS.name
    return is_of_library or not {"nf", "nx"}.isdisjoint(call.keywords)


def _with_own_names(members: Members, kind: LayerKind) -> Members:
    """Return the members with sizes by the names that they have here."""
    values: dict[str, Any] = {}
    written = dict(members.written)
    for name, value in members.values.items():
        own = SIZES.get(name, name)
        own = _OF_CELLS.get(own, own) if kind in _RECURRENT else own
        if own != name:
            if own in members.values or own in values:
                members.refuse(Fault(name, f"is another name of {own}, which is given too; give one of them"))
            written[own] = name
        values[own] = value
    return replace(members, values=values, written=written)


def _read(call: Call, kind: LayerKind) -> dict[str, object]:
    """Return the members that a call says. Raises InvalidParameter."""
    read: dict[str, object] = {}
    unused: list[str] = []
    arguments = [*_positional(call, kind), *call.keywords.items()]
    for name, value in map(_without_input_shape, arguments):
        member = _BY_FOLD.get(fold(name), name if name in {"inputs", "units", "width", "heads", "shape"} else None)
        if kind in _RECURRENT and member is not None:
            member = _OF_CELLS.get(member, member)
        if kind in _VECTORS and member in {"in_features", "width"}:
            member = "shape"
        if value is None or member is None or not _fits(member, value):
            if member is not None and value is not None and member not in _TEXTS:
                raise InvalidParameter("layer", f"{name} must be a number in {call.name[:64]}(...)")
            unused.append(name)
            continue
        read[member] = _as_member(member, value)
    if unused:
        read["unused_arguments"] = unused
    return read


def _without_input_shape(argument: tuple[str, Any]) -> tuple[str, Any]:
    """Return the size that is the layer's in the place of the shape of all inputs."""
    name, value = argument
    if fold(name) in _INPUT_SHAPES and isinstance(value, list) and value:
        return "in_features", value[-1]
    return argument


def _fits(member: str, value: Any) -> bool:
    if member in _TEXTS:
        return isinstance(value, str)
    if member in {"bias", "bidirectional"}:
        return isinstance(value, bool)
    if isinstance(value, list):
        return member in _LISTS or len(set(value)) == 1
    return isinstance(value, int) and not isinstance(value, bool)


def _as_member(member: str, value: Any) -> object:
    if member in _LISTS:
        return value if isinstance(value, list) else [value]
    return value[0] if isinstance(value, list) else value


def _positional(call: Call, kind: LayerKind) -> list[tuple[str, Any]]:
    """Return the arguments without names, by the names that they have."""
    numbers: list[Any] = []
    named: list[tuple[str, Any]] = []
    for place, value in enumerate(call.positional):
        if isinstance(value, bool):
            named.append(("bias", value))
        elif isinstance(value, str):
            named.append((_of_text(value, place), value))
        elif value is not None:
            numbers.append(value)
    names = _NAMES.get(kind, _of_matrix)(call, numbers)
    names = (*names, *(f"argument {place + 1}" for place in range(len(names), len(numbers))))
    return [*zip(names, numbers, strict=False), *named]


def _of_text(value: str, place: int) -> str:
    try:
        find_activation(value[:64])
    except (UnknownActivation, InvalidParameter):
        # A name in the place of a size is no number.
        return "in_features" if place == 0 and value.isidentifier() else f"argument {place + 1}"
    return "activation"


def _of_matrix(call: Call, numbers: list[Any]) -> tuple[str, ...]:
    if fold_layer_word(call.name) == "bilinear" and len(numbers) > 2:
        numbers[:] = [[numbers[2], numbers[0], numbers[1]]]
        return ("shape",)
    if call.name.rpartition(".")[2] == _CONV_1D:
        return ("out_features", "in_features")
    has_input = len(numbers) > 1 and "in_features" not in call.keywords
    return ("in_features", "out_features") if has_input else ("out_features",)


def _of_convolution(call: Call, numbers: list[Any]) -> tuple[str, ...]:
    if numbers and isinstance(numbers[0], list):
        # Flux's begin with the kernel.
        return ("kernel_size", "in_features", "out_features")
    if is_depthwise(call.name):
        return ("kernel_size", "stride")
    has_kernel = "kernel_size" in call.keywords or "kernel_shape" in call.keywords
    begins_with_units = len(numbers) < (2 if has_kernel else 3) or isinstance(numbers[1], list)
    if begins_with_units or (_KERAS.search(call.name) and not has_kernel):
        return ("out_features", "kernel_size", "stride")
    return ("in_features", "out_features", *(() if has_kernel else ("kernel_size",)), "stride")


def _of_cell(call: Call, numbers: list[Any]) -> tuple[str, ...]:
    return ("inputs", "units", "num_layers") if len(numbers) > 1 else ("units",)


def _of_attention(call: Call, numbers: list[Any]) -> tuple[str, ...]:
    # Keras begins with the heads, of which there are fewer than a model is wide.
    if len(numbers) > 1 and all(isinstance(number, int) for number in numbers[:2]) and numbers[0] < numbers[1]:
        return ("heads", "head size")
    return ("width", "heads")


def _of_vector(call: Call, numbers: list[Any]) -> tuple[str, ...]:
    return ("number of groups", "shape") if fold_layer_word(call.name) == "groupnorm" else ("shape",)


_NAMES: Mapping[LayerKind, Callable[[Call, list[Any]], tuple[str, ...]]] = {
    **dict.fromkeys(("conv", "conv_transpose", "subpixel_conv"), _of_convolution),
    **dict.fromkeys(("rnn", "lstm", "gru"), _of_cell),
    **dict.fromkeys(("normalization", "prelu", "layer_scale"), _of_vector),
    "attention": _of_attention,
}
"""What the arguments without names are called, by the kind of layer."""
