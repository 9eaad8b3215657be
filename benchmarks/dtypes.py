"""Every dtype against float32, over HTTP, and sparse matrices; `python -m benchmarks.dtypes` prints these alone."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.pairs import HEAD, Comparison, Work
from benchmarks.processes import Server, curl, fanin

SIDE = 4096
ROUNDS = 15

SCHEMES = ("uniform", "normal", "truncated_normal", "glorot_uniform")
AT_MOST = {"float16": 1.0, "bfloat16": 1.0, "float8_e4m3fn": 1.0, "float8_e5m2": 1.0, "float64": 2.2}


def _weights(server: Server, scheme: str, dtype: str, extra: str = "") -> Work:
    return curl(server, f"/weights/{scheme}?shape={SIDE},{SIDE}&seed=42&format=raw&dtype={dtype}{extra}")


def against_float32(server: Server) -> Iterator[Comparison]:
    for scheme in SCHEMES:
        for dtype, at_most in AT_MOST.items():
            ours, single = _weights(server, scheme, dtype), _weights(server, scheme, "float32")
            yield Comparison(f"{scheme}, {dtype}", ours, "float32", single, at_most, SIDE * SIDE, ROUNDS)


def sparse_against_normal(server: Server) -> Iterator[Comparison]:
    for per in ("column", "row"):
        ours = _weights(server, "sparse", "float32", f"&sparsity=0.5&per={per}")
        normal = _weights(server, "normal", "float32")
        yield Comparison(f"sparse, half zeros by {per}", ours, "normal", normal, None, SIDE * SIDE, ROUNDS)


def main() -> None:
    print(HEAD)
    with fanin() as server:
        for comparisons in (against_float32(server), sparse_against_normal(server)):
            for comparison in comparisons:
                print(comparison.measure().row, flush=True)


if __name__ == "__main__":
    main()
