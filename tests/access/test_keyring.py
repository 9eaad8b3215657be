"""Keys that change while the service runs."""

import hashlib
import logging

import pytest

from service.access.keyring import Keyring
from service.access.keys import InvalidKeys

FIRST, SECOND = "first-key-of-alice", "second-key-of-alice"


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "keys"
    path.write_text(f"alice:{FIRST}\n")
    return path


def _knows(keyring, secret):
    return keyring.find(secret.encode()) is not None


def test_a_file_that_is_another_is_read_again(path):
    keyring = Keyring(path)
    path.write_text(f"alice:{SECOND}\n")
    assert _knows(keyring, FIRST)
    keyring.refresh()

    assert _knows(keyring, SECOND)
    assert not _knows(keyring, FIRST)


def test_a_link_that_points_to_another_file_is_read_again(path, tmp_path):
    """As Kubernetes changes a Secret: by a link to a folder, the files in it being as old and as long."""
    link, other = tmp_path / "link", tmp_path / "other"
    link.symlink_to(path)
    keyring = Keyring(link)
    other.write_text(f"alice:{SECOND[: len(FIRST)]}\n")
    (tmp_path / "new").symlink_to(other)
    (tmp_path / "new").rename(link)
    keyring.refresh()

    assert not _knows(keyring, FIRST)


@pytest.mark.parametrize("text", ["", "nonsense\n", None], ids=["empty", "no keys", "gone"])
def test_a_file_that_breaks_leaves_the_keys_as_they_are_and_is_told_once(path, text, caplog):
    keyring = Keyring(path)
    if text is None:
        path.unlink()
    else:
        path.write_text(text)
    with caplog.at_level(logging.ERROR):
        keyring.refresh()
        keyring.refresh()

    assert _knows(keyring, FIRST)
    assert [record.levelname for record in caplog.records] == ["ERROR"]
    assert "nonsense" not in caplog.text

    path.write_text(f"alice:{SECOND}\n")
    keyring.refresh()
    assert _knows(keyring, SECOND)


def test_a_file_that_is_the_same_is_not_read(path, monkeypatch):
    keyring = Keyring(path)
    monkeypatch.setattr("service.access.keyring.read_keys", None)

    keyring.refresh()


def test_a_key_that_was_sent_is_known_within_other_text_as_long_as_it_is_one(path):
    """The file has digests alone."""
    path.write_text(f"alice:sha256:{hashlib.sha256(FIRST.encode()).hexdigest()}\n")
    keyring, text = Keyring(path), f"x{FIRST}x".encode()
    assert not keyring.is_in(text)
    keyring.find(FIRST.encode())
    assert keyring.mask(text) == b"x" + b"*" * len(FIRST) + b"x"

    path.write_text(f"{path.read_text()}bob:{SECOND}\n")
    keyring.refresh()
    assert keyring.is_in(text)
    assert keyring.is_in(f"x{SECOND}x".encode())

    path.write_text(f"bob:{SECOND}\n")
    keyring.refresh()
    assert not keyring.is_in(text)


@pytest.mark.parametrize("text", ["", "nonsense", None])
def test_without_keys_there_is_no_ring(tmp_path, text):
    path = tmp_path / "keys"
    if text is not None:
        path.write_text(text)

    with pytest.raises(InvalidKeys):
        Keyring(path)
