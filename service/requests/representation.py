"""From a request's members to a tensor in a format."""

from __future__ import annotations

from service.delivery.negotiation import choose_format
from service.delivery.tensor_representation import TensorRepresentation
from service.requests.faults import Fault
from service.requests.members import Members
from service.requests.tensor_request import parse_tensor


def parse_representation(name: str, members: Members, accept: str, threads: int) -> TensorRepresentation:
    """Return the tensor that `name` and `members` describe, in the format that they, or the Accept header, ask for.

    Raises UnknownInitializer, NotOfShape, InvalidRequest and NotAcceptable.
    """
    tensor, options = parse_tensor(name, members, threads)
    format_ = choose_format(options.format, accept, tensor.spec.dtype)
    if options.flat and not format_.takes_flat:
        members.refuse(Fault("flat", f"is for JSON only, and the reply is {format_.name}"))
    is_drawn = tensor.spec.seed is not None and "seed" not in members.values
    is_negotiated = options.format is None
    return TensorRepresentation(tensor, format_, options.flat, is_drawn=is_drawn, is_negotiated=is_negotiated)
