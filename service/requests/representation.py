"""From a request's members to a tensor in a format."""

from __future__ import annotations

from service.delivery.negotiation import choose_format
from service.delivery.tensor_representation import TensorRepresentation
from service.formats.format import Format
from service.requests.faults import Fault
from service.requests.members import Members
from service.requests.tensor_request import parse_tensor_request


def parse_representation(
    name: str, members: Members, accept: str, threads: int, of_path: Format | None = None
) -> TensorRepresentation:
    """Return the tensor that `name` and `members` describe, in the format that the path, they, or Accept ask for.

    Raises UnknownInitializer, NotOfShape, InvalidRequest and NotAcceptable.
    """
    tensor, options, draft = parse_tensor_request(name, members, threads)
    asked = options.format
    if of_path is not None:
        if asked not in (None, of_path.name):
            members.refuse(Fault("format", f"is {asked}, and the path says {of_path.name}; leave one of them out"))
        asked = of_path.name
    format_ = choose_format(asked, accept, tensor.spec.dtype)
    if options.flat and not format_.takes_flat:
        members.refuse(Fault("flat", f"is for JSON only, and the reply is {format_.name}"))
    is_drawn = tensor.spec.seed is not None and "seed" not in members.values
    is_negotiated = asked is None
    return draft.representation(tensor, format_, flat=options.flat, is_drawn=is_drawn, is_negotiated=is_negotiated)
