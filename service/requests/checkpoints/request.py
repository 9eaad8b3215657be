"""From a document, or from what a URL names, to a checkpoint, and what that takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from service.checkpoints import by_name
from service.checkpoints.checkpoint import LONGEST_TEXT, MOST_BYTES, MOST_FILES, Checkpoint, NotCountable, TooManyFiles
from service.checkpoints.container import CONTAINERS, Container
from service.checkpoints.names import InvalidName, NameTemplate
from service.checkpoints.token import InvalidToken, decode
from service.delivery.answering import AnswerCost
from service.delivery.negotiation import NotAcceptable
from service.formats.entry import Unwritable
from service.formats.safetensors_header import MAX_HEADER_BYTES, HeaderTooLarge
from service.likeness import did_you_mean
from service.models.published import published_like
from service.requests.body import parse_document
from service.requests.checkpoints import advised
from service.requests.checkpoints.forms import Written, read_written
from service.requests.checkpoints.kinds import MOST_KINDS
from service.requests.checkpoints.levels import is_deep
from service.requests.checkpoints.manifest import Manifest, kind_of, read_manifest
from service.requests.checkpoints.resolution import Resolution
from service.requests.checkpoints.sequence import DRAWN_SECONDS, in_sequence
from service.requests.checkpoints.torch_modules import are_modules, read_modules
from service.requests.faults import Fault, InvalidRequest, MalformedBody
from service.requests.members import Members
from service.settings import Settings
from service.tensors.errors import OverLimit

_KIND_SECONDS = 4e-4
_TENSOR_SECONDS = 1.2e-5
"""Of processor time that a kind of tensors takes to be understood, and each tensor beyond."""

_PATTERN_SECONDS = 2e-4
_MATCH_SECONDS = 6e-7
"""Of processor time that a pattern takes to be understood, and to be held against a name."""

_STAR_SECONDS = 1.5e-7
_RULE_SECONDS = 8e-7
"""Those of each star of a pattern, and of each rule, for a name."""

_ENTRY_SECONDS = 1.5e-5
_FILE_SECONDS = 5e-5
"""Those of a tensor that is written by itself, and of a file."""

_READING = 1e-4
_BYTE_SECONDS = 2e-8
"""Those of reading a document, and of each of its bytes."""

_TENSOR_BYTES = 1500
_BODY_BYTES = 10
"""Of memory that a tensor takes meanwhile, and each byte of a document."""

_MOST_LEVELS = 32
"""In which a manifest nests."""

_LONGEST_MODEL = 64
"""Characters of what may be meant for a model's name; a longer text is meant for a token."""

_FILES = "ask for several files, with max_shard_size"
_WAY_ROUND = "ask for it in parts, with only"


class UnknownCheckpoint(Exception):
    """A URL that names no checkpoint, or no file of one."""


@dataclass(frozen=True)
class CheckpointRequest:
    """A manifest that is read, of which nothing is resolved."""

    manifest: Manifest
    container: Container
    cost: AnswerCost
    """What resolving takes, about."""

    def resolve(self, settings: Settings) -> Checkpoint:
        """Return the checkpoint. Raises InvalidRequest, OverLimit, and NotAcceptable."""
        container = self.container
        manifest = in_sequence(self.manifest, settings.threads)
        checkpoint = replace(Resolution(manifest, settings.threads).checkpoint(), container=container)
        try:
            checkpoint.prepare()
        except Unwritable as error:
            others = tuple(other for other in CONTAINERS.values() if other is not container)
            detail = f"{container.name} cannot hold this checkpoint: {error}"
            raise NotAcceptable(detail, others, is_negotiated=False) from error
        except HeaderTooLarge as error:
            raise OverLimit(error.nbytes, MAX_HEADER_BYTES, "bytes in the header of a file", _FILES) from error
        except TooManyFiles as error:
            raise OverLimit(error.count, MOST_FILES, "files in one checkpoint", "allow files of more bytes") from error
        except NotCountable as error:
            raise OverLimit(error.nbytes, MOST_BYTES, "bytes in one checkpoint", _WAY_ROUND) from error
        return checkpoint


def read_request(
    document: Any, query: Members, container: Container, nbytes: int, most: int, *, is_kept: bool = False
) -> CheckpointRequest:
    """Return what a document of `nbytes` and the query beside it ask for, of at most so many tensors.

    Raises InvalidRequest and OverLimit.
    """
    if is_deep(document, _MOST_LEVELS):
        raise InvalidRequest([Fault(None, f"is nested more than {_MOST_LEVELS} levels deep")], True)
    written = _written(document)
    manifest = read_manifest(written, query, is_kept=is_kept)
    if manifest.parameters.max_shard_size is not None and not container.is_split:
        detail = f"is not for {container.name}, which has all tensors in one file here: leave it out"
        raise InvalidRequest([Fault("max_shard_size", detail)], in_body="max_shard_size" not in query.values)
    names = sum(map(_count, written.tensors))
    if names > most:
        way_round = "make it in parts; an operator who sets FANIN_MAX_TENSORS allows more"
        raise OverLimit(names, most, "tensors in one checkpoint", way_round)
    return CheckpointRequest(manifest, container, _cost(manifest, names, nbytes))


def _written(document: Any) -> Written:
    """Return what a document of any form says. Raises InvalidRequest."""
    if isinstance(document, dict) and "tensors" not in document and are_modules(document.get("modules")):
        return read_modules({name: value for name, value in document.items() if name != "modules"}, document["modules"])
    return read_written(document)


def reading_cost(nbytes: int, seconds: float = 0.0) -> AnswerCost:
    """Return what reading a document of `nbytes` takes, beside so many seconds."""
    return AnswerCost(_BODY_BYTES * nbytes, _READING + seconds + nbytes * _BYTE_SECONDS, "keep it as JSON")


def recipe_seconds(document: Any, query: Members) -> float:
    """Return what the recipe takes that a body or a query asks for, beside reading."""
    names = [query.values.get("initialize"), document.get("initialize") if isinstance(document, dict) else None]
    return advised.SECONDS if advised.NAME in names else 0.0


def document_of_token(token: str, limit: int) -> tuple[Any, int]:
    """Return the manifest that a token has, of at most `limit` bytes, and how many. Raises UnknownCheckpoint."""
    try:
        text = decode(token, min(limit, LONGEST_TEXT))
        return parse_document(text), len(text)
    except (InvalidToken, MalformedBody) as error:
        is_long = len(token) > _LONGEST_MODEL
        of_model = "" if is_long else f", and no model is called {token!r}{did_you_mean(published_like(token))}"
        raise UnknownCheckpoint(f"no checkpoint: {error}{of_model}") from error


def _cost(manifest: Manifest, names: int, nbytes: int) -> AnswerCost:
    rules = 1 + len(manifest.rules) + len(manifest.parameters.shard or ())
    kinds = min(_distinct(manifest.tensors) * min(rules, names), names, MOST_KINDS)
    patterns = manifest.patterns + (by_name.PATTERNS if manifest.parameters.initialize == "by_name" else 0)
    seconds = (
        kinds * _KIND_SECONDS
        + patterns * _PATTERN_SECONDS
        + names * (_TENSOR_SECONDS + patterns * _MATCH_SECONDS + manifest.stars * _STAR_SECONDS + rules * _RULE_SECONDS)
        + len(manifest.tensors) * _ENTRY_SECONDS
        + (0 if manifest.parameters.max_shard_size is None else min(names, MOST_FILES) * _FILE_SECONDS)
        + nbytes * _BYTE_SECONDS
    )
    if manifest.is_in_sequence:
        # Each is understood twice: where the generator stands before it follows from those before.
        seconds += 2 * names * _KIND_SECONDS + DRAWN_SECONDS
    return AnswerCost(_TENSOR_BYTES * names + _BODY_BYTES * nbytes, seconds, _WAY_ROUND)


def _count(key: str) -> int:
    try:
        return len(NameTemplate(key))
    except InvalidName:
        return 0


def _distinct(tensors: Mapping[str, Mapping[str, Any]]) -> int:
    """Return how many tensors differ in more than their names."""
    return len({kind_of(own) for own in tensors.values()})
