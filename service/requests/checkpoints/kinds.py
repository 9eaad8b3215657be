"""What tensors of a manifest have in common that differ in nothing but their names: each kind is understood once."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, NamedTuple

from service.catalogue.catalogue import CATALOGUE, NotOfShape, UnknownInitializer
from service.checkpoints.member import Kind
from service.likeness import did_you_mean
from service.linear_algebra.interruption import interruption
from service.requests.checkpoints.manifest import Manifest
from service.requests.checkpoints.manifest_faults import ManifestFaults
from service.requests.checkpoints.rules import Said
from service.requests.checkpoints.shard_rule import ShardRule
from service.requests.checkpoints.wanted import Wanted
from service.requests.faults import Fault, InvalidRequest
from service.requests.members import Members
from service.requests.tensor_draft import TensorDraft
from service.requests.tensor_request import parse_draft
from service.tensors.dtypes import FRACTIONAL
from service.tensors.errors import OverLimit

MOST_KINDS = 2**14
"""Kinds of tensors in one checkpoint: to understand one takes a fraction of a millisecond."""


class SeededKind(NamedTuple):
    """A kind of tensors, with their seed."""

    kind: Kind
    seed: int | None
    """None of tensors that nothing is drawn for."""
    draft: TensorDraft
    """The whole tensor, of which the kind may be a part."""


@dataclass
class GeneralSeed:
    """The seed of tensors that say none; one is drawn when it is asked for and the manifest has none."""

    said: int | None
    is_drawn: bool = False

    @cached_property
    def value(self) -> int:
        """The seed."""
        if self.said is None:
            self.is_drawn = True
            return secrets.randbits(64)
        return self.said

    @property
    def is_known(self) -> bool:
        """Whether there is one: it is said, or some tensor has asked for it."""
        return self.is_drawn or self.said is not None


@dataclass
class Kinds:
    """The kinds of a manifest's tensors."""

    manifest: Manifest
    threads: int
    faults: ManifestFaults
    seed: GeneralSeed
    _known: dict[object, SeededKind | None] = field(default_factory=dict)
    _check: Callable[[], None] = field(default_factory=interruption)

    def of(self, wanted: Wanted, said: Said) -> SeededKind | None:
        """Return the kind of a tensor, of which rules say so much; None where something is wrong. Raises OverLimit."""
        shard = next((rule for rule in self.manifest.parameters.shard or () if rule.holds(wanted.name)), None)
        known = (wanted.content, *map(id, said.rules), id(shard))
        if known not in self._known:
            if len(self._known) >= MOST_KINDS:
                what = "kinds of tensors in one checkpoint, which differ in more than their names"
                raise OverLimit(MOST_KINDS + 1, MOST_KINDS, what, "ask for it in parts, with only")
            self._check()
            self._known[known] = self._understood(wanted, said, shard)
        return self._known[known]

    def _understood(self, wanted: Wanted, said: Said, shard: ShardRule | None) -> SeededKind | None:
        values = self._values(wanted, said)
        if "initializer" not in values:
            self.faults.unmatched(wanted.name)
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
        self.faults.add(*(self._placed(fault, wanted, said) for fault in faults))
        return None

    def _placed(self, fault: Fault, wanted: Wanted, said: Said) -> Fault:
        """Return a fault where what it is about stands: in a tensor, or in the rule that gives it."""
        rule = None if fault.parameter is None or fault.parameter in wanted.own else said.giver(fault.parameter)
        if rule is not None:
            return replace(fault, within=rule.place, detail=f"{fault.detail} (for {wanted.name})")
        return self.manifest.written.fault(wanted.key, fault.parameter, fault.detail)

    def _parsed(self, members: Members, name: str, shard: ShardRule | None) -> SeededKind:
        """Return the kind that members describe. Raises UnknownInitializer, NotOfShape and InvalidRequest."""
        draft, general = parse_draft(members, self.threads)
        seed = general.seed
        if seed is None and draft.initializer.random:
            seed = self.seed.value
        with members.refusing():
            part = draft if shard is None else shard.part(draft)
            sample = part.tensor(seed, name)
        if sample.spec.dtype.safetensors_name is None:
            members.refuse(Fault("dtype", f"safetensors has no {sample.spec.dtype.name}"))
        return SeededKind(Kind(part, sample), seed, draft)

    def _values(self, wanted: Wanted, said: Said) -> dict[str, Any]:
        """Return all that is said of a tensor but its name."""
        parameters = self.manifest.parameters
        values = {
            name: value for name in ("dtype", "layout", "stream") if (value := getattr(parameters, name)) is not None
        }
        own = {name: value for name, value in wanted.own.items() if name != "name" and value is not None}
        if "dtype" in values and gives_way(self.manifest, own):
            own.pop("dtype", None)
        values |= said.members() | own
        if "layout" in values and "layout" not in own and not _takes_layout(values.get("initializer")):
            del values["layout"]
        return values


def gives_way(manifest: Manifest, own: Mapping[str, Any]) -> bool:
    """Return whether a tensor's dtype is that of a file, and one for all is instead of it: not of integers."""
    return manifest.written.has_stored_dtypes and own.get("dtype") in FRACTIONAL


def _takes_layout(initializer: Any) -> bool:
    """Return whether an initializer takes a layout; of a name that is none that is left to be told."""
    try:
        return isinstance(initializer, str) and "layout" in CATALOGUE.get(initializer).model_fields
    except (UnknownInitializer, NotOfShape):
        return True
