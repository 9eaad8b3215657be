"""From a request's members to a tensor in a format."""

from __future__ import annotations

from dataclasses import replace

from service.delivery.negotiation import choose_format
from service.delivery.tensor_representation import TensorRepresentation
from service.formats.format import Format
from service.formats.picture import PictureFormat
from service.pictures.tensors.tensor_picture import TensorPicture
from service.requests.faults import Fault
from service.requests.members import Members
from service.requests.tensor_parameters import DeliveryParameters
from service.requests.tensor_request import parse_tensor_request
from service.tensors.tensor import Tensor

_OF_PICTURES = frozenset(("plot", "theme"))
_OF_MATRICES = frozenset(("heat_map", "singular_values"))


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
    format_ = _with_options(format_, options, tensor, members)
    is_drawn = tensor.spec.seed is not None and "seed" not in members.values
    is_negotiated = asked is None
    return draft.representation(tensor, format_, flat=options.flat, is_drawn=is_drawn, is_negotiated=is_negotiated)


def _with_options(format_: Format, options: DeliveryParameters, tensor: Tensor, members: Members) -> Format:
    """Return the format as it is asked for. Raises InvalidRequest."""
    if not isinstance(format_, PictureFormat):
        for name in sorted(_OF_PICTURES & options.model_fields_set):
            members.refuse(Fault(name, f"is for pictures only, svg and png, and the reply is {format_.name}"))
        return format_
    if options.plot in _OF_MATRICES and not TensorPicture(tensor, options.plot).has_matrix:
        detail = f"{options.plot} needs a tensor with elements and two axes or more; histogram takes any"
        members.refuse(Fault("plot", detail))
    return replace(format_, plot=options.plot, theme=options.theme)
