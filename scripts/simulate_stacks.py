"""Draw the stacks of `scripts/stacks/cases.py`, and compare them with what `/advise` says of them.

    python -m scripts.simulate_stacks [--draws PART] [--write]

Takes three minutes on one core, half as long with `--draws 0.5`, as the page's were made. Fails where an interval holds
fewer draws than its validity promises. `--write` puts the table into docs/evidence.md instead of printing it.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Iterator
from pathlib import Path

from scripts.stacks.cases import CASES, Case
from scripts.stacks.comparison import Comparison, compare
from scripts.write_tables import replaced

PAGE = Path(__file__).parents[1] / "docs" / "evidence.md"

HEAD = (
    "stack", "validity", "forward: told", "drawn", "interval", "draws in it", "backward: told", "drawn", "interval",
    "draws in it",
)  # fmt: skip


def table(comparisons: list[tuple[Case, Comparison]]) -> str:
    """Return the rows, in Markdown."""
    rows = (
        (case.title, found.level, *(cell for each in found.directions for cell in _cells(*each)))
        for case, found in comparisons
    )
    lines = [HEAD, ("---",) * len(HEAD), *rows]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def _cells(told: float, drawn: float, interval: tuple[float, float] | None, share: float | None) -> tuple[str, ...]:
    mean = f"{drawn:.3g}" if math.isfinite(drawn) else "–"
    if interval is None or share is None:
        return f"{told:.3g}", mean, "–", "–"
    return f"{told:.3g}", mean, f"{interval[0]:.2g} … {interval[1]:.2g}", f"{100 * share:.0f} %"


def broken(comparisons: list[tuple[Case, Comparison]]) -> Iterator[str]:
    """Yield the stacks of which an interval holds fewer draws than its validity promises."""
    for case, found in comparisons:
        if not found.holds():
            yield f"{case.title}: {found}"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m scripts.simulate_stacks")
    parser.add_argument("--draws", type=float, default=1.0, help="the part of the draws that are taken")
    parser.add_argument("--write", action="store_true", help=f"write the table of {PAGE.name}")
    arguments = parser.parse_args()
    comparisons = [(case, compare(case, max(int(case.draws * arguments.draws), 2))) for case in CASES]
    if arguments.write:
        page = replaced(PAGE.read_text(encoding="utf-8"), {"stacks": lambda: table(comparisons)})
        PAGE.write_text(page, encoding="utf-8")
    else:
        sys.stdout.write(table(comparisons))
    failures = list(broken(comparisons))
    sys.stderr.write("".join(f"{line}\n" for line in failures))
    return int(bool(failures))


if __name__ == "__main__":
    sys.exit(main())
