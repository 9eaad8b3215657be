"""What it takes to draw stacks of layers with several schemes, against the same in NumPy."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from benchmarks.pairs import Comparison, timed
from benchmarks.processes import Server, curl

WIDTH, DEPTH, SEEDS, BATCH = 512, 50, 3, 16
CANDIDATES = (
    "he_normal", "he_uniform", "glorot_normal", "glorot_uniform", "lecun_normal", "truncated_normal?std=0.05",
    "normal?std=0.1", "pytorch+default",
)  # fmt: skip
MOST_SECONDS = 2.0


def rows(server: Server) -> Iterator[str]:
    """Yield the row for eight schemes, three seeds of each."""
    names = ",".join(CANDIDATES)
    path = f"/propagation?width={WIDTH}&depth={DEPTH}&seeds={SEEDS}&batch_size={BATCH}&candidates={names}"
    ours = curl(server, path)
    title = f"{len(CANDIDATES)} schemes × {DEPTH} layers × width {WIDTH}, {SEEDS} seeds"
    result = Comparison(title, ours, "NumPy", timed(_by_numpy), None, rounds=5).measure()
    yield f"{result.row.rstrip('|').rstrip()} {MOST_SECONDS:g} s |"


def _by_numpy() -> None:
    """Draw as many matrices, and send signals and gradients through them."""
    rng = np.random.default_rng(0)
    for _ in range(len(CANDIDATES) * SEEDS):
        z = rng.standard_normal((WIDTH, BATCH), np.float32)
        passed = []
        for _ in range(DEPTH - 1):
            weights = rng.standard_normal((WIDTH, WIDTH), np.float32) * np.float32(WIDTH**-0.5)
            passed.append((weights, z > 0))
            z = weights @ np.maximum(z, 0)
            float(np.mean(z * z))
        gradient = rng.standard_normal((WIDTH, BATCH), np.float32)
        for weights, is_open in reversed(passed):
            gradient = (weights.T @ gradient) * is_open
            float(np.mean(gradient * gradient))
