"""A manifest: the names and shapes of a model's tensors, and what initializes them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from service.requests.checkpoints.forms import Place, Written
from service.requests.checkpoints.rules import GENERAL, Rule
from service.requests.checkpoints.shard_rule import ShardRule, texts
from service.requests.faults import Fault, InvalidRequest
from service.requests.members import Members
from service.requests.tensor_parameters import SeedField
from service.requests.validation import read, split
from service.streams.registry import STREAMS
from service.tensors.dtypes import DTYPES

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


class CheckpointParameters(BaseModel):
    """What holds for a whole checkpoint."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    seed: Annotated[
        SeedField | None,
        Field(description="That of all tensors that say none. Absent: one is drawn; the reply has it."),
    ] = None
    dtype: Annotated[
        Literal[tuple(DTYPES)] | None,  # type: ignore[valid-type]
        Field(description="That of all tensors that say none; float32 where nothing says."),
    ] = None
    stream: Annotated[
        Literal[tuple(STREAMS)] | None,  # type: ignore[valid-type]
        Field(description="The version of the random stream."),
    ] = None
    layout: Annotated[
        str | None,
        Field(description="That of all tensors that say none, and whose initializers take one.", max_length=64),
    ] = None
    initialize: Annotated[
        Literal["by_name"] | None,
        Field(description="by_name: tensors that nothing else says how to initialize are by their names and ranks."),
    ] = None
    tied: Annotated[
        Literal["left_out", "written"],
        Field(description="Whether tensors that are tied to others have no bytes of their own, or the same bytes."),
    ] = "left_out"
    only: Annotated[
        tuple[str, ...] | None,
        BeforeValidator(texts),
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
        Mapping[str, str] | None, Field(description="Texts for the header of each file.", max_length=64)
    ] = None


@dataclass(frozen=True)
class Manifest:
    """What a request says of a checkpoint, in one form."""

    parameters: CheckpointParameters
    rules: tuple[Rule, ...]
    tensors: Mapping[str, Mapping[str, Any]]
    place: Place
    """Where in the request the tensors stand."""
    has_stored_dtypes: bool = False


_JSON = ("rules", "shard", "metadata")
"""Members that have JSON in a query."""

RULE_CONDITIONS = ("match", "rank")


def read_manifest(written: Written, query: Members, *, is_kept: bool = False) -> Manifest:
    """Return the manifest of a document, and of the query beside it. Raises InvalidRequest.

    What a query says holds in the place of what a kept document does; in one request both are a contradiction.
    """
    general = dict(written.general)
    said = {name: _of_query(name, value) for name, value in query.values.items()}
    both = [Fault(name, "is in the body too; say it once") for name in said if name in general]
    if both and not is_kept:
        raise InvalidRequest(both, False)
    general |= said
    rules = general.pop("rules", None)
    faults: list[Fault] = []
    own, of_rule = _split(general)
    parameters = read(CheckpointParameters, own, faults)
    read_rules = _read_rules(rules, faults)
    if "initializer" in of_rule:
        read_rules.append(Rule(("*",), of_rule, ()))
    else:
        (known,) = split(Members(of_rule, in_body=True), "a checkpoint", (CheckpointParameters,), faults)
        del known
    if parameters is None or faults:
        within = written.place[:-1] if written.place and written.place[-1] == "tensors" else ()
        raise InvalidRequest([Fault(f.parameter, f.detail, f.within or within) for f in faults], True)
    return Manifest(parameters, tuple(read_rules), written.tensors, written.place, written.has_stored_dtypes)


def _split(general: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what holds for the checkpoint, and what is the initializer of all tensors that say none."""
    own = {name: value for name, value in general.items() if name in CheckpointParameters.model_fields}
    return own, {name: value for name, value in general.items() if name not in own and value is not None}


def _of_query(name: str, value: Any) -> Any:
    """Return a member of a query as a body has it. Raises InvalidRequest."""
    if name in _JSON and isinstance(value, str):
        try:
            return json.loads(value)
        except ValueError as error:
            raise InvalidRequest([Fault(name, "must be JSON")], False) from error
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
        match = texts(rule.get("match")) if isinstance(rule, dict) else None
        if not match or not isinstance(match, tuple) or not all(isinstance(text, str) for text in match):
            faults.append(Fault("match", "must be a pattern of names, such as *.bias, or a list of them", within))
            continue
        ranks = rule.get("rank")
        ranks = [ranks] if isinstance(ranks, int) else ranks
        if ranks is not None and not (isinstance(ranks, list) and all(isinstance(rank, int) for rank in ranks)):
            faults.append(Fault("rank", "must be a number of axes, or a list of them", within))
            continue
        members = {name: value for name, value in rule.items() if name not in RULE_CONDITIONS and value is not None}
        misplaced = [name for name in ("shape", "name", "tied_to") if name in members]
        faults += [Fault(name, "is a tensor's own: put it into tensors", within) for name in misplaced]
        if "initializer" not in members:
            alone = [name for name in members if name not in GENERAL and name not in misplaced]
            faults += [Fault(name, "is for an initializer, which stands beside it in a rule", within) for name in alone]
        read_rules.append(Rule(match, members, within, None if ranks is None else frozenset(ranks)))
    return read_rules
