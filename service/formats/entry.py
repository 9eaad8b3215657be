"""A tensor as the header of a file tells of it."""

from __future__ import annotations

from typing import NamedTuple

from service.tensors.dtypes import Dtype
from service.tensors.layout import Shape


class Unwritable(ValueError):
    """What a file of a format has no way to hold."""


class Entry(NamedTuple):
    """A tensor in a header."""

    name: str
    dtype: Dtype
    shape: Shape
    start: int
    """Where its elements begin, in bytes from the end of the header."""
    nbytes: int
