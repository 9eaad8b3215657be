"""Keys within other text."""

from __future__ import annotations

import hashlib
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.access.key_search import KeySearch
from service.access.keys import CHARACTERS, parse_keys

SECRET, OTHER = "0123456789abcdef0123456789abcdef", "another_key-of-somebody"
DIGEST = hashlib.sha256(SECRET.encode()).hexdigest()
TEXTS = [
    "/weights/{}", "a={}&b=1", "{}", "no initializer is called '{}'; did you mean x?", "fc1_{}", "{}_fc1", "a{}b",
    "\\n{}", "x" * 500 + "{}" + "_" * 500, "{0}{0}", "{}/{}",
]  # fmt: skip
SMALL = settings(derandomize=True, deadline=None, max_examples=300)

_parts = st.one_of(st.text("0ab_-", max_size=40), st.sampled_from([" ", "/", "é"]))
_secrets = st.lists(st.text("0ab_-", min_size=16, max_size=24), min_size=1, max_size=3, unique=True)


def _search(lines):
    return KeySearch(parse_keys(lines).keys)


@pytest.mark.parametrize("text", TEXTS)
def test_a_key_is_found_and_masked_whatever_touches_it(text):
    search = _search(f"alice:{SECRET}\nbob:{OTHER}")
    for secret in (SECRET, OTHER):
        said = text.replace("{0}", "{}").replace("{}", secret).encode()

        assert search.is_in(said)
        assert search.mask(said) == said.replace(secret.encode(), b"*" * len(secret))


@pytest.mark.parametrize("text", TEXTS)
def test_what_is_no_key_stays(text):
    search = _search(f"alice:{SECRET}")
    said = text.replace("{0}", "{}").replace("{}", SECRET[1:] + "g").encode()

    assert not search.is_in(said)
    assert search.mask(said) == said


@pytest.mark.parametrize("text", TEXTS)
def test_a_key_of_which_the_file_has_the_digest_is_found_so_once_it_was_sent(text):
    keys = parse_keys(f"alice:sha256:{DIGEST}")
    search = KeySearch(keys.keys)
    search.learn(keys.keys[0], SECRET.encode())
    said = text.replace("{0}", "{}").replace("{}", SECRET).encode()

    assert search.mask(said) == said.replace(SECRET.encode(), b"*" * len(SECRET))
    assert KeySearch(keys.keys, search.known).is_in(said)


@pytest.mark.parametrize("text", ["/weights/{}?shape=2", "name=fc1_{}", "{}_weight", "req-{}", "a-{}_b", "{}"])
def test_before_that_it_is_found_where_it_stands_by_itself(text):
    search = _search(f"alice:sha256:{DIGEST}")

    assert search.mask(text.format(SECRET).encode()) == text.format("*" * len(SECRET)).encode()


def test_what_another_sent_is_not_taken_for_a_key():
    keys = parse_keys(f"alice:sha256:{DIGEST}").keys
    search = KeySearch(keys, {b"digest of another": OTHER.encode()})

    assert not search.is_in(OTHER.encode())


@pytest.mark.slow
@SMALL
@given(
    _secrets,
    st.lists(_parts, max_size=6),
    st.randoms(use_true_random=False),
)
def test_it_finds_what_a_plain_search_finds(secrets, words, random):
    parts = [*words, *random.choices(secrets, k=random.randrange(3))]
    random.shuffle(parts)
    text = "".join(parts).encode()
    search = _search("\n".join(f"a{i}:{secret}" for i, secret in enumerate(secrets)))
    masked = search.mask(text)

    assert search.is_in(text) == any(secret.encode() in text for secret in secrets)
    assert not any(secret.encode() in masked for secret in secrets)
    assert len(masked) == len(text)
    assert all(a in (b, ord("*")) for a, b in zip(masked, text, strict=True))
    assert (masked == text) == (not search.is_in(text))


@pytest.mark.slow
def test_its_time_does_not_grow_with_the_keys():
    """Lookups are counted: one for each so many characters, whatever the number of keys."""
    looked = []

    class Counted(dict):
        def get(self, key, default=None):
            looked.append(key)
            return super().get(key, default)

    search = _search("\n".join(f"a{i}:{i:032}" for i in range(1000)))
    search._by_gram = Counted(search._by_gram)
    search.is_in(b"abcdefgh" * 4096)

    assert len(looked) == 4096


def test_all_characters_of_a_key_are_those_of_a_run():
    characters = [chr(code) for code in range(128) if re.fullmatch(f"[{CHARACTERS}]", chr(code))]
    secret = "".join(characters)

    assert _search(f"alice:{secret}").is_in(f"={secret}=".encode())
