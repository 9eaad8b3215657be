"""`make bench`: one table of ratios, each of two things measured in turn in this run.

nginx and wrk have to be installed for the rows that need them, and the frameworks in the environment of
the Python that PEERS_PYTHON names.
"""

from __future__ import annotations

import os

import numpy as np

from benchmarks import kernels, over_http
from benchmarks.pairs import HEAD


def main() -> None:
    print(f"{os.cpu_count()} processors; NumPy {np.__version__}; curl's own start-up does not count\n")
    print(HEAD)
    for comparison in kernels.comparisons():
        print(comparison.measure().row, flush=True)
    for row in over_http.rows():
        print(row, flush=True)


if __name__ == "__main__":
    main()
