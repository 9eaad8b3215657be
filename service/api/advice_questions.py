"""What `/advise` is asked, from the members of a request to the bytes of an answer. A question can be pickled."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import cast

import orjson

from service.activations import table
from service.advice.advisor import advise
from service.advice.network.context import Context, in_context
from service.advice.network.cost import READING, seconds
from service.advice.network.network import advise_in_context
from service.advice.network.network_layer import InvalidLayer, NetworkLayer
from service.advice.presentation.document import Document, layer_document
from service.advice.presentation.network import network_document
from service.advice.presentation.picture import NothingToDraw, layer_picture, network_picture
from service.advice.presentation.text import layer_text, network_text
from service.pictures.picture import Picture
from service.requests import advice_request
from service.requests.advice_request import USUAL_SEED, parse_layer, parse_network, place_of
from service.requests.answer_form import TEXT, AnswerForm
from service.requests.faults import Fault
from service.requests.layers.layer_list import reading_seconds
from service.requests.members import Members


def prepare() -> None:
    """Make what the first answers need, for a second."""
    advice_request.prepare()
    table.prepare()


@dataclass(frozen=True)
class Caller:
    """Whose question it is, and how the answer is to be told."""

    form: AnswerForm
    faults: tuple[Fault, ...]
    """What is wrong with the members that say that."""
    root_path: str
    origin: str
    """What a client puts before a path to reach this server, in a text."""


@dataclass(frozen=True)
class LayerQuestion:
    """That about one layer."""

    members: Members
    caller: Caller

    def layer(self) -> NetworkLayer:
        """Return the layer that is described. Raises InvalidRequest."""
        return parse_layer(self.members, self.caller.root_path, self.caller.faults)

    def answer_about(self, network_layer: NetworkLayer) -> bytes:
        """Return the answer on it. Raises InvalidRequest."""
        form = self.caller.form
        with self.members.refusing():
            advice = advise(network_layer.layer, network_layer.current, form.detail, network_layer.caller)
        if form.format == TEXT:
            return layer_text(advice, self.caller.origin).encode()
        return form.json(layer_document(advice, form.detail))

    def answer(self) -> bytes:
        """Return the same from the beginning."""
        return self.answer_about(self.layer())

    def picture(self) -> Picture:
        """Return the answer as a picture. Raises InvalidRequest."""
        with self.members.refusing(), _pictured(self.members):
            return layer_picture(self.layer())


@dataclass(frozen=True)
class NetworkQuestion:
    """That about a list of layers."""

    number: str
    """What tells it from all others."""
    members: Members = field(compare=False)
    caller: Caller = field(compare=False)
    max_layers: int = field(compare=False)

    @property
    def reading_seconds(self) -> float:
        """The processor time that it takes to understand the layers, about."""
        return reading_seconds(self.members.values["layers"], self.max_layers)

    def estimate(self) -> tuple[int, float]:
        """Return how many layers it is about, and the processor time that the answer takes, about.

        Raises OverLimit and InvalidRequest.
        """
        context, _ = _in_context(self)
        # The estimate has the reading of members; that of code takes longer.
        of_code = max(self.reading_seconds - READING * len(context.layers), 0.0)
        return len(context.layers), seconds(context.layers) + of_code

    def answer(self) -> bytes:
        """Return the answer. Raises OverLimit, InvalidRequest and Interrupted."""
        form = self.caller.form
        context, warnings = _in_context(self)
        assumed = {} if "seed" in self.members.values else {"seed": str(USUAL_SEED)}
        with _pointing_at(context.layers, self.members):
            advice = advise_in_context(context, "full" if form.detail == "full" else "brief", assumed, warnings)
        if form.format == TEXT:
            return network_text(advice, self.caller.origin).encode()
        document = network_document(advice, form.detail)
        return form.json(document if form.is_pretty else _in_parts(document))

    def picture(self) -> Picture:
        """Return the answer as a picture. Raises OverLimit, InvalidRequest and Interrupted."""
        context, warnings = _in_context(self)
        with _pointing_at(context.layers, self.members), _pictured(self.members):
            return network_picture(advise_in_context(context, "brief", {}, warnings).network)


@functools.lru_cache(maxsize=2)
def _in_context(question: NetworkQuestion) -> tuple[Context, Sequence[str]]:
    """Return the layers of a list as each stands among the others, and warnings; its cost is asked, and its answer."""
    network = parse_network(question.members, question.caller.root_path, question.max_layers, question.caller.faults)
    with _pointing_at(network.layers, question.members):
        return in_context(network.layers), network.warnings


@contextmanager
def _pointing_at(network_layers: Sequence[NetworkLayer], members: Members) -> Iterator[None]:
    """Refuse the layer that an InvalidLayer, raised within the context, is about."""
    try:
        yield
    except InvalidLayer as error:
        place_of(network_layers[error.index]).inside(members).refuse(Fault(error.parameter, error.detail))


@contextmanager
def _pictured(members: Members) -> Iterator[None]:
    """Refuse a picture where there is nothing to draw."""
    try:
        yield
    except NothingToDraw as error:
        members.refuse(Fault("format", f"a picture shows the signal over depth, and here is none: {error}"))


def _in_parts(document: Document) -> Document:
    """Return the document with each of its layers as text: what is done at once, with the GIL, stays short."""
    layers = cast("list[object]", document["layers"])
    for index, layer in enumerate(layers):
        layers[index] = orjson.Fragment(orjson.dumps(layer))
    return document
