"""The frameworks in process, measured in turn with ours: reads names from standard input, writes costs.

Run in an environment of its own, which `make bench` sets up from `requirements.txt`. Each line read is
`NAME SIDE`; each line written `WALL PROCESSOR`, in seconds, for filling a SIDE × SIDE float32 tensor.
"""

from __future__ import annotations

import functools
import math
import sys
import time
from collections.abc import Callable

import jax
import numpy as np
import torch

THREADS = 2


def _torch(fill: Callable[[torch.Tensor], object], side: int) -> Callable[[], object]:
    weight = torch.empty(side, side)
    return lambda: fill(weight)


def _jax(initializer: Callable[..., jax.Array], side: int) -> Callable[[], object]:
    make = jax.jit(lambda key: initializer(key, (side, side)))
    key = jax.random.key(42)
    return lambda: make(key).block_until_ready()


def _numpy_normal(side: int) -> Callable[[], object]:
    generator, out, std = np.random.default_rng(42), np.empty((side, side), np.float32), math.sqrt(2 / side)

    def fill() -> None:
        generator.standard_normal(dtype=np.float32, out=out)
        np.multiply(out, std, out=out)

    return fill


WORKS: dict[str, Callable[[int], Callable[[], object]]] = {
    "torch.kaiming_normal_": functools.partial(
        _torch, functools.partial(torch.nn.init.kaiming_normal_, nonlinearity="relu")
    ),
    "torch.xavier_uniform_": functools.partial(_torch, torch.nn.init.xavier_uniform_),
    "torch.trunc_normal_": functools.partial(_torch, torch.nn.init.trunc_normal_),
    "torch.orthogonal_": functools.partial(_torch, torch.nn.init.orthogonal_),
    "jax.he_normal": functools.partial(_jax, jax.nn.initializers.he_normal()),
    "jax.glorot_uniform": functools.partial(_jax, jax.nn.initializers.glorot_uniform()),
    "numpy.standard_normal": _numpy_normal,
}


def main() -> None:
    torch.set_num_threads(THREADS)
    ready: tuple[str, Callable[[], object]] = ("", lambda: None)
    for line in sys.stdin:
        name, side = line.split()
        if ready[0] != line:
            ready = (line, WORKS[name](int(side)))
        start, busy = time.perf_counter(), time.process_time()
        ready[1]()
        print(time.perf_counter() - start, time.process_time() - busy, flush=True)


if __name__ == "__main__":
    main()
