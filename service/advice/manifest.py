"""The tensors of a network as a manifest."""

from __future__ import annotations

from collections.abc import Sequence

from service.advice.advisor import Advisor
from service.advice.answer import Manifest
from service.advice.scheme import Scheme
from service.tensors.spec import Scalar


def manifest_of(advisors: Sequence[Advisor]) -> Manifest:
    """Return the tensors of the layers of a network, which share a seed and a dtype."""
    links = advisors[0].layer.links
    seed = str(links.seed or 0)
    tensors = {
        key: _entry(scheme, key, seed)
        for advisor in advisors
        for name, scheme in advisor.tensors().items()
        for key in [f"{advisor.layer.links.name}.{name}"]
    }
    return Manifest(seed, links.dtype.name, tensors)


def _entry(scheme: Scheme, name: str, seed: str) -> dict[str, Scalar | list[int]]:
    """Return a tensor in the member names of `/weights`: a complete request, which a POST makes as it stands."""
    entry: dict[str, Scalar | list[int]] = {"initializer": scheme.initializer_name, "shape": list(scheme.shape)}
    if scheme.initializer.random:
        entry["seed"] = seed
    return {**entry, "name": name, "dtype": scheme.links.dtype.name, **scheme.parameters}
