"""What to beware of with a layer, besides what its rule says."""

from __future__ import annotations

import math
from collections.abc import Iterable

from service.advice.answer import Evidence
from service.advice.layer.layer import Layer
from service.advice.numbers import ratio_text
from service.advice.recipe import Recipe
from service.advice.rules.condition import UNEQUAL_SIDES
from service.advice.rules.rule import Rule
from service.advice.scheme import Scheme
from service.advice.theory.prediction import normalizer_of
from service.advice.wording import remedy
from service.frameworks.pytorch import PYTORCH
from service.frameworks.registry import DESCRIBED
from service.initializers.initializer import Initializer
from service.tensors.errors import InvalidParameter

_GROWTH_OF_A_BLOCK, _GROWTH_OF_A_STACK = 1.1, 10.0
"""What a block without normalisation, and all of them, may multiply the signal by without a warning: a choice."""

_EXPLODING = 1e3
"""What signal and gradient may grow or shrink by over the depth without a warning: a choice."""


def layer_warnings(layer: Layer, rule: Rule, bias: Scheme | None, evidence: Evidence) -> tuple[str, ...]:
    """Return the rule's warnings, and those that the layer's surroundings give reason for.

    `evidence` is that for the weights and the bias that the rule recommends.
    """
    is_bare = not layer.has_skips and normalizer_of(layer) == "none"
    return (
        *rule.warnings,
        *(rule.bare_warnings if is_bare else ()),
        *(rule.bias_warnings if bias is not None else ()),
        *_warnings(layer, rule, bias, evidence),
    )


def _warnings(layer: Layer, rule: Rule, bias: Scheme | None, evidence: Evidence) -> Iterable[str]:
    yield from _warnings_of_storage(layer)
    if _explodes_under_normalisation(layer, rule, evidence):
        assert evidence.depth is not None
        yield (
            f"Without skips, {layer.normalization} normalisation multiplies the gradient's squared norm by "
            f"{evidence.chi_perp:.5g} in each layer, by {evidence.depth.backward:.2g} over {evidence.depth.layers} "
            "layers, whatever the weights: add skips."
        )
    elif _sums_unnormalised_branches(layer, evidence):
        yield (
            "Nothing normalises the branches, and each block adds to the signal: end each branch with zeros "
            "(role=residual_last) or with a factor that starts at zero (ReZero, SkipInit)"
            f"{', or give depth for the scale of Fixup' if layer.depth is None else ''}."
        )
    elif _is_lost_over_depth(evidence):
        assert evidence.depth is not None
        layers = f"{evidence.depth.layers} {'blocks' if layer.has_skips else 'layers'}"
        yield (
            f"Over {f'the {layers} of the list' if layer.stack else f'{layers} like this one'} the signal is "
            f"multiplied by {ratio_text(evidence.depth.forward)}, its gradient by "
            f"{ratio_text(evidence.depth.backward)}: {remedy(layer)}."
        )
    yield from _warnings_of_widths(layer, rule, evidence)
    if layer.loses_bias and layer.description.bias is None and (bias is None or layer.has_constructor_bias):
        how = "leave it out" if bias is None else f"leave it out, with {_without_bias(layer)}"
        yield f"The normalisation after the layer cancels any bias: {how}."
    elif bias is not None and layer.has_constructor_bias and not (layer.usually_has_bias and rule.bias is not None):
        yield f"Such layers usually have no bias, and the constructor makes one: {_without_bias(layer)} leaves it out."
    if layer.bias_start is not None and bias is not None:
        yield from _warnings_of_bias(layer, layer.bias_start, bias)
    # A gain makes up for dropout where the second moment is proportional to the signal's.
    if layer.description.dropout and not (layer.activation.family.is_rectifier or layer.activation.name == "linear"):
        yield "Dropout adds noise that no scale of the weights makes up for exactly."


def _warnings_of_bias(layer: Layer, start: Initializer, bias: Scheme) -> Iterable[str]:
    """Yield what a bias does that starts with something else than is recommended."""
    try:
        own = Recipe.of(start).on(layer, layer.bias_shape, bias.name)
    except InvalidParameter:
        return
    if own.is_same_as(bias) or own.is_distributed_as(bias):
        return
    called = f"{start.name} {own.constant:g}" if start.name == "constant" and own.constant is not None else start.name
    square = own.mean_square
    if bias.constant == 0.0 and square is not None:
        harm = "does little harm" if square <= _SMALL_BIAS**2 else "drowns the signal" if square > 1.0 else "shifts it"
        yield (
            f"The call starts the bias with {called}, and zeros are recommended: its mean square of {square:.3g} is "
            f"added to that of the pre-activations, about 1, which {harm}."
        )
    else:
        yield f"The call starts the bias with {called}, and {bias.initializer_name} is recommended."


_SMALL_BIAS = 0.1
"""A bias that changes pre-activations of about 1 by little: a choice."""


def _without_bias(layer: Layer) -> str:
    """Return how a layer is made without a bias in its framework; in PyTorch where none is named."""
    return DESCRIBED[layer.description.framework or PYTORCH.name].without_bias


def _warnings_of_widths(layer: Layer, rule: Rule, evidence: Evidence) -> Iterable[str]:
    """Yield what the mean of two very unequal fans does to the signal in the layer itself."""
    own, recipe = evidence.forward_ratio, rule.weights
    is_bare = not layer.has_skips and normalizer_of(layer) == "none"
    if own is None or recipe is None or not is_bare or not recipe.initializer.startswith("glorot"):
        return
    by_inputs = own * (layer.fan_in + layer.fan_out) / (2.0 * layer.fan_in)
    is_better = abs(math.log(by_inputs)) < abs(math.log(own)) if own > 0.0 else False
    if is_better and UNEQUAL_SIDES.holds(layer):
        yield (
            f"Between widths as unequal as {layer.fan_in:g} and {layer.fan_out:g} Glorot's mean of both multiplies the "
            f"signal's mean square by {ratio_text(own)} in this layer, and a scheme by fan_in alone, such as LeCun's, "
            f"by {ratio_text(by_inputs)}."
        )


def _explodes_under_normalisation(layer: Layer, rule: Rule, evidence: Evidence) -> bool:
    """Return whether normalisations without skips let the gradient grow beyond what is told."""
    if layer.has_skips or not rule.has_theory or normalizer_of(layer) == "none":
        return False
    return evidence.depth is not None and evidence.depth.backward > _EXPLODING


def _sums_unnormalised_branches(layer: Layer, evidence: Evidence) -> bool:
    """Return whether the sum of the branches grows beyond what counts as good."""
    if not layer.has_skips or layer.normalization not in {"none", "weight"}:
        return False
    if evidence.depth is not None:
        return evidence.depth.forward > _GROWTH_OF_A_STACK
    return evidence.forward_ratio is not None and evidence.forward_ratio > _GROWTH_OF_A_BLOCK


def _is_lost_over_depth(evidence: Evidence) -> bool:
    """Return whether signal or gradient grow or vanish beyond what is told."""
    if evidence.depth is None:
        return False
    return any(not 1.0 / _EXPLODING < ratio < _EXPLODING for ratio in (evidence.depth.forward, evidence.depth.backward))


def _warnings_of_storage(layer: Layer) -> Iterable[str]:
    """Yield what was understood of the weight's axes that may have been meant otherwise."""
    weight, own = layer.axes, layer.weight.own
    if weight is None:
        return
    is_said = weight.letters == layer.description.layout or layer.description.equation is not None
    if weight.stack > 1 and not layer.has_kernel_by_channel and not is_said:
        yield (
            f"The weight is read as a stack of {weight.stack} independent kernels, which count in no fan "
            f"(layout={weight.letters}). If its axes mean something else, give layout."
        )
    pointwise = layer.pointwise_kernel
    is_told = pointwise is not None and layer.description.out_features is not None
    if pointwise is not None and not is_told:
        yield f"The layer has a second weight, which mixes the channels: ask for it with tensor={pointwise}."
    if layer.role == "qkv" and layer.gates == 1 and len(layer.shape) == 2 and weight.out > weight.in_:
        yield (
            "If queries, keys and values of different sizes are stacked here, give heads and kv_heads: each of them is "
            "a matrix of its own."
        )
    if layer.bias_shape is None and layer.description.bias is not False and not is_told:
        yield (
            "The bias has one number for each output of the pointwise kernel, and this weight does not say how many "
            "there are. Take zeros."
        )
    if own is not None and "head_size" in own.record.default.takes and not _has_head_size(layer):
        yield f"{own.layers.title} draws {own.layer} by the size of a head: give head_size to see its default judged."


def _has_head_size(layer: Layer) -> bool:
    return layer.description.head_size is not None or layer.description.heads is not None
