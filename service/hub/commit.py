"""A commit: 40 hexadecimal digits from which all files follow, with nothing stored.

1   how models become files, version 1
4   the dtype of the tensors, by its place in `_DTYPES`
01  the version of the random stream
20  digits of the digest of the model
16  digits of the seed
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_DTYPES = ("", "float32", "float64", "float16", "bfloat16", "float8_e4m3fn", "float8_e5m2")
"""A place here is for ever; at most 16."""

_FORM, _STREAM = "1", "01"

DIGEST_DIGITS = 20

_COMMIT = re.compile(rf"{_FORM}([0-9a-f]){_STREAM}([0-9a-f]{{{DIGEST_DIGITS}}})([0-9a-f]{{16}})")

DTYPES = _DTYPES[1:]
"""In which a model's tensors can be had."""


@dataclass(frozen=True)
class Commit:
    """A model and a draw of its tensors."""

    dtype: str
    digest: str
    """That of the model in this dtype."""
    seed: int

    def __str__(self) -> str:
        return f"{_FORM}{_DTYPES.index(self.dtype):x}{_STREAM}{self.digest}{self.seed:016x}"


def read_commit(text: str) -> Commit | None:
    """Return the commit that a text is; None where it is none."""
    match = _COMMIT.fullmatch(text)
    if match is None or not 0 < (place := int(match[1], 16)) < len(_DTYPES):
        return None
    return Commit(_DTYPES[place], match[2], int(match[3], 16))
