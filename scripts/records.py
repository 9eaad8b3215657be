"""What the scripts that record a framework's defaults share: a tensor's statistics, and the file of them."""

from __future__ import annotations

import json
import sys

import numpy as np


def record(layer, tensor, values, given):
    """Return the statistics of a tensor; `given` is what a request must say besides its shape, by the tensor's name."""
    numbers = np.asarray(values, np.float64)
    name = tensor.replace("/", ".")
    needed = [parameters for end, parameters in given.items() if name == end or name.endswith(f".{end}")]
    return {
        "layer": layer, "tensor": tensor, "shape": list(numbers.shape), "parameters": needed[0] if needed else {},
        "mean": numbers.mean(), "std": numbers.std(), "largest": np.abs(numbers).max(),
    }  # fmt: skip


def write(versions, script, records):
    """Print the file, one record a line."""
    head = json.dumps({**versions, "written_by": script})[:-1]
    lines = ",\n".join(json.dumps(entry) for entry in records)
    sys.stdout.write(f'{head}, "records": [\n{lines}\n]}}\n')
