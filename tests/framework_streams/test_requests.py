from __future__ import annotations

import numpy as np
import pytest


def test_the_canonical_url_has_the_frozen_name_and_what_is_said_of_the_stream(client):
    reply = client.get("/weights/uniform?shape=20&seed=42&stream=torch&skip=7&format=raw")

    assert reply.headers["content-location"].endswith("&stream=torch-2.12&skip=7&format=raw")
    assert client.get(reply.headers["content-location"]).content == reply.content
    assert reply.headers["fanin-promise"] == "exact"


@pytest.mark.parametrize("stream", ["1", None])
def test_what_is_said_of_a_stream_is_refused_with_another(client, stream):
    of_stream = {} if stream is None else {"stream": stream}
    reply = client.get("/weights/uniform", params={"shape": "20", "skip": "7", **of_stream})

    assert reply.status_code == 422
    assert [error["parameter"] for error in reply.json()["errors"]] == ["skip"]


def test_slices_and_ranges_are_the_bytes_of_the_whole(client):
    query = "/weights/normal?shape=37,53&seed=7&stream=torch&format=raw"
    whole = client.get(query)
    elements = np.frombuffer(whole.content, "<f4").reshape(37, 53)

    part = client.get(query + "&slice=30:,5:9")
    ranged = client.get(query, headers={"Range": "bytes=7001-7803"})

    assert part.content == elements[30:, 5:9].tobytes()
    assert ranged.content == whole.content[7001:7804]
    assert ranged.headers["etag"] == whole.headers["etag"]


REFUSED = [
    ("orthogonal?shape=4,4", "stream", "LAPACK"),
    ("variance_scaling?shape=4,4", "stream", "torch.nn.init has no variance_scaling"),
    ("keras_default?shape=4,4&layer=Dense&tensor=kernel", "stream", "stream=1 has it"),
    ("he_normal?shape=4,4&distribution=truncated_normal", "distribution", "stream=1 has it"),
    ("he_normal?shape=4,4&nonlinearity=tanh", "gain_rule", "gain_rule=pytorch"),
    ("he_normal?shape=4,4&layout=in_out", "layout", "stream=1 has it"),
    ("he_normal?shape=4,4&fan_in=3", "fan_in", "stream=1 has it"),
    ("he_normal?shape=4,4&mode=fan_avg", "mode", "stream=1 has it"),
    ("he_normal?shape=4&fan_in=3", "fan_in", "stream=1 has it"),
    ("truncated_normal?shape=4,4&std_is=after", "std_is", "stream=1 has it"),
    ("truncated_normal?shape=4,4&low=3&high=4", "low", "stream=1 has it"),
    ("sparse?shape=4,4&sparsity=0.5&per=row", "per", "stream=1 has it"),
    ("normal?shape=4&dtype=complex64", "dtype", "stream=1 has it"),
    ("normal?shape=4&dtype=float8_e5m2", "dtype", "stream=1 has it"),
    ("normal?shape=4&skip=-1", "skip", "greater than or equal to 0"),
    ("normal?shape=4&skip=3&cached=0", "cached", "four words"),
    ("normal?shape=4&skip=a", "skip", "integer"),
    ("truncated_normal?shape=4&padding_idx=0", "padding_idx", ""),
]


@pytest.mark.parametrize(("request_", "parameter", "says"), REFUSED)
def test_what_torch_has_not_is_refused_with_the_stream_that_has_it(client, request_, parameter, says):
    reply = client.get(f"/weights/{request_}&stream=torch")

    assert reply.status_code == 422
    (error,) = reply.json()["errors"]
    assert error["parameter"] == parameter
    assert says in error["detail"]


def test_words_beyond_what_may_be_skipped_are_refused_with_the_limit(client):
    reply = client.get("/weights/uniform?shape=4&seed=1&stream=torch&skip=9007199254740992")

    assert reply.status_code == 422
    assert "seconds of processor time" in reply.json()["detail"]


def test_of_a_large_seed_the_low_bits_count_and_a_note_says_so(client):
    large = client.get("/weights/uniform?shape=4&seed=4294967303&stream=torch")
    small = client.get("/weights/uniform?shape=4&seed=7&stream=torch")

    assert large.json()["data"] == small.json()["data"]
    assert "it is as 7" in large.headers["fanin-notes"]
    assert "fanin-notes" not in small.headers


def test_a_truncated_normal_of_many_elements_does_not_say_where_the_next_begins(client):
    small = client.head("/weights/truncated_normal?shape=64,64&seed=1&stream=torch")
    large = client.head("/weights/truncated_normal?shape=64,65&seed=1&stream=torch")

    assert int(small.headers["fanin-next-skip"]) > 64 * 64
    assert "fanin-next-skip" not in large.headers


def test_a_row_of_an_embedding_is_zeros(client):
    query = (
        "/weights/pytorch_default?layer=Embedding&tensor=weight&shape=5,8&padding_idx=-4&seed=1&stream=torch&format=raw"
    )
    rows = np.frombuffer(client.get(query).content, "<f4").reshape(5, 8)
    plain = np.frombuffer(client.get(query.replace("&padding_idx=-4", "")).content, "<f4").reshape(5, 8)

    assert not rows[1].any()
    assert (rows[[0, 2, 3, 4]] == plain[[0, 2, 3, 4]]).all()
