"""Programs of Node that use the explorer's modules."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from tests.programs import program

FOLDER = Path(__file__).parent


def run_script(name, *arguments, given=b""):
    """Return what a program of this folder prints, from JSON; it is given bytes to read."""
    # The modules are .js, which this makes modules of in Node before 22 too.
    command = [program("node"), "--experimental-default-type=module", "--no-warnings", str(FOLDER / name), *arguments]
    done = subprocess.run(command, input=given, capture_output=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr.decode()
    return json.loads(done.stdout)
