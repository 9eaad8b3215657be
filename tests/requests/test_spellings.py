"""Each row of the page of spellings, asked by curl of a server."""

from __future__ import annotations

import json
import subprocess
from urllib.parse import quote

import pytest

from scripts.write_spellings import ambiguous, rows
from tests.programs import program


def _asked(server, directory, urls):
    """Return the status, the canonical URL and the body of the reply to each URL, all asked by one curl."""
    lines = []
    for number, url in enumerate(urls):
        path, _, query = url.partition("?")
        written = quote(query, safe="=&,:/.[]()*{}<>+-")
        lines += [f'url = "{server}{path}?{written}"', f'output = "{directory / str(number)}"']
    config = directory / "config"
    config.write_text("\n".join(lines))
    heads = subprocess.run(
        [program("curl"), "-sg", "-K", config, "-w", "%{http_code} %header{content-location}\n"],
        capture_output=True,
        check=True,
    ).stdout.decode()
    return [
        (head.partition(" ")[0], head.partition(" ")[2], (directory / str(number)).read_bytes())
        for number, head in enumerate(heads.splitlines())
    ]


@pytest.mark.slow
def test_every_spelling_has_the_answer_of_the_canonical_one(server, tmp_path):
    listed = list(rows())
    replies = _asked(server, tmp_path, [url for row in listed for url in (row.url, row.canonical_url)])

    assert len(replies) == 2 * len(listed) > 400
    different = []
    for row, one, other in zip(listed, replies[::2], replies[1::2], strict=True):
        is_bare = b'"notes"' in one[2]
        if one[0] != "200" or one[1] != other[1] or (one[2] != other[2] and not is_bare):
            different.append((row.url, one[0], one[1], one[2][:300]))
    assert different == []


def test_what_may_mean_several_values_is_refused_with_all_of_them(server, tmp_path):
    listed = list(ambiguous())
    replies = _asked(server, tmp_path, [url for _, _, url in listed])

    for (spelling, meant, url), (status, _, body) in zip(listed, replies, strict=True):
        detail = json.loads(body)["detail"]
        assert status == "422", url
        assert f"{spelling!r} may mean {' or '.join(meant)}" in detail


MEMBERS = [
    {"shape": [2.0, 3.0]},
    {"shape": [2, 3e0], "seed": 5.0},
    {"shape": "2,3"},
    {"shape": "(2, 3)"},
    {"shape": ["2", "3"], "seed": "5"},
    {"shape": [2, 3], "groups": 1.0, "gates": "1", "flat": "no", "gain": "1.4142135623730951"},
    {"shape": [2, 3], "dtype": "torch.float32", "format": "JSON", "mode": "Fan-In", "nonlinearity": "ReLU"},
    {"shape": [2, 3], "flat": 0, "stream": 1, "layout": "pytorch"},
    {"shape": [2, 3], **dict.fromkeys(("name", "dtype", "slice", "format", "gain", "fan_in", "nonlinearity", "other"))},
]


@pytest.mark.parametrize("members", MEMBERS, ids=str)
def test_a_body_is_read_as_generously_as_a_query(client, members):
    expected = client.get("/weights/he_normal?shape=2,3&seed=5")
    reply = client.post("/weights", json={"initializer": "he_normal", "seed": 5, **members})

    assert reply.status_code == 200, reply.text
    assert reply.json()["data"] == expected.json()["data"]
    if "gain" not in members or members["gain"] is None:
        assert reply.headers["Content-Location"] == expected.headers["Content-Location"]


def test_a_number_alone_is_a_shape_of_rank_one(client):
    """R's jsonlite unboxes a vector of one."""
    reply = client.post("/weights", json={"initializer": "zeros", "shape": 5})

    assert reply.json()["shape"] == [5]


def test_a_null_member_of_advice_is_as_if_absent(client):
    layer = {
        "layer": "Linear",
        "depth": 50.0,
        "framework": "PyTorch",
        "optimizer": "Adam",
        "normalization": "LayerNorm",
    }
    bare = client.post("/advise", json=layer).json()

    assert client.post("/advise", json={**layer, "activation": None, "shape": None, "bias": None}).json() == bare


@pytest.mark.parametrize(
    "query",
    [
        "shape=" + "(" * 20000,
        "shape=" + ",".join(["1e999999999"] * 900),
        "shape=" + "9" * 30000,
        "shape=" + "1x" * 15000,
        "&".join(f"shape[{i}]=1" for i in range(4000)),
        "shape=1&" * 8000,
        "shape[99999999999999999999]=1",
        "shape=2&dtype=" + "f_" * 20000,
        "shape=2&seed=" + "1" * 50000,
        "shape=2&seed=1e" + "9" * 50000,
        "shape=2&" + "q" * 30000 + "=1",
        "shape=2&slice=" + "[" * 20000,
    ],
    ids=lambda query: f"{query[:24]}...{len(query)}",
)
def test_what_an_attacker_writes_is_refused(client, query):
    reply = client.get(f"/weights/normal?{query}")

    assert reply.status_code == 422
    assert len(reply.content) < 70_000
