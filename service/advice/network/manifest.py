"""The tensors of a network as a manifest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from service.advice.answer import Manifest
from service.advice.layer.layer import Layer
from service.advice.network.advised import AdvisedLayer
from service.advice.network.limits import MAX_TENSORS, too_many_tensors
from service.advice.network.network_layer import InvalidLayer
from service.advice.scheme import Scheme
from service.tensors.spec import Scalar


def manifest_of(advised: Sequence[AdvisedLayer]) -> Manifest:
    """Return the tensors of the layers of a network, which share a seed and a dtype.

    Raises InvalidLayer where tensors of two layers would have one name, and OverLimit where all are too many.
    """
    links = advised[0].layer.links
    seed = str(links.seed or 0)
    names = {each.layer.links.name for each in advised}
    owners: dict[str, Layer] = {}
    tensors: dict[str, dict[str, Scalar | list[int]]] = {}
    of_advisors: dict[int, Mapping[str, Scheme]] = {}
    for index, each in enumerate(advised):
        own = of_advisors.get(id(each.advisor)) or of_advisors.setdefault(id(each.advisor), each.advisor.tensors())
        if len(tensors) + len(own) > MAX_TENSORS:
            raise too_many_tensors(len(tensors) + len(own))
        for tensor, scheme in (*own.items(), *_parts(each, names)):
            name = each.named(tensor)
            owner = owners.setdefault(name, each.layer)
            if name in tensors:
                raise _collision(index, name, owner, each.layer)
            tensors[name] = _entry(scheme, seed, name)
    return Manifest(seed, links.dtype.name, tensors)


def _parts(advised: AdvisedLayer, names: set[str]) -> Iterator[tuple[str, Scheme]]:
    """Yield the tensors of parts of a layer that are no layers of the list themselves."""
    for tensor, scheme in advised.advisor.parts().items():
        if advised.named(tensor.rpartition(".")[0]) not in names:
            yield tensor, scheme


def _collision(index: int, tensor: str, first: Layer, second: Layer) -> InvalidLayer:
    owners = " and of ".join(f"{layer.links.name} ({layer.description.layer})" for layer in (first, second))
    return InvalidLayer(
        index,
        "name",
        f"{tensor} would be a tensor of {owners}: leave out the layer that is a part of the other, or give one of them "
        "another name",
    )


def _entry(scheme: Scheme, seed: str, name: str) -> dict[str, Scalar | list[int]]:
    """Return a tensor in the member names of `/weights`: a complete request, which a POST makes as it stands."""
    entry: dict[str, Scalar | list[int]] = {"initializer": scheme.initializer_name, "shape": list(scheme.shape)}
    if scheme.initializer.random:
        entry["seed"] = seed
    return {**entry, "name": name, "dtype": scheme.links.dtype.name, **scheme.parameters}
