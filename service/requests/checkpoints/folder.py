"""Manifests that an operator keeps in a folder, each under the name of its file."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

SUFFIXES = (".json", ".yaml", ".yml")


class UnreadableManifest(Exception):
    """A file of the folder that is no manifest."""


@dataclass(frozen=True)
class KeptManifest:
    """A manifest of the folder; `version` is another when the file has changed."""

    path: Path
    version: tuple[int, int]

    @property
    def nbytes(self) -> int:
        """The size of the file."""
        return self.version[1]

    def read(self) -> Any:
        """Return the document. Raises UnreadableManifest."""
        try:
            text = self.path.read_text(encoding="utf-8")
            return json.loads(text) if self.path.suffix == ".json" else yaml.safe_load(text)
        except (OSError, ValueError, yaml.YAMLError) as error:
            raise UnreadableManifest(f"{self.path.name}: {error}") from error


@dataclass(frozen=True)
class ManifestFolder:
    """A folder of manifests, as it is when it is asked."""

    path: Path | None

    def names(self) -> list[str]:
        """Return the names of the manifests."""
        if self.path is None:
            return []
        try:
            found = [file.stem for file in self.path.iterdir() if file.suffix in SUFFIXES and file.is_file()]
        except OSError:
            return []
        return sorted(set(found))

    def find(self, name: str) -> KeptManifest | None:
        """Return the manifest called so; None where there is none."""
        # A name with a slash or a point before it would leave the folder.
        if self.path is None or "/" in name or "\\" in name or "\0" in name or name.startswith("."):
            return None
        for suffix in SUFFIXES:
            path = self.path / f"{name}{suffix}"
            try:
                found = path.stat()
            except (OSError, ValueError):
                continue
            return KeptManifest(path, (found.st_mtime_ns, found.st_size))
        return None
