"""Files of keys."""

import hashlib
import hmac
from datetime import date

import pytest

from service.access.keys import MAX_KEYS, InvalidKeys, parse_keys, read_keys

SECRET = "0123456789abcdef0123456789abcdef"
OTHER = "another-key-of-somebody_else"
DIGEST = hashlib.sha256(SECRET.encode()).hexdigest()


@pytest.mark.parametrize("line", [f"alice:{SECRET}", f"alice:sha256:{DIGEST}", f"  alice:sha256:{DIGEST.upper()}  "])
def test_a_key_stands_as_it_is_or_as_its_digest(line):
    found = parse_keys(f"# keys\n\n{line}\nbob:{OTHER}\n")

    assert found.find(SECRET.encode()).name == "alice"
    assert found.find(OTHER.encode()).name == "bob"


@pytest.mark.parametrize("secret", ["", SECRET[:-1], SECRET + "0", SECRET.upper(), DIGEST, "alice", f"alice:{SECRET}"])
def test_nothing_else_is_the_key(secret):
    assert parse_keys(f"alice:sha256:{DIGEST}").find(secret.encode()) is None


def test_two_keys_may_have_one_name_while_one_takes_the_others_place():
    found = parse_keys(f"alice:{SECRET}\nalice:{OTHER}")

    assert found.find(SECRET.encode()).name == found.find(OTHER.encode()).name == "alice"


def test_a_key_has_a_last_day():
    key = parse_keys(f"alice:{SECRET} until=2027-01-31").find(SECRET.encode())

    assert not key.is_expired(date(2027, 1, 31))
    assert key.is_expired(date(2027, 2, 1))
    assert not parse_keys(f"alice:{SECRET}").find(SECRET.encode()).is_expired(date.max)


def test_a_key_may_be_for_the_metrics_alone():
    first, second = parse_keys(f"prometheus:{SECRET} only=metrics until=2030-01-01\nalice:{OTHER}").keys

    assert (first.only_metrics, second.only_metrics) == (True, False)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "has no key"),
        ("\n# nothing\n", "has no key"),
        (SECRET, "line 1 is neither"),
        (f"ok:{OTHER}\nalice {SECRET}", "line 2 is neither"),
        (f"alice: {SECRET}", "line 1 is neither"),
        (f"1alice:{SECRET}", "line 1 is neither"),
        (f"192.0.2.7:{SECRET}", "line 1 is neither"),
        ("alice:secret123", "line 1 is neither"),
        (f"alice:{SECRET}+/=", "line 1 is neither"),
        (f"alice:sha256:{DIGEST}0", "line 1 is neither"),
        (f"alice:{SECRET} until=tomorrow", "line 1 has an until="),
        (f"alice:{SECRET} {OTHER}", "line 1 has something after"),
        (f"alice:{SECRET} only=weights", "line 1 has something after"),
        (f"alice:{SECRET}\nbob:{SECRET}", "has a key twice"),
        (f"alice:{SECRET}\nbob:sha256:{DIGEST}", "has a key twice"),
        ("\n".join(f"a{i}:{i:032}" for i in range(MAX_KEYS + 1)), "are the most"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_without_its_words(text, reason):
    with pytest.raises(InvalidKeys, match=reason) as caught:
        parse_keys(text)

    assert not any(word in str(caught.value) for word in (SECRET, OTHER, DIGEST, "secret123", "tomorrow"))


@pytest.mark.parametrize(("content", "reason"), [(None, "cannot be read"), (b"\xff\xfe", "UTF-8")])
def test_a_file_that_cannot_be_read_is_refused(tmp_path, content, reason):
    path = tmp_path / "keys"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(InvalidKeys, match=reason):
        read_keys(path)


def test_a_secret_is_compared_with_every_key_whichever_it_is(monkeypatch):
    compared, compare = [], hmac.compare_digest

    def watched(a, b):
        compared.append(b)
        return compare(a, b)

    monkeypatch.setattr(hmac, "compare_digest", watched)
    found = parse_keys("\n".join(f"a{i}:{i:032}" for i in range(10)))
    for secret in (f"{0:032}", f"{9:032}", "nobody's"):
        compared.clear()
        found.find(secret.encode())
        assert compared == [key.digest for key in found.keys]


def test_no_words_of_a_key_are_shown():
    assert SECRET not in repr(parse_keys(f"alice:{SECRET}"))
