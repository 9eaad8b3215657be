"""The nodes and weights of 16-point Gauss-Legendre quadrature, read from `gauss_legendre.json`."""

from __future__ import annotations

import json
from pathlib import Path

_page = json.loads(Path(__file__).with_suffix(".json").read_text())

LEGENDRE_NODES: tuple[float, ...] = tuple(_page["LEGENDRE_NODES"])
LEGENDRE_WEIGHTS: tuple[float, ...] = tuple(_page["LEGENDRE_WEIGHTS"])
