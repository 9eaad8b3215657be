"""`make bench`: one table of ratios, each of two things measured in turn in this run.

It needs curl, nginx and wrk, and the frameworks in the environment of the Python that PEERS_PYTHON names: `make bench`
installs them. No row is left out for want of one.
"""

from __future__ import annotations

import os

import numpy as np

from benchmarks import kernels, over_http
from benchmarks.pairs import HEAD
from benchmarks.processes import tool


def main() -> None:
    for name in ("curl", "nginx", "wrk"):
        tool(name)
    print(f"{os.cpu_count()} processors; NumPy {np.__version__}; curl's own start-up does not count\n")
    print(HEAD)
    for comparison in kernels.comparisons():
        print(comparison.measure().row, flush=True)
    for row in over_http.rows():
        print(row, flush=True)


if __name__ == "__main__":
    main()
