"""`/advise`: which initializer for a layer, or for the layers of a network, and the evidence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Annotated, Any, Literal, TypeVar
from urllib.parse import parse_qsl

import orjson
from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from service.advice.advisor import advise
from service.advice.case import Links, understood
from service.advice.description import Context, LayerDescription
from service.advice.network import Part, advise_network
from service.api.endpoint import Endpoint
from service.api.members import read, split
from service.api.parameters import SeedField
from service.api.requests import Fault, InvalidRequest, Members, read_body, read_query
from service.catalogue.catalogue import CATALOGUE, NotOfShape, UnknownInitializer
from service.initializers.entry import Initializer
from service.tensors.dtypes import DTYPES
from service.tensors.errors import InvalidParameter

Result = TypeVar("Result")

MAX_NAME = 200
"""Characters in a layer's name: with a tensor's behind it, it is still the name of a tensor."""

LAYER_BYTES = 2**16
"""More than the answer for a layer takes, as objects and as text."""

MAX_TABLES = 16
"""Activations by samples in one request; each costs as much as a hundred layers."""


class LinkParameters(BaseModel):
    """What the links to tensors, and the manifest, say besides the initializer."""

    seed: Annotated[
        SeedField | None,
        Field(description="Of the links, which draw one without it, and of a network's manifest, 0 without it."),
    ] = None
    dtype: Annotated[
        Literal[tuple(DTYPES)],  # type: ignore[valid-type]
        Field(description="Of the links."),
    ] = "float32"


class LayerParameters(BaseModel):
    """What is said of a layer besides its description."""

    name: Annotated[
        str, Field(max_length=MAX_NAME, description="The layer's name, which the names of its tensors begin with.")
    ] = ""
    current: Annotated[
        str | dict[str, Any] | None,
        Field(
            description="What the weights have now, to be judged: an initializer's name, with parameters as in a URL "
            "(normal?std=1); in JSON also an object with initializer and its parameters."
        ),
    ] = None


async def get_advice(request: Request) -> Response:
    """Tell which initializer a layer should have, why, and what the alternatives and the default would do."""
    return await _layer_reply(read_query(request), request)


async def post_advice(request: Request) -> Response:
    """As the GET, for one layer, or for a list of `layers` with what they have in common beside it."""
    settings = request.state.settings
    members = await read_body(request, settings.max_advice_bytes)
    if "layers" not in members.values:
        return await _layer_reply(members, request)
    layers = members.values["layers"]
    return _reply(
        await request.state.workshop.work_out(
            lambda: orjson.dumps(_network_answer(members, request, settings.max_layers)),
            LAYER_BYTES * min(len(layers), settings.max_layers) if isinstance(layers, list) else 0,
        )
    )


async def _layer_reply(members: Members, request: Request) -> Response:
    part = _part(members, Links(root=_root(request)))

    def answer() -> bytes:
        return orjson.dumps(_ask(members, (), lambda: advise(part.case, part.current)))

    # To wake a thread and to be woken takes a third of the time of an answer.
    return _reply(answer() if part.case.is_quick else await request.state.workshop.work_out(answer, LAYER_BYTES))


def _reply(body: bytes) -> Response:
    return Response(body, media_type="application/json", headers={"Cache-Control": "no-cache"})


def _network_answer(members: Members, request: Request, limit: int) -> object:
    faults: list[Fault] = []
    values = dict(members.values)
    layers = values.pop("layers")
    _, of_links = split(Members(values, in_body=True), "a list of layers", (Context, LinkParameters), faults)
    links = read(LinkParameters, of_links, faults)
    if not isinstance(layers, list) or not layers or not all(isinstance(layer, dict) for layer in layers):
        faults.append(Fault("layers", 'must be a list of objects, such as [{"layer": "Linear", "shape": [256, 784]}]'))
    elif len(layers) > limit:
        faults.append(Fault("layers", f"has {len(layers)} layers; this server answers at most {limit} in one request"))
    elif len({str(layer.get("activation_table")) for layer in layers} - {"None"}) > MAX_TABLES:
        faults.append(Fault("layers", f"has more than {MAX_TABLES} different activation tables"))
    if links is None or faults:
        members.refuse(*faults)
    context = {key: value for key, value in values.items() if key in Context.model_fields}
    shared = Links(links.seed or 0, DTYPES[links.dtype], "", _root(request))
    parts = []
    for index, layer in enumerate(layers):
        name = layer.get("name") or f"layers.{index}"
        given = {**context, **layer, "name": name}
        parts.append(_part(Members(given, in_body=True, within=("layers", index)), shared))
    seen: set[str] = set()
    for index, part in enumerate(parts):
        if part.case.links.name in seen:
            raise InvalidRequest([Fault("name", "another layer has this name", ("layers", index))], in_body=True)
        seen.add(part.case.links.name)
    return _ask(members, ("layers",), lambda: advise_network(parts))


def _root(request: Request) -> str:
    return str(request.scope.get("root_path", ""))


def _part(members: Members, shared: Links) -> Part:
    """Return the layer that the members describe; `shared` holds where they say nothing. Raises InvalidRequest."""
    faults: list[Fault] = []
    is_alone = not members.within
    models = (LayerDescription, LayerParameters, LinkParameters) if is_alone else (LayerDescription, LayerParameters)
    of_layer, of_name, *of_links = split(members, "a layer", models, faults)
    said = read(LayerDescription, of_layer, faults)
    more = read(LayerParameters, of_name, faults)
    links = read(LinkParameters, of_links[0], faults) if is_alone else None
    current = _current(more.current, members.in_body, faults) if more is not None else None
    if said is None or more is None or faults:
        members.refuse(*faults)
    if links is not None:
        shared = replace(shared, seed=links.seed, dtype=DTYPES[links.dtype])
    named = replace(shared, name=more.name)
    return _ask(members, members.within, lambda: Part(understood(said, named), current))


def _ask(members: Members, within: tuple[str | int, ...], work: Callable[[], Result]) -> Result:
    """Return what `work` returns, with what it finds invalid told as a fault of the request."""
    try:
        return work()
    except InvalidParameter as error:
        raise InvalidRequest([Fault(error.parameter, error.detail, within)], members.in_body) from error


def _current(value: str | dict[str, Any] | None, in_body: bool, faults: list[Fault]) -> Initializer | None:
    """Return the initializer that `current` names; None, with what is wrong added to `faults`, where it names none."""
    if value is None:
        return None
    if isinstance(value, str):
        name, _, query = value.removeprefix("/weights/").partition("?")
        given, in_body = dict(parse_qsl(query, keep_blank_values=True)), False
    else:
        given = {key: item for key, item in value.items() if key != "initializer"}
        name = value.get("initializer", "")
        if not isinstance(name, str) or not name:
            faults.append(Fault("current", "must have the member initializer, the name of one"))
            return None
    try:
        kind = CATALOGUE.get(name)
    except UnknownInitializer as error:
        nearest = f"; did you mean {' or '.join(error.nearest)}?" if error.nearest else ""
        faults.append(Fault("current", f"no initializer is called {name[:64]!r}{nearest}"))
        return None
    except NotOfShape as error:
        faults.append(Fault("current", str(error)))
        return None
    own: list[Fault] = []
    of_kind = {key: item for key, item in given.items() if key not in _OF_THE_TENSOR}
    (taken,) = split(Members(of_kind, in_body), kind.entry.name, (kind,), own)
    initializer = read(kind, taken, own)
    faults += [
        Fault("current", f"{fault.parameter}: {fault.detail}" if fault.parameter else fault.detail) for fault in own
    ]
    return None if own else initializer


_OF_THE_TENSOR = frozenset(("shape", "seed", "name", "dtype", "stream", "format"))
"""What a link to the tensor says besides, and the layer's own description decides."""

routes = [
    Route("/advise", Endpoint(get_advice), methods=["GET", "HEAD"]),
    Route("/advise", Endpoint(post_advice), methods=["POST"]),
]
