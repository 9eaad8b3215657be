"""A page of plain text in labelled sections, made to fit a number of lines of a terminal."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

WIDTH = 80
"""Characters of a line, but for commands, which are not broken."""

_LABEL = 11
"""Characters of a line before the text."""

_SENTENCE = re.compile(r"(?<=;) |(?<=[.!?)]) (?=[A-Z])")
"""Between what can be told without what follows it."""


@dataclass
class Section:
    """A label, and what is told under it: lines as they are, then sentences, which fill lines."""

    label: str
    sentences: list[str] = field(default_factory=list)
    lines: Sequence[str] = ()
    least: int = 1
    """The number of sentences that are told as long as there is room for one of each section."""
    is_optional: bool = False
    """Whether the section may be left out whole where there is not."""
    on_left_out: str = ""
    """What is told in place of those that are not, with their number as {}."""
    first: int | None = None
    """The number of sentences that are about one thing, with which another section may share them; None for all."""

    @classmethod
    def of(cls, label: str, texts: Iterable[str], *, is_optional: bool = False, on_left_out: str = "") -> Section:
        """Return a section that tells texts of one sentence or several."""
        sentences = [sentence for text in texts for sentence in _sentences(text)]
        return cls(label, sentences, is_optional=is_optional, on_left_out=on_left_out)

    def rendered(self, told: int) -> list[str]:
        """Return the lines with the first `told` of the sentences."""
        sentences, left_out = self.sentences[:told], len(self.sentences) - told
        if left_out:
            sentences = [*sentences[:-1], *(f"{last.rstrip(';.')}." for last in sentences[-1:])]
            if self.on_left_out:
                sentences.append(self.on_left_out.format(left_out))
        lines = [*map(_printable, self.lines), *filled(_printable(" ".join(sentences)), WIDTH - _LABEL)]
        labels = [self.label, *[""] * len(lines)]
        return [f"{label:{_LABEL}}{line}" for label, line in zip(labels, lines, strict=False)]


def _printable(text: str) -> str:
    """Return a text in which nothing can move a terminal's cursor or begin a line, as a name that is told might."""
    return text if text.isprintable() else "".join(letter if letter.isprintable() else "\ufffd" for letter in text)


@functools.lru_cache(maxsize=1024)
def _sentences(text: str) -> list[str]:
    return _SENTENCE.split(ended(text))


def fitted(sections: Sequence[Section], most: int, first_to_go: Sequence[str]) -> list[str]:
    """Return the lines of sections, at most `most` of them where commands leave room.

    Sentences are left out from the end of the sections that `first_to_go` labels, in that order, then sections, and
    then what is left is cut short.
    """
    lines = [section.rendered(len(section.sentences)) for section in sections]
    excess = sum(map(len, lines)) - most
    order = [index for label in first_to_go for index, section in enumerate(sections) if section.label == label]
    for index in order:
        told, section = len(sections[index].sentences), sections[index]
        while excess > 0 and told > section.least:
            told -= 1
            excess -= len(lines[index])
            lines[index] = section.rendered(told)
            excess += len(lines[index])
    for index in order:
        if excess > 0 and sections[index].is_optional:
            excess -= len(lines[index])
            lines[index] = []
    for index in order:
        while excess > 0 and len(lines[index]) > 1:
            del lines[index][-1]
            lines[index][-1] = f"{lines[index][-1][: WIDTH - 2].rstrip(' ,;:.')} …"
            excess -= 1
    return [line for section in lines for line in section]


def filled(text: str, width: int) -> list[str]:
    """Return the words of a text in lines of at most `width` characters, but for words that are longer."""
    lines, start = [], 0
    while len(text) - start > width:
        end = text.rfind(" ", start, start + width + 1)
        if end < start:
            end = text.find(" ", start)
        if end < 0:
            break
        lines.append(text[start:end])
        start = end + 1
    return [*lines, text[start:]] if text else []


def ended(text: str) -> str:
    """Return a sentence with a capital letter at its beginning and a full stop at its end."""
    begun = text[:1].upper() + text[1:] if text[:1].isascii() and text.split(" ", 1)[0].isalpha() else text
    return begun if begun.endswith((".", "!", "?")) else f"{begun}."
