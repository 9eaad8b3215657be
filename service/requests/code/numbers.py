"""The whole numbers to which code gives names: hidden = 4 * 64, def __init__(self, hidden: int = 256)."""

from __future__ import annotations

import re

from service.requests.code.expressions import evaluate

_ASSIGNMENT = re.compile(
    r"(?:(?:const|let|var|int|final|val)\s+(?:mut\s+)?)?((?:[A-Za-z_]\w*\.){0,4}[A-Za-z_]\w*)\s*(?::\s*[\w.]{1,32}\s*)?"
    r"=\s*([\w\s.+*/()-]{1,96})"
)
_DEFAULT = re.compile(r"\b([A-Za-z_]\w*)\s*(?::\s*[\w.\[\]| ]{1,48})?=\s*([0-9][0-9_]{0,12})\s*(?=[,)])")
_NAME = re.compile(r"(?<![\w.'\"])[A-Za-z_][\w.]*(?!\s*=(?!=))(?![\w(.'\"])")
_SELF = "self."
_MOST = 256
_LARGEST = 2**31


class CodeNumbers:
    """The numbers of names in code that has been read so far."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def take_defaults(self, function: str) -> None:
        """Read what a function's parameters are where nobody gives them."""
        for name, number in _DEFAULT.findall(function):
            self._give(name, int(number))

    def takes(self, statement: str) -> bool:
        """Return whether a statement gives a number to a name, or some to several; those that are whole are kept."""
        names, _, numbers = statement.partition("=")
        several = list(zip(names.split(","), numbers.split(","), strict=False))
        if len(several) > 1 and names.count(",") == numbers.count(","):
            taken = [self._takes_one(f"{name.strip()} = {number.strip()}") for name, number in several]
            return all(taken)
        return self._takes_one(statement.strip())

    def _takes_one(self, statement: str) -> bool:
        found = _ASSIGNMENT.fullmatch(statement)
        if found is None:
            return False
        try:
            number = evaluate(self.written_out(found[2]))
        except ValueError:
            return False
        if number.is_integer() and abs(number) <= _LARGEST:
            self._give(found[1], int(number))
        return True

    def _give(self, name: str, number: int) -> None:
        if len(self._numbers) < _MOST:
            self._numbers[name] = number

    def written_out(self, text: str) -> str:
        """Return code with numbers in the place of the names that have some."""
        return _NAME.sub(self._number, text) if self._numbers else text

    def _number(self, found: re.Match[str]) -> str:
        number = self._numbers.get(found[0], self._numbers.get(found[0].removeprefix(_SELF)))
        return found[0] if number is None else str(number)
