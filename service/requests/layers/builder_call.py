"""A layer as it is built in code: LinearConfig::new(784, 256).with_bias(false), DenseLayer.Builder().nIn(784)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from service.requests.code.brackets import depths
from service.requests.code.calls import LONGEST, WrittenCall, read_call

_LINK = re.compile(r"\s*\.?\s*([\w.:]+)\s*\(")
_NEW = re.compile(r"^new\s+")
_BUILDER = re.compile(r"(?:Config|Options)?(?:(?:::|\.)(?:new|builder|Builder))?$")
_SETTER = re.compile(r"^with_")
_FINISHING = frozenset(("build", "init", "initialize", "to", "cuda", "eval", "train"))
"""Methods that say nothing of the layer."""
_CONFIG = re.compile(r"Config(::|\.)new$")


def read_builder(text: str) -> WrittenCall | None:
    """Return the constructor's call that says what a builder with its setters does; None of what is no chain of calls.

    burn gives a convolution's channels as one list, DL4J's builder begins with the kernel, C++ has options of a class
    of their own. What the layer is applied to, Dense(64)(x), is left out.
    """
    links = list(_links(_NEW.sub("", text.strip()))) if len(text) <= LONGEST else []
    if not links:
        return None
    head, *setters = links
    name, arguments = _BUILDER.sub("", head.name), list(head.arguments)
    options = read_builder(arguments[0][1]) if len(arguments) == 1 and "Options(" in arguments[0][1] else None
    if options is not None:
        return WrittenCall(name, options.arguments)
    if _CONFIG.search(head.name) and arguments and arguments[0][1].startswith("["):
        arguments[:1] = [(None, size.strip()) for size in arguments[0][1].strip("[]").split(",")]
    elif head.name.endswith("Builder") and arguments and all(value.isdecimal() for _, value in arguments):
        arguments = [("kernel_size", f"[{','.join(value for _, value in arguments)}]")]
    elif head.name.endswith("Builder"):
        # DL4J's output layers begin with their loss.
        arguments = [(argument, value) for argument, value in arguments if argument is not None or value[:1].isdigit()]
    for setter in setters:
        values = [value for _, value in setter.arguments]
        if setter.name not in _FINISHING and values:
            text_of_values = values[0] if len(values) == 1 else f"[{','.join(values)}]"
            arguments.append((_SETTER.sub("", setter.name), text_of_values))
    return WrittenCall(name, tuple(arguments))


def _links(text: str) -> Iterator[WrittenCall]:
    """Yield the calls of a chain, or none where a text is no chain of calls."""
    calls: list[WrittenCall] = []
    while text:
        found = _LINK.match(text)
        end = None if found is None else _closing(text, found.end())
        call = None if end is None else read_call(text[:end].strip().removeprefix("."))
        if call is None or end is None:
            return
        calls.append(call)
        text = text[end:].strip()
        applied = _closing(text, 1) if text.startswith("(") else None
        text = text if applied is None else text[applied:].strip()
    yield from calls


def _closing(text: str, start: int) -> int | None:
    """Return where the bracket that was opened before `start` has been closed; None where it is not."""
    return next((place for place, depth in enumerate(depths(text[start:]), start + 1) if depth < 0), None)
