"""The element types: how each is computed, rounded and called by others."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import ml_dtypes
import numpy as np
from numpy.typing import NDArray

from service.arithmetic.rounding import rounding_to
from service.lazy import lazy
from service.tensors.errors import InvalidParameter


@dataclass(frozen=True)
class Dtype:
    """An element type.

    `storage` is the NumPy type of the bytes that leave, little endian. `working` is the type in which
    elements are made: float32 for all types that only round it.
    """

    name: str
    storage: np.dtype[Any]
    working: np.dtype[Any]
    least: float
    largest: float
    """The least and the largest finite number; of the parts, for a complex type."""
    open_inference_name: str | None
    """The `datatype` of the Open Inference Protocol and its servers; None where JSON has no number for it."""
    safetensors_name: str | None
    """None where safetensors has no such type."""
    rounding: Callable[[NDArray[Any], NDArray[Any]], None] | None = None
    """Puts the bits of float32 numbers, rounded, into an array of integers; None where nothing is rounded."""

    @lazy
    def is_complex(self) -> bool:
        return self.storage.kind == "c"

    @lazy
    def is_integer(self) -> bool:
        """Whether its numbers are whole, those of a truth value 0 and 1: nothing is rounded to one."""
        return self.storage.kind in "biu"

    @lazy
    def part(self) -> np.dtype[Any]:
        """The working type of an element; of its parts, for a complex type."""
        return np.finfo(self.working).dtype if self.is_complex else self.working

    def holds(self, number: float) -> bool:
        """Return whether a number is finite when it is rounded to the working type and then to this one."""
        if abs(number) <= self.largest or self.is_integer:
            return self.least <= number <= self.largest
        with np.errstate(over="ignore"):
            rounded = self.part.type(number).astype(self.part if self.is_complex else self.storage)
        return bool(np.isfinite(rounded))

    @lazy
    def itemsize(self) -> int:
        return self.storage.itemsize


def _dtype(name: str, open_inference_name: str | None, safetensors_name: str | None, working: str = "float32") -> Dtype:
    storage = np.dtype(getattr(ml_dtypes, name) if hasattr(ml_dtypes, name) else name)
    largest = float(ml_dtypes.finfo(storage).max)  # type: ignore[no-untyped-call]
    rounding = rounding_to(storage) if storage.itemsize < np.dtype(working).itemsize else None
    return Dtype(name, storage, np.dtype(working), -largest, largest, open_inference_name, safetensors_name, rounding)


def _integer(name: str, open_inference_name: str, safetensors_name: str) -> Dtype:
    storage = np.dtype(name)
    least, largest = (0, 1) if storage.kind == "b" else (np.iinfo(storage).min, np.iinfo(storage).max)
    return Dtype(name, storage, storage, int(least), int(largest), open_inference_name, safetensors_name)


FLOAT32 = _dtype("float32", "FP32", "F32")
COMPLEX64 = _dtype("complex64", None, "C64", working="complex64")

DTYPES: dict[str, Dtype] = {
    dtype.name: dtype
    for dtype in (
        FLOAT32,
        _dtype("float64", "FP64", "F64", working="float64"),
        _dtype("float16", "FP16", "F16"),
        _dtype("bfloat16", "BF16", "BF16"),
        _dtype("float8_e4m3fn", "FP8_E4M3FN", "F8_E4M3"),
        _dtype("float8_e5m2", "FP8_E5M2", "F8_E5M2"),
        COMPLEX64,
        _dtype("complex128", None, None, working="complex128"),
        _integer("int64", "INT64", "I64"),
        _integer("int32", "INT32", "I32"),
        _integer("uint8", "UINT8", "U8"),
        _integer("bool", "BOOL", "BOOL"),
    )
}
"""Every element type, by the name it has in a request."""

FRACTIONAL = tuple(name for name, dtype in DTYPES.items() if not dtype.is_integer)
"""The names of those that every scheme's numbers can be rounded to."""


def refuse_overflow(dtype: Dtype, largest: float) -> None:
    """Raise InvalidParameter when a tensor whose largest absolute value is `largest` passes the range of `dtype`.

    Whole numbers are refused where they are given.
    """
    if not (dtype.is_integer or dtype.holds(largest)):
        raise InvalidParameter(
            "dtype",
            f"the tensor can reach ±{largest:.6g}, and {dtype.name} holds numbers up to {dtype.largest:.6g}",
        )


def refuse_complex(dtype: Dtype, maker: str) -> None:
    """Raise InvalidParameter when `dtype` is complex, for a `maker` of tensors that has no complex form."""
    if dtype.is_complex:
        raise InvalidParameter(
            "dtype",
            f"{maker} has no complex form; {dtype.name} is made by zeros, ones, constant, identity, dirac, orthogonal, "
            "uniform, normal, truncated_normal and the schemes that scale them by the fans",
        )


def refuse_integer(dtype: Dtype, maker: str) -> None:
    """Raise InvalidParameter when `dtype` has whole numbers only, for a `maker` of tensors of others."""
    if dtype.is_integer:
        raise InvalidParameter(
            "dtype",
            f"{maker} makes no whole numbers; {dtype.name} is made by zeros, ones, constant, arange and linspace",
        )
