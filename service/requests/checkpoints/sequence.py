"""The tensors of a manifest in a stream that has one generator for all: where it stands before each of them.

The positions are written into the tensors, so that their order counts no more: a token has its members sorted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from service.framework_streams.framework_stream import FrameworkStream
from service.framework_streams.registry import FRAMEWORK_STREAMS
from service.requests.checkpoints.kinds import GeneralSeed, Kinds
from service.requests.checkpoints.manifest import Manifest, kind_of
from service.requests.checkpoints.manifest_faults import ManifestFaults
from service.requests.checkpoints.rule_book import RuleBook
from service.requests.checkpoints.rules import Said
from service.requests.checkpoints.wanted import Wanted, WantedTensors
from service.tensors.errors import OverLimit

MOST_DRAWN = 2**24
"""Numbers of truncated normals in one sequence, drawn again where they lie beyond, to tell where the next begins."""

DRAWN_SECONDS = 1.0
"""Of processor time, at most about, that drawing those takes."""


def in_sequence(manifest: Manifest, threads: int) -> Manifest:
    """Return a manifest whose tensors say where the generator stands, where the stream of all has one for all.

    Raises InvalidRequest and OverLimit.
    """
    said = manifest.parameters.stream or manifest.written.usual_stream
    stream = None if said is None else FRAMEWORK_STREAMS.get(said)
    if stream is None:
        return manifest
    parameters = manifest.parameters.model_copy(update={"stream": stream.name})
    manifest = replace(manifest, parameters=parameters)
    return manifest if stream.start is None else _Sequence(manifest, stream, threads, stream.start).placed()


@dataclass
class _Sequence:
    manifest: Manifest
    stream: FrameworkStream
    threads: int
    at: Mapping[str, Any]
    """What is said of the stream of the next tensor."""
    positions: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    """What was said of those before, by their names."""
    drawn: int = 0
    """Numbers that were drawn to tell where the next tensor begins."""

    def placed(self) -> Manifest:
        """Return the manifest with what is said of the stream in each tensor."""
        whole = self.manifest.parameters.model_copy(update={"only": None, "shard": None})
        manifest = replace(self.manifest, parameters=whole)
        faults = ManifestFaults(manifest)
        wanted = WantedTensors.of(manifest, faults).taken
        kinds = Kinds(manifest, self.threads, faults, GeneralSeed(manifest.parameters.seed))
        rules = RuleBook(manifest, [each.name for each in wanted])
        tensors: dict[str, Mapping[str, Any]] = {}
        for each in wanted:
            tensors[each.name] = each.own if "tied_to" in each.own else self._entry(each, rules.said(each), kinds)
            if faults.are_enough:
                break
        faults.refuse()
        places = {each.name: manifest.written.place_of(each.key) for each in wanted}
        written = replace(manifest.written, tensors=tensors, places=places)
        return replace(self.manifest, written=written)

    def _entry(self, wanted: Wanted, said: Said, kinds: Kinds) -> Mapping[str, Any]:
        """Return what a tensor says, with its position; the generator goes on by what it draws."""
        written, own = self.manifest.written, wanted.own
        for discarded in written.discarded.get(wanted.name, ()):
            self._draw(_saying(wanted, {**discarded, **self.at}), Said(said.general, None), kinds)
        if wanted.name in written.copies:
            self.positions[wanted.name] = self.positions[written.copies[wanted.name]]
            return {**own, **self.positions[wanted.name]}
        given = {name: own[name] for name in self.stream.parameters.model_fields if own.get(name) is not None}
        at = given or self.at
        draws = self._draw(_saying(wanted, {**own, **at}), said, kinds)
        self.positions[wanted.name] = at if draws else {}
        return {**own, **at} if draws else own

    def _draw(self, wanted: Wanted, said: Said, kinds: Kinds) -> bool:
        """Let the generator go on by what a tensor draws, and return whether it draws anything."""
        seeded = kinds.of(wanted, said)
        if seeded is None:
            return False
        draft = seeded.draft
        self.drawn += draft.draws_to_tell
        if self.drawn > MOST_DRAWN:
            what = "numbers of truncated normals in one sequence, which are drawn to tell where the next begins"
            raise OverLimit(self.drawn, MOST_DRAWN, what, "say skip of the tensors after them", "draws")
        after = draft.after(seeded.seed)
        if after is None:
            return False
        self.at = after
        return True


def _saying(wanted: Wanted, own: Mapping[str, Any]) -> Wanted:
    return wanted._replace(own=own, content=kind_of(own))
