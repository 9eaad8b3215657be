"""A check that this process makes the promised bits of every stream, quick enough for every start."""

from __future__ import annotations

from collections.abc import Callable

from service.streams.jax import self_test as jax_self_test
from service.streams.registry import VERSIONS
from service.streams.torch import self_test as torch_self_test


class SelfTestFailed(Exception):
    """The bits that this process makes are not those that the specification promises."""


OF_FRAMEWORKS: tuple[Callable[[], bool], ...] = (torch_self_test.reproduces_digest, jax_self_test.reproduces_digest)
"""Of the kernels of each framework's stream, whether they make its bits."""


def passes() -> bool:
    """Return whether the bits of every stream are those of its specification."""
    return all(version.passes_self_test() for version in VERSIONS) and all(passes() for passes in OF_FRAMEWORKS)
