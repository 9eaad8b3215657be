"""Record the tables of NumPy's ziggurat, which are data: whoever works them out anew has others in the last bits.

    python -m scripts.record_ziggurat > service/streams/numpy/ziggurat.json

They are read from the library that NumPy's wheels ship for those who draw in C, `numpy/random/lib/libnpyrandom.a`, by
`ar`, `nm` and `objcopy`.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

LIBRARY = Path(np.__file__).parent / "random/lib/libnpyrandom.a"
OBJECT = "src_distributions_distributions.c.o"
LAYERS = 256
TABLES = {
    "ki_double": "<u8", "wi_double": "<f8", "fi_double": "<f8", "ki_float": "<u4", "wi_float": "<f4", "fi_float": "<f4",
}  # fmt: skip


def tables():
    with tempfile.TemporaryDirectory() as folder:

        def run(*command):
            done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)  # noqa: S603
            return done.stdout

        run("ar", "x", str(LIBRARY), OBJECT)
        run("objcopy", "-O", "binary", "--only-section=.rodata", OBJECT, "data")
        data = Path(folder, "data").read_bytes()
        places = {
            line.split()[2]: int(line.split()[0], 16) for line in run("nm", "--defined-only", OBJECT).splitlines()
        }
    for name, kind in TABLES.items():
        numbers = np.frombuffer(data, kind, LAYERS, places[name])
        # The fewest digits that identify a number of its precision.
        yield name, [int(number) if kind[1] == "u" else float(str(number)) for number in numbers]


def main():
    source = "Tables of NumPy's ziggurat_constants.h, Copyright (c) 2005-2026, NumPy Developers, BSD-3-Clause"
    lines = [f'"{name}": {json.dumps(numbers)}' for name, numbers in tables()]
    lines = [f'"source": {json.dumps(source)}', *lines]
    sys.stdout.write("{\n" + ",\n".join(lines) + "\n}\n")


if __name__ == "__main__":
    main()
