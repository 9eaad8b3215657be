"""The members of a query."""

from __future__ import annotations

from urllib.parse import parse_qsl

from starlette.requests import Request

from service.requests.faults import Fault, InvalidRequest
from service.requests.members import MAX_MEMBERS, Members, repeated


def read_query(request: Request) -> Members:
    """Return the members of the query. Raises InvalidRequest when it is not a query, or repeats a name."""
    query: bytes = request.scope["query_string"]
    try:
        pairs = parse_qsl(query.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=MAX_MEMBERS)
    except UnicodeDecodeError as error:
        raise InvalidRequest([Fault(None, "the query must be percent-encoded UTF-8 (RFC 3986)")], False) from error
    except ValueError as error:
        raise InvalidRequest([Fault(None, f"the query has more than {MAX_MEMBERS} parameters")], False) from error
    values = dict(pairs)
    if len(values) < len(pairs):
        raise InvalidRequest([Fault(name, "given more than once; give it once") for name in repeated(pairs)], False)
    return Members(values, in_body=False)
