"""Programs that ask a server as the Hub's clients do, each run in an environment that `make hub` sets up."""

from __future__ import annotations

import json
import os
import subprocess

import pytest

from tests.serving import ROOT

PROGRAMS = ROOT / "tests" / "clients" / "hub"
ENVIRONMENTS = ROOT / ".venv-hub"


def run(server, home, environment, script, *arguments, **more):
    """Run a program in an environment, and return what it printed as JSON."""
    python = ENVIRONMENTS / environment / "bin" / "python"
    if not python.exists():
        pytest.fail("make hub installs the clients")
    own = {"HF_ENDPOINT": server, "HF_HOME": str(home), "HF_HUB_DISABLE_PROGRESS_BARS": "1", "HF_TOKEN": "hf_unwanted"}
    done = subprocess.run(
        [python, PROGRAMS / script, *arguments],
        cwd=home, env=os.environ | own | more, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, f"{done.stdout[-4000:]}\n{done.stderr[-4000:]}"
    return json.loads(done.stdout.splitlines()[-1])
