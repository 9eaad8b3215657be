"""What a request may say of the seed that a Keras initializer has."""

from __future__ import annotations

import functools
import random
import re
from typing import Annotated

from pydantic import AfterValidator, Field

from service.framework_streams.framework_stream import StreamParameters
from service.framework_streams.jax.key_path import LONGEST
from service.tensors.spec import Scalar

MOST_INITIALIZERS = 1000
"""That may have been made since the seed: each takes about half a microsecond."""

_LARGEST_SEED = 2**32 - 1
_LARGEST_DRAWN = 10**9
_FORM = re.compile(r"(?:([0-9]{1,10})|set_random_seed(?:\(([0-9]{1,10})\))?\[([0-9]{1,10})\])?")


@functools.lru_cache(maxsize=1024)
def seed_of_initializer(seed: int, number: int) -> int:
    """Return the seed that the initializer has that is made after so many others since set_random_seed(seed).

    `make_default_seed` in keras/src/random/seed_generator.py, 3.15.1: random.randint(1, 10⁹) of Python's own generator.
    """
    generator = random.Random(seed)  # noqa: S311 (this very generator)
    for _ in range(number):
        generator.randint(1, _LARGEST_DRAWN)
    return generator.randint(1, _LARGEST_DRAWN)


def _read(text: str) -> tuple[int | None, int | None]:
    """Return the seed and the number of the initializer, None where the text has none. Raises ValueError."""
    found = _FORM.fullmatch(text)
    if found is None:
        raise ValueError("must be set_random_seed(seed)[number], the number being that of the initializer, from 0")
    seed = found[1] or found[2]
    if seed is not None and int(seed) > _LARGEST_SEED:
        raise ValueError(f"Keras takes seeds up to {_LARGEST_SEED}")
    if found[3] is not None and int(found[3]) >= MOST_INITIALIZERS:
        raise ValueError(
            f"counts up to {MOST_INITIALIZERS - 1}; take the initializer's own seed, layer.kernel_initializer.seed"
        )
    return (None if seed is None else int(seed)), (None if found[3] is None else int(found[3]))


def _checked(text: str) -> str:
    _read(text)
    return text


class KerasKey(StreamParameters):
    """Which initializer since keras.utils.set_random_seed."""

    key: Annotated[
        str,
        Field(
            max_length=LONGEST,
            description="Keras: where the initializer has no seed of its own: set_random_seed[3] is the fourth random "
            "initializer or seed generator that is made after keras.utils.set_random_seed(seed). The seed may stand "
            "in it: set_random_seed(42)[3].",
        ),
        AfterValidator(_checked),
    ] = ""

    @property
    def said_seed(self) -> int | None:
        return _read(self.key)[0]

    @property
    def canonical(self) -> tuple[tuple[str, Scalar], ...]:
        number = _read(self.key)[1]
        return () if number is None else (("key", f"set_random_seed[{number}]"),)

    def seed(self, seed: int) -> int:
        """Return the seed of the initializer."""
        number = _read(self.key)[1]
        return seed if number is None else seed_of_initializer(seed, number)
