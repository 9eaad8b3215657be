"""The form in which an answer to a request for advice is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import orjson

from service.advice.answer import Detail
from service.delivery.negotiation import choose
from service.formats.picture import Png, Svg
from service.pictures.picture import Rendering, Theme
from service.requests.advice_parameters import AnswerParameters
from service.requests.faults import Fault
from service.requests.members import Members
from service.requests.validation import read


@dataclass(frozen=True)
class AnswerFormat:
    """A format of answers."""

    name: str
    media_type: str


JSON = AnswerFormat("json", "application/json")
TEXT = AnswerFormat("text", "text/plain")
_OF_PICTURES = {Svg.name: Svg, Png.name: Png}
ANSWER_FORMATS = (JSON, TEXT, *(AnswerFormat(name, kind.media_type) for name, kind in _OF_PICTURES.items()))
"""The default first."""


_PARAMETERS = frozenset(AnswerParameters.model_fields)


@dataclass(frozen=True)
class AnswerForm:
    """The format of an answer, and for JSON how much of it and how."""

    format: AnswerFormat
    detail: Detail = "short"
    is_pretty: bool = False
    is_negotiated: bool = False
    """Whether the Accept header decided the format."""
    theme: Theme = "auto"

    @property
    def rendering(self) -> Rendering | None:
        """How it is drawn; None of what is no picture."""
        kind = _OF_PICTURES.get(self.format.name)
        return None if kind is None else Rendering(kind.file_type, self.theme)

    @property
    def headers(self) -> Mapping[str, str]:
        """What a reply that is in it has besides its media type."""
        kind = _OF_PICTURES.get(self.format.name)
        of_format = {} if kind is None else kind.headers
        return {"Cache-Control": "no-cache", **of_format, **({"Vary": "Accept"} if self.is_negotiated else {})}

    def json(self, document: Mapping[str, object]) -> bytes:
        """Return a document as JSON."""
        return orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE if self.is_pretty else 0)


def read_form(members: Members, accept: str, faults: list[Fault]) -> AnswerForm:
    """Return the form that a request asks for; what is wrong with that is added to `faults`. Raises NotAcceptable."""
    values = {name: value for name, value in members.values.items() if name in _PARAMETERS}
    parameters = read(AnswerParameters, values, faults)
    if parameters is None:
        return AnswerForm(JSON)
    format_ = choose(parameters.format, accept, ANSWER_FORMATS)
    is_of_json = {"evidence": parameters.evidence is not None, "pretty": parameters.pretty}
    if format_ is not JSON:
        what = f"is for JSON only, and the reply is {format_.name}"
        faults += [Fault(name, what) for name, is_said in is_of_json.items() if is_said]
    if parameters.theme is not None and format_.name not in _OF_PICTURES:
        faults.append(Fault("theme", f"is for pictures only, svg and png, and the reply is {format_.name}"))
    detail: Detail = parameters.evidence or "short"
    theme = parameters.theme or "auto"
    return AnswerForm(format_, detail, parameters.pretty, is_negotiated=parameters.format is None, theme=theme)
