"""The pages: requests print what is shown, links lead somewhere, generated files are current."""

from __future__ import annotations

import re
import subprocess

import pytest

from scripts import generate, write_tables
from tests.programs import program
from tests.serving import ROOT

README = ROOT / "README.md"
PAGES = [
    README,
    ROOT / "CONTRIBUTING.md",
    ROOT / "CHANGELOG.md",
    ROOT / "examples" / "README.md",
    *sorted((ROOT / "docs").glob("*.md")),
]
CONSOLE = re.compile(r"^```console\n\$ (?P<command>.+?)\n(?P<output>.*?)^```$", re.MULTILINE | re.DOTALL)
EXAMPLES = [
    pytest.param(match["command"], match["output"], id=f"{page.relative_to(ROOT)}: {match['command'][:60]}")
    for page in PAGES
    for match in CONSOLE.finditer(page.read_text())
]


def test_the_readme_shows_six_requests_and_two_models_on_one_page():
    text = README.read_text()
    assert len(CONSOLE.findall(text)) == 8
    assert len(text.splitlines()) <= 150


def test_every_request_that_a_page_shows_is_run_here():
    without_output = [CONSOLE.sub(r"$ \g<command>", page.read_text()) for page in PAGES]
    shown = [line for text in without_output for line in text.splitlines() if re.match(r"(\$ )?curl ", line.strip())]
    assert len(shown) == len(EXAMPLES)


@pytest.mark.parametrize(("command", "output"), EXAMPLES)
def test_request_prints_what_the_page_says(server, tmp_path, command, output):
    program("curl")
    host = server.removeprefix("http://")
    here = command.replace("localhost:8000", host)
    printed = subprocess.run(["bash", "-c", here], cwd=tmp_path, capture_output=True, check=True).stdout.decode()
    assert printed.replace("\r", "").replace(host, "localhost:8000").rstrip("\n") == output.rstrip("\n")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_to_files_and_headings(page):
    for link in re.findall(r"\]\(([^)\s]+)\)", page.read_text()):
        path, _, heading = link.partition("#")
        if "://" in link:
            continue
        target = page.parent / path if path else page
        assert target.exists(), link
        assert not heading or heading in _anchors(target.read_text()), link


def _anchors(text):
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.slow
@pytest.mark.parametrize("path", [*generate.FILES, *generate.TABLES])
def test_what_the_code_determines_is_current(path):
    """`make docs` writes these files."""
    assert generate.difference(path) == ""


def test_the_guide_opens_with_schemes_and_choices_that_each_have_a_request():
    page = (ROOT / "docs" / "advice.md").read_text()
    schemes, choices = (
        page.split(f"## {title}\n")[1].split("\n## ")[0] for title in ("Seven schemes", "How to choose")
    )

    assert page.index("## Seven schemes") < page.index("## How to choose") < page.index("## All rules")
    for part, count in ((schemes, 7), (choices, 8)):
        headed = part.split("\n### ")[1:]
        assert len(headed) == count
        assert all(len(CONSOLE.findall(text)) == 1 for text in headed)


def test_a_table_is_written_between_its_marks():
    text = "before\n# begin numbers: written\nold\n# end numbers\nafter\n"

    assert write_tables.replaced(text, {"numbers": lambda: "1\n2\n"}) == (
        "before\n# begin numbers: written\n1\n2\n# end numbers\nafter\n"
    )


def test_a_file_without_the_marks_is_an_error():
    with pytest.raises(ValueError, match="begin numbers"):
        write_tables.replaced("before\n", {"numbers": str})
