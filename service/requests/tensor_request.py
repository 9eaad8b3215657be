"""From a request's members to a tensor, and how it is to be sent."""

from __future__ import annotations

import functools
import secrets
from contextlib import suppress
from dataclasses import replace
from typing import Any, cast

from pydantic import BaseModel, ValidationError

from service.catalogue.catalogue import CATALOGUE
from service.frameworks.framework import Function
from service.initializers.initializer import Initializer, Target
from service.requests.arguments import understand
from service.requests.array_calls import read_initializer_call
from service.requests.array_laws import UnreadableArray
from service.requests.axis_parameters import AxisParameters
from service.requests.calls import WrittenCall, with_arguments
from service.requests.explanations import Taker
from service.requests.faults import Fault
from service.requests.members import Members
from service.requests.spellings.model import prepare_readers
from service.requests.tensor_parameters import DeliveryParameters, TensorParameters
from service.requests.validation import Model, read, read_often, split
from service.streams.registry import STREAMS
from service.tensors.dtypes import DTYPES, Dtype, refuse_overflow
from service.tensors.errors import InvalidParameter
from service.tensors.slicing import select
from service.tensors.spec import TensorSpec
from service.tensors.tensor import Tensor


def parse_tensor(name: str, members: Members, threads: int) -> tuple[Tensor, DeliveryParameters]:
    """Return the tensor that `name` and `members` describe, and how it is to be sent.

    Raises UnknownInitializer, NotOfShape and InvalidRequest.
    """
    faults: list[Fault] = []
    try:
        call = read_initializer_call(name)
    except UnreadableArray as error:
        members.refuse(Fault(None, str(error)))
    meaning = CATALOGUE.meaning(name if call is None else call.name)
    if call is not None:
        members = with_arguments(members, call, meaning, faults)
    understood = understand(meaning, members, faults)
    says_layout = "layout" in members.values
    kind, members = understood.kind, understood.members
    taker = kind.name if understood.function is None else _taker(understood.function, kind)
    own, *of_axes, of_tensor, of_delivery = split(members, taker, _models(kind), faults)
    # Before the initializer's, which may need the rank, and told after them.
    general_faults: list[Fault] = []
    general = read(TensorParameters, of_tensor, general_faults)
    if of_axes and of_axes[0] and general is not None:
        if says_layout:
            faults += [Fault(key, "is another way to say the layout; give either it or layout") for key in of_axes[0]]
        else:
            own = _with_layout(own, of_axes[0], len(general.shape), faults)
    # A seed or a name is seldom asked for twice, the rest of a request often.
    initializer = _read_often(kind, own, members.in_body, faults)
    faults += general_faults
    options = _read_often(DeliveryParameters, of_delivery, members.in_body, faults)
    if initializer is None or general is None or options is None or faults:
        members.refuse(*dict.fromkeys(faults))
    with members.refusing():
        told = own.get("tensor", "")
        tensor = _tensor(general, initializer, told if isinstance(told, str) else "", threads)
    of_call = () if call is None else (*call.notes, *_unused(call))
    notes = (*meaning.notes, *of_call, *understood.notes, *members.notes, *tensor.notes)
    return replace(tensor, notes=notes) if notes else tensor, options


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
def _models(kind: type[Initializer]) -> tuple[type[BaseModel], ...]:
    """Return the models of a request for an initializer."""
    return (kind, *axis_models(kind), TensorParameters, DeliveryParameters)


def prepare() -> None:
    """Make the readers of each initializer's parameters, which the first request for it needs: some milliseconds."""
    for kind in CATALOGUE:
        for model in _models(kind):
            prepare_readers(model)


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


def _read_often(model: type[Model], values: dict[str, Any], in_body: bool, faults: list[Fault]) -> Model | None:
    if not in_body:
        with suppress(ValidationError):
            return cast("Model", read_often(model, (*values.items(),)))
    return read(model, values, faults)


def _tensor(general: TensorParameters, initializer: Initializer, told: str, threads: int) -> Tensor:
    dtype: Dtype = DTYPES[general.dtype]
    seed = general.seed
    if initializer.random and seed is None:
        seed = secrets.randbits(64)
    # The tensors of one layer are independent, whether or not they are given names.
    name = general.name or initializer.tensor_name(told)
    version = STREAMS[general.stream]
    stream = version.open(seed or 0, name)
    initialization = initializer.initialize(Target(general.shape, dtype, stream, threads))
    refuse_overflow(dtype, initialization.largest)
    spec = TensorSpec(
        initializer=initializer.name,
        shape=general.shape,
        dtype=dtype,
        seed=seed if initializer.random else None,
        name=name,
        stream=version.name,
        parameters=initializer.canonical_for(general.shape),
    )
    selection = None if general.slice is None else select(general.slice, general.shape)
    parameters = {**dict(spec.parameters), **initialization.facts}
    return Tensor(spec, initialization.source, parameters, selection, initialization.notes)
