"""Code with braces as lines of Python: Rust of burn and candle, C++, what MindSpore and burn print, DL4J's lists."""

from __future__ import annotations

import re
from collections.abc import Iterator

from service.requests.code.brackets import depths
from service.requests.code.statements import LONGEST

_BLOCK = re.compile(r"\{[ \t]*$", re.MULTILINE)
_TRIED = re.compile(r"^[ \t]*let\b[^\n]*\)\?;[ \t]*$", re.MULTILINE)
"""A line of Rust that hands an error on, as candle's layers want."""
_PYTHON = re.compile(r"^[ \t]*(?:def|class)\b[^\n{]*:[ \t]*$", re.MULTILINE)
_HEADER = re.compile(r"\b(?:impl|fn|struct|class|namespace|public|void)\b|^\w+[ \t]*$|\)\s*(?:const|override)?\s*$")
"""What stands before a brace that opens a block, and not a list or an object."""
_FUNCTION = re.compile(r"\bfn\s+(\w+)|(\w+)\s*\([^()]*\)\s*(?:const|override)?\s*$")
_FORWARD = re.compile(r"forward\w*|call|operator")
_PRINTED = re.compile(r"\w+<\s*\n")
"""How MindSpore prints a cell."""
_OBJECT = re.compile(r"(\w+)\s*\{([^{}\n]*)\}")
_FIELD = re.compile(r"^(?:let\s+(?:mut\s+)?|auto\s+|const\s+)?(?:this->|self\.)?(\w+)\s*(?:=|:(?!:))\s*(?=[\w:]+\()")
"""A variable, or the field of a struct, that a call makes."""
_PATH = re.compile(r"\b\w+(?:\.|\s*\.\s*)pp\(\s*(?:format!\()?\"([\w.]+)\"\s*\)|\b\w+\s*/\s*\"([\w.]+)\"")
"""The name of a layer's tensors in candle's and tch's stores: vs.pp("fc1"), vs / "fc1"."""
_LAYERS = re.compile(r"\.(?:layer|addLayer)\(\s*(?:[0-9]+\s*,|\"[\w-]*\"\s*,)?\s*(?=new\s)")
"""DL4J's lists of layers."""
_NOT_CODE = ("//", "#[", "#include", "use ", "import ", "package ", "Ok(", "Self ", "Self{", "return")
_NUMBERS = re.compile(r",?\s*\bparams:\s*[0-9_]+")
"""How many parameters a module has that burn prints."""


def as_python(code: str) -> str:
    """Return code with braces as statements of Python, one a line; other code as it is."""
    if len(code) > LONGEST:
        return code
    if _PRINTED.match(code.lstrip()):
        return code.translate(_ANGLES)
    if _LAYERS.search(code):
        return "\n".join(_listed(code))
    is_in_block = _BLOCK.search(code) is not None or _TRIED.search(code) is not None
    if not is_in_block or _PYTHON.search(code) is not None:
        return code
    lines = [*_lines(code)]
    return "\n".join(lines) if lines else code


_ANGLES = str.maketrans("<>", "()")


def _listed(code: str) -> Iterator[str]:
    """Yield the layers of a list that is built by calls."""
    for found in _LAYERS.finditer(code):
        inside = code[found.end() :]
        end = next((place for place, depth in enumerate(depths(inside)) if depth < 0), len(inside))
        yield " ".join(inside[:end].split())


def _lines(code: str) -> Iterator[str]:
    """Yield the statements that make layers; those of functions that use them are left out."""
    blocks: list[bool] = []
    for line in map(str.strip, code.split("\n")):
        closing = len(line) - len(line.lstrip("}"))
        del blocks[len(blocks) - min(closing, len(blocks)) :]
        text = line[closing:].strip(" );,") if closing else line
        is_used = bool(blocks) and blocks[-1]
        if text.endswith("{") and _HEADER.search(text[:-1].strip()):
            function = _FUNCTION.search(text[:-1].strip())
            name = "" if function is None else function[1] or function[2]
            blocks.append(is_used or _FORWARD.fullmatch(name) is not None)
        elif text and not is_used and not text.startswith(_NOT_CODE) and (made := _made(text)):
            yield made


def _made(line: str) -> str:
    """Return a statement that makes a layer; nothing of others."""
    line = _OBJECT.sub(lambda found: f"{found[1]}({_NUMBERS.sub('', found[2])})", line.rstrip(",;?"))
    found, path = _FIELD.match(line), _PATH.search(line)
    if found is None:
        return ""
    name = found[1] if path is None else path[1] or path[2]
    return f"{name} = {line[found.end() :].rstrip('?')}"
