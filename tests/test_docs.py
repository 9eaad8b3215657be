"""`make docs` writes these pages."""

from scripts import write_rules, write_schemes
from tests.serving import ROOT


def test_the_page_of_initializers_is_what_the_catalogue_says():
    assert (ROOT / "docs" / "initializers.md").read_text() == write_schemes.page()


def test_the_page_of_rules_is_what_the_rules_say():
    assert (ROOT / "docs" / "advice.md").read_text() == write_rules.page()
