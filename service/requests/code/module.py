"""A module of a network as code makes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, eq=False)
class Module:
    """A module of a network as it is written: a call, or the name of a function."""

    name: str
    """Where it is in what was pasted: its number, or the name that it is given."""
    text: str
    sequence: str | None = None
    """The path of the nn.Sequential that it is in; None of one of which nobody says what follows it."""
    said: Mapping[str, object] = field(default_factory=dict)
    """What the code around it says of it: the activation after it, a residual branch."""
    takes: tuple[str, ...] | None = None
    """The names of the layers whose outputs it takes, none where that is the input; None where no code says it."""
    unread: str | None = None
    """What the code does after it that is not understood; None where all is."""

    @property
    def word(self) -> str:
        """What it is called, without the arguments of its call."""
        return head_of(self.text)


def head_of(text: str) -> str:
    """Return what is called, without the arguments of the call."""
    return text.partition("(")[0].strip()
