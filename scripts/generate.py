"""Write the files that the code determines, or with `--check` say which of them are not what it determines.

    python -m scripts.generate [--check] [PATH ...]

`--check` also compares the test vectors, which are never written here: a changed vector breaks the promise of bits.
"""

from __future__ import annotations

import argparse
import difflib
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

from scripts import write_openapi, write_rules, write_schemes, write_spellings, write_tables, write_vectors

ROOT = Path(__file__).parents[1]

FILES: dict[str, Callable[[], str]] = {
    "openapi/openapi.json": write_openapi.page,
    "docs/initializers.md": write_schemes.page,
    "docs/advice.md": write_rules.page,
    "docs/spellings.md": write_spellings.page,
}
"""Files that are written whole."""

TABLES: dict[str, dict[str, Callable[[], str]]] = {
    "docs/operations.md": {"settings": write_tables.settings},
    "docs/advising.md": {"judgements": write_tables.judgements},
    "docs/requests.md": {"formats": write_tables.formats, "problem types": write_tables.problem_types},
    "docs/checkpoints.md": {"by name": write_tables.by_name},
    "docs/models.md": {
        "recipes": write_tables.recipes,
        "published models": write_tables.published_models,
        "tiny models": write_tables.tiny_models,
        "families": write_tables.families,
    },
    "docker-compose.yml": {"settings": write_tables.compose_environment},
}
"""Files that are written by hand but for some tables."""

PINNED: dict[str, Callable[[], str]] = {"service/streams/philox/vectors.json": write_vectors.page}
"""Files that are compared and not written."""


def text(path: str) -> str:
    """Return what the file should hold."""
    if path in TABLES:
        return write_tables.replaced(_present(path), TABLES[path])
    return (FILES | PINNED)[path]()


def _present(path: str) -> str:
    file = ROOT / path
    return file.read_text(encoding="utf-8") if file.exists() else ""


def difference(path: str) -> str:
    """Return the lines that differ between the file and what it should hold; none when it is as it should be."""
    lines = difflib.unified_diff(
        _present(path).splitlines(), text(path).splitlines(), path, "what the code says", lineterm="", n=1
    )
    return "\n".join(lines)


def write(path: str) -> None:
    file = ROOT / path
    whole = text(path)
    file.parent.mkdir(parents=True, exist_ok=True)
    beside = file.with_name(f"{file.name}.new")
    beside.write_text(whole, encoding="utf-8")
    beside.replace(file)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m scripts.generate")
    parser.add_argument("--check", action="store_true", help="write nothing; fail when a file is not current")
    parser.add_argument("paths", nargs="*", metavar="PATH", help="by default all")
    arguments = parser.parse_args()
    written = [*FILES, *TABLES]
    if not arguments.check:
        for path in arguments.paths or written:
            write(path)
        return 0
    differences = filter(None, map(difference, arguments.paths or [*written, *PINNED]))
    stale = False
    for shown in map(partial(_shortened, lines=20), differences):
        stale = True
        sys.stderr.write(f"{shown}\n\n")
    if stale:
        sys.stderr.write("These files are not what the code says; `make docs` writes them, all but the test vectors.\n")
    return int(stale)


def _shortened(shown: str, lines: int) -> str:
    kept = shown.splitlines()
    return "\n".join(kept[:lines] + ["…"] * (len(kept) > lines))


if __name__ == "__main__":
    sys.exit(main())
