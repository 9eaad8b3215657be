"""What is worth trying: no theory knows the data, so always experiment."""

from __future__ import annotations

import math

from service.advice.answer import Experiment
from service.advice.layer.layer import Layer
from service.advice.links import href
from service.advice.scheme import Scheme, with_parameters
from service.advice.theory.evidence import initial_loss

_FACTORS = (0.5, 1.0, 2.0)


def experiments(layer: Layer, weights: Scheme | None) -> tuple[Experiment, ...]:
    """Return the experiments that a layer with these weights is worth."""
    planned = []
    swept = _sweep(weights) if weights is not None else ()
    if swept:
        planned.append(
            Experiment(
                "gain sweep",
                "train a few hundred steps with the weights at half, once and twice the scale, the rest being equal",
                "the same loss within the noise of seeds; where it is not, the layer's scale is worth tuning",
                swept,
            )
        )
    if layer.axes is not None and weights is not None:
        planned.append(
            Experiment(
                "measured variance",
                "run one batch, and look at the second moment of each layer's pre-activations and of its gradient",
                "within a factor of 3 from layer to layer; if not, scale each layer by the root of what is measured "
                "(LSUV)",
            )
        )
    loss = initial_loss(layer, weights.mean_square or 0.0) if weights is not None else None
    if loss is not None:
        classes = layer.shape[0] if layer.kind == "embedding" else layer.description.classes or layer.out
        best = math.log(max(classes, 2)) if layer.role != "binary_head" else math.log(2.0)
        planned.append(
            Experiment(
                "loss at initialisation",
                "the mean cross-entropy of one batch before the first step",
                f"{loss:.6g} nats, against ln C = {best:.6g} for a model that knows nothing",
            )
        )
    if layer.description.parametrization == "mup":
        planned.append(
            Experiment(
                "coordinate check",
                "a few steps at several widths, looking at the mean absolute activation of each layer",
                "the same at every width; what grows or shrinks with it is not parametrised",
            )
        )
    planned.append(
        Experiment(
            "seeds",
            "the same run with three other seeds (the parameter seed)",
            "differences between schemes that are larger than those between seeds",
        )
    )
    return tuple(planned)


def _sweep(weights: Scheme) -> tuple[str, ...]:
    """Return links to the tensor at half, once and twice its scale; none where the scheme has no scale."""
    initializer = weights.initializer
    fields = type(initializer).model_fields
    given = dict(initializer.canonical)
    if weights.is_constant:
        return ()
    if "gain" in fields and "gain" in weights.initialization.facts:
        scale, name = float(weights.initialization.facts["gain"]), "gain"
        given = {key: value for key, value in given.items() if key not in _INSTEAD_OF_GAIN}
    elif "std" in fields and isinstance(getattr(initializer, "std", None), float):
        scale, name = float(getattr(initializer, "std")), "std"  # noqa: B009 (a field of some initializers)
    else:
        return ()
    swept = (with_parameters(type(initializer), {**given, name: _short(factor * scale)}) for factor in _FACTORS)
    return tuple(href(scaled, weights.shape, weights.links, weights.name) for scaled in swept)


_INSTEAD_OF_GAIN = frozenset(("nonlinearity", "negative_slope", "gain_rule"))


def _short(number: float) -> float:
    return float(f"{number:.9g}")
