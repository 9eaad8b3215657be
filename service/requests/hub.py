"""What requests on the Hub's routes say beside their paths."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request

from service.requests.body import parse_document, read_bytes
from service.requests.checkpoints.manifest import CheckpointParameters
from service.requests.faults import Fault, InvalidRequest, MalformedBody, UnsupportedMediaType
from service.requests.query import read_query

MOST_PATHS = 1024
"""That one request asks for."""

_FORM, _JSON = "application/x-www-form-urlencoded", "application/json"


def refuse_draw(request: Request) -> None:
    """Raise InvalidRequest for parameters of a query that say what here a revision says.

    Others are those of the Hub's own clients, which add to them from version to version: they change nothing.
    """
    if request.scope["query_string"]:
        own = [name for name in read_query(request).values if name in CheckpointParameters.model_fields]
        if own:
            detail = "is not read here: the revision says the seed and the dtype, such as seed-42.float16"
            raise InvalidRequest([Fault(name, detail) for name in own], False)


async def read_paths(request: Request) -> list[str]:
    """Return the paths that a body asks for, in JSON or as a form.

    Raises UnsupportedMediaType, BodyTooLarge, MalformedBody and InvalidRequest.
    """
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type not in (_FORM, _JSON):
        raise UnsupportedMediaType(f"send the paths as {_JSON} or as {_FORM}")
    body = await read_bytes(request, request.state.settings.max_body_bytes)
    paths = _of_form(body) if media_type == _FORM else _of_json(parse_document(body))
    if len(paths) > MOST_PATHS:
        raise InvalidRequest([Fault("paths", f"must be at most {MOST_PATHS} paths")], True)
    return paths


def _of_form(body: bytes) -> list[str]:
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=2 * MOST_PATHS)
    except ValueError as error:
        raise MalformedBody("the body is no form of percent-encoded UTF-8, or has too many fields") from error
    return [value for name, value in pairs if name in ("paths", "paths[]")]


def _of_json(document: Any) -> list[str]:
    paths = document.get("paths") if isinstance(document, dict) else None
    if not isinstance(paths, list) or not all(isinstance(path, str) for path in paths):
        raise InvalidRequest([Fault("paths", 'must be a list of texts, such as ["config.json"]')], True)
    return paths
