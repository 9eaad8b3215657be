"""From an exception to the problem that tells of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from service.access.credentials import KeyInUrl
from service.access.guard import Forbidden, Unauthorized
from service.catalogue.catalogue import NotOfShape, UnknownInitializer
from service.delivery.admission import Overloaded
from service.delivery.conditional import PreconditionFailed
from service.delivery.hub_file import COMMIT
from service.delivery.negotiation import NotAcceptable
from service.delivery.ranges import RangeNotSatisfiable
from service.hub.errors import EntryNotFound, RepositoryNotFound, RevisionNotFound
from service.likeness import did_you_mean
from service.problems.document import Problem
from service.problems.types import (
    BODY_TOO_LARGE,
    INVALID_REQUEST,
    KEY_IN_URL,
    KEY_NOT_ALLOWED,
    KEY_REQUIRED,
    MALFORMED_BODY,
    NOT_ACCEPTABLE,
    NOT_OF_SHAPE,
    NOT_READY,
    OVER_LIMIT,
    OVERLOADED,
    PRECONDITION_FAILED,
    RANGE_NOT_SATISFIABLE,
    UNKNOWN_CHECKPOINT,
    UNKNOWN_ENTRY,
    UNKNOWN_INITIALIZER,
    UNKNOWN_REPOSITORY,
    UNKNOWN_REVISION,
    UNSUPPORTED_MEDIA_TYPE,
)
from service.requests.checkpoints.request import UnknownCheckpoint
from service.requests.faults import BodyTooLarge, Fault, InvalidRequest, MalformedBody, UnsupportedMediaType
from service.streams.self_test import SelfTestFailed
from service.tensors.errors import OverLimit


def _unknown_initializer(error: UnknownInitializer) -> Problem:
    nearest = did_you_mean(error.nearest, ".")
    detail = f"no initializer is called {error.name!r}{nearest} GET /initializers lists all"
    return Problem(UNKNOWN_INITIALIZER, detail, {"nearest": list(error.nearest)})


MOST_FAULTS = 32
"""Faults of one request that are told: who has more to mend begins with these."""
_LARGEST_INTEGER = 2**63 - 1
_LONGEST_DETAIL = 1000
_LONGEST_NAME = 256
"""Characters of what is told of one fault, and of a name in it: nobody has given a member a longer one."""
_LONGEST_STEP = 1024
"""Characters of a name that a pointer has on its way: those of checkpoints stand for many."""


def _invalid_request(error: InvalidRequest) -> Problem:
    """Say what is wrong by the place where the client wrote it."""
    faults = [_shortened(fault) for fault in error.faults[:MOST_FAULTS]]
    beyond = len(error.faults) - len(faults)

    def entry(fault: Fault) -> dict[str, str]:
        path = [*map(str, fault.within), *([] if fault.parameter is None else [fault.parameter])]
        if not path:
            return {"detail": fault.detail}
        if not error.in_body:
            return {"detail": fault.detail, "parameter": path[-1]}
        return {"detail": fault.detail, "pointer": "".join(f"/{_escaped(step)}" for step in path)}

    def place(fault: Fault) -> str:
        """Return `layers[3].shape: ` and the like."""
        steps = [*fault.within, *([] if fault.parameter is None else [fault.parameter])]
        return f"{''.join(map(_step, steps)).removeprefix('.')}: " if steps else ""

    sentences = [f"{place(fault)}{fault.detail}" for fault in faults]
    summary = "; ".join([*sentences, f"and {beyond} more"] if beyond else sentences)
    return Problem(INVALID_REQUEST, summary, {"errors": [entry(fault) for fault in faults]})


def _step(step: str | int) -> str:
    """Return a step into a body as code has it; a name that has points of its own in quotes."""
    if isinstance(step, int):
        return f"[{step}]"
    return f'["{step}"]' if "." in step else f".{step}"


def _shortened(fault: Fault) -> Fault:
    """Return a fault whose text is not too long to be read; of a member with a long name, that of its object."""
    detail, name, within = fault.detail, fault.parameter, fault.within
    if len(detail) > _LONGEST_DETAIL:
        detail = f"{detail[:_LONGEST_DETAIL]}…"
    if name is not None and len(name) > _LONGEST_NAME:
        detail, name = f"{name[:_LONGEST_NAME]}…: {detail}", None
    long = next((step for step in within if isinstance(step, str) and len(step) > _LONGEST_STEP), None)
    if long is not None:
        member = "" if name is None else f"{name}: "
        detail, name = f"{long[:_LONGEST_NAME]}…: {member}{detail}", None
        within = within[: within.index(long)]
    return replace(fault, detail=detail, parameter=name, within=within)


def _escaped(step: str) -> str:
    return step.replace("~", "~0").replace("/", "~1")


def _over_limit(error: OverLimit) -> Problem:
    # The text has a number that no 64 bits hold.
    requested = min(error.requested, _LARGEST_INTEGER)
    return Problem(OVER_LIMIT, str(error), {"limit": error.limit, "requested": requested})


def _not_acceptable(error: NotAcceptable) -> Problem:
    supported = [{"format": f.name, "media_type": f.media_type} for f in error.supported]
    headers = {"Vary": "Accept"} if error.is_negotiated else {}
    return Problem(NOT_ACCEPTABLE, str(error), {"supported": supported}, headers)


TRANSLATIONS: dict[type[Exception], Callable[[Any], Problem]] = {
    UnknownInitializer: _unknown_initializer,
    NotOfShape: lambda error: Problem(NOT_OF_SHAPE, str(error), {"nearest": [error.nearest]}),
    UnknownCheckpoint: lambda error: Problem(UNKNOWN_CHECKPOINT, str(error)),
    RepositoryNotFound: lambda error: Problem(UNKNOWN_REPOSITORY, str(error)),
    RevisionNotFound: lambda error: Problem(UNKNOWN_REVISION, str(error)),
    EntryNotFound: lambda error: Problem(UNKNOWN_ENTRY, str(error), headers={COMMIT: error.commit}),
    InvalidRequest: _invalid_request,
    OverLimit: _over_limit,
    NotAcceptable: _not_acceptable,
    UnsupportedMediaType: lambda error: Problem(UNSUPPORTED_MEDIA_TYPE, str(error)),
    MalformedBody: lambda error: Problem(MALFORMED_BODY, str(error)),
    BodyTooLarge: lambda error: Problem(BODY_TOO_LARGE, str(error), {"limit": error.limit}),
    PreconditionFailed: lambda error: Problem(PRECONDITION_FAILED, str(error)),
    RangeNotSatisfiable: lambda error: Problem(
        RANGE_NOT_SATISFIABLE, str(error), {"length": error.length}, {"Content-Range": f"bytes */{error.length}"}
    ),
    Overloaded: lambda error: Problem(OVERLOADED, str(error), headers={"Retry-After": "1"}),
    Unauthorized: lambda error: Problem(KEY_REQUIRED, str(error), headers={"WWW-Authenticate": error.challenge}),
    Forbidden: lambda error: Problem(KEY_NOT_ALLOWED, str(error), headers={"WWW-Authenticate": error.challenge}),
    KeyInUrl: lambda error: Problem(KEY_IN_URL, str(error)),
    SelfTestFailed: lambda error: Problem(NOT_READY, str(error), headers={"Retry-After": "1"}),
}
