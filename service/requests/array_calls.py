"""Arrays as NumPy's users make them: np.random.randn(784, 256) * 0.01, torch.zeros(2, 3), np.eye(4)."""

from __future__ import annotations

import re
from contextlib import suppress

from service.requests.calls import LONGEST, WrittenCall, read_call
from service.requests.expressions import evaluate

_NORMAL = frozenset(("randn", "standard_normal"))
_BY_SIZES = _NORMAL | {"rand", "zeros", "ones", "random_sample"}
"""Functions whose arguments are the sizes of the axes, or one list of them."""
_SQUARE = frozenset(("eye", "identity"))
_SIZES = re.compile(r"[(\[]?\s*([0-9]+(?:\s*,\s*[0-9]+)*)\s*,?\s*[)\]]?")
_SCALED = (
    (re.compile(r"(?P<array>.*[\w)])\s*\*\s*(?P<factor>[^*]+)", re.DOTALL), "0*{}"),
    (re.compile(r"(?P<factor>[^*]+?)\s*\*\s*(?P<array>[A-Za-z].*)", re.DOTALL), "{}*0"),
)
"""An array with its factor; and what a factor is 0 in, where a sum, of which another term is left, is none."""


def read_initializer_call(text: str) -> WrittenCall | None:
    """Return the call of an initializer, or of a function that makes an array, that a text is; None of what is none."""
    return read_array_call(text) or read_call(text)


def read_array_call(text: str) -> WrittenCall | None:
    """Return the initializer's call, with the shape and the std by their names, that makes the same law.

    None of what is no such array.
    """
    if not ("(" in text or "*" in text) or len(text) > LONGEST:
        return None
    made, factor = _scaled(text.strip())
    call = read_call(made) or (WrittenCall(made, ()) if factor is not None else None)
    last = "" if call is None else re.split(r"::|\.", call.name)[-1]
    if call is None or last not in _BY_SIZES | _SQUARE or any(name for name, _ in call.arguments):
        return None
    if factor is not None and last not in _NORMAL:
        return None
    sizes = _SIZES.fullmatch(",".join(value for _, value in call.arguments))
    if sizes is None and call.arguments and factor is None:
        return None
    arguments = [] if factor is None else [("std", repr(factor))]
    if sizes is not None:
        shape = f"{sizes[1]},{sizes[1]}" if last in _SQUARE and "," not in sizes[1] else sizes[1]
        arguments.append(("shape", f"[{shape}]"))
    return WrittenCall("randn" if last in _NORMAL else last, tuple(arguments))


def _scaled(text: str) -> tuple[str, float | None]:
    """Return what is scaled, and by which number; None where there is no factor."""
    for pattern, nothing in _SCALED:
        found = pattern.fullmatch(text)
        with suppress(ValueError):
            if found is not None and evaluate(nothing.format(found["factor"])) == 0.0:
                return found["array"].strip(), evaluate(found["factor"])
    return text, None
