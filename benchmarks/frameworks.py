"""The frameworks in process, measured in turn with ours: reads names from standard input, writes costs.

Run in an environment of its own, which `make bench` sets up from `requirements.txt`. Each line read is
`NAME SIDE`; each line written `WALL PROCESSOR`, in seconds, for filling a SIDE × SIDE float32 tensor. `NAME FILE` makes
a model and saves it.
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
from safetensors.torch import save_file

THREADS = 2


def _torch(fill: Callable[[torch.Tensor], object], side: str) -> Callable[[], object]:
    weight = torch.empty(int(side), int(side))
    return lambda: fill(weight)


def _jax(initializer: Callable[..., jax.Array], side: str) -> Callable[[], object]:
    make = jax.jit(lambda key: initializer(key, (int(side), int(side))))
    key = jax.random.key(42)
    return lambda: make(key).block_until_ready()


def _numpy_normal(argument: str) -> Callable[[], object]:
    side = int(argument)
    generator, out, std = np.random.default_rng(42), np.empty((side, side), np.float32), math.sqrt(2 / side)

    def fill() -> None:
        generator.standard_normal(dtype=np.float32, out=out)
        np.multiply(out, std, out=out)

    return fill


def _numpy_double(draw: Callable[[tuple[int, int]], object], side: str) -> Callable[[], object]:
    return lambda: np.asarray(draw((int(side), int(side)))).astype(np.float32)


def _gpt_2() -> dict[str, torch.Tensor]:
    """Return GPT-2 small as its code in transformers initializes it, each tensor drawn once."""
    width, layers = 768, 12

    def normal(*shape: int, std: float = 0.02) -> torch.Tensor:
        return torch.nn.init.normal_(torch.empty(shape), std=std)

    tensors = {"wte.weight": normal(50257, width), "wpe.weight": normal(1024, width)}
    for layer in range(layers):
        end = 0.02 / math.sqrt(2 * layers)
        for name, rows, columns, std in (
            ("attn.c_attn", width, 3 * width, 0.02),
            ("attn.c_proj", width, width, end),
            ("mlp.c_fc", width, 4 * width, 0.02),
            ("mlp.c_proj", 4 * width, width, end),
        ):
            tensors[f"h.{layer}.{name}.weight"] = normal(rows, columns, std=std)
            tensors[f"h.{layer}.{name}.bias"] = torch.zeros(columns)
    for norm in ("ln_f", *(f"h.{layer}.ln_{number}" for layer in range(layers) for number in (1, 2))):
        tensors[f"{norm}.weight"], tensors[f"{norm}.bias"] = torch.ones(width), torch.zeros(width)
    return tensors


def _save_gpt_2(path: str) -> Callable[[], object]:
    return lambda: save_file(_gpt_2(), path)


WORKS: dict[str, Callable[[str], Callable[[], object]]] = {
    "torch.kaiming_normal_": functools.partial(
        _torch, functools.partial(torch.nn.init.kaiming_normal_, nonlinearity="relu")
    ),
    "torch.kaiming_uniform_": functools.partial(_torch, torch.nn.init.kaiming_uniform_),
    "torch.normal_": functools.partial(_torch, torch.nn.init.normal_),
    "torch.xavier_uniform_": functools.partial(_torch, torch.nn.init.xavier_uniform_),
    "torch.trunc_normal_": functools.partial(_torch, torch.nn.init.trunc_normal_),
    "torch.orthogonal_": functools.partial(_torch, torch.nn.init.orthogonal_),
    "jax.he_normal": functools.partial(_jax, jax.nn.initializers.he_normal()),
    "jax.glorot_uniform": functools.partial(_jax, jax.nn.initializers.glorot_uniform()),
    "numpy.standard_normal": _numpy_normal,
    "numpy.double_normal": functools.partial(_numpy_double, np.random.default_rng(42).standard_normal),
    "numpy_legacy.random": functools.partial(_numpy_double, np.random.RandomState(42).random_sample),
    "torch.save_gpt_2": _save_gpt_2,
}


def main() -> None:
    torch.set_num_threads(THREADS)
    ready: tuple[str, Callable[[], object]] = ("", lambda: None)
    for line in sys.stdin:
        name, argument = line.split()
        if ready[0] != line:
            ready = (line, WORKS[name](argument))
        start, busy = time.perf_counter(), time.process_time()
        ready[1]()
        print(time.perf_counter() - start, time.process_time() - busy, flush=True)


if __name__ == "__main__":
    main()
