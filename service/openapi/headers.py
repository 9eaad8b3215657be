"""The headers of requests and replies."""

from __future__ import annotations

from service.openapi.schema import Schema
from service.tensors.dtypes import DTYPES

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
        "description": "The version of the random stream, or the frozen name of a framework's.",
        "required": True,
        "schema": {"type": "string"},
        "example": "1",
    },
    "Fanin-Promise": {
        "description": "Of a framework's stream: exact, or how near the elements are to the framework's own.",
        "schema": {"type": "string"},
        "example": "exact",
    },
    "Fanin-Next-Skip": {
        "description": "Of torch's stream: the words that were drawn when the tensor was, skip of the one after it; "
        "Fanin-Next-Cached stands beside it where a normal is kept for that.",
        "schema": {"type": "integer"},
        "example": 1024,
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
    "Fanin-Notes": {
        "description": "What was understood otherwise than the request's words may suggest, in sentences; "
        "mostly absent.",
        "schema": {"type": "string"},
        "example": "GlorotUniform is not one scheme in all frameworks.",
    },
    "Content-Disposition": {
        "description": "The file's name, for the binary formats: the tensor's own name, or its initializer, shape and "
        "seed.",
        "schema": {"type": "string"},
        "example": 'attachment; filename="he_normal-256x784-seed42.npy"',
    },
    "Server-Timing": {
        "description": "Milliseconds to understand the request (spec), and to the first piece (make); of a large "
        "tensor the lane, by the processor time that it is estimated to take: quick, slow or dear.",
        "schema": {"type": "string"},
        "example": "spec;dur=0.1, make;dur=0.5, lane;desc=quick",
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
