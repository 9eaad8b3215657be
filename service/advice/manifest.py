"""The tensors of a network as a manifest."""

from __future__ import annotations

from collections.abc import Sequence

from service.advice.advisor import Advisor
from service.advice.answer import Manifest
from service.advice.scheme import Scheme
from service.tensors.dtypes import Dtype
from service.tensors.spec import Scalar


def manifest_of(advisors: Sequence[Advisor]) -> Manifest:
    """Return the tensors of the layers of a network, which share a seed and a dtype."""
    links = advisors[0].layer.links
    tensors = {
        f"{advisor.layer.links.name}.{name}": _entry(scheme, links.dtype)
        for advisor in advisors
        for name, scheme in advisor.tensors().items()
    }
    return Manifest(str(links.seed or 0), links.dtype.name, tensors)


def _entry(scheme: Scheme, shared: Dtype) -> dict[str, Scalar | list[int]]:
    """Return a tensor in the member names of `/weights`; its dtype where it is not the shared one."""
    entry = {"initializer": scheme.initializer_name, "shape": list(scheme.shape), **scheme.parameters}
    return entry if scheme.links.dtype is shared else {**entry, "dtype": scheme.links.dtype.name}
