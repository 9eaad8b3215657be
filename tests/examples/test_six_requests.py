"""The six requests of the README, in each language."""

from __future__ import annotations

import os
import subprocess

import pytest

from tests.programs import program
from tests.serving import ROOT

PRINTED = """\
1. 802944 bytes, SHA-256 cd241c54722ed7faeb0ca32c11c8dddf3486794566c9be824306a5013ffaf5a2
2. [[-0.8155298,-0.2691214,-1.011699],[0.39547867,0.5636685,0.10968281]]
3. -0.001976 -0.009094 0.007148 0.030086
4. 1048792 bytes, standard deviation 0.0625
5. /weights/he_normal?shape=256,784
6. 422 at /sede
"""

COMMANDS = {
    "curl": ["bash", "examples/six_requests.sh"],
    "node": ["node", "examples/six_requests.mjs"],
    "javac": ["java", "examples/SixRequests.java"],
    "go": ["go", "run", "examples/six_requests.go"],
}
"""How each is run, by the program that shows that it can be."""

NEEDED = [pytest.param(needed, marks=pytest.mark.slow if needed in {"javac", "go"} else ()) for needed in COMMANDS]


def _run(command, *arguments, **environment):
    return subprocess.run(
        [*command, *arguments], cwd=ROOT, env=os.environ | environment, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("needed", NEEDED)
def test_it_prints_the_same_in_every_language(server, needed):
    program(needed)
    done = _run(COMMANDS[needed], server)
    assert (done.returncode, done.stdout) == (0, PRINTED), done.stderr


@pytest.mark.parametrize("needed", NEEDED)
def test_it_takes_the_url_from_the_environment_and_fails_when_nobody_is_there(needed):
    program(needed)
    done = _run(COMMANDS[needed], FANIN_URL="http://127.0.0.1:9")
    assert done.returncode != 0
    assert done.stdout == ""


def test_every_example_is_run_here():
    run = {ROOT / command[-1] for command in COMMANDS.values()}
    assert run == {path for path in (ROOT / "examples").iterdir() if path.is_file() and path.suffix != ".md"}
