from __future__ import annotations

import pytest

from service.catalogue.catalogue import CATALOGUE
from service.frameworks.default_initializer import DefaultInitializer
from service.initializers.page import PAGES, Page, page, parse

TEXT = """\
+++
formula = \"\"\"
W = 1 where it is,
0 where it is not
\"\"\"
example = "shape=3"
references = ["he2015"]
+++

Ones
and zeros.

## When

Never.

## Traps

- Some have
  twos.
- *Others* - none.
"""


def test_every_scheme_has_a_page_and_every_page_a_scheme():
    schemes = {kind.name for kind in CATALOGUE if not issubclass(kind, DefaultInitializer)}

    assert {path.stem for path in PAGES.iterdir()} == schemes


def test_a_page_is_read_with_line_breaks_as_spaces():
    assert parse(TEXT) == Page(
        summary="Ones and zeros.",
        formula="W = 1 where it is, 0 where it is not",
        when="Never.",
        example="shape=3",
        traps=("Some have twos.", "*Others* - none."),
        references=("he2015",),
    )


def test_traps_and_references_can_be_none():
    text = TEXT[: TEXT.index("## Traps")].replace('references = ["he2015"]\n', "")

    assert (parse(text).traps, parse(text).references) == ((), ())


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("+++\n", "", "two lines of"),
        ("\n+++\n\nOnes", "\n\nOnes", "two lines of"),
        ('example = "shape=3"\n', "", "example"),
        ('example = "shape=3"', "example = 3", "example"),
        ('example = "shape=3"', 'example = "shape=3"\nsummary = "Ones."', "summary"),
        ('example = "shape=3"', 'example = " "', "example is missing"),
        ('example = "shape=3"', 'example = "shape=3', "at line 5"),
        ("he2015", "he1915", r"'he1915' is not in service/bibliography\.py"),
        ("Ones\nand zeros.", "", "the summary is missing"),
        ("Never.", "", "the section When is missing"),
        ("## When\n", "", "the section When is missing"),
        ("## Traps", "## Trap", "the section 'Trap' is not known"),
        ("## Traps", "## When", "twice"),
        ("- Some have\n  twos.\n- *Others* - none.\n", "", "is a list"),
        ("- Some", "Some", "is a list"),
        ("- Some have\n  twos.\n", "- \n", "the text of a trap is missing"),
    ],
)
def test_what_is_missing_or_unknown_on_a_page_is_said(old, new, message):
    with pytest.raises(ValueError, match=message):
        parse(TEXT.replace(old, new, 1))


def test_a_scheme_without_a_page_is_told_where_to_write_it():
    with pytest.raises(ValueError, match=r"write pages/he_abnormal\.md"):
        page("he_abnormal")
