"""`/models`: published models by name."""

from __future__ import annotations

from typing import Any

from fastapi import HTTPException
from pydantic import BaseModel, Field

from service.likeness import did_you_mean, nearest_names
from service.models.published import PUBLISHED


class ModelReply(BaseModel):
    """A published model."""

    name: str
    model_type: str = Field(description="The family of its architecture.")
    parameters: int = Field(description="Its numbers, those of tied tensors once.")
    config: dict[str, Any] = Field(
        description="Of its config.json, what decides the names, shapes and initializers of its tensors."
    )
    href: str = Field(description="The plan of its checkpoint; with a seed the same for ever.")
    checkpoint: str = Field(description="Its safetensors file.")


class ModelsReply(BaseModel):
    """All published models."""

    models: list[ModelReply]


def _describe(name: str) -> ModelReply:
    model = PUBLISHED[name]
    return ModelReply(
        name=name,
        model_type=model.config["model_type"],
        parameters=model.parameters,
        config=dict(model.config),
        href=f"/checkpoints/{name}?seed=42",
        checkpoint=f"/checkpoints/{name}/model.safetensors?seed=42",
    )


async def list_models() -> ModelsReply:
    """List the published models whose checkpoints are made by name."""
    return ModelsReply(models=[_describe(name) for name in PUBLISHED])


async def get_model(model: str) -> ModelReply:
    """Describe a published model."""
    if model not in PUBLISHED:
        meant = did_you_mean(nearest_names(model, PUBLISHED, 3), ".")
        raise HTTPException(404, f"no model is called {model[:64]!r}{meant} GET /models lists all")
    return _describe(model)
