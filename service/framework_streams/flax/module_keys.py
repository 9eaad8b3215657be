"""The keys that Flax's modules draw their parameters with: those of linen by a module's path, those of nnx by a count.

Flax 0.12.8: `_fold_in_static` in flax/core/scope.py, `RngStream` in flax/nnx/rnglib.py.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

from service.framework_streams.jax.key_path import JAX_STEPS, Step, StepForm, data_of_32_bits
from service.streams.jax.keys import KeyWords, fold_in

_LARGEST_COUNT = 2**31 - 1


@dataclass(frozen=True)
class LinenPath:
    """The key of the parameter that a linen module draws as its `count`-th, from 1.

    fold_in(key, h) with h the first four bytes, the high one first, of SHA-1 of the names of the modules down to it,
    one after the other, and the bytes of the count, the high one first.
    """

    path: str
    """The names of the modules, with / between; empty for the outermost one."""
    count: int

    def __call__(self, key: KeyWords) -> KeyWords:
        digest = hashlib.sha1(usedforsecurity=False)
        for name in self.path.split("/"):
            digest.update(name.encode())
        digest.update(self.count.to_bytes((self.count.bit_length() + 7) // 8, "big"))
        return fold_in(key, int.from_bytes(digest.digest()[:4], "big"))

    def __str__(self) -> str:
        return f"linen({self.path})[{self.count}]"


@dataclass(frozen=True)
class NnxCount:
    """The key that nnx.Rngs(seed) gives when it was asked `count` times before: fold_in(key, count)."""

    count: int

    def __call__(self, key: KeyWords) -> KeyWords:
        return fold_in(key, self.count)

    def __str__(self) -> str:
        return f"nnx[{self.count}]"


def _linen(found: re.Match[str]) -> Step:
    path, count = found[1], int(found[2] or 1)
    if path and not all(path.split("/")):
        raise ValueError(f"linen({path}): a path is the names of modules with / between, such as encoder/Dense_0")
    if not 1 <= count <= _LARGEST_COUNT:
        raise ValueError(f"linen({path})[{count}]: a module counts its parameters from 1 on")
    return LinenPath(path, count)


def _nnx(found: re.Match[str]) -> Step:
    return NnxCount(data_of_32_bits(f"nnx[{found[1]}]", found[1]))


FLAX_STEPS: tuple[StepForm, ...] = (
    StepForm("linen(path)[count]", re.compile(r"linen\(([^()]*)\)(?:\[([0-9]{1,20})\])?"), _linen),
    StepForm("nnx[count]", re.compile(r"nnx\[([0-9]{1,20})\]"), _nnx),
    *JAX_STEPS,
)
"""Those of Flax, and those of JAX."""
