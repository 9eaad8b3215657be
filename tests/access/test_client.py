"""Whom a request is counted for."""

import pytest

from service.access.client import KEY_NAME, NOBODY, address_of, client_at, client_of


@pytest.mark.parametrize(
    ("host", "client"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::1", "::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("fe80::1%\x1b[2J" + "x" * 60_000, "fe80::/64"),
        ("testclient", NOBODY),
        ("192.0.2.7" + "0" * 60_000, NOBODY),
        ("", NOBODY),
    ],
)
def test_the_client_at_an_address(host, client):
    assert client_at((host, 4711)) == client


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:DB8:0:0::7", "2001:db8::7"),
        ("fe80::1%\x1b[2J", "fe80::1"),
        ("192.0.2.7\n", None),
        ("unknown", None),
        ("_hidden", None),
        ("1" * 60_000, None),
        ("", None),
    ],
)
def test_an_address_is_one_or_nothing(host, address):
    """A proxy that is trusted may hand on what its client says."""
    assert address_of({"type": "http", "client": (host, 0)}) == address


def test_addresses_of_one_subnet_are_one_client():
    assert client_at(("2001:db8::1", 1)) == client_at(("2001:db8::ffff:1", 2)) != client_at(("2001:db8:0:1::1", 1))


def test_a_connection_without_an_address_has_a_client_too():
    assert client_at(None) == client_of({"type": "http", "client": None}) == client_of({"type": "http"}) == NOBODY


def test_a_request_with_a_key_is_counted_for_the_keys_name_wherever_it_comes_from():
    scopes = [{"type": "http", "client": (host, 1), KEY_NAME: "alice"} for host in ("192.0.2.7", "2001:db8::1")]
    assert {client_of(scope) for scope in scopes} == {"alice"}


def test_a_request_without_a_key_is_counted_for_its_address():
    assert client_of({"type": "http", "client": ("192.0.2.7", 1)}) == "192.0.2.7"
