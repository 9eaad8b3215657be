"""The row of zeros that an embedding has for the padding token."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from service.initializers.initializer import Initialization, Target
from service.tensors.source import WholeSource
from service.tensors.spec import LARGEST_EXACT_INTEGER
from service.tensors.zero_row import row_of_padding, zero_row

PaddingIdx = Annotated[
    int | None,
    Field(
        ge=-LARGEST_EXACT_INTEGER,
        le=LARGEST_EXACT_INTEGER,
        description="Of an embedding (rows, width): the row that is zeros, that of the padding token; a negative one "
        "counts from the end.",
    ),
]


def padded(initialization: Initialization, padding_idx: int | None, target: Target) -> Initialization:
    """Return the same draws with zeros in the row of the padding token, if there is one. Raises InvalidParameter."""
    source = initialization.source
    if padding_idx is None or isinstance(source, WholeSource):
        return initialization
    row = row_of_padding(padding_idx, target.shape)
    facts = {**initialization.facts, "padding_idx": row}
    # The facts are those of the other rows; the elements have no longer one law.
    return initialization._replace(source=zero_row(source, row, target.shape), facts=facts, law=None)
