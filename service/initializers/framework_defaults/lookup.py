"""The defaults of all frameworks: the scheme that a tensor of a layer starts with, with no tensor made."""

from __future__ import annotations

from collections.abc import Mapping

from service.initializers.framework_defaults.burn import BURN
from service.initializers.framework_defaults.candle import CANDLE
from service.initializers.framework_defaults.flax import FLAX
from service.initializers.framework_defaults.framework import Framework
from service.initializers.framework_defaults.keras import KERAS
from service.initializers.framework_defaults.mlx import MLX
from service.initializers.framework_defaults.pytorch import PYTORCH
from service.initializers.framework_defaults.rule import Context
from service.initializers.initializer import Initializer
from service.tensors.errors import InvalidParameter

FRAMEWORKS: Mapping[str, Framework] = {f.name: f for f in (PYTORCH, KERAS, FLAX, BURN, CANDLE, MLX)}


def default_of(framework: str, layer: str, tensor: str, context: Context) -> Initializer:
    """Return the initializer, with its parameters, that `framework` starts a tensor with.

    `layer` and `tensor` are names as users of the framework write them; `Framework.names` has them for what a layer
    is and what a tensor is for. The shape in `context` is the tensor's as the framework stores it; the rest of it is
    used where the rule needs it. Raises InvalidParameter, whose parameter is framework, layer, tensor, or what the
    context lacks.
    """
    known = FRAMEWORKS.get(framework)
    if known is None:
        raise InvalidParameter("framework", f"must be one of {', '.join(FRAMEWORKS)}")
    canonical = known.layer(layer)
    return known.rule(canonical, known.tensor(canonical, tensor)).of(context)
