"""The streams that `stream=` chooses from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from service.streams.philox import self_test as philox_self_test
from service.streams.philox.stack import PhiloxStack
from service.streams.philox.stream import PhiloxStream
from service.streams.stream import ElementStream, Stream


@dataclass(frozen=True)
class StreamVersion:
    """A way from a seed and a name to random elements, whose bits never change."""

    name: str
    """What stands as `stream` in canonical URLs."""
    open: Callable[[int, str], Stream]
    """Returns the stream of one tensor, from a seed (0 ... `LARGEST_SEED`) and the tensor's name."""
    stack: Callable[[int, tuple[str, ...], int], ElementStream]
    """Returns those of several tensors end to end, from a seed, their names, and the elements that each has."""
    passes_self_test: Callable[[], bool]
    """Returns, in some milliseconds, whether this process makes the promised bits."""
    aliases: tuple[str, ...] = ()
    """Other names in a request."""


VERSIONS = (StreamVersion("1", PhiloxStream, PhiloxStack, philox_self_test.reproduces_digest),)
"""Every stream, the default first."""

STREAMS: dict[str, StreamVersion] = {name: version for version in VERSIONS for name in (version.name, *version.aliases)}
"""By every name."""

DEFAULT_STREAM = VERSIONS[0]
