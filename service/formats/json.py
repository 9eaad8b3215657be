"""JSON, with the member names of the Open Inference Protocol's tensors.

https://github.com/kserve/open-inference-protocol/blob/main/specification/protocol/inference_rest.md
"""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
import orjson

from service.formats.base import Buffer, Format
from service.tensors.dtypes import Dtype
from service.tensors.layout import Shape
from service.tensors.tensor import Tensor

_NATIVE = (np.dtype(np.float32), np.dtype(np.float64))
"""What orjson writes in the fewest digits that identify it; the narrower types stand as float32 does."""


class Json(Format):
    """Numbers to read: nested lists, or one flat list."""

    name: ClassVar[str] = "json"
    media_type: ClassVar[str] = "application/json"
    extension: ClassVar[str] = "json"

    def holds(self, dtype: Dtype) -> bool:
        return dtype.open_inference_name is not None

    def length(self, tensor: Tensor) -> None:
        return None

    def render(self, tensor: Tensor, flat: bool) -> Buffer:
        spec = tensor.spec
        values = tensor.read()
        if values.dtype not in _NATIVE:
            values = values.astype(np.float32)
        page = {
            "name": tensor.label,
            "shape": spec.shape,
            "datatype": spec.dtype.open_inference_name,
            "data": values if flat else _nested(values, spec.shape),
            "parameters": tensor.facts(),
        }
        return orjson.dumps(page, option=orjson.OPT_SERIALIZE_NUMPY)


def _nested(values: np.ndarray[Any, Any], shape: Shape) -> Any:
    """Orjson does not take arrays without axes or elements."""
    if not shape:
        return orjson.Fragment(orjson.dumps(values, option=orjson.OPT_SERIALIZE_NUMPY)[1:-1])
    nested = values.reshape(shape)
    return nested if nested.size else nested.tolist()
