"""The description of `/checkpoints`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from service.api.checkpoints import (
    get_checkpoint,
    get_file,
    list_checkpoints,
    post_checkpoint,
    post_plan,
)
from service.checkpoints.container import CONTAINERS
from service.openapi.fields import Field, fields, object_schema
from service.openapi.headers import ACCEPT_RANGES, CONTENT_RANGE, REQUEST_HEADERS, VALIDATORS
from service.openapi.problems import BODY_PROBLEMS, problem_replies
from service.openapi.schema import COMPONENT, Schema, json_body, reference
from service.problems.types import (
    INVALID_REQUEST,
    NOT_ACCEPTABLE,
    OVER_LIMIT,
    OVERLOADED,
    PRECONDITION_FAILED,
    RANGE_NOT_SATISFIABLE,
    UNKNOWN_CHECKPOINT,
)
from service.requests.checkpoints.manifest import CheckpointParameters
from service.requests.checkpoints.recipe_parameters import RECIPE_NAMES
from service.requests.checkpoints.shard_rule import ShardRule
from service.requests.checkpoints.wish import FILE_FORMATS
from service.requests.tensor_parameters import MAX_TENSOR_NAME

_TENSOR: Schema = {
    "description": "A tensor: the members of POST /weights, of which rules, and the members for all, may say some.",
    "type": "object",
    "properties": {
        "initializer": {"type": "string", "description": "The name of an initializer."},
        "shape": {"type": "array", "items": {"type": "integer", "minimum": 0}},
        "dtype": {"type": "string"},
        "seed": reference("Seed"),
        "tied_to": {"type": "string", "description": "Another tensor of the checkpoint, which this one is."},
    },
    "additionalProperties": True,
}

# Texts and lists of them have no type: what is generated for a choice between the two is no Java.
_PATTERNS: Schema = {"description": "A pattern of names, such as *.bias, several with commas, or a list of them."}

_RANKS: Schema = {"description": "How many axes tensors have: a number, or a list of them."}

_SIZE: Schema = {
    "anyOf": [
        {"type": "integer", "minimum": 1, "maximum": 2**53},
        {"type": "string", "pattern": "^[0-9]{1,15} *([KMGT]?B|[KMGT]iB)$"},
    ]
}

_RULE: Schema = {
    "description": "What tensors have in common that say nothing else: the first rule that matches holds.",
    "type": "object",
    "properties": {
        "match": _PATTERNS,
        "rank": _RANKS,
        "initializer": {"type": "string", "description": "The name of an initializer."},
    },
    "required": ["match"],
    "additionalProperties": True,
}

_EXAMPLE: Schema = {
    "seed": 42,
    "rules": [{"match": "*.bias", "initializer": "zeros"}],
    "tensors": {
        "layers.{0..1}.weight": {"initializer": "he_normal", "shape": [64, 64]},
        "layers.{0..1}.bias": {"shape": [64]},
    },
}

_FILE: Schema = {
    "type": "object",
    "properties": {
        "name": {"type": "string"},
        "url": {"type": "string", "description": "Absent where the manifest is too long for a URL."},
        "bytes": {"type": "integer"},
        "header_bytes": {"type": "integer"},
        "tensors": {"type": "integer"},
    },
    "required": ["name", "bytes", "header_bytes", "tensors"],
    "additionalProperties": False,
}

_PLANNED: Schema = {
    "description": "A tensor of a plan.",
    "type": "object",
    "properties": {
        "name": {"type": "string"},
        "file": {"type": "string"},
        "offset": {"type": "integer", "description": "Where its bytes begin in the file."},
        "bytes": {"type": "integer"},
        "shape": {"type": "array", "items": {"type": "integer"}},
        "dtype": {"type": "string"},
        "initializer": {"type": "string"},
        "seed": {"type": "string", "description": "Absent where nothing is drawn."},
        "slice": {"type": "string", "description": "The part of the whole tensor that it is."},
        "whole_shape": {"type": "array", "items": {"type": "integer"}},
        "parameters": {"type": "object", "additionalProperties": True, "description": "Fans, std, and the like."},
        "url": {"type": "string", "description": "Its own, with which anyone gets the same elements."},
        "notes": {"type": "array", "items": {"type": "string"}},
    },
    "required": ["name", "file", "offset", "bytes", "shape", "dtype", "initializer", "parameters", "url"],
    "additionalProperties": False,
}

_PLAN: Schema = {
    "description": "A checkpoint before any of it is made.",
    "type": "object",
    "properties": {
        "url": {"type": "string", "description": "That of the plan; absent where it would be too long."},
        "seed": {"type": "string", "description": "That of all tensors that say none; absent where there are none."},
        "parameters": {"type": "integer"},
        "bytes": {"type": "integer"},
        "files": {"type": "array", "items": reference("CheckpointFile")},
        "tensors": {"type": "array", "items": reference("PlannedTensor")},
        "tied": {"type": "object", "additionalProperties": {"type": "string"}},
        "rules": {
            "type": "array",
            "items": reference("CheckpointRule"),
            "description": "Those of the manifest, and those by names that hold for some tensor.",
        },
    },
    "required": ["parameters", "bytes", "files", "tensors", "tied", "rules"],
    "additionalProperties": False,
}

_COMPARED: Schema = {
    "description": "Tensors that are alike in all layers, as recipes start them.",
    "type": "object",
    "properties": {
        "name": {"type": "string", "description": "Such as layers.{0..31}.self_attn.q_proj.weight."},
        "count": {"type": "integer", "description": "How many they are."},
        "shape": {"type": "array", "items": {"type": "integer"}},
        "recipes": {
            "description": "By recipes the initializer, the parameters that all of them share, and std, or stds in "
            "each layer.",
            "type": "object",
            "additionalProperties": {"type": "object", "additionalProperties": True},
        },
    },
    "required": ["name", "count", "shape", "recipes"],
    "additionalProperties": False,
}

_POSTED_PLAN: Schema = {
    "description": "A checkpoint before any of it is made; where `compare` lists recipes of a model, what each starts "
    "its tensors at.",
    "type": "object",
    "properties": {
        **_PLAN["properties"],
        "model_type": {"type": "string", "description": "Of a comparison: the family of the model."},
        "tensor_count": {"type": "integer", "description": "Of a comparison: how many tensors the model has."},
        "compare": {"type": "array", "items": {"type": "string"}, "description": "Of a comparison: the recipes."},
        "groups": {"type": "array", "items": reference("ComparedTensors")},
    },
    "required": ["parameters"],
    "additionalProperties": False,
}

_INDEX: Schema = {
    "description": "Which file each tensor is in, as Hugging Face's libraries read it.",
    "type": "object",
    "properties": {
        "metadata": {"type": "object", "additionalProperties": {"type": "integer"}},
        "weight_map": {"type": "object", "additionalProperties": {"type": "string"}},
    },
    "required": ["metadata", "weight_map"],
    "additionalProperties": False,
}

_LIST: Schema = {
    "type": "object",
    "properties": {
        "checkpoints": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"name": {"type": "string"}, "href": {"type": "string"}},
                "required": ["name", "href"],
                "additionalProperties": False,
            },
        }
    },
    "required": ["checkpoints"],
    "additionalProperties": False,
}

_HEADERS: Schema = {
    "Content-Location": {
        "description": "The URL with which anyone gets the same bytes again; absent where it would be too long.",
        "schema": {"type": "string"},
        "example": "/checkpoints/aGvLx3XPh/model.safetensors",
    },
    "Fanin-Seed": {
        "description": "The seed of all tensors that say none, given or drawn; absent where there are none.",
        "schema": {"type": "string", "pattern": "^[0-9]+$"},
        "example": "42",
    },
    "Fanin-Parameters": {
        "description": "Numbers in all tensors of the checkpoint.",
        "schema": {"type": "integer"},
        "example": 124439808,
    },
    "Fanin-Tensors": {"description": "Tensors of the checkpoint.", "schema": {"type": "integer"}, "example": 148},
}

_IN_JSON = frozenset(("shard", "metadata"))
"""Members that no query has but as JSON."""

_CONTAINER: Schema = {
    "description": "What the file is, or the one that is planned; the name of a file says it too.",
    "type": "string",
    "enum": [*CONTAINERS],
    "default": next(iter(CONTAINERS)),
}

_FORMAT: Schema = {
    "description": "The file in one of its containers, or the plan as JSON or as text.",
    "type": "string",
    "enum": [format_.name for format_ in FILE_FORMATS],
}

_SOURCE: Schema = {
    "name": "source",
    "in": "path",
    "required": True,
    "description": "The token of a manifest, as a reply to POST /checkpoints has it in Content-Location, or the name "
    "of one that the operator keeps.",
    "schema": {"type": "string", "minLength": 1},
    "example": "gpt2",
}

_FILE_NAME: Schema = {
    "name": "file",
    "in": "path",
    "required": True,
    "description": "model.safetensors, or model.gguf; of a checkpoint in several files "
    "model-00001-of-00003.safetensors and the like, and model.safetensors.index.json; or plan.",
    "schema": {"type": "string", "minLength": 1},
    "example": "model.safetensors",
}

_PROBLEMS = (INVALID_REQUEST, OVER_LIMIT, NOT_ACCEPTABLE)
_POST_PROBLEMS = (*_PROBLEMS, *BODY_PROBLEMS, OVERLOADED)
_GET_PROBLEMS = (*_PROBLEMS, UNKNOWN_CHECKPOINT, OVERLOADED)


def describe_checkpoints(page: Schema) -> None:
    """Add the paths and schemas of `/checkpoints` to the document."""
    schemas = page["components"]["schemas"]
    members = [
        replace(field, schema=_SIZE) if field.name == "max_shard_size" else field
        for field in fields(CheckpointParameters)
    ]
    schemas |= {
        "CheckpointTensor": _TENSOR, "CheckpointRule": _RULE, "CheckpointFile": _FILE, "PlannedTensor": _PLANNED,
        "CheckpointPlan": _PLAN, "PostedPlan": _POSTED_PLAN,
        "ComparedTensors": _COMPARED, "CheckpointList": _LIST, "CheckpointIndex": _INDEX,
        "CheckpointRequest": _request(members),
        "ShardRule": _shard_rule(),
    }  # fmt: skip
    get = _get(members)
    page["paths"] |= {
        "/checkpoints": {
            "post": _post("post_checkpoint", "Make a checkpoint", post_checkpoint, _file_reply(_HEADERS)),
            "get": {
                **_operation("list_checkpoints", "List the checkpoints that are kept", list_checkpoints),
                "responses": {
                    "200": _json_reply("The checkpoints.", "CheckpointList"),
                    **problem_replies((INVALID_REQUEST,)),
                },
            },
        },
        "/checkpoints/plan": {
            "post": _post("post_checkpoint_plan", "Plan a checkpoint", post_plan, _plan_reply("PostedPlan")),
        },
        "/checkpoints/{source}": {
            "get": {
                **_operation("get_checkpoint", "Plan a checkpoint by its URL", get_checkpoint),
                "parameters": [_SOURCE, *_parameters(members)],
                "responses": {"200": _plan_reply(), **problem_replies(_GET_PROBLEMS)},
            }
        },
        "/checkpoints/{source}/{file}": {"get": get, "head": _head(members)},
    }  # fmt: skip


def _request(members: list[Field]) -> Schema:
    own = object_schema(members)
    entries = {"type": "object", "additionalProperties": reference("CheckpointTensor"), "minProperties": 1}
    own["properties"] |= {
        "tensors": {
            **entries,
            "description": f"By names of at most {MAX_TENSOR_NAME} characters; {{0..31}} and {{q,k,v}} in a name "
            "stand for many names.",
        },
        "rules": {"type": "array", "items": reference("CheckpointRule")},
        "initializer": {"type": "string", "description": "That of all tensors that nothing else says one for."},
        "config": {"type": "object", "additionalProperties": True, "description": "The config.json of a model."},
        "modules": {
            "type": "object",
            "additionalProperties": {"type": "string"},
            "description": "Modules of torch.nn in the order of their construction, each as Python has it, by name; "
            "their tensors are torch's own. A list of them is read too, and one text, which may be lines of code.",
        },
        "compare": {
            "type": "array",
            "items": {"type": "string", "enum": [*RECIPE_NAMES]},
            "description": "Of a plan: recipes of the model in `config`, which are answered side by side.",
        },
        "container": _CONTAINER,
        "format": _FORMAT,
    }
    own["properties"]["shard"]["items"] = reference("ShardRule")
    own["properties"]["only"] = {"description": own["properties"]["only"]["description"]}
    return {
        "description": "A manifest. A map of names and shapes, the JSON header of a safetensors file, several of them "
        "in `headers`, and an answer of /advise are read too.",
        **own,
        "required": ["tensors"],
        "additionalProperties": True,
    }


def _shard_rule() -> Schema:
    schema = ShardRule.model_json_schema(ref_template=COMPONENT)
    schema["properties"]["match"] = _PATTERNS
    return schema


def _get(members: list[Field]) -> Schema:
    headers = {**_HEADERS, **VALIDATORS, **ACCEPT_RANGES}
    part = _file_reply({**headers, **CONTENT_RANGE})
    return {
        **_operation("get_checkpoint_file", "Make a file of a checkpoint", get_file),
        "parameters": [_SOURCE, _FILE_NAME, *_parameters(members), *REQUEST_HEADERS],
        "responses": {
            "200": _file_reply(headers),
            "206": {"description": "The range of its bytes that was asked for.", "headers": part["headers"]},
            "304": {"description": "The client has it.", "headers": VALIDATORS},
            **problem_replies((*_GET_PROBLEMS, PRECONDITION_FAILED, RANGE_NOT_SATISFIABLE)),
        },
    }


def _head(members: list[Field]) -> Schema:
    return {
        **_operation("head_checkpoint_file", "Describe a file of a checkpoint", get_file),
        "parameters": [_SOURCE, _FILE_NAME, *_parameters(members), *REQUEST_HEADERS[:2]],
        "responses": {
            "200": {"description": "The headers of the file.", "headers": {**_HEADERS, **VALIDATORS, **ACCEPT_RANGES}},
            "304": {"description": "The client has it.", "headers": VALIDATORS},
            **problem_replies((*_GET_PROBLEMS, PRECONDITION_FAILED), with_body=False),
        },
    }


def _post(identifier: str, summary: str, endpoint: Callable[..., object], reply: Schema) -> Schema:
    content = {"schema": reference("CheckpointRequest"), "example": _EXAMPLE}
    return {
        **_operation(identifier, summary, endpoint),
        "requestBody": json_body(content),
        "responses": {"200": reply, **problem_replies(_POST_PROBLEMS)},
    }


def _operation(identifier: str, summary: str, endpoint: Callable[..., object]) -> Schema:
    return {"tags": ["checkpoints"], "summary": summary, "description": endpoint.__doc__, "operationId": identifier}


def _parameters(members: list[Field]) -> list[Schema]:
    own = [field.parameter for field in members if field.name not in _IN_JSON]
    return [*own, {"name": "container", "in": "query", "schema": _CONTAINER}]


def _file_reply(headers: Schema) -> Schema:
    content = {
        **{
            container.media_type: {"schema": {"type": "string", "format": "binary"}}
            for container in CONTAINERS.values()
        },
        "application/json": {"schema": reference("CheckpointIndex")},
    }
    return {
        "description": "The file; of a checkpoint in several files their index.",
        "headers": headers,
        "content": content,
    }


def _plan_reply(schema: str = "CheckpointPlan") -> Schema:
    return _json_reply("The plan.", schema)


def _json_reply(description: str, schema: str) -> Schema:
    return {"description": description, "content": {"application/json": {"schema": reference(schema)}}}
