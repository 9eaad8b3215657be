"""The description of the Hub's routes."""

from __future__ import annotations

from collections.abc import Callable

from service.api.hub import get_hub_file, get_refs, get_repository, get_tree, post_paths
from service.checkpoints.container import SAFETENSORS
from service.delivery.hub_file import COMMIT
from service.hub.repository import OWNER
from service.openapi.headers import ACCEPT_RANGES, CONTENT_RANGE, REQUEST_HEADERS, VALIDATORS
from service.openapi.problems import BODY_PROBLEMS, problem_replies
from service.openapi.schema import Schema, json_body, reference
from service.problems.types import (
    INVALID_REQUEST,
    OVER_LIMIT,
    PRECONDITION_FAILED,
    RANGE_NOT_SATISFIABLE,
    TOO_MANY_REQUESTS,
    UNKNOWN_ENTRY,
    UNKNOWN_REPOSITORY,
    UNKNOWN_REVISION,
    ProblemType,
)
from service.requests.hub import MOST_PATHS

_SHA: Schema = {"type": "string", "pattern": "^[0-9a-f]{40}$"}

_SIZE: Schema = {"type": "integer", "description": "In bytes."}

_ENTRY: Schema = {
    "description": "A file of a repository.",
    "type": "object",
    "properties": {
        "type": {"type": "string", "description": "file: there are no folders."},
        "path": {"type": "string"},
        "size": _SIZE,
        "oid": {**_SHA, "description": "Its entity tag: Git's of a small file, one of its own of a file of tensors."},
        "lastCommit": {
            "type": "object",
            "properties": {"id": _SHA, "title": {"type": "string"}, "date": {"type": "string"}},
            "required": ["id", "title", "date"],
            "additionalProperties": False,
        },
    },
    "required": ["type", "path", "size", "oid", "lastCommit"],
    "additionalProperties": False,
}

_ENTRIES: Schema = {"type": "array", "items": reference("HubFile")}

_DOCUMENT: Schema = {
    "description": "A file that is JSON, such as config.json.",
    "type": "object",
    "additionalProperties": True,
}

_REPOSITORY: Schema = {
    "description": "A repository at a commit, with the members that the Hub's clients read.",
    "type": "object",
    "properties": {
        "id": {"type": "string"},
        "sha": {**_SHA, "description": "The commit, which stands for the same files for ever."},
        "siblings": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"rfilename": {"type": "string"}, "size": _SIZE, "blobId": _SHA},
                "required": ["rfilename", "size", "blobId"],
                "additionalProperties": False,
            },
        },
    },
    "required": ["id", "sha", "siblings"],
    "additionalProperties": True,
}

_REFS: Schema = {
    "type": "object",
    "properties": {
        "branches": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"name": {"type": "string"}, "ref": {"type": "string"}, "targetCommit": _SHA},
                "required": ["name", "ref", "targetCommit"],
                "additionalProperties": False,
            },
        },
    },
    "required": ["branches"],
    "additionalProperties": True,
}

_PATHS: Schema = {
    "type": "object",
    "properties": {"paths": {"type": "array", "items": {"type": "string"}, "maxItems": MOST_PATHS}},
    "required": ["paths"],
    "additionalProperties": True,
}

_COMMIT_HEADER: Schema = {COMMIT: {"description": "The commit.", "required": True, "schema": _SHA}}


def _in_path(name: str, description: str, example: str) -> Schema:
    schema = {"type": "string", "minLength": 1}
    return {
        "name": name, "in": "path", "required": True, "description": description, "schema": schema, "example": example,
    }  # fmt: skip


_MODEL = _in_path("model", "The name of a model, as GET /models lists them.", "gpt2")
_REVISION = _in_path(
    "revision",
    "The draw: main is seed 0; seed-42; seed-42.float16; or a commit, which says all of that.",
    "seed-42",
)
_PATH = _in_path("path", "A file, as the tree lists them.", "config.json")

_MISSING = (UNKNOWN_REPOSITORY, UNKNOWN_REVISION)
_PROBLEMS = (*_MISSING, INVALID_REQUEST, OVER_LIMIT, TOO_MANY_REQUESTS)
_FILE_PROBLEMS = (*_PROBLEMS, UNKNOWN_ENTRY, PRECONDITION_FAILED)

_DESCRIPTION = (
    "As the clients of the Hugging Face Hub ask (HF_ENDPOINT). A problem has X-Error-Code and X-Error-Message, which "
    "they show, and what is overloaded is a 429, after which they try again."
)


def describe_hub(page: Schema) -> None:
    """Add the Hub's routes and their schemas to the document."""
    page["components"]["schemas"] |= {
        "HubRepository": _REPOSITORY, "HubFile": _ENTRY, "HubFiles": _ENTRIES, "HubRefs": _REFS, "HubPaths": _PATHS,
        "HubDocument": _DOCUMENT,
    }  # fmt: skip
    api, files = f"/api/models/{OWNER}/{{model}}", f"/{OWNER}/{{model}}"
    at = [_MODEL, _REVISION]
    repository, entries = reference("HubRepository"), reference("HubFiles")
    described = _operation("get_hub_repository", "Describe a repository", get_repository, [_MODEL])
    revised = _operation("get_hub_revision", "Describe a repository at a revision", get_repository, at)
    listed = _operation("get_hub_tree", "List the files of a repository", get_tree, at)
    asked = _operation("post_hub_paths", "Describe files of a repository", post_paths, at)
    branches = _operation("get_hub_refs", "List the branches of a repository", get_refs, [_MODEL])
    body = json_body({"schema": reference("HubPaths"), "example": {"paths": ["config.json"]}})
    page["paths"] |= {
        api: {"get": _with_json(described, repository)},
        f"{api}/revision/{{revision}}": {"get": _with_json(revised, repository)},
        f"{api}/tree/{{revision}}": {"get": _with_json(listed, entries)},
        f"{api}/paths-info/{{revision}}": {
            "post": {**_with_json(asked, entries, BODY_PROBLEMS), "requestBody": body},
        },
        f"{api}/refs": {"get": _with_json(branches, reference("HubRefs"))},
        f"{files}/resolve/{{revision}}/{{path}}": {"get": _get(), "head": _head()},
    }  # fmt: skip


def _operation(identifier: str, summary: str, endpoint: Callable[..., object], parameters: list[Schema]) -> Schema:
    description = f"{endpoint.__doc__} {_DESCRIPTION}"
    return {
        "tags": ["hub"], "summary": summary, "description": description, "operationId": identifier,
        "parameters": parameters,
    }  # fmt: skip


def _with_json(operation: Schema, schema: Schema, problems: tuple[ProblemType, ...] = ()) -> Schema:
    content = {"application/json": {"schema": schema}}
    told = {"200": {"description": "What was asked for.", "content": content}}
    return {**operation, "responses": {**told, **problem_replies((*_PROBLEMS, *problems))}}


_HEADERS: Schema = {**VALIDATORS, **ACCEPT_RANGES, **_COMMIT_HEADER}


def _get() -> Schema:
    binary = {"schema": {"type": "string", "format": "binary"}}
    content = dict.fromkeys((SAFETENSORS.media_type, "application/octet-stream", "text/markdown"), binary)
    content["application/json"] = {"schema": reference("HubDocument")}
    return {
        **_operation("get_hub_file", "Make a file of a repository", get_hub_file,
                     [_MODEL, _REVISION, _PATH, *REQUEST_HEADERS]),
        "responses": {
            "200": {"description": "The file.", "headers": _HEADERS, "content": content},
            "206": {"description": "The range of its bytes that was asked for.",
                    "headers": {**_HEADERS, **CONTENT_RANGE}},
            "304": {"description": "The client has it.", "headers": VALIDATORS},
            **problem_replies((*_FILE_PROBLEMS, RANGE_NOT_SATISFIABLE)),
        },
    }  # fmt: skip


def _head() -> Schema:
    return {
        **_operation("head_hub_file", "Describe a file of a repository", get_hub_file,
                     [_MODEL, _REVISION, _PATH, *REQUEST_HEADERS[:2]]),
        "responses": {
            "200": {"description": "The headers of the file.", "headers": _HEADERS},
            "304": {"description": "The client has it.", "headers": VALIDATORS},
            **problem_replies(_FILE_PROBLEMS, with_body=False),
        },
    }  # fmt: skip
