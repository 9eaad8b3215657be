"""What a checkpoint's tensors stand in: each container has a header of its own, and may pad the tensors after it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from service.formats import gguf_header, safetensors_header
from service.formats.entry import Entry
from service.formats.safetensors import Safetensors

Texts = Mapping[str, str]

_TIED = "fanin.tied"
"""Where GGUF has the names of tied tensors: its own keys may not look like names of tensors."""


@dataclass(frozen=True)
class Container:
    """A kind of files that hold many tensors."""

    name: str
    """In a request, and at the end of a file's name."""
    media_type: str
    alignment: int
    """Each tensor begins at a multiple of so many bytes, and zeros follow it up to the next."""
    is_split: bool
    """Whether several files may be one checkpoint, by an index."""
    metadata: Callable[[Texts, Texts], Texts]
    """Returns what the header of a file has of texts, from those of a manifest and from tied names."""
    header: Callable[[Texts, Sequence[Entry]], bytes]
    """Returns what stands before the elements. Raises HeaderTooLarge and Unwritable."""

    def padded(self, nbytes: int) -> int:
        """Return what elements of so many bytes take, with the zeros after them."""
        return nbytes + -nbytes % self.alignment


def _of_safetensors(own: Texts, tied: Texts) -> Texts:
    # The library's `save_model` tells so of tensors that share their memory, and its `load_model` reads it.
    return {"format": safetensors_header.LOADER_FORMAT, **own, **tied}


def _of_gguf(own: Texts, tied: Texts) -> Texts:
    return {**own, **({_TIED: json.dumps(dict(sorted(tied.items())))} if tied else {})}


SAFETENSORS = Container(Safetensors.name, Safetensors.media_type, 1, True, _of_safetensors, safetensors_header.header)

# No media type is registered. llama.cpp has several files by metadata and names of its own, without an index.
GGUF = Container("gguf", "application/octet-stream", gguf_header.ALIGNMENT, False, _of_gguf, gguf_header.header)

CONTAINERS = {container.name: container for container in (SAFETENSORS, GGUF)}
"""Every container, the default first."""


def container_of(file_name: str) -> Container | None:
    """Return the container that the name of a file says; None where it says none."""
    return CONTAINERS.get(file_name.rpartition(".")[2])
