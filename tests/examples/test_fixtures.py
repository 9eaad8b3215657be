"""A tiny model as a fixture of CI, in each language."""

from __future__ import annotations

import os
import subprocess

import pytest

from tests.programs import program
from tests.serving import ROOT

PRINTED = """\
1991304 bytes, SHA-256 76b5d02ae299302077d4940f3a11c3f6d0755e0787c7ffb598a2148909f621e5
transformer.h.1.mlp.c_proj.weight: 65536 numbers, standard deviation 0.0100
"""

COMMANDS = {
    "curl": ["bash", "examples/fixtures/tiny_model.sh"],
    "node": ["node", "examples/fixtures/tiny_model.mjs"],
    "go": ["go", "run", "examples/fixtures/tiny_model.go"],
}
"""How each is run, by the program that shows that it can be."""

NEEDED = [pytest.param(needed, marks=pytest.mark.slow if needed == "go" else ()) for needed in COMMANDS]
NOBODY = "http://127.0.0.1:9"


def _run(command, url, file):
    return subprocess.run(
        [*command, url, str(file)], cwd=ROOT, env=os.environ, capture_output=True, text=True, check=False
    )


@pytest.mark.slow
@pytest.mark.parametrize("needed", NEEDED)
def test_it_makes_the_model_once_and_knows_its_bytes(server, tmp_path, needed):
    program(needed)
    file = tmp_path / "model.safetensors"
    done = _run(COMMANDS[needed], server, file)
    assert (done.returncode, done.stdout) == (0, PRINTED), done.stderr
    # What the first run left is taken where there is no server.
    assert _run(COMMANDS[needed], NOBODY, file).stdout == PRINTED
    # Damaged, it is asked for again.
    file.write_bytes(file.read_bytes()[:-4] + b"\0\0\0\1")
    assert _run(COMMANDS[needed], NOBODY, file).returncode != 0
    assert _run(COMMANDS[needed], server, file).stdout == PRINTED


def test_every_fixture_is_run_here():
    assert {ROOT / command[-1] for command in COMMANDS.values()} == {*(ROOT / "examples" / "fixtures").iterdir()}
