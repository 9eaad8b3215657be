from __future__ import annotations

import base64
import contextlib
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.checkpoints.token import InvalidToken, canonical_text, decode, encode

LIMIT = 10**6

manifests = st.dictionaries(st.text(max_size=20), st.integers() | st.text(max_size=20) | st.booleans(), max_size=8)


@given(manifests)
def test_a_token_gives_its_text_again(manifest):
    text = canonical_text(manifest)

    assert decode(encode(text), LIMIT) == text


@given(manifests)
def test_the_order_of_members_does_not_matter(manifest):
    assert canonical_text(dict(reversed(manifest.items()))) == canonical_text(manifest)


def test_the_body_is_standard_deflate():
    token = encode(b"some text")

    assert zlib.decompress(base64.urlsafe_b64decode(token[1:] + "==")[6:], -15) == b"some text"


@given(st.integers(1, 80), st.sampled_from("AB-_z09"))
def test_a_changed_letter_is_found(place, letter):
    token = encode(canonical_text({"tensors": {"encoder.0.weight": [256, 784], "encoder.0.bias": [256]}}))
    place %= len(token)
    changed = token[:place] + letter + token[place + 1 :]
    with contextlib.suppress(InvalidToken):
        assert decode(changed, LIMIT) == decode(token, LIMIT)


@pytest.mark.parametrize("token", ["", "a", "aAAAA", "zAAAAAAAAAAAA", "a/../..", "a%20", "aé", "a" * 10_000])
def test_what_is_no_token_is_refused(token):
    with pytest.raises(InvalidToken):
        decode(token, LIMIT)


def test_a_token_that_is_cut_is_refused():
    token = encode(b"x" * 1000 + bytes(range(256)))

    for length in range(len(token)):
        with pytest.raises(InvalidToken):
            decode(token[:length], LIMIT)


@pytest.mark.slow
def test_a_bomb_is_refused_before_it_is_unpacked():
    with pytest.raises(InvalidToken, match="more than 1000000 bytes"):
        decode(encode(bytes(10**8)), LIMIT)
