"""A manifest: the names and shapes of a model's tensors, and what initializes them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Any, Literal

import orjson
from pydantic import BeforeValidator, Field

from service.framework_streams.registry import FRAMEWORK_STREAMS
from service.requests.body import parse_document
from service.requests.checkpoints.forms import Written
from service.requests.checkpoints.initialized import Initialized
from service.requests.checkpoints.recipe_parameters import RecipeParameters
from service.requests.checkpoints.rules import GENERAL, Rule
from service.requests.checkpoints.shard_rule import Patterns, ShardRule, patterns, texts
from service.requests.faults import Fault, InvalidRequest, MalformedBody
from service.requests.members import MAX_MEMBERS, Members
from service.requests.tensor_parameters import MAX_RANK, STREAM_NAMES, SeedField
from service.requests.validation import read, split
from service.tensors.dtypes import DTYPES
from service.tensors.errors import OverLimit

_UNITS = {"": 1, "B": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12,
          "KIB": 2**10, "MIB": 2**20, "GIB": 2**30, "TIB": 2**40}  # fmt: skip

_SIZE = re.compile(r"([0-9]{1,15})\s*([A-Za-z]{0,3})")


def _bytes(value: Any) -> Any:
    """Read a number of bytes: 5000000000, 5GB, 512MiB."""
    if isinstance(value, str) and (size := _SIZE.fullmatch(value.strip())) and size[2].upper() in _UNITS:
        return int(size[1]) * _UNITS[size[2].upper()]
    if isinstance(value, str):
        raise ValueError("must be a number of bytes, such as 5GB or 512MiB")  # noqa: TRY004 (Pydantic's)
    return value


def _tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _texts_by_name(value: Any) -> Any:
    if not isinstance(value, dict) or not all(isinstance(text, str) for text in value.values()):
        raise ValueError('must be an object of texts, such as {"license": "mit"}')
    return value


class CheckpointParameters(RecipeParameters):
    """What holds for a whole checkpoint."""

    seed: Annotated[
        SeedField | None,
        Field(description="That of all tensors that say none. Absent: one is drawn; the reply has it."),
    ] = None
    dtype: Annotated[
        Literal[tuple(DTYPES)] | None,  # type: ignore[valid-type]
        Field(description="That of all tensors that say none; float32 where nothing says."),
    ] = None
    stream: Annotated[
        Literal[STREAM_NAMES] | None,  # type: ignore[valid-type]
        Field(
            description="The version of the service's own random stream, or a framework's. Of one generator for all, "
            "as torch's is, the tensors are drawn in the order in which they stand."
        ),
    ] = None
    layout: Annotated[
        str | None,
        Field(description="That of all tensors that say none, and whose initializers take one.", max_length=64),
    ] = None
    tied: Annotated[
        Literal["left_out", "written"],
        Field(description="Whether tensors that are tied to others have no bytes of their own, or the same bytes."),
    ] = "left_out"
    only: Annotated[
        Patterns | None,
        Field(description="Patterns of names: only these tensors; one that begins with ! takes tensors away."),
    ] = None
    shard: Annotated[
        tuple[ShardRule, ...] | None,
        BeforeValidator(_tuple),
        Field(description="The parts of tensors that one worker has; a tensor that no rule matches is whole."),
    ] = None
    max_shard_size: Annotated[
        int | None,
        BeforeValidator(_bytes),
        Field(ge=1, le=2**53, description="Of the elements in one file, such as 5GB; all are in one without it."),
    ] = None
    metadata: Annotated[
        Annotated[Mapping[str, str], Field(max_length=64)] | None,
        BeforeValidator(_texts_by_name),
        Field(description="Texts for the header of each file."),
    ] = None


@dataclass(frozen=True)
class Manifest:
    """What a request says of a checkpoint, in one form."""

    parameters: CheckpointParameters
    rules: tuple[Rule, ...]
    written: Written
    of_query: frozenset[str] = frozenset()
    """Members that the query says."""

    @property
    def tensors(self) -> Mapping[str, Mapping[str, Any]]:
        """The members of each tensor, by its name as it is written."""
        return self.written.tensors

    @property
    def is_in_sequence(self) -> bool:
        """Whether all tensors are drawn from one generator, one after another."""
        stream = FRAMEWORK_STREAMS.get(self.parameters.stream or self.written.usual_stream or "")
        return stream is not None and stream.start is not None

    @property
    def _patterns(self) -> list[str]:
        of_rules = [text for rule in self.rules for text in rule.match]
        of_shards = [text for rule in self.parameters.shard or () for text in rule.match]
        return [*of_rules, *of_shards, *(self.parameters.only or ())]

    @property
    def patterns(self) -> int:
        """How many patterns of names it has."""
        return len(self._patterns)

    @property
    def stars(self) -> int:
        """How many stars they have."""
        return sum(text.count("*") for text in self._patterns)


_JSON = ("rules", "shard", "metadata")
"""Members that have JSON in a query."""

RULE_CONDITIONS = ("match", "rank")

_SHARD_RULE = '{"match": "*.weight", "axis": 0, "index": 3, "count": 8}'

MOST_PATTERNS = 1024
"""Of names, in one manifest: each is held against every name."""

LARGEST_OWN = 2**16
"""Bytes of JSON that a tensor, or a rule, may say: as many as a request for a tensor has."""


def read_manifest(written: Written, query: Members, *, is_kept: bool = False) -> Manifest:
    """Return the manifest of a document, and of the query beside it. Raises InvalidRequest.

    What a query says holds in the place of what a kept document does; in one request both are a contradiction.
    """
    general = dict(written.general)
    said = {name: _of_query(name, value) for name, value in query.values.items()}
    both = [Fault(name, "is in the body too; say it once") for name in said if name in general]
    if both and not is_kept:
        raise InvalidRequest(both, False)
    general = {"dtype": written.stored_dtype} | general | said
    rules = general.pop("rules", None)
    faults: list[Fault] = []
    own, of_rule = _split(general)
    own["shard"] = _read_shard(own.get("shard"), faults)
    parameters = read(CheckpointParameters, own, faults)
    read_rules = _read_rules(rules, faults)
    above = written.place[:-1]
    read_rules = [replace(rule, place=(*above, *rule.place)) for rule in read_rules]
    if "initializer" in of_rule:
        read_rules.append(Rule(("*",), of_rule, above))
    else:
        (known,) = split(Members(of_rule, in_body=True), "a checkpoint", (CheckpointParameters,), faults)
        del known
    of_query = [fault for fault in faults if (*fault.within, fault.parameter)[0] in said]
    if of_query:
        raise InvalidRequest(of_query, False)
    if parameters is None or faults:
        raise InvalidRequest([replace(fault, within=(*above, *fault.within)) for fault in faults], True)
    written = _initialized(written, parameters, frozenset(said))
    manifest = Manifest(parameters, tuple(read_rules), written, frozenset(said))
    if manifest.patterns > MOST_PATTERNS:
        raise OverLimit(manifest.patterns, MOST_PATTERNS, "patterns of names in one checkpoint", "use fewer and wider")
    return manifest


def _initialized(written: Written, parameters: CheckpointParameters, of_query: frozenset[str]) -> Written:
    """Return what is written with the tensors of its configuration. Raises InvalidRequest."""
    initialized = Initialized(parameters, written.place[:-1], of_query)
    if written.config is None:
        initialized.without_model()
        return written
    started = initialized.tensors(written.config, written.place)
    is_tied = parameters.tied == "written"
    tied = {alias: {"tied_to": name} for alias, name in started.ties.items()} if is_tied else {}
    return replace(written, tensors={**started.tensors, **tied})


def _split(general: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what holds for the checkpoint, and what is the initializer of all tensors that say none."""
    own = {name: value for name, value in general.items() if name in CheckpointParameters.model_fields}
    return own, {name: value for name, value in general.items() if name not in own and value is not None}


def _of_query(name: str, value: Any) -> Any:
    """Return a member of a query as a body has it. Raises InvalidRequest."""
    if name in _JSON and isinstance(value, str):
        try:
            return parse_document(value.encode())
        except MalformedBody as error:
            raise InvalidRequest([Fault(name, f"must be JSON: {error}")], False) from error
    return list(value) if isinstance(value, tuple) else value


def _read_rules(rules: Any, faults: list[Fault]) -> list[Rule]:
    if rules is None:
        return []
    if not isinstance(rules, list):
        faults.append(Fault("rules", 'must be a list, such as [{"match": "*.bias", "initializer": "zeros"}]'))
        return []
    read_rules: list[Rule] = []
    for index, rule in enumerate(rules):
        within = ("rules", index)
        if not isinstance(rule, dict):
            detail = 'must be an object, such as {"match": "*.bias", "initializer": "zeros"}'
            faults.append(Fault(None, detail, within))
            continue
        try:
            match = patterns(texts(rule.get("match") or []))
        except ValueError as error:
            faults.append(Fault("match", str(error), within))
            continue
        if not match:
            faults.append(Fault("match", "must be a pattern of names, such as *.bias, or a list of them", within))
            continue
        ranks = rule.get("rank")
        ranks = ranks if isinstance(ranks, list) else [0 if ranks is None else ranks]
        if not ranks or not all(type(rank) is int and 0 <= rank <= MAX_RANK for rank in ranks):
            faults.append(Fault("rank", f"must be a number of axes, 0 to {MAX_RANK}, or a list of them", within))
            continue
        if is_large(rule):
            faults.append(Fault(None, f"says more than {LARGEST_OWN} bytes", within))
            continue
        members = {name: value for name, value in rule.items() if name not in RULE_CONDITIONS and value is not None}
        misplaced = [name for name in ("shape", "name", "tied_to") if name in members]
        faults += [Fault(name, "is a tensor's own: put it into tensors", within) for name in misplaced]
        if "initializer" not in members:
            alone = [name for name in members if name not in GENERAL and name not in misplaced]
            faults += [Fault(name, "is for an initializer, which stands beside it in a rule", within) for name in alone]
        read_rules.append(Rule(match, members, within, frozenset(ranks) if "rank" in rule else None))
    return read_rules


def _read_shard(rules: Any, faults: list[Fault]) -> Any:
    """Return the rules of a list; what is no list is left for the model to refuse."""
    if rules is None:
        return None
    if not isinstance(rules, list):
        faults.append(Fault("shard", f"must be a list, such as [{_SHARD_RULE}]"))
        return None
    read_rules = []
    for index, rule in enumerate(rules):
        within, of_rule = ("shard", index), list[Fault]()
        if isinstance(rule, dict):
            (values,) = split(Members(rule, in_body=True), "a shard rule", (ShardRule,), of_rule)
            shard_rule = read(ShardRule, values, of_rule)
            if shard_rule is not None and shard_rule.index >= shard_rule.count:
                of_rule.append(Fault("index", f"must be below count, {shard_rule.count}: parts are counted from 0"))
            read_rules.append(shard_rule)
        else:
            of_rule.append(Fault(None, f"must be an object, such as {_SHARD_RULE}"))
        faults += [replace(fault, within=within) for fault in of_rule]
    return None if faults else tuple(read_rules)


def is_large(members: Mapping[str, Any]) -> bool:
    """Return whether a tensor, or a rule, says more than one may."""
    return len(members) > MAX_MEMBERS or len(content(members)) > LARGEST_OWN


def kind_of(own: Mapping[str, Any]) -> bytes:
    """Return all that a tensor's members say but its name."""
    return content({name: value for name, value in own.items() if name != "name"})


def content(members: Mapping[str, Any]) -> bytes:
    """Return all that members say."""
    try:
        return orjson.dumps(members)
    except orjson.JSONEncodeError:
        # It has no integers of more than 64 bits.
        return json.dumps(members).encode()
