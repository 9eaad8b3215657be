"""Measure where the float32 normals of PyTorch, JAX and NumPy end, and what they are near zero.

    python -m scripts.measure_framework_normals

In an environment with the frameworks; takes seconds. The ends are too rare to be drawn: each generator is given the
words that lead to them, and JAX's normal, a function of 23 bits, is tried with all. TensorFlow's is worked out from the
formula of BoxMullerFloat in tensorflow/core/lib/random/random_distributions_utils.h.
"""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Iterable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import torch

BITS = np.uint32(2**24 - 1)
MT_SIZE = 624


def _untempered(word: int) -> int:
    """Return the word of MT19937's state that is tempered to `word`."""
    word ^= word >> 18
    word ^= (word << 15) & 0xEFC60000
    found = word
    for _ in range(5):
        found = word ^ ((found << 7) & 0x9D2C5680)
    word = found
    for _ in range(3):
        found = word ^ (found >> 11)
    return found & 0xFFFFFFFF


def _torch_normals(words: list[int]) -> np.ndarray:
    """Return 16 of PyTorch's normals from the 16 words that its generator gives."""
    generator = torch.Generator().manual_seed(0)
    state = generator.get_state().numpy().copy()
    # at::mt19937_data_pod: the seed, then how many words are left until the next twist, whether it is seeded, and the
    # place of the next word, then the words, as 64 bits each.
    fields = state.view(np.uint64)
    fields[1] = np.uint64(MT_SIZE) | np.uint64(1) << np.uint64(32)
    fields[2] = 0
    fields[3 : 3 + len(words)] = [_untempered(word) for word in words]
    generator.set_state(torch.from_numpy(state))
    return torch.randn(16, generator=generator).numpy()


def _torch() -> None:
    # Of each block of 16 the first half of the words gives the radius, the second the angle.
    ends = _torch_normals([int(BITS)] * 8 + [0] * 8)
    nothing = _torch_normals([0] * 16)
    print(
        f"PyTorch {torch.__version__}: the end {abs(ends).max():.8f}; zeros of 16, of bits of zero for the radius: ",
        end="",
    )
    print(f"{(nothing == 0).sum()}, for the angle: {(ends == 0).sum()}")


def _jax() -> None:
    # jax.random.normal: √2 erfinv of a uniform of 23 bits from the first float above -1 on.
    low = np.nextafter(np.float32(-1.0), np.float32(0.0))
    fractions = np.arange(2**23, dtype=np.float32) * np.float32(2.0**-23)
    uniforms = jnp.maximum(low, jnp.asarray(fractions) * (np.float32(1.0) - low) + low)
    normals = np.asarray(np.float32(np.sqrt(2.0)) * jax.lax.erf_inv(uniforms))
    drawn = np.asarray(jax.random.normal(jax.random.key(0), (10**6,)))
    print(f"JAX {jax.__version__}: from {normals.min():.8f} to {normals.max():.8f}")
    print(f"  different numbers: {np.unique(normals).size}; steps that go down: {(np.diff(normals) < 0).sum()}")
    print(f"  the smallest but zero: {abs(normals[normals != 0]).min():.4g}; zeros: {(normals == 0).sum()} of {2**23}")
    print(f"  of 10^6 that are drawn, not among them: {(~np.isin(drawn, normals)).sum()}")


class _Words:
    """A bit generator of NumPy that gives the words, or the doubles, that it is told to."""

    def __init__(self, values: Iterable[float]) -> None:
        given = iter(values)
        whole = ctypes.CFUNCTYPE(ctypes.c_uint64, ctypes.c_void_p)(lambda _: int(next(given)))
        half = ctypes.CFUNCTYPE(ctypes.c_uint32, ctypes.c_void_p)(lambda _: int(next(given)))
        double = ctypes.CFUNCTYPE(ctypes.c_double, ctypes.c_void_p)(lambda _: float(next(given)))
        self._kept = (whole, half, double)
        pointers = [None, *(ctypes.cast(each, ctypes.c_void_p).value for each in (whole, half, double, whole))]
        # bitgen_t of numpy/random/bitgen.h: the state, and what gives 64 bits, 32 bits, a double, and a raw word.
        self._table = (ctypes.c_void_p * 5)(*pointers)
        ctypes.pythonapi.PyCapsule_New.restype = ctypes.py_object
        ctypes.pythonapi.PyCapsule_New.argtypes = (ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p)
        self.capsule = ctypes.pythonapi.PyCapsule_New(ctypes.addressof(self._table), b"BitGenerator", None)
        self.lock = threading.Lock()


def _words(*values: float) -> Any:
    """Return what NumPy takes for a bit generator, and its stubs do not."""
    return _Words(values)


def _numpy() -> None:
    print(f"NumPy {np.__version__}:")
    # Polar: two doubles in (-1, 1), the second of which is scaled.
    polar = np.random.RandomState(_words(0.5, 0.5 + 2.0**-53)).standard_normal()
    print(f"  RandomState.standard_normal, polar: the end {polar:.8f}, in float32 {np.float32(polar):.8f}")
    # Ziggurat: strip 0 beyond its rectangle, then the two uniforms of the tail.
    tail = np.random.Generator(_words(0xFFFFFE00, 0xFFFFFFFF, 0xFFFFFFFF)).standard_normal(dtype=np.float32)
    print(f"  Generator.standard_normal(float32), ziggurat: the end {abs(tail):.8f}")
    steps = [np.random.Generator(_words((1 << 9) | strip, 0)).standard_normal(dtype=np.float32) for strip in range(256)]
    none = np.random.Generator(_words(7)).standard_normal(dtype=np.float32)
    print(f"  its steps near zero: from {min(steps):.4g} to {max(steps):.4g}; of 23 bits of zero: {none}")


def _tensorflow() -> None:
    least = np.float32(1e-7)
    radius = np.sqrt(np.float32(-2.0) * np.log(least))
    angle = np.float32(2.0 * np.pi) * np.float32(0.0)
    print(
        f"TensorFlow, by its formula: the end {radius:.8f}; of 23 bits of zero for the angle {radius * np.sin(angle)}"
    )


def main() -> None:
    _torch()
    _jax()
    _numpy()
    _tensorflow()


if __name__ == "__main__":
    main()
