"""From a layer's constructor call, and from frameworks' names of its sizes, to the members of a description."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from service.activations.names import UnknownActivation, find_activation
from service.advice.layer.description import LayerDescription
from service.advice.layer.outputs import is_softmax
from service.advice.layer.resolve import CONSTRUCTOR_BIAS
from service.advice.layer.vocabulary import LayerKind, fold_layer_word, layer_word
from service.frameworks.transformers import TRANSFORMERS
from service.likeness import fold
from service.requests.builder_call import read_builder
from service.requests.code.calls import read_call, value_of
from service.requests.code.dialect import NO_DIALECT, Dialect
from service.requests.code.statements import is_open, statement_of
from service.requests.constructors import (
    BIAS_STARTS,
    COMBINED,
    CONV_1D,
    LISTS,
    NAMES_BESIDE,
    TEXTS,
    TRUTHS,
    Written,
    beside,
    is_activation,
    is_idle,
    member_of,
    refuse_what_leaves_no_weight,
    unknown_argument,
)
from service.requests.faults import Fault
from service.requests.members import Members, repeated
from service.requests.spellings.model import choices_of
from service.requests.spellings.values import integers
from service.tensors.errors import InvalidParameter

_LONGEST = 64
_INPUT_SHAPES = frozenset(("inputshape", "batchinputshape"))
"""Keras's shape of the inputs, of which the features or channels are the last axis."""

_OF_ACTIVATIONS = frozenset(("negative_slope", "alpha", "init", "num_pieces"))
"""What the one parameter of an activation is called."""

_STORE = re.compile(r"&|(?:vs|vb|p|cfg|config|key|rngs|ctx|device|Default)\b")
"""What stands for the place of a layer's tensors, or for options, in code of tch, candle and others."""


@dataclass(frozen=True)
class Call:
    """A constructor's call, with arguments as values of JSON; what is no number, list or word is a text."""

    name: str
    positional: list[Any] = field(default_factory=list)
    keywords: dict[str, Any] = field(default_factory=dict)
    repeated: tuple[str, ...] = ()
    """Names of arguments that stand there more than once."""

    @classmethod
    def of(cls, text: str) -> Call | None:
        """Return the call that a text is; None where it is none."""
        written = (read_builder(text) or read_call(text.strip())) if "(" in text else None
        if written is None:
            return None
        named = [(name, argument) for name, argument in written.arguments if name is not None]
        call = cls(written.name, repeated=tuple(repeated(named)))
        for name, argument in written.arguments:
            if name is None:
                # Flux's inputs => outputs.
                call.positional.extend(_argument(side.strip()) for side in argument.split("=>", 1))
            else:
                call.keywords[name] = _argument(argument)
        return call

    @property
    def given_name(self) -> str | None:
        """The name that the call gives to the layer, as Keras, Flax and Haiku let it; None where it gives none."""
        name = self.keywords.get("name")
        return name if isinstance(name, str) and _GIVEN_NAME.fullmatch(name) else None


_GIVEN_NAME = re.compile(r"[\w./-]{1,64}")
_WHOLE = re.compile(r"[0-9_ ()+*/-]+")
"""What a size is computed by: 28 * 28."""


def _argument(text: str) -> Any:
    try:
        value = value_of(text)
    except ValueError:
        return text
    if isinstance(value, float) and value.is_integer() and _WHOLE.fullmatch(text):
        return int(value)
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


def understand_layer(members: Members, dialect: Dialect = NO_DIALECT) -> tuple[Members, Mapping[str, object]]:
    """Return the members with those that the call of the layer says, and what was read from it. Raises InvalidRequest.

    A size by another framework's name becomes the member that it is. The module before the layer's name, or what else
    the code says, is the framework where none is given.
    """
    text = members.values.get("layer")
    if not isinstance(text, str):
        return members, {}
    framework = None if members.values.get("framework") is not None else _framework(text, dialect)
    if framework is None:
        return _understand_layer(members, text)
    found, read = _understand_layer(replace(members, values={**members.values, "framework": framework}), text)
    return found, {**read, "framework": framework}


def _framework(text: str, dialect: Dialect) -> str | None:
    return dialect.framework_of(statement_of(text).text) if _OF_CODE.search(text) else None


_OF_CODE = re.compile(r"[(]|\w(?:\.|::)\w")
"""What a layer's name alone does not have."""


def _understand_layer(members: Members, text: str) -> tuple[Members, Mapping[str, object]]:
    if not ("(" in text or not NAMES_BESIDE.isdisjoint(members.values)):
        return members, {}
    call = Call.of(statement_of(text).text)
    name = text if call is None else call.name
    if call is None:
        _refuse_open(text, members)
    try:
        kind = layer_word(name).kind
        if call is None:
            _refuse_what_is_no_call(text, members)
    except InvalidParameter:
        # Whoever reads the layer says what is wrong with it.
        return members, {}
    members = _with_own_names(members, kind)
    return (members, {}) if call is None else _with_call(call, kind, members, text)


def _with_call(call: Call, kind: LayerKind, members: Members, text: str) -> tuple[Members, Mapping[str, object]]:
    name, is_transposed = call.name, _is_conv_1d(call, members)
    if kind == "conv_transpose" and call.keywords.pop(_TRANSPOSE_KERNEL, False) is True:
        # A layer of its own, by how it is stored.
        name = f"{name}({_TRANSPOSE_KERNEL}=True)"
    with members.refusing():
        _refuse_without_outputs(call, kind, members.values.get("framework"))
        read = _read(call, "dense" if is_transposed else kind)
    if is_transposed and members.values.get("framework") is None:
        read["framework"] = TRANSFORMERS.name
    values = {**members.values, "layer": name}
    for member, value in read.items():
        if member in {"unused_arguments", BIAS_START}:
            continue
        given = values.get(member)
        if given is not None and str(given).lower() != str(value).lower():
            members.refuse(Fault(member, f"is {value} in {text[:64]}, and given otherwise too; give one of them"))
        values.setdefault(member, value)
    if call.given_name is not None:
        values.setdefault("name", call.given_name)
    bias = _constructor_bias(call, values)
    values |= {member: value for member, value in bias.items() if member != CONSTRUCTOR_BIAS}
    return replace(members, values=values), {**read, **bias}


def _refuse_without_outputs(call: Call, kind: LayerKind, framework: object) -> None:
    """Raise InvalidParameter for one size where the framework's constructor needs the inputs and the outputs."""
    word = fold_layer_word(call.name)
    sizes = [value for value in call.positional if isinstance(value, int) and not isinstance(value, bool)]
    if framework not in _BOTH_SIDES.get(word, ()) or len(sizes) != 1 or len(call.positional) != 1:
        return
    if not any(member_of(name, kind) in _SIDES for name in call.keywords):
        name = call.name[:_LONGEST]
        raise InvalidParameter(
            "layer",
            f"{name}({sizes[0]}) has one size, and {name} takes the inputs and the outputs, as {_EXAMPLES[word]} does",
        )


_SIDES = frozenset(("in_features", "out_features"))
_BOTH_SIDES: Mapping[str, frozenset[str]] = {
    "linear": frozenset(("pytorch", "paddle", "flax", "equinox", "mlx", "burn")),
    "conv": frozenset(("pytorch", "paddle", "mindspore", "mlx")),
}
"""Frameworks whose constructors begin with the inputs, Flax's nnx.Linear among them; Haiku's has the outputs alone."""
_EXAMPLES = {"linear": "Linear(784, 256)", "conv": "Conv2d(3, 64, 7)"}


def _refuse_open(text: str, members: Members) -> None:
    """Raise InvalidRequest for a call that ends before its bracket is closed."""
    if "(" in text and is_open(text[:_LONGEST_CALL]):
        members.refuse(Fault("layer", f"{text[:64]!r} opens a bracket that it does not close; close it, as {_EXAMPLE}"))


def _refuse_what_is_no_call(text: str, members: Members) -> None:
    """Raise InvalidRequest for a text with a call in it that is not understood, whose sizes would be lost."""
    if _CALL.search(text):
        members.refuse(Fault("layer", f"{text[:64]!r} is not the call of one layer; a call is written as {_EXAMPLE}"))


_LONGEST_CALL = 4096
_EXAMPLE = "in nn.Linear(784, 256)"
_CALL = re.compile(r"\w\s*\(\s*[^)\s]")
"""A call with arguments, which may be sizes."""


def _constructor_bias(call: Call, values: Mapping[str, Any]) -> Mapping[str, object]:
    """Return whether a constructor makes a bias, where the call says nothing of one; nothing where that is unknown."""
    word = fold_layer_word(call.name)
    if values.get("bias") is not None or word not in _WITH_BIAS:
        return {}
    return {"bias": False} if values.get("framework") in _WITHOUT_BIAS.get(word, ()) else {CONSTRUCTOR_BIAS: True}


_TRANSPOSE_KERNEL = "transpose_kernel"
"""Flax's argument of a transposed convolution whose kernel is stored as the convolution's that it transposes."""


def _is_conv_1d(call: Call, members: Members) -> bool:
    """Return whether a call is of Hugging Face's Conv1D(nf, nx), a matrix, and not of Keras's convolution."""
    path, _, last = call.name.rpartition(".")
    if last != CONV_1D or "kernel_size" in call.keywords:
        return False
    framework = choices_of(LayerDescription)["framework"].find(str(members.values.get("framework", ""))[:_LONGEST])
    is_of_library = framework == TRANSFORMERS.name or path.split(".")[0] == TRANSFORMERS.name
    return is_of_library or not {"nf", "nx"}.isdisjoint(call.keywords)


def _with_own_names(members: Members, kind: LayerKind) -> Members:
    """Return the members with sizes by the names that they have here."""
    values: dict[str, Any] = {}
    written = dict(members.written)
    for name, value in members.values.items():
        own = beside(name, kind)
        if own != name:
            if own in members.values or own in values:
                members.refuse(Fault(name, f"is another name of {own}, which is given too; give one of them"))
            written[own] = name
        values[own] = value
    return replace(members, values=values, written=written)


def _read(call: Call, kind: LayerKind) -> dict[str, object]:
    """Return the members that a call says. Raises InvalidParameter."""
    if call.repeated:
        raise InvalidParameter("layer", f"{call.repeated[0]} stands in {call.name[:64]}(...) twice; give it once")
    read: dict[str, object] = {}
    unused: list[str] = []
    combined: dict[str, Any] = {}
    unnumbered: dict[str, str] = {}
    arguments = dict(call.keywords)
    read |= _bias_start(arguments, kind)
    for name, value in map(_without_input_shape, (*_positional(call, kind), *arguments.items())):
        refuse_what_leaves_no_weight(name, value, kind)
        member, folded = member_of(name, kind), fold(name)
        if folded in COMBINED:
            combined[folded] = value
        elif member is None and not (is_idle(name, kind) or name.startswith(_WITHOUT_NAME)):
            raise unknown_argument(name, call.name, kind)
        elif member is None or (value is None and member not in TRUTHS):
            unused.append(name)
        elif member in read:
            raise InvalidParameter("layer", f"says {member} twice in {call.name[:64]}(...); give it once")
        elif isinstance(value, str) and member not in TEXTS | TRUTHS:
            unnumbered[name] = value
        else:
            read[member] = _as_member(member, name, value, call)
    if unnumbered:
        raise _without_number(call, unnumbered)
    read |= _combination(call, kind, read, combined)
    unused = [name for name in unused if name != "name" or call.given_name is None]
    if unused:
        read["unused_arguments"] = unused
    return read


BIAS_START = "bias_start"
"""What a call says that the bias starts with. It is no member, and is told in a warning where it does harm."""
_WITH_MATRICES: frozenset[LayerKind] = frozenset(("dense", "conv", "conv_transpose"))


def _bias_start(arguments: dict[str, Any], kind: LayerKind) -> Mapping[str, object]:
    """Take what the bias of a matrix or a kernel starts with out of a call's arguments."""
    names = [name for name in arguments if fold(name) in BIAS_STARTS] if kind in _WITH_MATRICES else []
    values = [arguments.pop(name) for name in names if isinstance(arguments[name], str | int | float)]
    return {BIAS_START: str(values[0])} if values else {}


_WITHOUT_NAME = "argument "

_WITH_BIAS = frozenset(
    (
        "linear", "lazylinear", "dense", "densegeneral", "lineargeneral", "bilinear", "conv", "lazyconv",
        "convtranspose", "lazyconvtranspose", "separableconv", "depthwiseconv", "multiheadattention",
        "multiheaddotproductattention", "groupqueryattention", "groupedqueryattention", "gcnconv", "gatconv",
        "gatv2conv", "sageconv", "graphconv", "chebconv", "tagconv", "transformerconv", "rgcnconv",
    )
)  # fmt: skip
"""Constructors that make a bias unless they are told not to: in all frameworks, or in all but those below."""
_WITHOUT_BIAS: Mapping[str, frozenset[str]] = {
    "multiheadattention": frozenset(("mlx", "equinox", "flux")),
    **dict.fromkeys(("conv", "convtranspose"), frozenset(("mindspore",))),
}
"""Frameworks whose constructors make none (mlx/nn/layers/transformer.py, equinox/nn/_attention.py, Flux's
src/layers/attention.jl, mindspore/nn/layer/conv.py)."""


def _without_input_shape(argument: tuple[str, Any]) -> tuple[str, Any]:
    """Return the size that is the layer's in the place of the shape of all inputs."""
    name, value = argument
    if fold(name) in _INPUT_SHAPES and isinstance(value, list) and value:
        return "in_features", value[-1]
    return argument


def _without_number(call: Call, sizes: Mapping[str, str]) -> InvalidParameter:
    """Return the refusal of sizes that are no numbers, and what to do about names that stand for some."""
    must = "must be a whole number" if len(sizes) == 1 else "must be whole numbers"
    detail = f"{_listed([*sizes])} {must} in {call.name[:64]}(...)"
    names = [*dict.fromkeys(name[:64] for value in sizes.values() for name in _VARIABLE.findall(value))]
    if not names:
        return InvalidParameter("layer", detail)
    have = "has none" if len(names) == 1 else "have none"
    return InvalidParameter(
        "layer",
        f"{detail}, and {_listed(names)} {have} here: write numbers instead, or, in a POST with the code as layers, "
        f"give them on lines before it, such as {names[0]} = 256",
    )


_VARIABLE = re.compile(r"(?<![\w.])[A-Za-z_][\w.]*(?![\w(])")
"""A name that stands for a number."""


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _as_member(member: str, name: str, value: Any, call: Call) -> object:
    """Return an argument as the member that it is. Raises InvalidParameter."""
    found = _converted(member, value)
    if found is None:
        must = "a word or a call" if member in TEXTS else "true or false" if member in TRUTHS else "a whole number"
        must += " or a list of them" if member in LISTS else ", the same for all axes" if member == "stride" else ""
        raise InvalidParameter("layer", f"{name} must be {must} in {call.name[:64]}(...)")
    return found


def _converted(member: str, value: Any) -> object:
    """Return an argument as JSON has it for the member; None of one that the member cannot be."""
    is_truth = isinstance(value, bool)
    if member in TRUTHS:
        # Python's None and 0 are false, which switches a bias off.
        return bool(value) if is_truth or value in (None, 0, 1) else None
    if member in TEXTS:
        return str(value) if isinstance(value, str) or (member == "current" and not is_truth) else None
    if is_truth or isinstance(value, str | float):
        return None
    if member in LISTS:
        return value if isinstance(value, list) else [value]
    if isinstance(value, list):
        return value[0] if len(set(value)) == 1 else None
    return value if isinstance(value, int) else None


def _combination(
    call: Call, kind: LayerKind, read: dict[str, object], combined: Mapping[str, Any]
) -> dict[str, object]:
    """Return the members that several arguments make together, in the place of some. Raises InvalidParameter."""
    for name, value in combined.items():
        if value is not None and (isinstance(value, bool) or not isinstance(value, int)):
            raise InvalidParameter("layer", f"{name} must be a whole number in {call.name[:64]}(...)")
    width = read.get("width")
    for name in ("kdim", "vdim"):
        if combined.get(name) not in (None, width):
            raise InvalidParameter("layer", f"with {name} the projections are matrices of their own: give role=query")
    both = (combined.get("in1features"), combined.get("in2features"))
    if None not in both and "out_features" in read:
        return {"shape": [read.pop("out_features"), *both]}
    heads, size = read.get("heads"), combined.get("keydim")
    if isinstance(heads, int) and size is not None and width is None:
        return {"width": heads * size}
    if kind == "mamba" and isinstance(width, int) and {"dstate", "expand"} & combined.keys():
        return {"shape": [(combined.get("expand") or 2) * width, combined.get("dstate") or 16]}
    return {}


def _positional(call: Call, kind: LayerKind) -> Iterator[tuple[str, Any]]:
    """Yield the arguments without names, by the names that they have. Raises InvalidParameter."""
    values = list(call.positional)
    if values and isinstance(values[0], str) and _STORE.match(values[0]):
        yield f"{_WITHOUT_NAME}1", values.pop(0)
    names = Written(call.name, kind, values, call.keywords).places
    for place, value in enumerate(values):
        name = names[place] if place < len(names) else ""
        if value is None or (isinstance(value, str) and (_STORE.match(value) or not name)):
            yield f"{_WITHOUT_NAME}{place + 1}", value
        elif member_of(name, kind) not in TEXTS and is_activation(value):
            yield "activation", value
        elif not name:
            raise InvalidParameter(
                "layer", f"{call.name[:64]}(...) has {_listed(names)} in this order, and no place for {value}"
            )
        else:
            yield name, value
