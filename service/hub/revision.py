"""A revision: words that say the draw, or a commit."""

from __future__ import annotations

import re
from typing import NamedTuple

from service.hub.commit import DTYPES, read_commit
from service.hub.errors import RevisionNotFound

MAIN = "main"

_WORDS = re.compile(rf"(?:{MAIN}|HEAD|seed[-=](?P<seed>[0-9]{{1,20}}))(?:\.(?P<dtype>[a-z0-9_]+))?")
_LONGEST_SHOWN = 64
_FORMS = f"a revision is {MAIN}, seed-42, seed-42.float16, or a commit of 40 hexadecimal digits"


class Draw(NamedTuple):
    """What a revision says."""

    seed: int
    dtype: str | None
    """That of the tensors; None for the model's own."""
    digest: str | None = None
    """That of the model, which a commit has and words have not."""

    @property
    def is_fixed(self) -> bool:
        """Whether it stands for the same files for ever."""
        return self.digest is not None


def read_revision(text: str) -> Draw:
    """Return what a revision says. Raises RevisionNotFound."""
    commit = read_commit(text)
    if commit is not None:
        return Draw(commit.seed, commit.dtype, commit.digest)
    shown = f"no revision is called {text[:_LONGEST_SHOWN]!r}"
    match = _WORDS.fullmatch(text)
    if match is None:
        raise RevisionNotFound(f"{shown}: {_FORMS}")
    seed, dtype = int(match["seed"] or 0), match["dtype"]
    if seed >= 2**64:
        raise RevisionNotFound(f"{shown}: a seed is below 2^64")
    if dtype is not None and dtype not in DTYPES:
        raise RevisionNotFound(f"{shown}: a dtype is one of {', '.join(DTYPES)}")
    return Draw(seed, dtype)
