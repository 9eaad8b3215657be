"""The tensors that a manifest names, each by itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from service.checkpoints.names import InvalidName, NameSelection, NameTemplate
from service.requests.checkpoints.forms import METADATA
from service.requests.checkpoints.manifest import LARGEST_OWN, Manifest, is_large, kind_of
from service.requests.checkpoints.manifest_faults import ManifestFaults
from service.requests.faults import Fault
from service.requests.spellings.values import integers
from service.requests.tensor_parameters import MAX_TENSOR_NAME


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


@dataclass
class WantedTensors:
    """The tensors of a manifest: those that `only` takes, and those that it leaves out."""

    taken: list[Wanted] = field(default_factory=list)
    left_out: list[Wanted] = field(default_factory=list)
    """But for tied ones."""
    names: set[str] = field(default_factory=set)
    """Of all of them."""

    @classmethod
    def of(cls, manifest: Manifest, faults: ManifestFaults) -> WantedTensors:
        """Return those of a manifest. Raises InvalidRequest."""
        found = cls()
        only = NameSelection(manifest.parameters.only or ())
        for key, own in manifest.tensors.items():
            if faults.are_enough:
                break
            for wanted in found._expanded(key, own, faults):
                if only.takes(wanted.name):
                    found.taken.append(wanted)
                elif "tied_to" not in own:
                    found.left_out.append(wanted)
        faults.refuse()
        faults.refuse_if(found._idle(manifest, faults))
        return found

    def _expanded(self, key: str, own: Mapping[str, Any], faults: ManifestFaults) -> Iterator[Wanted]:
        """Yield the tensors that a name stands for."""
        try:
            expanded = list(NameTemplate(key))
        except InvalidName as error:
            faults.of_tensor(key, None, str(error))
            return
        if is_large(own):
            faults.of_tensor(key, None, f"says more than {LARGEST_OWN} bytes")
        elif "{" in key and "tied_to" in own:
            faults.of_tensor(key, "tied_to", "ties one tensor to another: write each of them")
        else:
            content, rank = kind_of(own), _rank(own)
            for name in expanded:
                if not self._names_one(name, key, faults):
                    return
                self.names.add(name)
                yield Wanted(name, key, own, content, rank)

    def _names_one(self, name: str, key: str, faults: ManifestFaults) -> bool:
        """Return whether a name is one that a tensor may have, and that no other has."""
        if name in self.names:
            faults.of_tensor(key, None, f"another tensor is called {name!r}")
        elif not 0 < len(name) <= MAX_TENSOR_NAME or name == METADATA:
            faults.of_tensor(key, None, f"must be a name of 1 to {MAX_TENSOR_NAME} characters, and not {METADATA}")
        else:
            return True
        return False

    def _idle(self, manifest: Manifest, faults: ManifestFaults) -> Iterator[Fault]:
        """Yield a fault for each pattern that matches no tensor, of those that `only` leaves out neither."""
        parameters = manifest.parameters
        for pattern in NameSelection(parameters.only or ()).idle(self.names):
            yield Fault("only", f"{pattern!r} matches no tensor", faults.above)
        for index, shard in enumerate(parameters.shard or ()):
            for pattern in shard.idle(self.names):
                yield Fault("match", f"{pattern!r} matches no tensor", (*faults.above, "shard", index))
        for rule in manifest.rules:
            if faults.are_enough:
                return
            if rule.place and not any(pattern.matches(name) for pattern in rule.patterns for name in self.names):
                said = " or ".join(map(repr, rule.match))
                yield Fault("match", f"no tensor is called {said}", rule.place)


def _rank(own: Mapping[str, Any]) -> int:
    shape = integers(own.get("shape"))
    return len(shape) if isinstance(shape, list) else 0
