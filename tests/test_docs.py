from scripts.write_schemes import page
from tests.conftest import ROOT


def test_the_page_of_initializers_is_what_the_catalogue_says():
    """`make docs` writes it."""
    assert (ROOT / "docs" / "initializers.md").read_text() == page()
