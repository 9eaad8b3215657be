"""PyTorch's own weights in JavaScript and in Go, without Python.

What is printed was recorded from torch 2.13.0: of the state_dict of the Sequential after manual_seed(42), which stands
in the programs, the first numbers and SHA-256, and rand(1) after it.
"""

from __future__ import annotations

import os
import subprocess

import pytest

from tests.programs import program
from tests.serving import ROOT

PRINTED = """\
0.weight [256,784] 0.02730495 0.02964314 ... SHA-256 e6b9e177ec7421ce
0.bias [256] 0.02136087 -0.00915828 ... SHA-256 286ce3873cea5979
2.weight [10,256] -0.00366161 -0.01167664 ... SHA-256 b5cf45ecd44e1a7a
2.bias [10] -0.00913676 0.00605195 ... SHA-256 65c2840ad41a0f03
torch.rand(1) 0.7107
"""

FOLDER = "examples/framework_weights"
COMMANDS = {
    "node": ["node", f"{FOLDER}/pytorch_weights.mjs"],
    "go": ["go", "run", f"{FOLDER}/pytorch_weights.go"],
}
"""How each is run, by the program that shows that it can be."""

NEEDED = [pytest.param(needed, marks=pytest.mark.slow if needed == "go" else ()) for needed in COMMANDS]


@pytest.mark.slow
@pytest.mark.parametrize("needed", NEEDED)
def test_it_has_the_weights_that_torch_makes(server, needed):
    program(needed)
    done = subprocess.run(
        [*COMMANDS[needed], server], cwd=ROOT, env=os.environ, capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stdout) == (0, PRINTED), done.stderr


def test_every_program_is_run_here():
    assert {ROOT / command[-1] for command in COMMANDS.values()} == {*(ROOT / FOLDER).iterdir()}
