"""Long work that ends when nobody waits for its result any more."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from threading import Event

_LOOK_SECONDS = 0.1
"""How often one that waits for another thread looks whether its result is still wanted."""

_UNWANTED: ContextVar[Event | None] = ContextVar("unwanted", default=None)


class Interrupted(Exception):
    """Nobody waits for the result."""


@contextmanager
def interruptible(unwanted: Event) -> Iterator[None]:
    """Let the work that this thread does in the context end once the event is set."""
    token = _UNWANTED.set(unwanted)
    try:
        yield
    finally:
        _UNWANTED.reset(token)


def interruption() -> Callable[[], None]:
    """Return what raises Interrupted, in any thread, once the work that this thread does is unwanted."""
    unwanted = _UNWANTED.get()

    def check() -> None:
        if unwanted is not None and unwanted.is_set():
            raise Interrupted

    return check


def wait(event: Event, check: Callable[[], None]) -> None:
    """Wait for what another thread sets. Raises what `check` does, for the other may have been given up unbegun."""
    while not event.wait(_LOOK_SECONDS):
        check()
