"""Which axes of a stored tensor are out, in, kernel and stack, by a pattern of letters that covers its ranks."""

from __future__ import annotations

import functools
import re

from service.tensors.errors import InvalidParameter

_PATTERN = re.compile(r"([oiks]*?)(?:([oiks])([*+]))?([oiks]*)")
_EQUATION = re.compile(r"([A-Za-z.]*),([A-Za-z]+)->([A-Za-z.]*)")
_WORDS = {"o": "out", "i": "in", "k": "kernel", "s": "stack"}


@functools.lru_cache(maxsize=1024)
def letters(pattern: str, rank: int) -> str | None:
    """Return a letter for each of `rank` axes; None where a pattern has no tensor of that rank.

    A pattern has a letter for each axis: o out, i in, k kernel, s a stack of independent copies. One letter may be
    followed by +, so often as the rank asks for but at least once, or by *, where it may be missing. Of several
    patterns, with spaces between them, the first that fits holds: `s*oi`, `oik+`, `io iio+`.
    """
    for alternative in pattern.split():
        found = _PATTERN.fullmatch(alternative)
        assert found is not None, pattern
        before, repeated, sign, after = found.groups()
        count = rank - len(before) - len(after)
        if (repeated is None and count == 0) or (repeated is not None and count >= (sign == "+")):
            return before + (repeated or "") * count + after
    return None


def in_words(axes: str) -> str:
    """Return axes, or a pattern of them, for people: (out, in, kernel, kernel)."""
    return " or ".join(f"({_pattern_in_words(alternative)})" for alternative in axes.split())


def _pattern_in_words(pattern: str) -> str:
    found = _PATTERN.fullmatch(pattern)
    assert found is not None, pattern
    before, repeated, sign, after = found.groups()
    many = [] if repeated is None else [f"{_WORDS[repeated]}{' axes' if sign == '+' else ' axes, if any'}"]
    return ", ".join((*(_WORDS[axis] for axis in before), *many, *(_WORDS[axis] for axis in after)))


def letters_of_equation(equation: str) -> str:
    """Return a letter for each axis of the kernel of an einsum equation of an input, a kernel and an output.

    An axis of the kernel that the input and the output have is a stack, that of the output alone out, that of the
    input alone in. Raises InvalidParameter.
    """
    found = _EQUATION.fullmatch(equation)
    if found is None or not set(found[2]) <= {*found[1], *found[3]}:
        raise InvalidParameter(
            "equation", "must be an einsum equation of an input, a kernel and an output, such as abc,cd->abd"
        )
    of_input, kernel, of_output = found.groups()
    return "".join("i" if axis not in of_output else "s" if axis in of_input else "o" for axis in kernel)


def bare_equation(equation: str) -> str:
    """Return an einsum equation of a kernel without spaces. Raises InvalidParameter, which Pydantic understands."""
    bare = equation.replace(" ", "")
    letters_of_equation(bare)
    return bare
