"""From a request's members to a tensor, and how it is to be sent."""

from __future__ import annotations

import functools
import math
import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from typing import Any, NamedTuple

from pydantic import BaseModel

from service.catalogue.catalogue import CATALOGUE, Meaning
from service.framework_streams.framework_stream import FrameworkStream, StreamParameters
from service.framework_streams.registry import FRAMEWORK_STREAMS
from service.frameworks.framework import Function
from service.initializers.initializer import Initializer
from service.likeness import fold
from service.requests.arguments import understand
from service.requests.axis_parameters import AxisParameters
from service.requests.code.arrays.array_calls import read_initializer_call
from service.requests.code.arrays.array_laws import UnreadableArray
from service.requests.code.calls import WrittenCall, with_arguments
from service.requests.code.keys import written_as_steps
from service.requests.explanations import Taker
from service.requests.faults import Fault, InvalidRequest
from service.requests.members import Members
from service.requests.spellings.model import prepare_readers
from service.requests.tensor_draft import TensorDraft
from service.requests.tensor_parameters import MAX_TENSOR_NAME, DeliveryParameters, TensorParameters
from service.requests.validation import read, split
from service.streams.stream import LARGEST_SEED
from service.tensors.dtypes import DTYPES
from service.tensors.errors import InvalidParameter
from service.tensors.tensor import Tensor

_PLAIN_SEED = re.compile(r"[0-9]{1,20}")
_PLAIN_NAME = re.compile(rf"[A-Za-z0-9][A-Za-z0-9_.-]{{0,{MAX_TENSOR_NAME - 1}}}")

_LONGEST_PLAIN = 64
"""Characters of a text that is kept."""

_DRAWN = frozenset(("normal", "uniform", "truncated_normal"))
"""The laws of arrays in code that are of random numbers."""

_LONGEST_KEY = 512
"""Characters of a key that is read as code; the streams refuse longer ones."""

_MOST_DRAFTS = 1024
"""That are kept of requests that differ in nothing but the seed and the name: a few KiB each."""


class _Parts(NamedTuple):
    """What a request says."""

    draft: TensorDraft
    general: TensorParameters
    options: DeliveryParameters
    members: Members
    """By the names that the entry has for them."""


class TensorRequest(NamedTuple):
    """A tensor that is asked for, and how it is to be sent."""

    tensor: Tensor
    options: DeliveryParameters
    draft: TensorDraft
    """What it has in common with others."""


def parse_tensor(name: str, members: Members, threads: int) -> tuple[Tensor, DeliveryParameters]:
    """Return the tensor that `name` and `members` describe, and how it is to be sent.

    Raises UnknownInitializer, NotOfShape and InvalidRequest.
    """
    asked = parse_tensor_request(name, members, threads)
    return asked.tensor, asked.options


def parse_tensor_request(name: str, members: Members, threads: int) -> TensorRequest:
    """Return the same with what the tensor has in common with others."""
    plain = _parse_plain(name, members, threads)
    if plain is not None:
        return plain
    draft, general, options, understood = _parse(name, members, threads)
    with understood.refusing():
        return TensorRequest(draft.tensor(general.seed, general.name), options, draft)


def parse_draft(members: Members, threads: int) -> tuple[TensorDraft, TensorParameters]:
    """Return what `members`, its initializer among them, describe but for the seed and the name, and these.

    Raises UnknownInitializer, NotOfShape and InvalidRequest.
    """
    name = members.values.get("initializer")
    if not isinstance(name, str):
        members.refuse(Fault("initializer", "must be the name of an initializer, such as he_normal"))
    rest = {key: value for key, value in members.values.items() if key != "initializer"}
    draft, general, options, understood = _parse(name, replace(members, values=rest), threads)
    if options != DeliveryParameters():
        members.refuse(Fault("format", "is not a tensor's own: all tensors of a file have one format"))
    with understood.refusing():
        return draft.for_many(), general


def _parse_plain(name: str, members: Members, threads: int) -> TensorRequest | None:
    """Return the same where the seed and the name are plain and all else may be asked often; None otherwise.

    Whatever is wrong is left to be told by those who read each member.
    """
    if members.in_body or members.notes or len(name) > _LONGEST_PLAIN:
        return None
    rest = dict(members.values)
    seed, tensor_name = rest.pop("seed", None), rest.pop("name", None)
    if not (_is_plain(seed, _PLAIN_SEED) and _is_plain(tensor_name, _PLAIN_NAME) and _are_short(rest.values())):
        return None
    number = None if seed is None else int(seed)
    if number is not None and number > LARGEST_SEED:
        return None
    with suppress(InvalidParameter, InvalidRequest):
        draft, general, options, _ = _parse_often(name, (*rest.items(),), threads)
        if general.seed is None and not general.name:
            return TensorRequest(draft.tensor(number, tensor_name or ""), options, draft)
    return None


def _is_plain(text: Any, pattern: re.Pattern[str]) -> bool:
    return text is None or (isinstance(text, str) and pattern.fullmatch(text) is not None)


def _are_short(values: Iterable[Any]) -> bool:
    return all(isinstance(value, str) and len(value) <= _LONGEST_PLAIN for value in values)


@functools.lru_cache(maxsize=_MOST_DRAFTS)
def _parse_often(name: str, items: tuple[tuple[str, Any], ...], threads: int) -> _Parts:
    parts = _parse(name, Members(dict(items), in_body=False), threads)
    return parts._replace(draft=parts.draft.for_many())


def _parse(name: str, members: Members, threads: int) -> _Parts:
    """Return what `name` and `members` say. Raises UnknownInitializer, NotOfShape and InvalidRequest."""
    faults: list[Fault] = []
    named = members.values.get("stream")
    stream = FRAMEWORK_STREAMS.get(named) if isinstance(named, str) else None
    try:
        does_operations = stream is not None and "operations" in stream.parameters.model_fields
        call = read_initializer_call(name, as_drawn=does_operations)
    except UnreadableArray as error:
        members.refuse(Fault(None, str(error)))
    members = _with_key(members, call, stream)
    meaning = _meaning(name if call is None else call.name, None if call is not None and call.is_law else stream)
    if call is not None:
        members = with_arguments(members, call, meaning, faults)
    understood = understand(meaning, members, faults)
    says_layout = "layout" in members.values
    kind, members = understood.kind, understood.members
    taker = kind.name if understood.function is None else _taker(understood.function, kind)
    own, *of_axes, of_tensor, of_delivery, said_of_stream = split(members, taker, _models(kind, stream), faults)
    # Before the initializer's, which may need the rank, and told after them.
    general_faults: list[Fault] = []
    general = read(TensorParameters, of_tensor, general_faults)
    if of_axes and of_axes[0] and general is not None:
        if says_layout:
            faults += [Fault(key, "is another way to say the layout; give either it or layout") for key in of_axes[0]]
        else:
            own = _with_layout(own, of_axes[0], len(general.shape), faults)
    initializer = read(kind, own, faults)
    faults += general_faults
    options = read(DeliveryParameters, of_delivery, faults)
    of_stream = None if stream is None else read(stream.parameters, said_of_stream, faults)
    if initializer is None or general is None or options is None or faults:
        members.refuse(*dict.fromkeys(faults))
    if call is not None and stream is not None and not does_operations:
        _refuse_rounding(call, stream, general, members)
    told = own.get("tensor", "")
    own_name = initializer.tensor_name(told if isinstance(told, str) else "")
    of_call = () if call is None else (*call.notes, *_unused(call))
    notes = (*meaning.notes, *of_call, *understood.notes, *members.notes)
    draft = TensorDraft(initializer, general, own_name, notes, threads, of_stream=of_stream)
    return _Parts(draft, general, options, members)


def _with_key(members: Members, call: WrittenCall | None, stream: FrameworkStream | None) -> Members:
    """Return a request's members with the key that it says, by its steps. Raises InvalidRequest."""
    written = members.values.get("key")
    code = "" if call is None else call.key
    is_taken = stream is not None and "key" in stream.parameters.model_fields
    if code and written is not None:
        members.refuse(Fault("key", "stands in the call too; give it once"))
    text = code or (written if is_taken and isinstance(written, str) and len(written) <= _LONGEST_KEY else "")
    if not text:
        return members
    try:
        steps = written_as_steps(text)
    except ValueError as error:
        if not is_taken:
            return members
        members.refuse(Fault("key", str(error)))
    if is_taken:
        return replace(members, values={**members.values, "key": steps})
    seed, _, rest = steps.partition("/")
    if not _PLAIN_SEED.fullmatch(seed):
        # Of a variable nobody knows which key it is: the seed is that of the request.
        return members
    if rest:
        members.refuse(Fault("stream", f"the call draws with a key of JAX's, {text[:48]!r}, which stream=jax has"))
    if str(members.values.get("seed", seed)) != seed:
        members.refuse(Fault("seed", f"the call says {seed}; give it once"))
    note = "The seed is that of this stream: JAX draws other numbers with its key, which stream=jax has."
    return replace(members, values={**members.values, "seed": seed}, notes=(*members.notes, note))


def _refuse_rounding(call: WrittenCall, stream: FrameworkStream, general: TensorParameters, members: Members) -> None:
    """Refuse what code does to an array whose bits are then not those of a function of the framework's."""
    done = [each for each in call.operations if each != "float32"]
    if not done or call.name not in _DRAWN:
        return
    is_scaled = len(done) == 1 and done[0].startswith("times:") and call.name == "normal"
    names = {name for name, _ in call.arguments}
    if is_scaled and "mean" not in names and stream.scales_as_drawn(math.prod(general.shape), DTYPES[general.dtype]):
        return
    detail = (
        f"what is done to the array after it is drawn is rounded again, which stream={stream.aliases[0]} does not "
        "follow: write the law, such as normal?std=0.02; stream=1 has what code makes of it"
    )
    members.refuse(Fault("stream", detail))


def _meaning(name: str, stream: FrameworkStream | None) -> Meaning:
    """Return what a name means: a bare one the function of the framework whose stream is asked for, if it has one."""
    meaning = CATALOGUE.meaning(name)
    framework = None if stream is None else stream.framework
    if framework is None or meaning.is_owned:
        return meaning
    functions = {fold(known): function for known, function in framework.functions.items()}
    function = functions.get(fold(name)) or functions.get(fold(meaning.kind.name))
    return meaning if function is None else Meaning(type(function.plainest.scheme), meaning.notes, (function,))


def _unused(call: WrittenCall) -> tuple[str, ...]:
    """Return a note on the arguments of a call that say nothing of the elements."""
    return (
        (f"Of the call, {', '.join(call.unused)} is not used: it says nothing of the elements.",) if call.unused else ()
    )


@functools.cache
def _taker(function: Function, kind: type[Initializer]) -> Taker:
    """Return what a framework's function takes: its arguments, and what every tensor does."""
    arguments = {name: function.argument(name, kind) for name in function.argument_names}
    own_names = {argument.parameter: name for name, argument in arguments.items() if argument is not None}
    general = [name for model in (TensorParameters, DeliveryParameters) for name in model.model_fields]
    return Taker(function.path, tuple(dict.fromkeys((*(arguments or kind.model_fields), *general))), own_names)


def axis_models(kind: type[Initializer]) -> tuple[type[AxisParameters], ...]:
    """Return the model of the other way to say a layout, for an initializer that takes one."""
    return (AxisParameters,) if "layout" in kind.model_fields else ()


@functools.cache
def _models(kind: type[Initializer], stream: FrameworkStream | None = None) -> tuple[type[BaseModel], ...]:
    """Return the models of a request for an initializer, the last of which is of a framework's stream."""
    of_stream = StreamParameters if stream is None else stream.parameters
    return (kind, *axis_models(kind), TensorParameters, DeliveryParameters, of_stream)


def prepare() -> None:
    """Make what the first request for an initializer or a stream needs, such as its readers: some milliseconds."""
    for kind in CATALOGUE:
        for model in _models(kind):
            prepare_readers(model)
    for stream in FRAMEWORK_STREAMS.values():
        prepare_readers(stream.parameters)
        stream.is_offered()


def _with_layout(own: dict[str, Any], of_axes: dict[str, Any], rank: int, faults: list[Fault]) -> dict[str, Any]:
    """Return an initializer's values with the layout that JAX's parameters say."""
    numbers = read(AxisParameters, of_axes, faults)
    if numbers is None:
        return own
    try:
        return {**own, "layout": numbers.layout(rank)}
    except InvalidParameter as error:
        faults.append(Fault(error.parameter, error.detail))
        return own
