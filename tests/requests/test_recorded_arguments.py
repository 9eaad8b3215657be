"""Requests that name a framework's function, held against what the function itself made of the same arguments."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest

PAGE = json.loads((Path(__file__).parents[1] / "frameworks" / "recorded" / "arguments.json").read_text())
IDS = [f"{each['name']} {each['arguments']} {each['shape']}" for each in PAGE["records"]]


@pytest.mark.parametrize("record", PAGE["records"], ids=IDS)
def test_an_owned_name_makes_what_the_framework_makes(client, record):
    shape = ",".join(map(str, record["shape"]))
    query = {**record["arguments"], "shape": shape, "seed": 5, "format": "raw"}
    values = np.frombuffer(client.get(f"/weights/{record['name']}", params=query).content, "<f4").astype(np.float64)
    mean, std = values.mean(), values.std()
    noise = 8.0 / math.sqrt(values.size)

    assert mean == pytest.approx(record["mean"], rel=1e-6, abs=noise * record["std"])
    assert std == pytest.approx(record["std"], rel=noise, abs=1e-9)
    assert int((values == 0).sum()) == pytest.approx(record["zeros"], abs=8)
    if record["kurtosis"] is not None:
        assert ((values - mean) ** 4).mean() / std**4 == pytest.approx(record["kurtosis"], rel=0.06)
    # That of the elements which a sparse matrix draws.
    spread = record["std"] / math.sqrt(1.0 - record["zeros"] / values.size) if record["zeros"] < values.size else 0.0
    for found, told in ((values.min(), record["lowest"]), (values.max(), record["highest"])):
        # A cut is sharp, and the end of a normal is not.
        is_cut = abs(told - record["mean"]) < 3.2 * record["std"]
        assert found == pytest.approx(told, abs=(0.01 * record["std"] if is_cut else 1.5 * spread) + 1e-9)
