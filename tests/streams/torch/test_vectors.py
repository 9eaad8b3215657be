"""The vectors beside the specification are what the stream makes, and were made by torch itself."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from service.streams.torch import draws
from tests.framework_streams.torch.recorded import made

VECTORS = json.loads((Path(draws.__file__).parent / "vectors.json").read_text())


@pytest.mark.parametrize("dtype", VECTORS["tensors"])
def test_the_vectors_are_what_the_stream_makes(dtype):
    for vector in VECTORS["tensors"][dtype]:
        shape = ",".join(map(str, vector["shape"]))
        content = made(vector["call"], shape=shape, seed=vector["seed"], dtype=dtype).read().tobytes()
        if not vector["is_near"]:
            assert content[:96].hex() == vector["bytes"], vector
            assert hashlib.sha256(content).hexdigest() == vector["sha256"], vector
