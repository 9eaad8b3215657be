"""Weights as a framework's call draws them, which reads its fans off the tensor as that framework stores it.

torch/nn/init.py (`_calculate_fan_in_and_fan_out`): axis 1 is in, axis 0 out, whatever the groups and the direction of
the convolution; keras/src/initializers/random_initializers.py (`compute_fans`) and jax/_src/nn/initializers.py: the
last axis but one is in, the last out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from service.advice.framework_default import stored_shape
from service.advice.layer.layer import Layer
from service.advice.layer.storage import find_tensor
from service.advice.numbers import fan_text
from service.advice.recipe import Recipe
from service.advice.scheme import Scheme
from service.frameworks.flax import FLAX
from service.frameworks.framework import Framework
from service.frameworks.jax import JAX
from service.frameworks.keras import KERAS
from service.frameworks.pytorch import PYTORCH
from service.frameworks.registry import DESCRIBED
from service.frameworks.tensorflow import TENSORFLOW
from service.initializers.identity import Identity
from service.initializers.initializer import Initializer, defaults_of
from service.tensors.errors import InvalidParameter

_Side = Literal["fan_in", "fan_out"]

_CALLED_IN = {
    PYTORCH.name: ("pytorch", "timm", "torchvision", "transformers"),
    KERAS.name: ("keras", "tensorflow"),
    TENSORFLOW.name: ("tensorflow", "keras"),
    JAX.name: ("jax", "flax"),
    FLAX.name: ("flax", "jax"),
}
"""Frameworks whose functions read a shape, and those whose users call them."""


def called_from(framework: str | None) -> tuple[Framework, ...]:
    """Return the frameworks whose functions stand in the code of one, its own first; none where none is named."""
    own = DESCRIBED.get(framework or "")
    others = [DESCRIBED[name] for name, users in _CALLED_IN.items() if framework in users and name != framework]
    return (*([] if own is None else [own]), *others)


def caller(frameworks: Iterable[Framework], is_owned: bool, used: str | None) -> Framework | None:
    """Return whose function is called, of several that have one of that name; None where that is not known.

    `used` is the framework that the description names. Without one a name with no owner is PyTorch's, as all else is.
    """
    known = [framework for framework in frameworks if framework.name in _CALLED_IN]
    fitting = [framework for framework in known if used in _CALLED_IN[framework.name]]
    if fitting or is_owned:
        return next(iter(fitting or known), None)
    if used:
        return None
    return PYTORCH if PYTORCH in known else known[0] if len(known) == 1 else None


def called_weights(initializer: Initializer, framework: Framework, layer: Layer, suffix: str) -> Scheme | None:
    """Return what a framework's function makes of the layer's weight.

    None where it does not read the axes, or how the framework stores the layer is not known. Raises InvalidParameter.
    """
    weight = layer.axes
    if weight is None or "layout" not in defaults_of(type(initializer)) or isinstance(initializer, Identity):
        return None
    layers, own = framework.layers, dict(initializer.canonical)
    if layers is None or (weight.stack_axes.axes and not layer.has_kernel_by_channel):
        return None
    if len(weight.in_axes.axes) > 1 or len(weight.out_axes.axes) > 1:
        # Where a kernel has several such axes, its layer tells the function, or flattens them.
        return Recipe(initializer.name, {**own, "layout": weight.letters}).on(layer, layer.shape, suffix)
    stored = find_tensor(layers, layer.description.layer, layer.weight.kind, layer.weight.part)
    if stored is None:
        return None
    try:
        shape = stored_shape(layer, stored, weight)
    except InvalidParameter:
        return None
    return Recipe(initializer.name, {"layout": framework.layout, **own}).on(layer, shape, suffix)


def reading(weights: Scheme, framework: Framework, layer: Layer) -> str:
    """Return which fans a framework's call takes that are others than the layer's; nothing where there are none."""
    mode = str(weights.initialization.facts.get("mode", ""))
    sides: Mapping[_Side, tuple[float, str]] = {
        "fan_in": (layer.fan_in, "a unit sums {} inputs"),
        "fan_out": (layer.fan_out, "an input feeds {} units"),
    }
    others = {
        side: (fan_text(own), does.format(fan_text(true)))
        for side, (true, does) in sides.items()
        if (own := weights.fan(side)) is not None and own != true and mode in {side, "fan_avg", ""}
    }
    read = " and ".join(f"a {side} of {own}" for side, (own, _) in others.items())
    true = " and ".join(does for _, does in others.values())
    return f"{framework.title} reads {read} off this tensor, and {true}" if others else ""
