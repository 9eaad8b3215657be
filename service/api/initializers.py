"""`/initializers`: the catalogue."""

from __future__ import annotations

from functools import cache
from typing import Any

from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import Response

from service.bibliography import REFERENCES
from service.catalogue.aliases import aliases_of
from service.catalogue.catalogue import CATALOGUE
from service.catalogue.equivalents import Equivalent, equivalents_of
from service.framework_streams.framework_stream import FrameworkStream
from service.framework_streams.registry import STREAMS
from service.initializers.initializer import Initializer
from service.requests.answer_form import JSON
from service.tensors.spec import Scalar, plain


class ReferenceReply(BaseModel):
    """Where a scheme comes from."""

    authors: str
    title: str
    year: int
    url: str


class Ranks(BaseModel):
    """The ranks that a shape may have; no highest means any."""

    lowest: int
    highest: int | None


class EquivalentReply(BaseModel):
    """A framework's call, and what has the same distribution here."""

    framework: str
    call: str = Field(description="As the framework's users write it; what it does not say is its default there.")
    initializer: str = Field(description="The entry that makes the same distribution, mostly the one described.")
    parameters: dict[str, Scalar] = Field(description="The entry's parameters with which it does.")
    href: str = Field(description="A request with them that works as printed, its axes in the framework's order.")
    named_href: str = Field(description="A request for the same by the framework's own names; it works as printed.")
    note: str | None = Field(description="What the two do not share; null where they share everything but values.")
    source: str = Field(description="Where the framework's own code says so.")


class InitializerReply(BaseModel):
    """An initializer of the catalogue."""

    name: str = Field(description="The canonical name, as it stands in URLs.")
    summary: str
    formula: str
    when: str = Field(description="When to use it.")
    aliases: dict[str, list[str]] = Field(description="The names that each framework has for it; all work in URLs.")
    parameters: dict[str, Any] = Field(description="Its own parameters, as JSON Schema.")
    ranks: Ranks
    random: bool = Field(description="Whether the seed matters.")
    exact: bool = Field(description="Whether the bits are the same on every machine.")
    equivalents: list[EquivalentReply] = Field(
        description="What each framework's calls make, by default, and how to have exactly that here."
    )
    traps: list[str] = Field(description="Where frameworks differ under one name, and how to get each.")
    references: list[ReferenceReply]
    example: str = Field(description="A request that works as printed.")


class PromiseReply(BaseModel):
    """How near a stream's numbers are to the framework's own."""

    equal: str = Field(description="What is equal to the bit: functions and dtypes.")
    near: str = Field(description="What differs, where, and by how much; empty where nothing does.")
    compared: str = Field(description="With which versions, on which class of processor.")
    not_compared: str = Field(description="What was not compared, or is known to differ.")


class StreamReply(BaseModel):
    """A framework's random stream."""

    name: str = Field(description="As stream in canonical URLs; its bits never change.")
    aliases: list[str] = Field(description="Other names in a request; that of the framework means the newest stream.")
    framework: str
    promise: PromiseReply
    parameters: dict[str, Any] = Field(description="What a request may say of it besides the seed, as JSON Schema.")


class CatalogueReply(BaseModel):
    """All initializers, and the frameworks' streams that they can be drawn from."""

    initializers: list[InitializerReply]
    streams: list[StreamReply]


_SCHEMA_MEMBERS = ("type", "properties", "required", "additionalProperties")
"""Those of a model's schema that are about its parameters."""


@cache
def _describe(kind: type[Initializer]) -> InitializerReply:
    page = kind.page()
    schema = kind.model_json_schema()
    return InitializerReply(
        name=kind.name,
        summary=page.summary,
        formula=page.formula,
        when=page.when,
        aliases={framework: list(names) for framework, names in aliases_of(kind).items()},
        parameters={key: schema[key] for key in _SCHEMA_MEMBERS if key in schema},
        ranks=Ranks(lowest=kind.ranks[0], highest=kind.ranks[1]),
        random=kind.random,
        exact=kind.exact,
        equivalents=[_equivalent(equivalent) for equivalent in equivalents_of(kind)],
        traps=list(page.traps),
        references=[ReferenceReply(**vars(REFERENCES[key])) for key in page.references],
        example=f"/weights/{kind.name}?{page.example}",
    )


def _equivalent(equivalent: Equivalent) -> EquivalentReply:
    return EquivalentReply(
        framework=equivalent.framework,
        call=equivalent.call,
        initializer=equivalent.initializer,
        parameters={name: plain(value) for name, value in equivalent.parameters.items()},
        href=equivalent.href,
        named_href=equivalent.named_href,
        note=equivalent.note or None,
        source=equivalent.source,
    )


@cache
def _catalogue() -> bytes:
    initializers = [_describe(kind) for kind in CATALOGUE]
    streams = [_describe_stream(stream) for stream in STREAMS if stream.is_offered()]
    return CatalogueReply(initializers=initializers, streams=streams).model_dump_json().encode()


def _describe_stream(stream: FrameworkStream) -> StreamReply:
    return StreamReply(
        name=stream.name,
        aliases=list(stream.aliases),
        framework=stream.title,
        promise=PromiseReply(**vars(stream.promise)),
        parameters=stream.parameters.model_json_schema().get("properties", {}),
    )


async def list_initializers(request: Request) -> Response:
    """List every initializer, with its aliases, formula, parameters and references, and the frameworks' streams."""
    # To write it takes some milliseconds.
    return Response(await request.state.executors.aside(_catalogue), media_type=JSON.media_type)


async def get_initializer(initializer: str) -> InitializerReply:
    """Describe one initializer, by its name or by any alias."""
    return _describe(CATALOGUE.get(initializer))
