"""The keys of a request: a seed, and the steps from its key to that of the tensor, 42/split(3)[1]/fold_in(7)."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from service.streams.jax.keys import KeyWords, fold_in, split
from service.streams.stream import LARGEST_SEED

LONGEST = 512
"""Characters of a key."""

_MOST_STEPS = 32
_LARGEST_DATA = 2**32 - 1
_LARGEST_NUMBER = 2**31 - 1
_ROOT = re.compile(r"[0-9]{1,20}(?=/|$)")


class Step(Protocol):
    """A way from a key to another."""

    def __call__(self, key: KeyWords) -> KeyWords: ...

    def __str__(self) -> str:
        """Return the step as a request has it."""
        ...


@dataclass(frozen=True)
class Split:
    """jax.random.split(key, number)[index]."""

    number: int
    index: int

    def __call__(self, key: KeyWords) -> KeyWords:
        return split(key, self.index)

    def __str__(self) -> str:
        return f"split({self.number})[{self.index}]"


@dataclass(frozen=True)
class FoldIn:
    """jax.random.fold_in(key, data)."""

    data: int

    def __call__(self, key: KeyWords) -> KeyWords:
        return fold_in(key, self.data)

    def __str__(self) -> str:
        return f"fold_in({self.data})"


@dataclass(frozen=True)
class StepForm:
    """How a step is written, and what reads it."""

    form: str
    """For people."""
    pattern: re.Pattern[str]
    read: Callable[[re.Match[str]], Step]
    """Raises ValueError where the numbers make no step."""


def _split(found: re.Match[str]) -> Step:
    number, index = int(found[1]), int(found[2])
    if not 1 <= number <= _LARGEST_NUMBER:
        raise ValueError(f"split({number}): the number of keys is 1 to {_LARGEST_NUMBER}")
    if index >= number:
        raise ValueError(f"split({number})[{index}]: of {number} keys the last is [{number - 1}]")
    return Split(number, index)


def _fold_in(found: re.Match[str]) -> Step:
    return FoldIn(data_of_32_bits(f"fold_in({found[1]})", found[1]))


def data_of_32_bits(step: str, digits: str) -> int:
    """Return what is folded into a key. Raises ValueError where it has more than 32 bits."""
    if int(digits) > _LARGEST_DATA:
        raise ValueError(f"{step}: what is folded in is 0 to {_LARGEST_DATA}")
    return int(digits)


JAX_STEPS = (
    StepForm("split(number)[index]", re.compile(r"split\(([0-9]{1,20})\)\[([0-9]{1,20})\]"), _split),
    StepForm("fold_in(data)", re.compile(r"fold_in\(([0-9]{1,20})\)"), _fold_in),
)
"""What `jax.random` makes keys by."""


@dataclass(frozen=True)
class KeyPath:
    """A key as a request has it."""

    seed: int | None
    """None where the request's `seed` is meant."""
    steps: tuple[Step, ...]

    def key(self, key: KeyWords) -> KeyWords:
        """Return the key that the steps lead to."""
        for step in self.steps:
            key = step(key)
        return key

    @property
    def text(self) -> str:
        """The steps as a canonical URL has them."""
        return "/".join(map(str, self.steps))


@functools.lru_cache(maxsize=1024)
def read_key_path(text: str, forms: tuple[StepForm, ...], elsewhere: tuple[tuple[str, str], ...] = ()) -> KeyPath:
    """Return the key of a text.

    `elsewhere` says of the beginnings of steps that another stream has which one that is. Raises ValueError.
    """
    root = _ROOT.match(text)
    seed = None if root is None else int(root[0])
    if seed is not None and seed > LARGEST_SEED:
        raise ValueError(f"begins with a seed, 0 to {LARGEST_SEED}")
    rest = text if root is None else text[root.end() + 1 :]
    steps: list[Step] = []
    while rest:
        found = next(((form, match) for form in forms if (match := form.pattern.match(rest)) is not None), None)
        if found is None:
            raise ValueError(_unread(rest, forms, dict(elsewhere)))
        form, match = found
        after = rest[match.end() :]
        if after and (after[0] != "/" or after == "/"):
            raise ValueError(f"{after[:48]!r} follows {match[0]!r}; between steps stands /")
        steps.append(form.read(match))
        rest = after[1:]
    if len(steps) > _MOST_STEPS:
        raise ValueError(f"has {len(steps)} steps; at most {_MOST_STEPS} are taken")
    return KeyPath(seed, tuple(steps))


def _unread(rest: str, forms: tuple[StepForm, ...], elsewhere: Mapping[str, str]) -> str:
    other = next((stream for beginning, stream in elsewhere.items() if rest.startswith(beginning)), None)
    known = " or ".join(form.form for form in forms)
    hint = "" if other is None else f"; that is a step of stream={other}"
    return f"{rest[:48]!r} is no step; a key is a seed and steps after it, with / between: {known}{hint}"
