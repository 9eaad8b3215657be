"""What can be wrong with a request."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """One thing wrong in a request; `parameter` is None for the request as a whole."""

    parameter: str | None
    detail: str
    within: tuple[str | int, ...] = ()
    """Where in the body the object stands of which `parameter` is a member."""


class InvalidRequest(Exception):
    """A request with faults; `in_body` says where its members stand."""

    def __init__(self, faults: Sequence[Fault], in_body: bool) -> None:
        super().__init__("; ".join(fault.detail for fault in faults))
        self.faults = faults
        self.in_body = in_body


class UnsupportedMediaType(Exception):
    """A body that is not labelled as JSON."""


class MalformedBody(Exception):
    """A body that is labelled as JSON and is not a JSON object."""


class BodyTooLarge(Exception):
    """A body over the limit."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"the body has more than {limit} bytes, which is the most that this server reads")
        self.limit = limit
