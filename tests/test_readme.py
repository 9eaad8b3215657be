"""The README's requests print what it says that they print."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tests.programs import program

README = Path(__file__).parents[1] / "README.md"
CONSOLE = re.compile(r"^```console\n\$ (?P<command>.+?)\n(?P<output>.*?)^```$", re.MULTILINE | re.DOTALL)
EXAMPLES = [(match["command"], match["output"]) for match in CONSOLE.finditer(README.read_text())]


def test_readme_shows_requests():
    assert len(EXAMPLES) == 7


@pytest.mark.parametrize(("command", "output"), EXAMPLES, ids=[command[:60] for command, _ in EXAMPLES])
def test_request_prints_what_the_readme_says(server, tmp_path, command, output):
    program("curl")
    here = command.replace("localhost:8000", server.removeprefix("http://"))
    printed = subprocess.run(["bash", "-c", here], cwd=tmp_path, capture_output=True, check=True).stdout.decode()
    assert printed.replace("\r", "").rstrip("\n") == output.rstrip("\n")
