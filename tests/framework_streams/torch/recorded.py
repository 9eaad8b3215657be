"""What torch itself makes, as `scripts/record_torch_stream.py` recorded it."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from urllib.parse import parse_qsl

import numpy as np

from service.requests.members import Members
from service.requests.tensor_request import parse_tensor

RECORDED = json.loads(Path(__file__).with_name("recorded.json").read_text())

PREFIX = "torch.nn.init."


def digest(array):
    """Return the digest that a tensor is recorded by."""
    values = array.astype(np.float32) if array.dtype.name == "bfloat16" else array
    return hashlib.sha256(values.tobytes()).hexdigest()[:16]


def made(call, **members):
    """Return the tensor of a call as it is recorded, such as normal_?std=0.02."""
    name, _, query = call.partition("?")
    values = {**dict(parse_qsl(query)), "stream": "torch", **{key: str(value) for key, value in members.items()}}
    tensor, _ = parse_tensor(PREFIX + name, Members(values, in_body=False), threads=1)
    return tensor.materialize()


def is_near(call, dtype):
    """Return whether a call makes float64 normals, which are not promised to the bit."""
    return dtype == "float64" and ("normal" in call or "sparse" in call)
