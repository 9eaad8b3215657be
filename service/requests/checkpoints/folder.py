"""Manifests that an operator keeps in a folder, each under the name of its file."""

from __future__ import annotations

import stat
from collections.abc import Hashable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from service.models.published import PUBLISHED
from service.requests.body import has_lone_surrogates, parse_document
from service.requests.checkpoints.levels import within
from service.requests.faults import MalformedBody

SUFFIXES = (".json", ".yaml", ".yml")

_LONGEST_NAME = 200
"""Characters of a name: file systems have 255 bytes, the suffix included."""

_MOST_VALUES = 2**20
"""Objects and lists in a manifest, one that aliases repeat counted each time."""

_MOST_LEVELS = 64

_SECONDS_A_BYTE = {".json": 5e-8, ".yaml": 2e-6, ".yml": 2e-6}
"""Of processor time, about, that reading takes."""


class UnreadableManifest(Exception):
    """A file of the folder that is no manifest."""


@dataclass(frozen=True)
class KeptManifest:
    """A manifest of the folder; `version` is another when the file has changed."""

    path: Path
    version: Hashable
    nbytes: int
    """The size of the file."""

    @property
    def seconds(self) -> float:
        """Of processor time, about, that reading takes."""
        return self.nbytes * _SECONDS_A_BYTE[self.path.suffix]

    def read(self, limit: int) -> Any:
        """Return the document, of at most `limit` bytes, as JSON has it. Raises UnreadableManifest."""
        try:
            with self.path.open("rb") as file:
                text = file.read(limit + 1)
            if len(text) > limit:
                raise UnreadableManifest(f"it has more than {limit} bytes; FANIN_MAX_MANIFEST_BYTES allows more")
            return parse_document(text) if self.path.suffix == ".json" else _of_yaml(text)
        except yaml.MarkedYAMLError as error:
            # Its text repeats a part of the file.
            mark = error.problem_mark
            line = "" if mark is None else f"line {mark.line + 1}: "
            raise UnreadableManifest(f"{line}{error.problem}") from error
        except RecursionError as error:
            raise UnreadableManifest("it is nested too deeply") from error
        except OSError as error:
            raise UnreadableManifest(error.strerror) from error
        except (MalformedBody, ValueError, yaml.YAMLError) as error:
            raise UnreadableManifest(str(error).partition("\n")[0]) from error


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """Reads YAML whose mappings have each key once."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> Any:
        """Return the mapping of a node. Raises ConstructorError."""
        keys = [key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode)]
        twice = next((key for key in dict.fromkeys(keys) if keys.count(key) > 1), None) if _repeats(keys) else None
        if twice is not None:
            raise yaml.constructor.ConstructorError(None, None, f"{twice!r} is given more than once", node.start_mark)
        return super().construct_mapping(node, deep)


def _repeats(keys: list[str]) -> bool:
    return len(set(keys)) < len(keys)


def _of_yaml(text: bytes) -> Any:
    """Return the document of a YAML text. Raises ValueError and yaml.YAMLError."""
    document = yaml.load(text, _Loader)  # noqa: S506 (a safe one)
    level, count = [document], 0
    for _ in range(_MOST_LEVELS):
        for item in level:
            _check_plain(item)
        level = within(level)
        count += len(level)
        if not level:
            return document
        if count > _MOST_VALUES:
            raise ValueError("its aliases stand for too much")
    raise ValueError("it is nested too deeply")


def _check_plain(item: Any) -> None:
    """Raise ValueError for what JSON has not, in an object or a list."""
    if isinstance(item, dict) and not all(isinstance(key, str) for key in item):
        raise ValueError("a key is no text: put it in quotes")
    for value in item.values() if isinstance(item, dict) else item if isinstance(item, list) else ():
        if not isinstance(value, str | int | float | list | dict | None):
            raise ValueError(f"{value!r} is no value of JSON: put it in quotes"[:200])  # noqa: TRY004 (of a text)
        if isinstance(value, float) and value - value != 0:
            raise ValueError(f"{value} is no number of JSON")
    texts = [*item, *(v for v in item.values() if isinstance(v, str))] if isinstance(item, dict) else item
    if isinstance(item, dict | list) and has_lone_surrogates([text for text in texts if isinstance(text, str)]):
        raise ValueError("a text has a lone surrogate, which is not a character")


@dataclass(frozen=True)
class ManifestFolder:
    """A folder of manifests, as it is when it is asked.

    The name of a published model is that model's at every server: a file that is called so is not seen.
    """

    path: Path | None

    def may_have(self, name: str) -> bool:
        """Return whether a file may have a name; nothing is looked at."""
        # A name with a slash or a point before it would leave the folder.
        is_plain = not name.startswith(".") and not any(letter in name for letter in "/\\\0")
        is_free = name not in PUBLISHED and len(name) <= _LONGEST_NAME
        return self.path is not None and is_plain and is_free

    def names(self) -> list[str]:
        """Return the names of the manifests."""
        if self.path is None:
            return []
        try:
            found = {file.stem for file in self.path.iterdir() if file.suffix in SUFFIXES}
        except OSError:
            return []
        return sorted(name for name in found if self.find(name) is not None)

    def find(self, name: str) -> KeptManifest | None:
        """Return the manifest called so; None where there is none, or where it is a link that leaves the folder."""
        if self.path is None or not self.may_have(name):
            return None
        for suffix in SUFFIXES:
            try:
                path = (self.path / f"{name}{suffix}").resolve(strict=True)
                found = path.stat()
                is_inside = path.is_relative_to(self.path.resolve())
            except (OSError, ValueError, RuntimeError):
                continue
            if is_inside and stat.S_ISREG(found.st_mode):
                return KeptManifest(path, (str(path), found.st_mtime_ns, found.st_size, found.st_ino), found.st_size)
        return None
