"""The last step of a tensor's path: the name of an initializer, and the format in which it may end."""

from __future__ import annotations

from service.catalogue.catalogue import CATALOGUE, UnknownInitializer
from service.formats.format import Format
from service.formats.registry import BY_EXTENSION


def split_extension(step: str) -> tuple[str, Format | None]:
    """Return the name and the format of `he_normal.npy`; no format where the step does not end in one's extension.

    The names of initializers have points too: `torch.nn.init.trunc_normal_`. Raises UnknownInitializer for a name that
    ends in the extension of no format.
    """
    name, point, extension = step.rpartition(".")
    if not point:
        return step, None
    format_ = BY_EXTENSION.get(extension.lower()) if name else None
    if format_ is not None:
        return name, format_
    if name in CATALOGUE and step not in CATALOGUE:
        raise UnknownInitializer(step, tuple(f"{name}.{known}" for known in BY_EXTENSION))
    return step, None
