"""The OpenAPI schemas that no model has: a tensor, a problem, and the headers around them."""

from __future__ import annotations

from typing import Any

from service.tensors.dtypes import DTYPES

Schema = dict[str, Any]

TENSOR_HEADERS: Schema = {
    "Content-Location": {
        "description": "The canonical URL, with which anyone gets the same bytes again.",
        "required": True,
        "schema": {"type": "string"},
        "example": "/weights/he_normal?shape=2,3&seed=42&dtype=float32&stream=1&format=json",
    },
    "Fanin-Shape": {
        "description": "The sizes of the axes; empty for a scalar.",
        "required": True,
        "schema": {"type": "string"},
        "example": "2,3",
    },
    "Fanin-Dtype": {
        "description": "The element type.",
        "required": True,
        "schema": {"type": "string", "enum": list(DTYPES)},
        "example": "float32",
    },
    "Fanin-Initializer": {
        "description": "The canonical name of the initializer.",
        "required": True,
        "schema": {"type": "string"},
        "example": "he_normal",
    },
    "Fanin-Stream": {
        "description": "The version of the random stream.",
        "required": True,
        "schema": {"type": "string"},
        "example": "1",
    },
    "Fanin-Seed": {
        "description": "The seed, given or drawn; absent when the initializer draws nothing.",
        "schema": {"type": "string", "pattern": "^[0-9]+$"},
        "example": "42",
    },
    "Fanin-Std": {
        "description": "The standard deviation of the elements. Every other parameter, given, assumed or derived "
        "(fan_in, gain, bound, ...), stands in a header of its own in the same way.",
        "schema": {"type": "number"},
        "example": 0.8164965809277261,
    },
    "Fanin-Slice": {
        "description": "The part that the reply is, in its canonical form; absent when it is the whole.",
        "schema": {"type": "string"},
        "example": "0:128",
    },
    "Fanin-Whole-Shape": {
        "description": "The shape of the tensor of which the reply is a part.",
        "schema": {"type": "string"},
        "example": "256,784",
    },
    "Content-Disposition": {
        "description": "The file's name, for the binary formats.",
        "schema": {"type": "string"},
        "example": 'attachment; filename="weight.npy"',
    },
    "Server-Timing": {
        "description": "Milliseconds to understand the request (spec), and to the first piece (make).",
        "schema": {"type": "string"},
        "example": "spec;dur=0.1, make;dur=0.5",
    },
}

VALIDATORS: Schema = {
    "ETag": {
        "description": "Strong; absent when the seed was drawn.",
        "schema": {"type": "string"},
        "example": '"1796213f37256362622ef1e533c62242"',
    },
    "Cache-Control": {
        "description": "For a year when the URL alone decides the bytes; no-store when the seed was drawn.",
        "required": True,
        "schema": {"type": "string"},
        "example": "public, max-age=31536000, immutable",
    },
    "Vary": {
        "description": "Accept, when it decided the format.",
        "schema": {"type": "string"},
        "example": "Accept",
    },
}

ACCEPT_RANGES: Schema = {
    "Accept-Ranges": {
        "description": "bytes where a range can be asked for: of a binary format, when the seed was not drawn.",
        "required": True,
        "schema": {"type": "string", "enum": ["bytes", "none"]},
        "example": "bytes",
    }
}

CONTENT_RANGE: Schema = {
    "Content-Range": {
        "description": "Which bytes the reply has, of how many (RFC 9110 section 14.4).",
        "required": True,
        "schema": {"type": "string"},
        "example": "bytes 0-1023/802944",
    }
}

RETRY_AFTER: Schema = {
    "Retry-After": {
        "description": "Seconds to wait.",
        "required": True,
        "schema": {"type": "integer"},
        "example": 1,
    }
}

REQUEST_HEADERS: list[Schema] = [
    {
        "name": name,
        "in": "header",
        "description": description,
        "schema": {"type": "string"},
        "example": example,
    }
    for name, description, example in (
        (
            "If-None-Match",
            "Entity tags that the client has: 304 when one is right.",
            '"1796213f37256362622ef1e533c62242"',
        ),
        ("If-Match", "Entity tags, one of which must be right: 412 otherwise.", "*"),
        ("Range", "One range of bytes, of a binary format.", "bytes=0-1023"),
        ("If-Range", "An entity tag: Range counts only when it is right.", '"1796213f37256362622ef1e533c62242"'),
    )
]
"""Of a GET. Accept has no place here: OpenAPI takes it from the content of the responses."""

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
            "description": "Nested lists, one level an axis; one list with flat=true; a number for a scalar.",
            "anyOf": [{"type": "number"}, {"type": "array", "items": {}}],
        },
        "parameters": {
            "type": "object",
            "description": "What another program needs to make or check the tensor: the initializer, the seed (a "
            "string), the stream, and every parameter, given, assumed or derived.",
            "required": ["initializer", "stream"],
            "properties": {
                "initializer": {"type": "string"},
                "seed": {"type": "string", "pattern": "^[0-9]+$"},
                "name": {"type": "string"},
                "fan_in": {"type": "number"},
                "fan_out": {"type": "number"},
                "gain": {"type": "number"},
                "std": {"type": "number"},
                "bound": {"type": "number"},
                "stream": {"type": "string"},
                "slice": {"type": "string"},
                "whole_shape": {"type": "string"},
            },
            "additionalProperties": {"type": ["string", "number", "boolean"]},
        },
    },
    "additionalProperties": False,
    "example": EXAMPLE,
}

PROBLEM: Schema = {
    "title": "Problem",
    "type": "object",
    "description": "What is wrong, where, and what to do (RFC 9457).",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "description": "/problems/{slug}, which describes it, or about:blank."},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "description": "Each thing wrong, by `parameter` (of the query) or `pointer` (into the body, RFC 6901).",
            "items": {
                "type": "object",
                "required": ["detail"],
                "properties": {
                    "detail": {"type": "string"},
                    "parameter": {"type": "string"},
                    "pointer": {"type": "string"},
                },
                "additionalProperties": False,
            },
        },
        "nearest": {
            "type": "array",
            "description": "Names that resemble the one asked for.",
            "items": {"type": "string"},
        },
        "supported": {
            "type": "array",
            "description": "What can be had instead.",
            "items": {
                "type": "object",
                "required": ["format", "media_type"],
                "properties": {"format": {"type": "string"}, "media_type": {"type": "string"}},
                "additionalProperties": False,
            },
        },
        "limit": {"type": "integer"},
        "length": {"type": "integer", "description": "The bytes of the representation of which a range was asked."},
        "requested": {"type": "integer"},
    },
    "additionalProperties": False,
}
