"""The explorer in a real browser, as a new user has it: `make explorer`."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import shlex
import subprocess
from urllib.parse import urlsplit

import pytest

from tests.pages.scripts import FOLDER, run_script
from tests.programs import program
from tests.serving import serving

pytestmark = pytest.mark.explorer

KEY = "the-key-of-a-visitor-42"


def _used(task, server, *more):
    """Return what came of a task: nothing went wrong in the browser, and it asked no other host."""
    if not (FOLDER / "node_modules" / "playwright-core").exists():
        (pytest.fail if os.environ.get("CI") else pytest.skip)("`make explorer` installs what drives the browser")
    told = run_script("browser.mjs", task, server, program("chromium"), *more)
    assert told["errors"] == []
    assert {host for host in told["hosts"] if not host.startswith("blob:")} == {urlsplit(server).netloc}
    return told


def test_the_first_screen_shows_a_picture_of_each_scheme_and_each_choice(server):
    told = _used("guide", server)

    assert len(told["pictures"]) == 15
    assert all(told["pictures"])
    assert told["focused"] == "A tensor"
    assert told["title"] == "Fanin: which initializer, and why"


def test_a_tensor_is_made_by_the_keyboard_and_its_command_gives_exactly_it(server):
    told = _used("tensor", server)

    command = shlex.split(told["command"])
    assert command[:2] == ["curl", "-OJ"]
    made = subprocess.run([program("curl"), "-sf", command[2]], capture_output=True, check=True, timeout=60).stdout
    assert base64.b64decode(told["saved"]["bytes"]) == made
    assert told["saved"]["name"] == "glorot_uniform-30x20.npy"
    assert "glorot_uniform.safetensors?shape=30,20" in told["held"]
    assert told["copied"] == told["again"] == told["command"]
    # 2 · sqrt(2 / (30 + 20))
    assert "std0.4" in told["facts"]
    assert told["wrong"].startswith("must be the sizes of the axes")
    assert told["missing"] == "choose a scheme"
    assert told["kept"], "a view that was left is as it was"
    assert told["isThere"], "the link to the content leaves the view as it is"


def test_a_layer_is_advised_on_in_the_words_of_its_framework(server):
    told = _used("advice", server)

    assert "SELU" in told["layer"]
    assert "Klambauer" in told["layer"] or "klambauer2017" in told["layer"]
    assert told["wrong"]
    assert told["complaints"] == 0


def test_schemes_are_compared_through_a_stack(server):
    told = _used("propagation", server)
    rows = {row[1]: row[2] for row in told["rows"]}

    assert rows["he_normal"] == "stable"
    assert rows["normal?std=1"].startswith("explodes signal at layer 2")
    assert told["lines"] == 6
    assert {"5", "10"} <= set(told["ends"])
    assert "15" not in told["ends"], "the axis ends with the last layer"
    assert told["best"].startswith("None keeps signal and gradient")
    assert "no_such_scheme" in told["wrong"]


def test_he_learns_while_zeros_cannot_and_large_numbers_explode(server):
    told = _used("training", server)
    verdicts = dict(told["verdicts"])

    assert verdicts["he_normal"] == "has learnt"
    assert verdicts["zeros"] == "cannot learn: no gradient"
    assert verdicts["normal?std=1"].startswith("exploded")
    assert told["hasMoved"]
    # Keras stores (inputs, outputs): that is how it counts its fans.
    assert {"2,20", "20,1"} <= set(told["shapes"])
    assert "no initializer is called" in told["wrong"]


def test_a_configuration_is_planned_and_downloaded(server):
    told = _used("models", server)

    body = base64.b64decode(told["bytes"])
    size = int.from_bytes(body[:8], "little")
    header = json.loads(body[8 : 8 + size])
    assert header["model.embed_tokens.weight"]["shape"] == [1024, 64]
    made = subprocess.run(
        [program("curl"), "-sf", shlex.split(told["command"])[-1]], capture_output=True, check=True, timeout=60
    ).stdout
    assert hashlib.sha256(made).digest() == hashlib.sha256(body).digest()
    assert told["wrong"].startswith("is not JSON")


def test_all_people_can_use_it(server):
    assert _used("accessible", server)["found"] == []


def test_a_server_with_keys_is_asked_with_the_one_that_is_given(tmp_path):
    keys = tmp_path / "keys"
    keys.write_text(f"visitor:{KEY}\n")
    with serving(tmp_path, api_keys_file=keys) as served:
        told = _used("key", served.url, KEY)

    assert told["kept"][:3] == [0, 0, ""]
    assert KEY not in told["kept"][3]
    assert shlex.split(told["command"])[:3] == ["curl", "-H", "Authorization: Bearer $FANIN_API_KEY"]
