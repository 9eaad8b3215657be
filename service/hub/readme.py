"""The page that a repository shows its readers."""

from __future__ import annotations

from service.hub.revision import MAIN
from service.models.published import PublishedModel

README = "README.md"

_PAGE = """\
---
library_name: transformers
tags:
- random-weights
---

# {name}, with random weights

This is not {name}: nothing here was trained. It is a checkpoint of its architecture as it is before the first step of
training, {parameters:,} parameters in {dtype}, made by Fanin while it is downloaded. Names, shapes and initializers are
those of transformers.

A revision says the draw: `{main}` is seed 0, `seed-42` another, `seed-42.float16` the same in another dtype. A commit
stands for the same tensors for ever.
"""


def readme(name: str, model: PublishedModel, dtype: str) -> bytes:
    """Return the page of a model, in Markdown."""
    return _PAGE.format(name=name, parameters=model.parameters, dtype=dtype, main=MAIN).encode()
