"""Problems as clients of the Hub read them, on the Hub's routes.

They show the user X-Error-Message, and the member `error` of the body; X-Error-Code decides which exception they raise
(`hf_raise_for_status` in `utils/_http.py` of huggingface_hub, which also obeys Retry-After of a 429 where it gives a
download up at a 503).
"""

from __future__ import annotations

import re
from dataclasses import replace
from http import HTTPStatus

from service.problems.document import Problem
from service.problems.types import KEY_REQUIRED, TOO_MANY_REQUESTS, UNKNOWN_ENTRY, UNKNOWN_REPOSITORY, UNKNOWN_REVISION

_ROUTES = re.compile(r"/api/models/[^/]|/(?:[^/]{1,96}/){1,2}(?:resolve|raw)/")

_VERBS = frozenset(("revision", "tree", "refs", "paths-info", "resolve", "raw", "commits", "commit", "blob"))
"""What follows an id, of one step or two, in a path."""

_CODES = {
    UNKNOWN_REPOSITORY.slug: "RepoNotFound",
    UNKNOWN_REVISION.slug: "RevisionNotFound",
    UNKNOWN_ENTRY.slug: "EntryNotFound",
}

_HOW_TO_SEND_A_KEY = "clients of the Hub send what HF_TOKEN has"

_LONGEST_FIELD = 1000

_NOT_PLAIN = re.compile(r"[^ -~]")
"""What a header's field should not have (RFC 9110 section 5.5)."""


def repository_of(path: str) -> str | None:
    """Return the id in a path of the Hub; None where the path is no such one."""
    if not _ROUTES.match(path):
        return None
    steps = path.removeprefix("/api/models/").strip("/").split("/")
    last = 1 if len(steps) == 1 or steps[1] in _VERBS else 2
    return "/".join(steps[:last])


def in_form_of(path: str, problem: Problem) -> Problem:
    """Return a problem as it is told to a request for a path."""
    return _in_form_of_hub(problem) if _ROUTES.match(path) else problem


def _in_form_of_hub(problem: Problem) -> Problem:
    is_busy = problem.type.status == HTTPStatus.SERVICE_UNAVAILABLE
    code = _CODES.get(problem.type.slug)
    detail = f"{problem.detail}; {_HOW_TO_SEND_A_KEY}" if problem.type is KEY_REQUIRED else problem.detail
    said = {
        **({} if code is None else {"X-Error-Code": code}),
        "X-Error-Message": _NOT_PLAIN.sub("?", detail[:_LONGEST_FIELD]),
    }
    return replace(
        problem,
        type=TOO_MANY_REQUESTS if is_busy else problem.type,
        detail=detail,
        members={**problem.members, "error": detail},
        headers={**problem.headers, **said},
    )
