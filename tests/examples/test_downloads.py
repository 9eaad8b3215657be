"""What files are downloaded and how they are read, in each language."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.programs import program
from tests.serving import ROOT

FOLDER = ROOT / "examples" / "downloads"

PRINTED = """\
1. 256 x 784 <f4, first 0.008174
2. fc1.weight F32, the same numbers
3. 200704 bytes, those of the whole
4. 206 from byte 500000: the whole
5. reject; take /weights/he_normal?shape=256,784
6. 28 tensors in 1991304 bytes; transformer.wte.weight begins -0.011694
"""

NEEDED = {
    "downloads.sh": ["bash", "curl"],
    "downloads.mjs": ["node"],
    "Downloads.java": ["javac"],
    "downloads.go": ["go"],
    "downloads.c": ["cc", "curl-config"],
    "downloads.rs": ["rustc"],
    "downloads.py": [],
}
"""The programs that show that each can be run."""

SLOW = {"Downloads.java", "downloads.go", "downloads.rs"}
EXAMPLES = [pytest.param(name, marks=pytest.mark.slow if name in SLOW else ()) for name in NEEDED]

COMMANDS = dict(re.findall(r"`(.+?examples/downloads/(\S+).*?)` \|", (ROOT / "examples" / "README.md").read_text()))
"""How each is run, by the page."""


@pytest.fixture
def run(tmp_path):
    """Return what runs an example as the page says, with a URL."""

    def run(name, url):
        for needed in NEEDED[name]:
            program(needed)
        command = next(command for command, file in COMMANDS.items() if file == name)
        command = command.replace("examples/", f"{ROOT}/examples/")
        path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
        return subprocess.run(
            ["bash", "-c", command], cwd=tmp_path, env=os.environ | {"FANIN_URL": url, "PATH": path},
            capture_output=True, text=True, check=False,
        )  # fmt: skip

    return run


@pytest.mark.parametrize("name", EXAMPLES)
def test_it_prints_the_same_in_every_language_and_fails_when_nobody_is_there(server, run, name):
    done = run(name, server)
    assert (done.returncode, done.stdout) == (0, PRINTED), done.stderr

    nobody = run(name, "http://127.0.0.1:9")
    assert nobody.returncode != 0
    assert nobody.stdout == ""


def test_every_example_is_run_here():
    assert {path.name for path in FOLDER.iterdir()} == NEEDED.keys() == {*COMMANDS.values()}
