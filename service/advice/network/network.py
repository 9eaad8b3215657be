"""From a list of layers to the answer: each one's, the signal through all of them, their tensors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from service.advice.answer import Answer, Extent, NetworkAnswer
from service.advice.layer.layer import Layer
from service.advice.layer.resolve import NOTHING
from service.advice.network.advised import advise_layers
from service.advice.network.context import Context, in_context
from service.advice.network.evidence import network_evidence
from service.advice.network.joints import mismatches
from service.advice.network.manifest import manifest_of
from service.advice.network.network_layer import NetworkLayer
from service.advice.rules.roles import ZERO_SCALE


def advise_network(
    network_layers: Sequence[NetworkLayer],
    extent: Extent = "full",
    assumed: Mapping[str, object] = NOTHING,
    warnings: Sequence[str] = (),
) -> NetworkAnswer:
    """Return the answers for layers in the order in which a signal meets them. Raises OverLimit and InvalidLayer.

    `assumed` and `warnings` are what is told of all of them.
    """
    return advise_in_context(in_context(network_layers), extent, assumed, warnings)


def advise_in_context(
    context: Context,
    extent: Extent = "full",
    assumed: Mapping[str, object] = NOTHING,
    warnings: Sequence[str] = (),
) -> NetworkAnswer:
    """Return the answers for layers of which all is known that their list says, as `advise_network` does."""
    understood, places = context
    advised = advise_layers(understood, extent)
    layers = [each.layer for each in advised]
    begun = [index for index, each in enumerate(understood) if _begins(each)]
    unmet = {
        index: said
        for index, said in mismatches(layers, places, begun, [each.takes for each in understood]).items()
        if not _follows_unknown(understood[index])
    }
    answers = tuple(
        _warned(each.answer, tuple(_warnings(layers, index, unmet, each.answer.warnings)))
        for index, each in enumerate(advised)
    )
    return NetworkAnswer(
        dict(assumed), answers, network_evidence(advised, places, unmet), manifest_of(advised), tuple(warnings)
    )


def _begins(network_layer: NetworkLayer) -> bool:
    """Return whether a layer takes another input of the network, or a recurrent one what stands elsewhere."""
    kinds = {passage.kind for passage in network_layer.passages}
    return "input" in kinds or (network_layer.layer.is_recurrent and "other" in kinds)


def _follows_unknown(network_layer: NetworkLayer) -> bool:
    """Return whether something stands before a layer of which nobody knows how many outputs it has."""
    return any(passage.kind == "unknown" for passage in network_layer.passages)


def _warned(answer: Answer, warnings: tuple[str, ...]) -> Answer:
    return answer if warnings == answer.warnings else replace(answer, warnings=warnings)


def _warnings(layers: Sequence[Layer], index: int, unmet: Mapping[int, str], own: Sequence[str]) -> Iterator[str]:
    """Yield what to beware of with a layer: where its shape does not meet, and its own but for what the list heeds."""
    if index in unmet:
        yield unmet[index]
    after = layers[index + 1] if index + 1 < len(layers) else None
    has_zero_scale = after is not None and after.kind == "normalization" and after.role == "residual_last"
    yield from (warning for warning in own if warning != ZERO_SCALE or not has_zero_scale)
