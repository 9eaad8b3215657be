"""`/models`: published models by name, and any other of a known family by its configuration."""

from __future__ import annotations

import functools
from typing import Any

import orjson
from fastapi import HTTPException
from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import Response

from service.api.endpoint import root_path
from service.delivery.answering import answered
from service.likeness import did_you_mean
from service.models.published import PUBLISHED, published_like
from service.requests.answer_form import JSON
from service.requests.body import read_document
from service.requests.checkpoints.folder import ManifestFolder, UnreadableManifest
from service.requests.checkpoints.request import reading_cost
from service.requests.models import NamedModel, model_of_id, model_of_manifest, posted_model, published_model
from service.requests.query import refuse_query_of_post

_VALUES = 2**16
"""Objects and lists in a configuration."""


class ModelReply(BaseModel):
    """A model whose checkpoints are made by its name."""

    name: str = Field(description="Of a published model; of another its id, which has all of its configuration.")
    model_type: str = Field(description="The family of its architecture.")
    parameters: int = Field(description="Its numbers, those of tied tensors once.")
    tensors: int = Field(description="How many tensors its checkpoint has.")
    bytes: dict[str, int] = Field(description="Of its tensors, by their dtypes.")
    initialize: list[str] = Field(description="The recipes that its tensors may start by: the values of `initialize`.")
    config: dict[str, Any] = Field(
        description="Of its config.json, what decides the names, shapes and initializers of its tensors."
    )
    href: str = Field(description="The plan of its checkpoint; with a seed the same for ever.")
    checkpoint: str = Field(description="Its safetensors file.")


class ModelsReply(BaseModel):
    """All published models."""

    models: list[ModelReply]


def _reply(model: NamedModel) -> ModelReply:
    return ModelReply(
        name=model.name,
        model_type=model.model_type,
        parameters=model.parameters,
        tensors=model.tensors,
        bytes=dict(model.nbytes),
        initialize=list(model.recipes),
        config=dict(model.config),
        href=f"/checkpoints/{model.name}?seed=42",
        checkpoint=f"/checkpoints/{model.name}/model.safetensors?seed=42",
    )


@functools.cache
def _all_published() -> bytes:
    return ModelsReply(models=[_reply(published_model(name)) for name in PUBLISHED]).model_dump_json().encode()


async def list_models(request: Request) -> Response:
    """List the published models, and the tiny ones, whose checkpoints are made by name."""
    # The first time all of them are understood, which takes a tenth of a second.
    return Response(await request.state.executors.aside(_all_published), media_type=JSON.media_type)


async def get_model(model: str, request: Request) -> ModelReply:
    """Describe a model: a published one, one that the operator keeps, or one by the id that POST /models answers."""
    state = request.state
    find = functools.partial(_find, model, state.manifests, state.settings.max_manifest_bytes)
    found: NamedModel | None = await state.executors.aside(find)
    if found is None:
        meant = did_you_mean(published_like(model), ".")
        raise HTTPException(404, f"no model is called {model[:64]!r}{meant} GET /models lists all")
    return _reply(found)


async def post_model(request: Request) -> Response:
    """Name a model by its `config.json`: the reply's name is an id that stands for all of it, and nothing is kept."""
    refuse_query_of_post(request)
    settings = request.state.settings
    document, nbytes = await read_document(request, settings.max_manifest_bytes, _VALUES)
    model = await answered(request, functools.partial(posted_model, document), reading_cost(nbytes))
    headers = {"Content-Location": f"{root_path(request)}/models/{model.name}", "Cache-Control": "no-cache"}
    return Response(orjson.dumps(_reply(model).model_dump()), media_type=JSON.media_type, headers=headers)


def _find(name: str, manifests: ManifestFolder, limit: int) -> NamedModel | None:
    if name in PUBLISHED:
        return published_model(name)
    kept = manifests.find(name) if manifests.may_have(name) else None
    if kept is None:
        return model_of_id(name, limit)
    try:
        return model_of_manifest(name, kept.read(limit))
    except UnreadableManifest:
        return None
