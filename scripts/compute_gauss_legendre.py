"""Compute the nodes and weights of 16-point Gauss-Legendre quadrature.

python -m scripts.compute_gauss_legendre > service/arithmetic/gauss_legendre.json
"""

from __future__ import annotations

import json
from typing import Any

import mpmath as mp

# Decimal digits; binary64 has 17.
mp.mp.dps = 50

# mpmath has no types: a real number of any precision.
Real = Any


def legendre() -> tuple[list[Real], list[Real]]:
    """Return the eight positive nodes of 16-point Gauss-Legendre quadrature and their weights."""
    starts = [mp.cos(mp.pi * (i - mp.mpf("0.25")) / mp.mpf("16.5")) for i in range(8, 0, -1)]
    nodes = [mp.findroot(lambda x: mp.legendre(16, x), (x, x + mp.mpf("1e-6"))) for x in starts]
    weights = [2 * (1 - x**2) / (17 * mp.legendre(17, x)) ** 2 for x in nodes]
    return nodes, weights


def main() -> None:
    nodes, weights = legendre()
    page = {
        "written_by": "python -m scripts.compute_gauss_legendre",
        "description": "the positive nodes of 16-point Gauss-Legendre quadrature on [-1, 1], ascending, and their "
        "weights",
        "LEGENDRE_NODES": [float(node) for node in nodes],
        "LEGENDRE_WEIGHTS": [float(weight) for weight in weights],
    }
    print(json.dumps(page, indent=1))


if __name__ == "__main__":
    main()
