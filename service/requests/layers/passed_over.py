"""What is told of the lines of a list of layers that are passed over."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class UnknownLine:
    """A line of code of which nobody knows what layer it makes."""

    text: str
    names: list[str]
    """Those of all that are alike."""
    why: str

    def warning(self) -> str:
        """Return what to say of it."""
        others = f" and {len(self.names) - 1} more" if self.names[1:] else ""
        return (
            f"{self.names[0]}{others}: {shown(self.text)} {self.why}; it is passed over, so that weights which it "
            "has are missing here, and the layers after it may have other widths than those that are told."
        )


def sums_warning(names: list[str]) -> str:
    """Return what to say of additions in a list, which does not say where their branches begin."""
    listed = ", ".join(names[:MOST_TOLD]) + (", ..." if names[MOST_TOLD:] else "")
    return (
        f"{listed}: what is added there, and where that branch begins, the list does not say, so that its layers count "
        "as one after another: give residual=true with the layers of each branch, or the code that uses them."
    )


def shown(text: str) -> str:
    """Return code as a sentence shows it, on one line and not too long."""
    line = " ".join(text.split())
    return line if len(line) <= LONGEST_SHOWN else f"{line[:LONGEST_SHOWN]}..."


LONGEST_SHOWN = 64
"""Characters of a line that a sentence shows."""
MOST_TOLD = 16
"""Lines that are passed over, of which a sentence each is told."""
