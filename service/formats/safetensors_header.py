"""The header of a safetensors file, of one tensor or of many.

https://github.com/huggingface/safetensors#format: its length in eight bytes, then JSON padded with spaces to a multiple
of eight.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import orjson

from service.formats.entry import Entry

MAX_HEADER_BYTES = 100_000_000
"""More the library does not read (`MAX_HEADER_SIZE` of its `tensor.rs`)."""

LOADER_FORMAT = "pt"
"""What transformers and Accelerate ask for in the metadata of a file that has any; the bytes are the same for all."""

_ALIGNMENT = 8
_LENGTH_BYTES = 8

_ENTRY_BYTES = 45
"""At least, of a tensor in a header, beside its name."""


class HeaderTooLarge(ValueError):
    """A header that no reader takes."""

    def __init__(self, nbytes: int) -> None:
        super().__init__(f"the header has {nbytes} bytes, and readers take at most {MAX_HEADER_BYTES}")
        self.nbytes = nbytes


def header(metadata: Mapping[str, str], entries: Sequence[Entry]) -> bytes:
    """Return what stands before the elements of `entries`. Raises HeaderTooLarge."""
    # To make one that nobody reads takes seconds.
    at_least = sum(len(entry.name.encode()) + _ENTRY_BYTES for entry in entries)
    if at_least > MAX_HEADER_BYTES:
        raise HeaderTooLarge(at_least)
    page: dict[str, object] = {"__metadata__": dict(sorted(metadata.items()))} if metadata else {}
    for entry in entries:
        offsets = (entry.start, entry.start + entry.nbytes)
        page[entry.name] = {"dtype": entry.dtype.safetensors_name, "shape": entry.shape, "data_offsets": offsets}
    text = orjson.dumps(page)
    text += b" " * (-len(text) % _ALIGNMENT)
    if len(text) > MAX_HEADER_BYTES:
        raise HeaderTooLarge(len(text))
    return len(text).to_bytes(_LENGTH_BYTES, "little") + text
