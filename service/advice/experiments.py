"""What is worth trying: no theory knows the data, so always experiment."""

from __future__ import annotations

import math

from service.advice.answer import Experiment
from service.advice.judgements import JUDGED_LAYERS
from service.advice.layer.layer import Layer
from service.advice.links import href
from service.advice.scheme import Scheme, with_parameters
from service.advice.theory.initial_loss import initial_loss
from service.advice.wording import knowing
from service.tensors.spec import encode_query

_SWEEP_FACTORS = (0.5, 2.0)
"""Of the recommended scale, beside which they are tried; the text of the experiment names them."""

DEEPEST, WIDEST = 512, 16384
"""Layers, or blocks, of a stack that `/propagation` draws, and units of each."""

_NORMALIZATIONS = frozenset(("none", "batch", "layer", "rms"))
"""Those that it knows."""

_OF_THE_WEIGHT = frozenset(("layout", "groups", "gates", "fan_in", "fan_out"))
"""Parameters that say what a shape's axes are, which a stack knows."""

_GAIN_BY_NAME = frozenset(("nonlinearity", "negative_slope", "gain_rule"))
"""Parameters that stand for a gain, and not beside one."""


def experiments(layer: Layer, weights: Scheme | None, bias: Scheme | None = None) -> tuple[Experiment, ...]:
    """Return the experiments that a layer with these weights and this bias is worth."""
    of_weights: list[Experiment | None] = []
    if weights is not None:
        of_weights = [_gain_sweep(weights), _measured_variance(layer, weights), _loss(layer, weights, bias)]
    possible = [*of_weights, _coordinate_check(layer)]
    found = tuple(experiment for experiment in possible if experiment is not None)
    return found if found and found[0].name == "gain sweep" else (*found, _SEEDS)


def _gain_sweep(weights: Scheme) -> Experiment | None:
    links = _links_to_scales(weights)
    if not links:
        return None
    return Experiment(
        "gain sweep",
        "train a few hundred steps at half and at twice the scale too, with three seeds each",
        "losses that differ no more than those of other seeds; otherwise tune the scale",
        links,
    )


def _measured_variance(layer: Layer, weights: Scheme) -> Experiment | None:
    if layer.axes is None:
        return None
    link = _propagation_link(layer, weights)
    return Experiment(
        "measured variance",
        "compare the mean squares of the layers' pre-activations, and of their gradients, on one batch",
        "a factor below 3 from layer to layer; otherwise rescale each layer (LSUV)",
        () if link is None else (link,),
    )


def _propagation_link(layer: Layer, weights: Scheme) -> str | None:
    """Return where the weights are tried in a stack of layers like this one; None where such a stack is not drawn."""
    description, depth = layer.description, layer.depth or JUDGED_LAYERS
    is_drawn = layer.kind == "dense" and layer.activation.function is not None and layer.activation.name != "table"
    is_drawn = is_drawn and layer.normalization in _NORMALIZATIONS and not layer.ends_bare_branch
    if not is_drawn or not 2 <= depth <= DEEPEST or layer.noise_width > WIDEST or weights.mean_square is None:
        return None
    said: dict[str, object] = {"activation": layer.activation.name}
    if layer.activation.parameter is not None and not layer.activation.is_usual:
        said[layer.activation.parameter] = layer.activation.value
    said |= {"width": math.ceil(layer.noise_width), "depth": depth}
    if layer.has_skips:
        said |= {"residual": "true", "layers_per_branch": description.layers_per_branch}
    if layer.normalization != "none":
        said["normalization"] = layer.normalization
    if layer.has_skips and layer.normalization in {"layer", "rms"} and description.norm_position == "post":
        said["norm_position"] = "post"
    own = encode_query(
        tuple((name, str(value)) for name, value in weights.initializer.canonical if name not in _OF_THE_WEIGHT)
    )
    candidates = [f"{weights.initializer.name}{'?' * bool(own)}{own}"]
    if description.framework is not None:
        candidates.append(f"{description.framework} default")
    said["candidates"] = ",".join(candidates)
    query = encode_query(tuple((name, str(value)) for name, value in said.items()))
    return f"{layer.links.root}/propagation?{query}"


def _loss(layer: Layer, weights: Scheme, bias: Scheme | None) -> Experiment | None:
    start = initial_loss(layer, weights, bias)
    if start is None:
        return None
    least = "ln C =" if start.share is None else "the entropy"
    return Experiment(
        "loss at initialisation",
        "compute the mean cross-entropy of one batch before the first step",
        f"{start.loss:.6g} nats, against {least} {start.least:.6g} for {knowing(start)}",
    )


def _coordinate_check(layer: Layer) -> Experiment | None:
    if layer.description.parametrization != "mup":
        return None
    return Experiment(
        "coordinate check",
        "take a few steps at several widths, and look at the mean absolute activation of each layer",
        "the same at every width; what grows or shrinks with the width is not parametrised yet",
    )


_SEEDS = Experiment(
    "seeds",
    "repeat the run with three other seeds (seed=1, 2, 3)",
    "differences between schemes that exceed those between seeds",
)


def _links_to_scales(weights: Scheme) -> tuple[str, ...]:
    """Return links to the tensor at half and twice its scale; none where the scheme has no scale."""
    initializer, facts = weights.initializer, weights.initialization.facts
    fields = type(initializer).model_fields
    parameters = dict(initializer.canonical)
    if weights.is_constant:
        return ()
    if "gain" in fields and "gain" in facts:
        scale, name = weights.initialization.number("gain", 1.0), "gain"
        parameters = {key: value for key, value in parameters.items() if key not in _GAIN_BY_NAME}
    elif "std" in fields and isinstance(getattr(initializer, "std", None), float):
        scale, name = float(getattr(initializer, "std")), "std"  # noqa: B009 (a field of some initializers)
    else:
        return ()
    sweep = (
        with_parameters(type(initializer), {**parameters, name: float(f"{factor * scale:.9g}")})
        for factor in _SWEEP_FACTORS
    )
    return tuple(href(each, weights.shape, weights.links, weights.name) for each in sweep)
