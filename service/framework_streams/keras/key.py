"""What a request may say of the seed that a Keras initializer has."""

from __future__ import annotations

import functools
import random
import re
from typing import Annotated, NamedTuple

from pydantic import AfterValidator, Field

from service.framework_streams.framework_stream import StreamParameters
from service.framework_streams.jax.key_path import LONGEST
from service.streams.jax.keys import KeyWords
from service.tensors.spec import Scalar

MOST_INITIALIZERS = 1000
"""That may have been made since the seed: each takes about half a microsecond."""

_LARGEST_SEED = 2**32 - 1
_LARGEST_DRAWN = 10**9
_LARGEST_COUNT = 2**32 - 1
_FORM = re.compile(
    r"(?:(?P<seed>[0-9]{1,10})"
    r"|set_random_seed(?:\((?P<of_all>[0-9]{1,10})\))?\[(?P<number>[0-9]{1,10})\]"
    r"|SeedGenerator(?:\((?P<of_generator>[0-9]{1,10})\))?(?:\[(?P<count>[0-9]{1,10})\])?)?"
)


class _Key(NamedTuple):
    """What a key says."""

    seed: int | None
    number: int | None
    """Of the initializer that is made after set_random_seed."""
    drawn: int
    """How often the seed generator was asked before."""


@functools.lru_cache(maxsize=1024)
def seed_of_initializer(seed: int, number: int) -> int:
    """Return the seed that the initializer has that is made after so many others since set_random_seed(seed).

    `make_default_seed` in keras/src/random/seed_generator.py, 3.15.1: random.randint(1, 10⁹) of Python's own generator.
    """
    generator = random.Random(seed)  # noqa: S311 (this very generator)
    for _ in range(number):
        generator.randint(1, _LARGEST_DRAWN)
    return generator.randint(1, _LARGEST_DRAWN)


@functools.lru_cache(maxsize=1024)
def _read(text: str) -> _Key:
    """Return what a text says. Raises ValueError."""
    found = _FORM.fullmatch(text)
    if found is None:
        raise ValueError(
            "must be set_random_seed(seed)[number], the number being that of the initializer, from 0, or "
            "SeedGenerator(seed)[count], the count being that of the draws before"
        )
    said = found["seed"] or found["of_all"] or found["of_generator"]
    seed, number = (None if each is None else int(each) for each in (said, found["number"]))
    count = int(found["count"] or 0)
    if seed is not None and seed > _LARGEST_SEED:
        raise ValueError(f"Keras takes seeds up to {_LARGEST_SEED}")
    if count > _LARGEST_COUNT:
        raise ValueError(f"a seed generator counts up to {_LARGEST_COUNT}")
    if number is not None and number >= MOST_INITIALIZERS:
        raise ValueError(
            f"counts up to {MOST_INITIALIZERS - 1}; take the initializer's own seed, layer.kernel_initializer.seed"
        )
    return _Key(seed, number, count)


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
            "in it: set_random_seed(42)[3]. SeedGenerator(42)[1] is the second draw of a seed generator.",
        ),
        AfterValidator(_checked),
    ] = ""

    @property
    def said_seed(self) -> int | None:
        return _read(self.key).seed

    @property
    def canonical(self) -> tuple[tuple[str, Scalar], ...]:
        key = _read(self.key)
        if key.number is not None:
            return (("key", f"set_random_seed[{key.number}]"),)
        return (("key", f"SeedGenerator[{key.drawn}]"),) if key.drawn else ()

    def words(self, seed: int) -> KeyWords:
        """Return the two words that the initializer draws with: its seed, and how often that was drawn with before."""
        key = _read(self.key)
        return (seed if key.number is None else seed_of_initializer(seed, key.number)), key.drawn
