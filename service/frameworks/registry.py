"""The defaults of all frameworks: the scheme that a tensor of a layer starts with, with no tensor made."""

from __future__ import annotations

from collections.abc import Mapping

from service.frameworks.burn import BURN
from service.frameworks.candle import CANDLE
from service.frameworks.flax import FLAX
from service.frameworks.keras import KERAS
from service.frameworks.layers import Framework
from service.frameworks.mlx import MLX
from service.frameworks.pytorch import PYTORCH
from service.frameworks.rules import TensorContext
from service.initializers.initializer import Initializer
from service.tensors.errors import InvalidParameter

FRAMEWORKS: Mapping[str, Framework] = {f.name: f for f in (PYTORCH, KERAS, FLAX, BURN, CANDLE, MLX)}


def default_of(framework: str, layer: str, tensor: str, context: TensorContext) -> Initializer:
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
