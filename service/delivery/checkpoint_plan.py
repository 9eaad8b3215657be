"""A plan: what a checkpoint will be, before any of it is made."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson

from service.checkpoints.checkpoint import Checkpoint
from service.checkpoints.file import CheckpointFile
from service.delivery.checkpoint_representation import CheckpointUrl
from service.delivery.tensor_representation import TensorRepresentation
from service.delivery.text_table import lines_of
from service.formats.registry import FORMATS
from service.tensors.tensor import Tensor

PLAN_SECONDS = 4e-5
"""Of processor time, about, for each tensor."""

PLAN_BYTES = 4000
"""Of memory likewise."""

Document = dict[str, Any]

_HIDDEN = frozenset(("initializer", "seed", "name", "stream", "slice", "whole_shape", "notes"))
"""Facts of a tensor that a plan tells elsewhere."""

_FORMAT = "raw"
"""In which the elements are the bytes that a file has."""

_UNITS = ("bytes", "kB", "MB", "GB", "TB")


def plan_document(checkpoint: Checkpoint, place: CheckpointUrl | None) -> Document:
    """Return the plan of a checkpoint of a URL: its totals, its files, and each tensor."""
    files = [_file(name, file, place) for name, file in checkpoint.files.items()]
    tensors = [entry for name, file in checkpoint.files.items() for entry in _tensors(name, file)]
    return {
        **({} if place is None else {"url": place.plan(checkpoint.container)}),
        **({} if checkpoint.seed is None else {"seed": str(checkpoint.seed)}),
        "parameters": checkpoint.parameters,
        "bytes": sum(file["bytes"] for file in files),
        "files": files,
        "tensors": tensors,
        "tied": dict(sorted(checkpoint.tied.items())),
        "rules": orjson.loads(checkpoint.text).get("rules", []),
    }


def _file(name: str, file: CheckpointFile, place: CheckpointUrl | None) -> Document:
    return {
        "name": name,
        **({} if place is None else {"url": place.of(name)}),
        "bytes": file.nbytes,
        "header_bytes": len(file.header),
        "tensors": len(file.members),
    }


def _tensors(name: str, file: CheckpointFile) -> Iterator[Document]:
    header = len(file.header)
    for index, member in enumerate(file.members):
        tensor = member.tensor()
        spec = tensor.spec
        yield {
            "name": member.name,
            "file": name,
            "offset": header + file.start(index),
            "bytes": member.kind.nbytes,
            "shape": list(tensor.shape),
            "dtype": spec.dtype.name,
            "initializer": spec.initializer,
            **({} if spec.seed is None else {"seed": str(spec.seed)}),
            **({} if tensor.selection is None else {"slice": tensor.selection.text, "whole_shape": list(spec.shape)}),
            "parameters": {key: value for key, value in tensor.facts().items() if key not in _HIDDEN},
            "url": _url(tensor),
            **({"notes": list(tensor.notes)} if tensor.notes else {}),
        }


def _url(tensor: Tensor) -> str:
    return TensorRepresentation(tensor, FORMATS[_FORMAT]).url


def plan_text(checkpoint: Checkpoint, place: CheckpointUrl | None) -> str:
    """Return the plan as a table that a person reads."""
    document = plan_document(checkpoint, place)
    tensors, size = _tensor_count(len(document["tensors"])), _size(document["bytes"])
    total = f"{document['parameters']:,} parameters in {tensors}, {size}"
    lines = [total, ""]
    files = document["files"]
    lines += [f"{file['name']}  {_size(file['bytes'])}, {_tensor_count(file['tensors'])}" for file in files]
    lines += ["", *lines_of([_row(entry) for entry in document["tensors"]])]
    lines += [f"{alias} is {name}" for alias, name in document["tied"].items()]
    if place is not None:
        lines += ["", *(str(file["url"]) for file in document["files"])]
    return "\n".join(lines) + "\n"


def _row(entry: Document) -> tuple[str, str, str, str, str]:
    std = entry["parameters"].get("std")
    is_number = isinstance(std, float | int) and not isinstance(std, bool)
    told = f"std {std:.4g}" if is_number and std else ""
    shape = " × ".join(map(str, entry["shape"])) or "scalar"
    return entry["name"], shape, entry["dtype"], entry["initializer"], told


def _tensor_count(count: int) -> str:
    return f"{count} tensor{'' if count == 1 else 's'}"


def _size(nbytes: int) -> str:
    size, unit = float(nbytes), 0
    while size >= 1000 and unit < len(_UNITS) - 1:
        size, unit = size / 1000, unit + 1
    return f"{nbytes} bytes" if unit == 0 else f"{size:.3g} {_UNITS[unit]} ({nbytes:,} bytes)"
