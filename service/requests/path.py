"""The last step of a tensor's path: the name of an initializer, and the format in which it may end."""

from __future__ import annotations

from service.catalogue.catalogue import CATALOGUE, UnknownInitializer
from service.formats.format import Format
from service.formats.registry import FORMATS
from service.likeness import fold, nearest
from service.requests.spellings.choices import Choices
from service.tensors.dtypes import DTYPES

_FORMATS = Choices.of("format", FORMATS)
_DTYPES = Choices.of("dtype", DTYPES)


def is_step(rest: str) -> bool:
    """Return whether what follows `/weights/` in a path is one step of it: a name, or a call with slashes in it."""
    return "/" not in rest or "(" in rest


def split_extension(step: str) -> tuple[str, Format | None]:
    """Return the name and the format of `he_normal.npy`; no format where the step does not end in one's spelling.

    The names of initializers have points too: `torch.nn.init.trunc_normal_`. Raises UnknownInitializer for a name that
    ends in what is not a format.
    """
    name, point, extension = step.rpartition(".")
    if not point:
        return step, None
    format_ = _FORMATS.find(extension) if name and extension else None
    if format_ is not None:
        return name, FORMATS[format_]
    if name in CATALOGUE and step not in CATALOGUE:
        raise UnknownInitializer(step, tuple(f"{name}.{FORMATS[known].extension}" for known in _near(extension)))
    return step, None


def _near(extension: str) -> tuple[str, ...]:
    """Return the formats that an extension may mean: raw bytes for a dtype, all where none is near."""
    if _DTYPES.find(extension) is not None or fold(extension) in _DTYPES.candidates:
        return ("raw",)
    near = dict.fromkeys(_FORMATS.folded[key] for key in nearest(fold(extension), _FORMATS.folded))
    return tuple(near) or tuple(FORMATS)
