"""The schema of a tensor in JSON."""

from __future__ import annotations

from service.openapi.schema import Schema
from service.tensors.dtypes import DTYPES

EXAMPLE: Schema = {
    "name": "weight",
    "shape": [2, 3],
    "datatype": "FP32",
    "data": [[-0.9283797, -0.2555138, -1.4465622], [0.38304043, 0.5695671, 0.10273228]],
    "parameters": {
        "initializer": "he_normal", "seed": "42", "distribution": "normal", "mode": "fan_in",
        "gain": 1.4142135623730951, "nonlinearity": "relu", "fan_in": 3, "fan_out": 2,
        "std": 0.8164965809277261, "stream": "1",
    },
}  # fmt: skip

# Without a type: generators of clients have no union of a number and a text.
_NUMBERS: Schema = {
    "description": "A number; a text of one for each gate, such as 2,1,1, where gates have sizes of their own."
}

TENSOR: Schema = {
    "title": "Tensor",
    "type": "object",
    "description": "A tensor, with the member names of the Open Inference Protocol.",
    "required": ["name", "shape", "datatype", "data", "parameters"],
    "properties": {
        "name": {"type": "string", "description": "The tensor's name, or weight when it has none."},
        "shape": {"type": "array", "items": {"type": "integer", "minimum": 0}},
        "datatype": {
            "type": "string",
            "enum": [d.open_inference_name for d in DTYPES.values() if d.open_inference_name],
        },
        "data": {
            "description": "Nested lists, one level an axis; one list with flat=true, and of a scalar.",
            "type": "array",
            "items": {},
        },
        "parameters": {
            "type": "object",
            "description": "What another program needs to make or check the tensor: the initializer, the seed (a "
            "string), the stream, and every parameter, given, assumed or derived. Each is a string, a number or a "
            "boolean, as the Open Inference Protocol has it.",
            "required": ["initializer", "stream"],
            "properties": {
                "initializer": {"type": "string"},
                "seed": {"type": "string", "pattern": "^[0-9]+$"},
                "name": {"type": "string"},
                "fan_in": {"type": "number"},
                "fan_out": _NUMBERS,
                "gain": {"type": "number"},
                "std": _NUMBERS,
                "bound": _NUMBERS,
                "stream": {"type": "string"},
                "slice": {"type": "string"},
                "whole_shape": {"type": "string"},
                "notes": {
                    "type": "string",
                    "description": "What was understood otherwise than the request's words may suggest, in sentences; "
                    "absent where there is nothing of the kind.",
                },
            },
            "additionalProperties": True,
        },
    },
    "additionalProperties": False,
    "example": EXAMPLE,
}
