"""From a manifest to a checkpoint: each tensor finds its rule, and tensors that differ in nothing else share a kind."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, NamedTuple

from service.catalogue.catalogue import CATALOGUE, NotOfShape, UnknownInitializer
from service.checkpoints import by_name
from service.checkpoints.checkpoint import Checkpoint
from service.checkpoints.file import in_order
from service.checkpoints.member import Kind, Member
from service.checkpoints.names import InvalidName, NameSelection, NameTemplate
from service.checkpoints.token import canonical_text
from service.likeness import did_you_mean
from service.linear_algebra.interruption import interruption
from service.requests.checkpoints.forms import METADATA, Place
from service.requests.checkpoints.manifest import LARGEST_OWN, Manifest, is_large, kind_of
from service.requests.checkpoints.recipe_parameters import RecipeParameters
from service.requests.checkpoints.rules import NOTHING, Rule, Said, said_by
from service.requests.checkpoints.shard_rule import ShardRule
from service.requests.faults import Fault, InvalidRequest
from service.requests.members import Members
from service.requests.spellings.values import integers
from service.requests.tensor_parameters import MAX_TENSOR_NAME
from service.requests.tensor_request import parse_draft
from service.tensors.dtypes import FRACTIONAL
from service.tensors.errors import OverLimit

MOST_KINDS = 2**14
"""Kinds of tensors in one checkpoint: to understand one takes a fraction of a millisecond."""

MOST_FAULTS = 32
"""Faults of a manifest that are looked for: who has more to mend begins with these."""

_LISTED = 8
"""Names that a refusal lists."""


class Wanted(NamedTuple):
    """A tensor that a manifest names, with what it says of it."""

    name: str
    key: str
    """The name as the manifest has it, which may stand for many."""
    own: Mapping[str, Any]
    content: bytes
    """All of that but the name."""
    rank: int
    """The number of its axes; 0 where nothing says."""


class _SeededKind(NamedTuple):
    kind: Kind
    seed: int | None
    """None of tensors that nothing is drawn for."""


@dataclass
class Resolution:
    """The tensors of a manifest, as they become members of a checkpoint."""

    manifest: Manifest
    threads: int
    _faults: list[Fault] = field(default_factory=list)
    _kinds: dict[object, _SeededKind | None] = field(default_factory=dict)
    _used_by_name: set[Rule] = field(default_factory=set)
    _unmatched: list[str] = field(default_factory=list)
    _is_drawn: bool = False
    _all_names: set[str] = field(default_factory=set)
    """Of all tensors, those that `only` leaves out too."""
    _left_out: list[Wanted] = field(default_factory=list)
    """What `only` leaves out."""
    _check: Callable[[], None] = field(default_factory=interruption)

    def checkpoint(self) -> Checkpoint:
        """Return the checkpoint. Raises InvalidRequest and OverLimit."""
        wanted = list(self._wanted())
        self._refuse_idle()
        # Their rules stand in the token too, for another `only`.
        for each in self._left_out:
            self._said(each)
        members: dict[str, Member] = {}
        ties: dict[str, str] = {}
        for each in wanted:
            if "tied_to" in each.own:
                ties[each.name] = self._tie(each)
            elif (member := self._member(each)) is not None:
                members[each.name] = member
            if len(self._faults) >= MOST_FAULTS:
                break
        self._refuse()
        tied = self._tied(ties, members)
        self._refuse()
        if not members:
            self._faults.append(Fault("only" if self.manifest.parameters.only else "tensors", "leaves no tensors"))
            self._refuse()
        parameters = self.manifest.parameters
        clashing = [name for name in parameters.metadata or {} if name in tied]
        if clashing:
            self._faults.append(Fault(clashing[0], "is a tied tensor, which the metadata tell of", ("metadata",)))
            self._refuse()
        if parameters.tied == "written":
            members |= {alias: members[name]._replace(name=alias) for alias, name in tied.items()}
            tied = {}
        return Checkpoint(
            text=canonical_text(self._document()),
            members=in_order(members.values()),
            tied=tied,
            metadata=dict(parameters.metadata or {}),
            most_bytes=parameters.max_shard_size,
            seed=self._seed if self._has_seed() else None,
            is_drawn=self._is_drawn,
        )

    def _wanted(self) -> Iterator[Wanted]:
        """Yield the tensors by their names, those that `only` takes."""
        names = self._all_names
        only = NameSelection(self.manifest.parameters.only or ())
        for key, own in self.manifest.tensors.items():
            if len(self._faults) >= MOST_FAULTS:
                return
            try:
                expanded = list(NameTemplate(key))
            except InvalidName as error:
                self._fault(key, None, str(error))
                continue
            if is_large(own):
                self._fault(key, None, f"says more than {LARGEST_OWN} bytes")
            elif "{" in key and "tied_to" in own:
                self._fault(key, "tied_to", "ties one tensor to another: write each of them")
            else:
                content, rank = kind_of(own), _rank(own)
                for name in expanded:
                    if not self._names_one(name, key):
                        break
                    names.add(name)
                    wanted = Wanted(name, key, own, content, rank)
                    if only.takes(name):
                        yield wanted
                    elif "tied_to" not in own:
                        self._left_out.append(wanted)

    def _names_one(self, name: str, key: str) -> bool:
        """Return whether a name is one that a tensor may have, and that no other has."""
        if name in self._all_names:
            self._fault(key, None, f"another tensor is called {name!r}")
        elif not 0 < len(name) <= MAX_TENSOR_NAME or name == METADATA:
            self._fault(key, None, f"must be a name of 1 to {MAX_TENSOR_NAME} characters, and not {METADATA}")
        else:
            return True
        return False

    def _refuse_idle(self) -> None:
        """Raise InvalidRequest for patterns that match no tensor, of those that `only` leaves out neither."""
        self._refuse()
        names, parameters = self._all_names, self.manifest.parameters
        of_only = NameSelection(parameters.only or ()).idle(names)
        self._faults += [Fault("only", f"{pattern!r} matches no tensor", self._above) for pattern in of_only]
        for index, shard in enumerate(parameters.shard or ()):
            within = (*self._above, "shard", index)
            self._faults += [Fault("match", f"{pattern!r} matches no tensor", within) for pattern in shard.idle(names)]
        for rule in self.manifest.rules:
            if rule.place and not any(pattern.matches(name) for pattern in rule.patterns for name in names):
                said = " or ".join(map(repr, rule.match))
                self._faults.append(Fault("match", f"no tensor is called {said}", rule.place))
            if len(self._faults) >= MOST_FAULTS:
                break
        self._refuse()

    def _tie(self, wanted: Wanted) -> str:
        """Return the tensor that one is tied to."""
        target = wanted.own["tied_to"]
        if not isinstance(target, str):
            self._fault(wanted.key, "tied_to", "must be the name of a tensor")
        others = [name for name in wanted.own if name != "tied_to"]
        if others:
            self._fault(wanted.key, others[0], "is that of the tensor that this one is tied to: leave it out")
        return str(target)

    def _member(self, wanted: Wanted) -> Member | None:
        """Return the member that a tensor is; None where something is wrong with it."""
        said = self._said(wanted)
        shard = next((rule for rule in self.manifest.parameters.shard or () if rule.holds(wanted.name)), None)
        known = (wanted.content, *map(id, said.rules), id(shard))
        if known not in self._kinds:
            if len(self._kinds) >= MOST_KINDS:
                what = "kinds of tensors in one checkpoint, which differ in more than their names"
                raise OverLimit(MOST_KINDS + 1, MOST_KINDS, what, "ask for it in parts, with only")
            self._check()
            self._kinds[known] = self._seeded_kind(wanted, said, shard)
        seeded = self._kinds[known]
        if seeded is None:
            return None
        stream_name = wanted.own.get("name", "")
        if not isinstance(stream_name, str) or len(stream_name) > MAX_TENSOR_NAME or stream_name == METADATA:
            detail = f"must be a text of at most {MAX_TENSOR_NAME} characters, and not {METADATA}"
            self._fault(wanted.key, "name", detail)
            return None
        return Member(wanted.name, seeded.kind, seeded.seed, stream_name or wanted.name)

    def _said(self, wanted: Wanted) -> Said:
        """Return what rules say of a tensor."""
        said = said_by(self.manifest.rules, wanted.name, wanted.rank) if self.manifest.rules else NOTHING
        if "initializer" in wanted.own:
            said = Said(said.general, None)
        elif said.initializer is None and self.manifest.parameters.initialize == "by_name":
            of_name = said_by(self._by_name, wanted.name, wanted.rank)
            said = Said({**of_name.general, **said.general}, of_name.initializer)
            if said.initializer is not None:
                self._used_by_name.add(said.initializer)
        return said

    @cached_property
    def _by_name(self) -> tuple[Rule, ...]:
        """The rules of names, for as many layers as the names tell of."""
        layers = by_name.layers(self._all_names)
        return tuple(
            Rule(
                rule.match,
                {
                    "initializer": rule.initializer,
                    **rule.parameters,
                    **({"layers": layers} if rule.counts_layers else {}),
                },
                (),
                None if rule.ranks is None else frozenset(rule.ranks),
            )
            for rule in by_name.BY_NAME
        )

    def _seeded_kind(self, wanted: Wanted, said: Said, shard: ShardRule | None) -> _SeededKind | None:
        """Return what tensors of the same members and rules have in common; None where something is wrong with them."""
        values = self._values(wanted, said)
        if "initializer" not in values:
            self._unmatched.append(wanted.name)
            return None
        within = self.manifest.written.place_of(wanted.key)
        try:
            return self._parsed(Members(values, in_body=True, within=within), wanted.name, shard)
        except InvalidRequest as error:
            faults = list(error.faults)
        except UnknownInitializer as error:
            detail = f"no initializer is called {error.name!r}{did_you_mean(error.nearest)}"
            faults = [Fault("initializer", detail, within)]
        except NotOfShape as error:
            faults = [Fault("initializer", str(error), within)]
        self._faults += [self._placed(fault, wanted, said) for fault in faults]
        return None

    def _placed(self, fault: Fault, wanted: Wanted, said: Said) -> Fault:
        """Return a fault where what it is about stands: in a tensor, or in the rule that gives it."""
        rule = None if fault.parameter is None or fault.parameter in wanted.own else said.giver(fault.parameter)
        if rule is not None:
            return replace(fault, within=rule.place, detail=f"{fault.detail} (for {wanted.name})")
        return self.manifest.written.fault(wanted.key, fault.parameter, fault.detail)

    def _parsed(self, members: Members, name: str, shard: ShardRule | None) -> _SeededKind:
        """Return the kind that members describe. Raises UnknownInitializer, NotOfShape and InvalidRequest."""
        draft, general = parse_draft(members, self.threads)
        seed = general.seed
        if seed is None and draft.initializer.random:
            seed = self._seed
        with members.refusing():
            draft = draft if shard is None else shard.part(draft)
            sample = draft.tensor(seed, name)
        if sample.spec.dtype.safetensors_name is None:
            members.refuse(Fault("dtype", f"safetensors has no {sample.spec.dtype.name}"))
        return _SeededKind(Kind(draft, sample), seed)

    @cached_property
    def _seed(self) -> int:
        """The seed of tensors that say none."""
        seed = self.manifest.parameters.seed
        if seed is None:
            self._is_drawn = True
            return secrets.randbits(64)
        return seed

    def _values(self, wanted: Wanted, said: Said) -> dict[str, Any]:
        """Return all that is said of a tensor but its name."""
        parameters = self.manifest.parameters
        values = {
            name: value for name in ("dtype", "layout", "stream") if (value := getattr(parameters, name)) is not None
        }
        own = {name: value for name, value in wanted.own.items() if name != "name" and value is not None}
        if "dtype" in values and self._gives_way(own):
            own.pop("dtype", None)
        values |= said.members() | own
        if "layout" in values and "layout" not in own and not _takes_layout(values.get("initializer")):
            del values["layout"]
        return values

    def _tied(self, ties: Mapping[str, str], members: Mapping[str, Member]) -> dict[str, str]:
        """Return which tensor each tied name stands for."""
        tied: dict[str, str] = {}
        for alias, target in ties.items():
            if target in members:
                tied[alias] = target
            elif target in ties:
                self._fault(alias, "tied_to", f"{target!r} is tied itself; name the tensor that has the elements")
            elif self.manifest.parameters.only is None:
                self._fault(alias, "tied_to", f"there is no tensor {target!r}")
            else:
                self._fault(alias, "tied_to", f"only leaves {target!r} out; take both, or neither")
        return tied

    def _fault(self, key: str, parameter: str | None, detail: str) -> None:
        self._faults.append(self.manifest.written.fault(key, parameter, detail))

    def _refuse(self) -> None:
        """Raise InvalidRequest where something is wrong."""
        if self._unmatched:
            listed = ", ".join(self._unmatched[:_LISTED])
            more = f" and {len(self._unmatched) - _LISTED} more" if len(self._unmatched) > _LISTED else ""
            self._faults.append(
                Fault(
                    "tensors",
                    f"nothing says how to initialize {listed}{more}: give each an initializer, a rule that matches, or "
                    '"initialize": "by_name"',
                    self._above,
                )
            )
        above = len(self._above)
        of_query = [f for f in self._faults if (*f.within, f.parameter)[above:][:1] in self._of_query]
        if of_query or self._faults:
            raise InvalidRequest((of_query or self._faults)[:MOST_FAULTS], not of_query)

    def _document(self) -> dict[str, Any]:
        """Return the manifest as it is written in a token: all that decides the bytes, and nothing that says how."""
        parameters = self.manifest.parameters
        said = parameters.model_dump(exclude_defaults=True, exclude={*RecipeParameters.model_fields})
        said["shard"] = [rule.model_dump() for rule in parameters.shard or ()]
        said["seed"] = str(self._seed) if self._has_seed() else None
        # Rules of names may change from release to release: the token has those of this one.
        own = [rule.document for rule in self.manifest.rules]
        # In the order of their table, for the first that matches holds.
        of_names = [rule.document for rule in self._by_name if rule in self._used_by_name]
        said["rules"] = own + [rule for rule in of_names if rule not in own]
        said["tensors"] = {key: self._entry(own) for key, own in self.manifest.tensors.items()}
        return {name: value for name, value in said.items() if value not in (None, [], {})}

    @cached_property
    def _of_query(self) -> frozenset[Place]:
        return frozenset((name,) for name in self.manifest.of_query)

    @property
    def _above(self) -> Place:
        """Where the object stands of which the tensors are a member."""
        return self.manifest.written.place[:-1]

    def _has_seed(self) -> bool:
        return self._is_drawn or self.manifest.parameters.seed is not None

    def _entry(self, own: Mapping[str, Any]) -> dict[str, Any]:
        entry = {name: value for name, value in own.items() if value is not None}
        if self.manifest.parameters.dtype is not None and self._gives_way(own):
            entry.pop("dtype", None)
        return entry

    def _gives_way(self, own: Mapping[str, Any]) -> bool:
        """Return whether a tensor's dtype is that of a file, and one for all is instead of it: not of integers."""
        return self.manifest.written.has_stored_dtypes and own.get("dtype") in FRACTIONAL


def _rank(own: Mapping[str, Any]) -> int:
    shape = integers(own.get("shape"))
    return len(shape) if isinstance(shape, list) else 0


def _takes_layout(initializer: Any) -> bool:
    """Return whether an initializer takes a layout; of a name that is none that is left to be told."""
    try:
        return isinstance(initializer, str) and "layout" in CATALOGUE.get(initializer).model_fields
    except (UnknownInitializer, NotOfShape):
        return True
