"""The tensors of a network as a manifest."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from service.advice.advisor import Advisor
from service.advice.answer import Manifest
from service.advice.layer.layer import Layer
from service.advice.network.network_layer import InvalidLayer
from service.advice.scheme import Scheme
from service.tensors.spec import Scalar


def manifest_of(advisors: Sequence[Advisor]) -> Manifest:
    """Return the tensors of the layers of a network, which share a seed and a dtype.

    Raises InvalidLayer where tensors of two layers would have one name.
    """
    links = advisors[0].layer.links
    seed = str(links.seed or 0)
    names = {advisor.layer.links.name for advisor in advisors}
    owners: dict[str, Layer] = {}
    tensors: dict[str, dict[str, Scalar | list[int]]] = {}
    for index, advisor in enumerate(advisors):
        for scheme in (*advisor.tensors().values(), *_parts(advisor, names)):
            owner = owners.setdefault(scheme.name, advisor.layer)
            if scheme.name in tensors:
                raise _collision(index, scheme.name, owner, advisor.layer)
            tensors[scheme.name] = _entry(scheme, seed)
    return Manifest(seed, links.dtype.name, tensors)


def _parts(advisor: Advisor, names: set[str]) -> Iterator[Scheme]:
    """Yield the tensors of parts of a layer that are no layers of the list themselves."""
    for name, scheme in advisor.parts().items():
        if f"{advisor.layer.links.name}.{name.rpartition('.')[0]}" not in names:
            yield scheme


def _collision(index: int, tensor: str, first: Layer, second: Layer) -> InvalidLayer:
    owners = " and of ".join(f"{layer.links.name} ({layer.description.layer})" for layer in (first, second))
    return InvalidLayer(
        index,
        "name",
        f"{tensor} would be a tensor of {owners}: leave out the layer that is a part of the other, or give one of them "
        "another name",
    )


def _entry(scheme: Scheme, seed: str) -> dict[str, Scalar | list[int]]:
    """Return a tensor in the member names of `/weights`: a complete request, which a POST makes as it stands."""
    entry: dict[str, Scalar | list[int]] = {"initializer": scheme.initializer_name, "shape": list(scheme.shape)}
    if scheme.initializer.random:
        entry["seed"] = seed
    return {**entry, "name": scheme.name, "dtype": scheme.links.dtype.name, **scheme.parameters}
