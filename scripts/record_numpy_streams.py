"""Record what NumPy's own generators make, to compare the streams `numpy_legacy` and `numpy` with.

    python -m scripts.record_numpy_streams > service/streams/numpy/vectors.json

With `--check` it compares what NumPy makes with that file, and fails where it is other.

It needs NumPy alone, of any version: each entry is one line of Python, its array's first elements, a digest of all of
it, and where the generator stands after it. Several lines of one generator stand in order under one seed, so that
values which are cached between them count.
"""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np

FILE = Path(__file__).parent.parent / "service/streams/numpy/vectors.json"
SEEDS = (0, 42, 2**31 + 5, 2**32 - 1)
LARGER_SEEDS = (2**32, 2**64 - 1)
SHAPES = ((), (0,), (1,), (2,), (7,), (15,), (16,), (17,), (3, 3), (33, 47), (5, 1, 7))
FIRST = 4
LARGE = "(300, 1000)"

LEGACY = (
    "rand{sizes}", "randn{sizes}", "uniform(-0.25, 0.75, {shape})", "normal(0.5, 0.02, {shape})",
    "standard_normal({shape})", "random_sample({shape})",
)  # fmt: skip
GENERATOR = (
    "random({shape})", "uniform(-0.25, 0.75, {shape})", "normal(0.5, 0.02, {shape})", "standard_normal({shape})",
    "random({shape}, dtype=np.float32)", "standard_normal({shape}, dtype=np.float32)",
)  # fmt: skip

SCALED_LEGACY = (
    "rng.randn(33, 47) * 0.01", "rng.randn(33, 47) / np.sqrt(33)", "rng.randn(33, 47) * np.sqrt(2 / 47)",
    "rng.rand(33, 47) * 2 * 0.12 - 0.12", "2 * 0.12 * rng.rand(33, 47) - 0.12", "1 - rng.rand(33, 47)",
    "-rng.normal(0, 0.05, (33, 47))", "rng.randn(33, 47).astype(np.float32) * 0.01",
    "(rng.randn(33, 47) * 0.01).astype(np.float32)", "(rng.randn(33, 47) * 0.01).astype(np.float16)",
)  # fmt: skip
SCALED_GENERATOR = (
    "rng.standard_normal((33, 47)) * 0.01", "rng.standard_normal((33, 47)) / np.sqrt(33)",
    "rng.random((33, 47)) * 2 - 1", "rng.standard_normal((33, 47), dtype=np.float32) * 0.01",
    "rng.standard_normal((33, 47), dtype=np.float32) * np.sqrt(2 / 47)",
    "rng.random((33, 47), dtype=np.float32) * 2 - 1",
    "rng.standard_normal((33, 47)).astype(np.float32) * np.sqrt(2 / 47)",
)  # fmt: skip

SEQUENCES = (
    ("numpy_legacy", ("randn(3)", "rand(2)", "randn(1)", "randn(2, 3)", "rand(1)", "randn(5)")),
    ("numpy_legacy", ("rand(311)", "randn(1)", "rand(2)", "randn(624)")),
    (
        "numpy",
        (
            "random(3, dtype=np.float32)", "random(2)", "random(4, dtype=np.float32)", "standard_normal(7)",
            "standard_normal(3, dtype=np.float32)", "random(1)",
        ),
    ),
)  # fmt: skip
"""Several calls of one generator."""


def generator(stream, seed):
    return np.random.RandomState(seed) if stream == "numpy_legacy" else np.random.default_rng(seed)


def position(rng):
    """Return the part of a generator's state that tells where it stands."""
    if isinstance(rng, np.random.RandomState):
        _, words, place, has_cached, cached = rng.get_state()
        digest = hashlib.sha256(np.asarray(words, "<u4").tobytes()).hexdigest()
        return {"words": digest, "place": int(place), "cached": float(cached).hex() if has_cached else None}
    state = rng.bit_generator.state
    return {
        "state": format(state["state"]["state"], "032x"),
        "cached": state["uinteger"] if state["has_uint32"] else None,
    }


def record(stream, seed, code, rng=None):
    rng = generator(stream, seed) if rng is None else rng
    # One line of the tables above.
    array = np.asarray(eval(code, {"rng": rng, "np": np}))  # noqa: S307
    elements = array.astype(array.dtype.newbyteorder("<")).ravel()
    return {
        "stream": stream,
        "seed": str(seed),
        "code": code,
        "dtype": array.dtype.name,
        "shape": list(array.shape),
        "first": [element.tobytes()[::-1].hex() for element in elements[:FIRST]],
        "sha256": hashlib.sha256(elements.tobytes()).hexdigest(),
        "then": position(rng),
    }


def codes(calls):
    for shape in SHAPES:
        for call in calls:
            sizes = f"({', '.join(map(str, shape))})"
            yield "rng." + call.format(shape=shape, sizes=sizes)
    for call in calls:
        yield "rng." + call.format(shape=LARGE, sizes=LARGE)


def page() -> dict[str, Any]:
    made: list[Any] = []
    cases: tuple[Any, ...] = (
        ("numpy_legacy", LEGACY, SCALED_LEGACY, SEEDS),
        ("numpy", GENERATOR, SCALED_GENERATOR, (*SEEDS, *LARGER_SEEDS)),
    )
    for stream, calls, scaled, seeds in cases:
        made += [record(stream, seed, code) for seed in seeds for code in (*codes(calls), *scaled)]
    sequences = []
    for stream, calls in SEQUENCES:
        rng = generator(stream, 42)
        sequences.append([record(stream, 42, f"rng.{call}", rng) for call in calls])
    return {"calls": made, "sequences": sequences}


def main():
    entries = page()
    if "--check" in sys.argv:
        recorded = json.loads(FILE.read_text())
        return 0 if {name: recorded[name] for name in entries} == entries else "NumPy makes other numbers than recorded"
    head = json.dumps({"written_by": "python -m scripts.record_numpy_streams", "numpy": np.__version__})[:-1]
    calls = ",\n".join(map(json.dumps, entries["calls"]))
    sequences = ",\n".join(map(json.dumps, entries["sequences"]))
    sys.stdout.write(f'{head}, "calls": [\n{calls}\n], "sequences": [\n{sequences}\n]}}\n')
    return 0


if __name__ == "__main__":
    sys.exit(main())
