"""Record the fans that JAX reads off shapes: the numbers in `tests/requests/recorded/jax_fans.json`.

Run with JAX: `.venv-peers/bin/python scripts/record_jax_fans.py > tests/requests/recorded/jax_fans.json`.
"""

from __future__ import annotations

import itertools
import json
import sys

import jax
import numpy as np
from jax._src.nn.initializers import _compute_fans

SHAPES = ((6, 10), (4, 6, 10), (3, 2, 5, 7), (2, 3, 4, 5, 6), (3, 3, 64, 1), (1, 256, 1, 1))
AT_RANDOM = 40
"""Sets of axes for each shape, beside all that name one axis each."""


def axis_sets(rank, generator):
    """Yield arguments that JAX takes: disjoint axes, as one number or a list, some from the end, some left out."""
    for in_axis, out_axis in itertools.permutations(range(rank), 2):
        yield {"in_axis": in_axis, "out_axis": out_axis - rank}
    yield {"batch_axis": []}
    if rank > 2:
        yield {"batch_axis": 0}
        yield {"batch_axis": [0], "in_axis": [-2]}
        yield {"in_axis": list(range(rank - 1))}
        yield {"in_axis": 0, "out_axis": list(range(1, rank))}
    for _ in range(AT_RANDOM):
        letters = generator.choice(list("iokb"), rank)
        named = {
            name: [axis - rank * int(generator.integers(2)) for axis in range(rank) if letters[axis] == letter]
            for name, letter in (("in_axis", "i"), ("out_axis", "o"), ("batch_axis", "b"))
        }
        yield {name: axes[0] if len(axes) == 1 and generator.integers(2) else axes for name, axes in named.items()}


def main():
    generator = np.random.default_rng(0)
    records = []
    for shape in SHAPES:
        for axes in axis_sets(len(shape), generator):
            fan_in, fan_out = _compute_fans(shape, **axes)
            records.append({"shape": shape, **axes, "fans": [fan_in, fan_out]})
    head = json.dumps({"jax": jax.__version__, "written_by": "scripts/record_jax_fans.py"})[:-1]
    lines = ",\n".join(json.dumps(entry) for entry in records)
    sys.stdout.write(f'{head}, "records": [\n{lines}\n]}}\n')


if __name__ == "__main__":
    main()
