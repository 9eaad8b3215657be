"""From a manifest to a checkpoint: each tensor finds its rule and its kind, or the tensor that it is tied to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from service.checkpoints.checkpoint import Checkpoint
from service.checkpoints.file import in_order
from service.checkpoints.member import Member
from service.checkpoints.token import canonical_text
from service.framework_streams.registry import FRAMEWORK_STREAMS
from service.requests.checkpoints.forms import METADATA
from service.requests.checkpoints.kinds import GeneralSeed, Kinds, SeededKind, gives_way
from service.requests.checkpoints.manifest import Manifest
from service.requests.checkpoints.manifest_faults import ManifestFaults
from service.requests.checkpoints.recipe_parameters import RecipeParameters
from service.requests.checkpoints.rule_book import RuleBook
from service.requests.checkpoints.wanted import Wanted, WantedTensors
from service.requests.faults import Fault
from service.requests.tensor_parameters import MAX_TENSOR_NAME


@dataclass
class Resolution:
    """The tensors of a manifest, as they become members of a checkpoint."""

    manifest: Manifest
    threads: int
    _faults: ManifestFaults = field(init=False)
    _seed: GeneralSeed = field(init=False)
    _begun: dict[object, str] = field(default_factory=dict)
    """The first tensor that begins where the seed of all has a framework's stream begin."""

    def __post_init__(self) -> None:
        self._faults = ManifestFaults(self.manifest)
        self._seed = GeneralSeed(self.manifest.parameters.seed)

    def checkpoint(self) -> Checkpoint:
        """Return the checkpoint. Raises InvalidRequest and OverLimit."""
        wanted = WantedTensors.of(self.manifest, self._faults)
        rules = RuleBook(self.manifest, wanted.names)
        # Their rules stand in the token too, for another `only`.
        for each in wanted.left_out:
            rules.said(each)
        members, tied = self._members(wanted, rules)
        parameters = self.manifest.parameters
        if not members:
            self._faults.refuse_if([Fault("only" if parameters.only else "tensors", "leaves no tensors")])
        clashing = [name for name in parameters.metadata or {} if name in tied]
        self._faults.refuse_if(
            Fault(name, "is a tied tensor, which the metadata tell of", ("metadata",)) for name in clashing[:1]
        )
        if parameters.tied == "written":
            members |= {alias: members[name]._replace(name=alias) for alias, name in tied.items()}
            tied = {}
        return Checkpoint(
            text=canonical_text(self._document(rules)),
            members=in_order(members.values()),
            tied=tied,
            metadata=dict(parameters.metadata or {}),
            most_bytes=parameters.max_shard_size,
            seed=self._seed.value if self._seed.is_known else None,
            is_drawn=self._seed.is_drawn,
        )

    def _members(self, wanted: WantedTensors, rules: RuleBook) -> tuple[dict[str, Member], dict[str, str]]:
        """Return the members by their names, and which of them each tied name stands for. Raises InvalidRequest."""
        kinds = Kinds(self.manifest, self.threads, self._faults, self._seed)
        members: dict[str, Member] = {}
        ties: dict[str, str] = {}
        for each in wanted.taken:
            if "tied_to" in each.own:
                ties[each.name] = self._tie(each)
            elif (member := self._member(each, rules, kinds)) is not None:
                members[each.name] = member
            if self._faults.are_enough:
                break
        self._faults.refuse()
        tied = self._tied(ties, members)
        self._faults.refuse()
        return members, tied

    def _member(self, wanted: Wanted, rules: RuleBook, kinds: Kinds) -> Member | None:
        """Return the member that a tensor is; None where something is wrong with it."""
        seeded = kinds.of(wanted, rules.said(wanted))
        if seeded is None:
            return None
        stream_name = wanted.own.get("name", "")
        if not isinstance(stream_name, str) or len(stream_name) > MAX_TENSOR_NAME or stream_name == METADATA:
            detail = f"must be a text of at most {MAX_TENSOR_NAME} characters, and not {METADATA}"
            self._faults.of_tensor(wanted.key, "name", detail)
            return None
        self._refuse_same_numbers(wanted, seeded)
        return Member(wanted.name, seeded.kind, seeded.seed, stream_name or wanted.name)

    def _refuse_same_numbers(self, wanted: Wanted, seeded: SeededKind) -> None:
        """Refuse a tensor that has the numbers of another, because neither says where its stream begins."""
        spec = seeded.kind.sample.spec
        framework = FRAMEWORK_STREAMS.get(spec.stream)
        if framework is None or framework.start is not None or spec.seed is None:
            return
        fields, of_stream = framework.parameters.model_fields, seeded.draft.of_stream
        says = any(wanted.own.get(name) is not None for name in ("seed", *fields))
        if says or (of_stream is not None and of_stream.said_seed is not None):
            return
        first = self._begun.setdefault((spec.stream, spec.seed, spec.of_stream), wanted.name)
        if first != wanted.name:
            parameter = "key" if "key" in fields else "seed"
            detail = f"{framework.title} would draw the numbers of {first!r} again; give each tensor one of its own"
            self._faults.of_tensor(wanted.key, parameter, detail)

    def _tie(self, wanted: Wanted) -> str:
        """Return the tensor that one is tied to."""
        target = wanted.own["tied_to"]
        if not isinstance(target, str):
            self._faults.of_tensor(wanted.key, "tied_to", "must be the name of a tensor")
        others = [name for name in wanted.own if name != "tied_to"]
        if others:
            detail = "is that of the tensor that this one is tied to: leave it out"
            self._faults.of_tensor(wanted.key, others[0], detail)
        return str(target)

    def _tied(self, ties: Mapping[str, str], members: Mapping[str, Member]) -> dict[str, str]:
        """Return which tensor each tied name stands for."""
        tied: dict[str, str] = {}
        for alias, target in ties.items():
            if target in members:
                tied[alias] = target
                continue
            if target in ties:
                detail = f"{target!r} is tied itself; name the tensor that has the elements"
            elif self.manifest.parameters.only is None:
                detail = f"there is no tensor {target!r}"
            else:
                detail = f"only leaves {target!r} out; take both, or neither"
            self._faults.of_tensor(alias, "tied_to", detail)
        return tied

    def _document(self, rules: RuleBook) -> dict[str, Any]:
        """Return the manifest as it is written in a token: all that decides the bytes, and nothing that says how."""
        parameters = self.manifest.parameters
        said = parameters.model_dump(exclude_defaults=True, exclude={*RecipeParameters.model_fields})
        said["shard"] = [rule.model_dump() for rule in parameters.shard or ()]
        said["seed"] = str(self._seed.value) if self._seed.is_known else None
        # Rules of names may change from release to release: the token has those of this one.
        said["rules"] = rules.documents
        said["tensors"] = {key: self._entry(own) for key, own in self.manifest.tensors.items()}
        return {name: value for name, value in said.items() if value not in (None, [], {})}

    def _entry(self, own: Mapping[str, Any]) -> dict[str, Any]:
        entry = {name: value for name, value in own.items() if value is not None}
        if self.manifest.parameters.dtype is not None and gives_way(self.manifest, own):
            entry.pop("dtype", None)
        return entry
