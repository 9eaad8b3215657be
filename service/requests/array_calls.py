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
_FACTOR_AFTER = re.compile(r"(.*[\w)])\s*\*\s*([^*]+)", re.DOTALL)
_FACTOR_BEFORE = re.compile(r"([^*]+?)\s*\*\s*([A-Za-z].*)", re.DOTALL)


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
    for pattern, own, factor in ((_FACTOR_AFTER, 1, 2), (_FACTOR_BEFORE, 2, 1)):
        found = pattern.fullmatch(text)
        if found is not None:
            with suppress(ValueError):
                # A sum in it would not be a factor: what is 0 times it is the other term.
                if evaluate(f"0*{found[factor]}" if factor == 2 else f"{found[factor]}*0") == 0.0:
                    return found[own].strip(), evaluate(found[factor])
    return text, None
