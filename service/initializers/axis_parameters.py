"""The parameters that say how a shape is to be read: the layout, and the blocks of the out axis."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import AfterValidator, Field, PlainValidator, WithJsonSchema

from service.tensors.blocks import MAX_GATES, Gates
from service.tensors.layout import LAYOUT_NAMES
from service.tensors.spec import Scalar, encode_values

LARGEST_COUNT = 2**31

_LETTERS = re.compile(r"[oiks]{1,32}")
_CAPITALS = re.compile(r"[OIKSDHW]{1,32}")
"""As data formats are written (IOHW), with a letter of its own for each axis of the kernel."""
_KERNEL_LETTERS = str.maketrans("DHW", "KKK")
_LAYOUT = (
    "must be out_in, in_out or out_kernel_in, or one letter an axis in stored order (o out, i in, k kernel, s stack)"
)
_GATES = f"must be an integer from 1 to {LARGEST_COUNT}, or the size of each gate, such as 4096,1024,1024"
_SIZES = re.compile(r"[0-9]{1,20}(,[0-9]{1,20})+")


def _layout(value: str) -> str:
    if _CAPITALS.fullmatch(value):
        return value.translate(_KERNEL_LETTERS).lower()
    if value not in LAYOUT_NAMES and not _LETTERS.fullmatch(value):
        raise ValueError(f"{_LAYOUT}, such as soi")
    return value


def _gates(value: Any) -> Gates:
    """Read a count, or sizes: a list, or a text of them with commas; none are as absent."""
    if isinstance(value, str) and _SIZES.fullmatch(value):
        value = [int(text) for text in value.split(",")]
    if isinstance(value, list | tuple):
        if len(value) > MAX_GATES:
            raise ValueError(f"has {len(value)} sizes; give 1 to {MAX_GATES}, or a count")
        return tuple(_positive(size) for size in value) or 1
    return _positive(value)


def _positive(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= LARGEST_COUNT:
        raise ValueError(_GATES)
    return value


LayoutField = Annotated[
    str,
    AfterValidator(_layout),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": f"^({'|'.join(LAYOUT_NAMES)}|{_LETTERS.pattern})$",
            "examples": [*LAYOUT_NAMES, "soi", "ioo", "iokk", "kkso"],
        }
    ),
    Field(
        description="What each axis is: out_in (PyTorch: out, in, kernel), in_out (Keras, JAX: kernel, in, out), "
        "out_kernel_in (MLX), or one letter an axis in stored order: o out, i in, k kernel, s a stack of independent "
        "weights, such as soi, iokk."
    ),
]

GatesField = Annotated[
    Gates,
    PlainValidator(_gates),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "integer", "minimum": 1, "maximum": LARGEST_COUNT},
                # A list is taken too, but generators of clients have no union of a number and a list.
                {"type": "string", "pattern": f"^[1-9][0-9]{{0,8}}(,[1-9][0-9]{{0,8}}){{1,{MAX_GATES - 1}}}$"},
            ]
        }
    ),
]


def gates_facts(gates: Gates) -> dict[str, Scalar]:
    """Return what a reply says of gates that have sizes of their own; nothing of alike ones."""
    return {"gates": encode_values(gates)} if isinstance(gates, tuple) and len(set(gates)) > 1 else {}


def gates_text(gates: tuple[int, ...]) -> str | int:
    """Return sizes as the canonical query has them: equal ones as their number."""
    return len(gates) if len(set(gates)) == 1 else ",".join(map(str, gates))
