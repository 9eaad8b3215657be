"""Who asks: the client whose shares are counted, and whose name a log has."""

from __future__ import annotations

import functools
import ipaddress

from starlette.types import Scope

KEY_NAME = "fanin.key_name"
"""Where the scope of a request that came with an API key has the key's name."""

NOBODY = "unknown"
"""The client of a connection without an address, such as one over a Unix socket."""

_LONGEST = 45
"""Characters of an address: of one of IPv6 that ends with one of IPv4, all digits written."""

_PREFIX_BITS = 64
"""Of an IPv6 address: those of its subnet, in which a host may take another address at any time (RFC 8981)."""


def client_of(scope: Scope) -> str:
    """Return the name of the API key that a request came with; without one, what `client_at` says of its address.

    No name of a key is an address: one begins with a letter and has no colon.
    """
    name: str | None = scope.get(KEY_NAME)
    return name if name is not None else client_at(scope.get("client"))


def client_at(address: tuple[str, int] | None) -> str:
    """Return the client at an address and port: an IPv4 address, or the subnet of an IPv6 address, `2001:db8::/64`.

    An IPv4 address that is written as IPv6 (RFC 4291 section 2.5.5.2) is the same client as the address itself.
    """
    return NOBODY if address is None else _at(address[0])[1]


def address_of(scope: Scope) -> str | None:
    """Return the IP address that a request came from, as its connection or a proxy tells it; None for anything else.

    A zone is left out: only the machine itself knows what it means.
    """
    address: tuple[str, int] | None = scope.get("client")
    return None if address is None else _at(address[0])[0]


def _at(host: str) -> tuple[str | None, str]:
    """Return the address that a text is, and the client there."""
    bare = host.partition("%")[0]
    return _understood(bare) if len(bare) <= _LONGEST else (None, NOBODY)


@functools.lru_cache(maxsize=4096)
def _understood(host: str) -> tuple[str | None, str]:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return None, NOBODY
    if isinstance(address, ipaddress.IPv4Address):
        return str(address), str(address)
    if address.ipv4_mapped is not None:
        return str(address), str(address.ipv4_mapped)
    return str(address), str(ipaddress.IPv6Network((int(address), _PREFIX_BITS), strict=False))
