"""The test vectors are golden bytes: they pin the promise that the bits of stream version 1 never change.

A difference here is a broken promise, not a reason to write the file again. That the bytes are right in
the first place is shown elsewhere: by SciPy and mpmath in this folder, and by tests/conformance.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from scripts import write_vectors
from service.streams.philox import stream

VECTORS = Path(stream.__file__).with_name("vectors.json").read_text(encoding="utf-8")


def test_the_vectors_are_what_this_process_makes(capsys):
    write_vectors.main()
    assert capsys.readouterr().out == VECTORS


@pytest.mark.parametrize("distribution", ["uniform", "normal", "truncated_normal"])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_every_distribution_has_vectors_in_both_precisions(distribution, dtype):
    elements = json.loads(VECTORS)["elements"]
    assert any((entry["distribution"], entry["dtype"]) == (distribution, dtype) for entry in elements)
