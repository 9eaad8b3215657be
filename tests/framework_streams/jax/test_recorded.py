"""What JAX, Keras and Flax drew themselves, as `scripts/record_jax_streams.py` recorded it: not one bit is another."""

from __future__ import annotations

import hashlib
import json
from collections import Counter

import numpy as np
import pytest

from service.requests.members import Members
from service.requests.tensor_request import parse_tensor
from tests.serving import ROOT

RECORDED = json.loads((ROOT / "tests/framework_streams/recorded/jax_streams.json").read_text())
RECORDS = RECORDED["records"]
EXACT = [record for record in RECORDS if "digests" in record]
NEAR = [record for record in RECORDS if "elements" in record]


def name_of(record):
    given = ",".join(f"{key}={value}" for key, value in record["parameters"].items())
    return f"{record['stream']} {record['initializer']}({given}) {record['dtype']} {record.get('key', '')}"


def tensor_of(record, shape_and_seed):
    shape, seed = shape_and_seed.split("/")
    values = {"shape": [int(size) for size in shape.split(",")], "seed": int(seed), "dtype": record["dtype"]}
    values |= {key: record[key] for key in ("stream", "key") if key in record}
    members = Members({**record["parameters"], **values}, in_body=True)
    return parse_tensor(record["initializer"], members, 1)[0]


@pytest.mark.parametrize("record", EXACT, ids=name_of)
def test_every_bit_is_the_framework_s_own(record):
    for shape_and_seed, digest in record["digests"].items():
        tensor = tensor_of(record, shape_and_seed)
        made = hashlib.sha256(tensor.read().tobytes()).hexdigest()[:16]
        assert (shape_and_seed, made) == (shape_and_seed, digest)
        assert tensor.facts()["promise"] == "exact"


@pytest.mark.parametrize("record", NEAR, ids=name_of)
def test_normals_of_float64_are_within_what_is_promised(record):
    for shape_and_seed, elements in record["elements"].items():
        tensor = tensor_of(record, shape_and_seed)
        recorded = np.frombuffer(bytes.fromhex(elements), np.int64)
        assert np.abs(tensor.read().view(np.int64) - recorded).max() <= 4
        assert tensor.facts()["promise"] == "within 4 ulp"


def test_what_was_recorded_has_every_stream_and_dtype():
    counts = Counter((record["stream"], record["dtype"]) for record in RECORDS)
    of_dtypes = {
        (stream, dtype) for stream in ("jax", "keras") for dtype in ("float32", "float64", "bfloat16", "float16")
    }
    assert counts.keys() == of_dtypes | {("flax", "float32")}
    assert (RECORDED["jax"], RECORDED["keras"], RECORDED["flax"]) == ("0.10.2", "3.15.1", "0.12.8")
