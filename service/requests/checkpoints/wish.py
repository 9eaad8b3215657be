"""How a checkpoint is to be answered: as which file, or as a plan."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from starlette.requests import Request

from service.checkpoints.container import CONTAINERS, Container
from service.delivery.negotiation import Offer, Offered
from service.requests.answer_form import JSON, TEXT
from service.requests.faults import Fault, InvalidRequest
from service.requests.members import Members
from service.requests.query import read_query

PLAN_FORMATS = (JSON, TEXT)
FILE_FORMATS: tuple[Offered, ...] = (*CONTAINERS.values(), *PLAN_FORMATS)
"""In which a checkpoint is answered: its file, or its plan."""


class Wish(NamedTuple):
    """How a checkpoint is to be answered; None where nothing says."""

    format: Offered | None = None
    container: Container | None = None


def read_wish(request: Request, formats: Sequence[Offered]) -> tuple[Members, Wish]:
    """Return the members of the query but those that say how to answer, and what they say. Raises InvalidRequest."""
    members = read_query(request)
    return members, wish_of(members.values, formats, in_body=False)


def wish_of(values: dict[str, Any], formats: Sequence[Offered], *, in_body: bool) -> Wish:
    """Take out of a query or a body how it is to be answered. Raises InvalidRequest."""
    format_ = _taken("format", values, formats, in_body)
    container = _taken("container", values, [*CONTAINERS.values()], in_body)
    return Wish(format_, agreed(format_ if isinstance(format_, Container) else None, container, in_body=in_body))


def _taken(member: str, values: dict[str, Any], offered: Sequence[Offer], in_body: bool) -> Offer | None:
    # A map of names and shapes may have a tensor that is called so.
    if not isinstance(values.get(member), str | tuple):
        return None
    name = values.pop(member)
    found = next((offer for offer in offered if offer.name == name), None)
    if found is None:
        listed = " or ".join(offer.name for offer in offered)
        raise InvalidRequest([Fault(member, f"must be {listed}")], in_body)
    return found


def agreed(first: Container | None, second: Container | None, *, in_body: bool) -> Container | None:
    """Return the container that one of two places says, or both. Raises InvalidRequest."""
    if first is not None and second is not None and first is not second:
        detail = f"is both {first.name} and {second.name}: ask for one"
        raise InvalidRequest([Fault("container", detail)], in_body)
    return first or second
