"""The proxies that are trusted."""

import pytest

from service.access.proxies import Proxies
from service.settings import split_list


@pytest.mark.parametrize(
    ("text", "host", "is_trusted"),
    [
        ("", "127.0.0.1", False),
        ("10.0.0.7", "10.0.0.7", True),
        ("10.0.0.7", "10.0.0.8", False),
        ("10.0.0.7, 172.16.0.0/12", "172.31.255.255", True),
        ("172.16.0.0/12", "::ffff:172.16.0.1", True),
        ("172.16.0.0/12", "172.32.0.0", False),
        ("2001:db8::/32", "2001:db8:1::1", True),
        ("2001:db8::/32", "10.0.0.7", False),
        ("0.0.0.0/0", "a/socket", False),
    ],
)
def test_addresses_and_networks_are_trusted(text, host, is_trusted):
    assert (host in Proxies.of(split_list(text))) is is_trusted
