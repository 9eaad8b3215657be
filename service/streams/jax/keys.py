"""Keys as `jax.random` makes them: of a seed, by `split`, by `fold_in`."""

from __future__ import annotations

from service.streams.jax.threefry import threefry

KeyWords = tuple[int, int]
"""The two words of `jax.random.key_data`."""

_WORD = 0xFFFFFFFF
_WIDTH = 32


def key_of_seed(seed: int, *, with_x64: bool) -> KeyWords:
    """Return jax.random.key(seed). Without `jax_enable_x64` a seed keeps its low 32 bits."""
    return (seed >> _WIDTH if with_x64 else 0), seed & _WORD


def split(key: KeyWords, index: int) -> KeyWords:
    """Return jax.random.split(key, number)[index], which is the same for every number above the index."""
    high, low = threefry(index >> _WIDTH, index & _WORD, key)
    return int(high), int(low)


def fold_in(key: KeyWords, data: int) -> KeyWords:
    """Return jax.random.fold_in(key, data) for data of 32 bits."""
    high, low = threefry(0, data, key)
    return int(high), int(low)
