"""The header of a GGUF file, version 3, little endian.

https://github.com/ggml-org/ggml/blob/master/docs/gguf.md: how many tensors and pairs of metadata there are, the pairs,
then each tensor's name, its axes from the last to the first, its type and where its elements begin, which is at a
multiple of the alignment; all is padded with zeros to that. What ggml's own reader (`gguf.cpp`) refuses is refused.
"""

from __future__ import annotations

import re
import struct
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from service.formats.entry import Entry, Unwritable

ALIGNMENT = 32
"""Bytes: what readers assume where nothing says."""

TYPES = {"float32": 0, "float16": 1, "int32": 26, "int64": 27, "float64": 28, "bfloat16": 30}
"""The numbers of `ggml_type` by dtypes."""

MAX_NAME_BYTES = 63
"""`GGML_MAX_NAME`, less the zero after a name."""

MAX_RANK = 4
"""`GGML_MAX_DIMS`."""

_MAGIC = b"GGUF"
_VERSION = 3

_UINT32 = 4
_STRING = 8
"""Of `gguf_metadata_value_type`."""

_ARCHITECTURE = "general.architecture"
_ALIGNMENT = "general.alignment"
_FILE_TYPE = "general.file_type"

_MOSTLY = {"float16": 1, "bfloat16": 32}
"""The file types (`llama_ftype`) by the dtype of most elements."""

_ALL_FLOAT32 = 0

_KEY = re.compile(r"[a-z0-9_]+(?:\.[a-z0-9_]+)*", re.ASCII)


def header(metadata: Mapping[str, str], entries: Sequence[Entry]) -> bytes:
    """Return what stands before the elements of `entries`, which are in the order of their elements.

    Raises Unwritable.
    """
    pairs = [*_pairs(metadata, entries)]
    start = struct.pack("<4sIQQ", _MAGIC, _VERSION, len(entries), len(pairs))
    text = b"".join((start, *pairs, *map(_info, entries)))
    return text + bytes(-len(text) % ALIGNMENT)


def _pairs(metadata: Mapping[str, str], entries: Sequence[Entry]) -> Iterator[bytes]:
    for key, text in sorted(({_ARCHITECTURE: "fanin"} | dict(metadata)).items()):
        if not _KEY.fullmatch(key):
            form = "which has small letters, digits and _, and points between, such as general.name"
            raise Unwritable(f"the key {key!r} of the metadata is not of its form, {form}")
        if key in (_ALIGNMENT, _FILE_TYPE):
            raise Unwritable(f"{key} follows from the tensors: leave it out of the metadata")
        yield _string(key) + struct.pack("<I", _STRING) + _string(text)
    yield _number(_ALIGNMENT, ALIGNMENT)
    file_type = _file_type(entries)
    if file_type is not None:
        yield _number(_FILE_TYPE, file_type)


def _file_type(entries: Sequence[Entry]) -> int | None:
    """Return what most elements are; None where there is no number for it."""
    sizes = Counter[str]()
    for entry in entries:
        sizes[entry.dtype.name] += entry.nbytes // entry.dtype.itemsize
    if sizes.keys() == {"float32"}:
        return _ALL_FLOAT32
    return next((_MOSTLY.get(name) for name, _ in sizes.most_common(1)), None)


def _info(entry: Entry) -> bytes:
    name = entry.name.encode()
    if len(name) > MAX_NAME_BYTES or b"\0" in name:
        most = f"it takes at most {MAX_NAME_BYTES}, none of them zero"
        raise Unwritable(f"the name {entry.name!r} has {len(name)} bytes, and {most}")
    if entry.dtype.name not in TYPES:
        raise Unwritable(f"the tensor {entry.name!r} is {entry.dtype.name}, and it takes {', '.join(TYPES)}")
    if len(entry.shape) > MAX_RANK:
        raise Unwritable(f"the tensor {entry.name!r} has {len(entry.shape)} axes, and it takes at most {MAX_RANK}")
    if 0 in entry.shape:
        raise Unwritable(f"the tensor {entry.name!r} has no elements, and its readers take none such")
    # A scalar has an axis of one element, as ggml writes it: gguf-py cannot read a bfloat16 without axes.
    axes = entry.shape[::-1] or (1,)
    described = struct.pack(f"<I{len(axes)}QIQ", len(axes), *axes, TYPES[entry.dtype.name], entry.start)
    return _string(entry.name) + described


def _number(key: str, number: int) -> bytes:
    return _string(key) + struct.pack("<II", _UINT32, number)


def _string(text: str) -> bytes:
    encoded = text.encode()
    return struct.pack("<Q", len(encoded)) + encoded
