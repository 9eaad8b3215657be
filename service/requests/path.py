"""The last step of a tensor's path: the name of an initializer, and the format in which it may end."""

from __future__ import annotations

from service.formats.format import Format
from service.formats.registry import BY_EXTENSION


def split_extension(step: str) -> tuple[str, Format | None]:
    """Return the name and the format of `he_normal.npy`; no format where the step does not end in one's extension.

    The names of initializers have points too: `torch.nn.init.trunc_normal_`.
    """
    name, _, extension = step.rpartition(".")
    format_ = BY_EXTENSION.get(extension.lower()) if name else None
    return (step, None) if format_ is None else (name, format_)
