"""A checkpoint in several files, in the convention of Hugging Face's libraries."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from service.checkpoints.member import Member

INDEX = "model.safetensors.index.json"
"""The file that says which file each tensor is in."""


def split(members: Iterable[Member], most_bytes: int) -> list[list[Member]]:
    """Return the tensors of each file, in order: a file has as many as fit into `most_bytes`.

    A tensor larger than that has a file of its own, before the one that is being filled (as
    `split_state_dict_into_shards_factory` of huggingface_hub does it).
    """
    files: list[list[Member]] = []
    current: list[Member] = []
    nbytes = 0
    for member in members:
        if member.kind.nbytes > most_bytes:
            files.append([member])
            continue
        if nbytes + member.kind.nbytes > most_bytes:
            files.append(current)
            current, nbytes = [], 0
        current.append(member)
        nbytes += member.kind.nbytes
    return [*files, current] if current or not files else files


def file_names(count: int, extension: str) -> Sequence[str]:
    """Return the names of so many files that end in a point and `extension`."""
    if count == 1:
        return (f"model.{extension}",)
    return [f"model-{number:05d}-of-{count:05d}.{extension}" for number in range(1, count + 1)]
