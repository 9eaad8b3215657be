"""The modules of code, with what the functions that use them say of each."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from service.requests.code.braced_code import as_python
from service.requests.code.brackets import depths
from service.requests.code.lines import CodeLines, MakingLine, Scope
from service.requests.code.making.paths import path_of
from service.requests.code.making.written_out import write_out
from service.requests.code.module import Module, head_of
from service.requests.code.pasted_modules import is_applied, is_input, is_list_of_modules, modules_within
from service.requests.code.set_weights import starts_of, without_starts
from service.requests.code.statements import LONGEST, unwrapped, without_comments
from service.requests.code.using.evaluation import Evaluation, Modules
from service.requests.code.using.functional_inputs import with_inputs
from service.requests.code.using.functions import sort_of

_MOST_BRACKETS = 40
"""Within each other: each level of modules is looked through again, and has up to three."""

_TEXT = re.compile(r"(\"\"\"|\'\'\').*?\1", re.DOTALL)
"""What describes a function or a class."""
_NAMED = re.compile(r"\bname\s*=\s*(['\"])([\w.-]{1,64})\1\s*\)?$")
_WITH_TENSORS = frozenset(("matrix", "other", "passing", "unknown"))


def modules_of(text: str) -> Iterator[Module]:
    """Yield the modules of a text, one after another, those within others too."""
    if len(text) > LONGEST or max(depths(text), default=0) > _MOST_BRACKETS:
        return
    lines = CodeLines()
    code = as_python(_TEXT.sub("", without_comments(text)).strip())
    starts = starts_of(code)
    made = list(lines.making(with_inputs(without_starts(write_out(code)))))
    reading = _Reading(is_of_one=_is_of_one(made))
    for line in made:
        reading.take(line)
    for scope in reading.made:
        for module in reading.modules_in(scope):
            takes = None if module.takes is None else tuple(map(path_of, module.takes))
            named = replace(module, name=path_of(module.name), takes=takes) if module.name else module
            start = starts.of(named)
            yield named if start is None else replace(named, said={**named.said, "current": start})


def _is_of_one(made: Sequence[MakingLine]) -> bool:
    """Return whether one line makes all modules, so that its name is none of theirs; others may use what it makes."""
    if len(made) == 1:
        return True
    containers = [is_list_of_modules(line.statement.text) for line in made]
    others = (line for line, is_container in zip(made, containers, strict=True) if not is_container)
    return containers.count(True) == 1 and all(sort_of(head_of(line.statement.text)) == "unknown" for line in others)


@dataclass
class _Reading:
    """The modules so far, by the classes that make them."""

    is_of_one: bool
    """Whether one line makes all, so that its name is none of theirs."""
    made: dict[Scope, list[Module]] = field(default_factory=dict)
    evaluations: dict[Scope, Evaluation] = field(default_factory=dict)
    given: set[Module] = field(default_factory=set)
    """What the parameters of functions stand for, of which nobody knows what it is."""
    _number: int = 0
    _classes: Counter[str] = field(default_factory=Counter)
    """How many layers of each class Flax has given names."""

    def take(self, line: MakingLine) -> None:
        """Read a line."""
        evaluation = self._evaluation(line.scope)
        modules = self.made.setdefault(line.scope, [])
        evaluation.construct = self._flax_names if line.is_compact else self._numbers
        evaluation.is_made_first = line.is_compact
        evaluation.begin((*line.parameters, *([line.statement.name] if is_input(line.statement.text) else [])))
        before = len(evaluation.order)
        if evaluation.follows(line.line):
            known = {module.name for module in modules}
            modules += (each for each in evaluation.order[before:] if not each.name or each.name not in known)
            return
        statement = line.statement
        if statement.text in line.parameters:
            # Whoever calls the function knows what it is.
            unknown = Module(statement.name, statement.text)
            evaluation.made[statement.name] = Modules(((unknown,),))
            self.given.add(unknown)
            return
        # Of a layer that is made where it is used, x = Dense(64)(x), the name is that of what it puts out.
        given = "" if is_applied(statement.text) else statement.name
        is_alone = self.is_of_one and not line.scope.is_class and not is_applied(statement.text)
        found = self._modules(statement.text, given, is_alone=is_alone)
        if line.is_setup and statement.text.startswith("["):
            found = _numbered(found, given)
        modules += (module for element in found.elements for module in element)
        if given:
            evaluation.made[given] = found

    def _evaluation(self, scope: Scope) -> Evaluation:
        return self.evaluations.setdefault(scope, Evaluation(self._numbers, methods=scope.methods))

    def _modules(self, text: str, given: str, *, is_alone: bool = False) -> Modules:
        """Return the modules of an expression under the name that it is given, or else under a number."""
        name = given or str(self._number)
        if not is_alone:
            self._number += not given
        if is_alone or is_list_of_modules(text):
            path = "" if is_alone else name
            return Modules(_elements([*modules_within(text, path)], path))
        return Modules(((Module(name, text),),))

    def _numbers(self, text: str) -> Modules:
        return self._modules(unwrapped(text), "")

    def _flax_names(self, text: str) -> Modules:
        """Return what a call makes by the names that Flax gives to modules without one: Dense_0."""
        text = unwrapped(text)
        given = _NAMED.search(text)
        if given is not None:
            return self._modules(text, given[2])
        class_ = text.partition("(")[0].rpartition(".")[2]
        self._classes[class_] += 1
        return self._modules(text, f"{class_}_{self._classes[class_] - 1}")

    def modules_in(self, scope: Scope) -> Iterator[Module]:
        """Yield the modules that a class makes, in the order in which it uses them as far as that is known."""
        modules = self.made.get(scope, [])
        if not modules:
            return
        evaluation = self._evaluation(scope)
        if scope.entry is not None:
            before = len(evaluation.order)
            evaluation.run(scope.entry)
            is_ordered = evaluation.is_whole and not evaluation.has_loops
            modules = _in_order(modules, evaluation.order[before:]) if is_ordered else modules
        flow = evaluation.flow
        said = dict(flow.said(flow.used)) if evaluation.is_whole else {}
        inputs = flow.inputs if evaluation.is_whole else {}
        for module in modules:
            if module in self.given:
                continue
            if not module.name or sort_of(module.word) != "matrix":
                yield module
                continue
            is_unseen = module.name not in said and scope.entry is not None
            unread = _unread(scope, evaluation) if is_unseen else flow.unread.get(module.name)
            yield replace(module, said=said.get(module.name, {}), takes=inputs.get(module.name), unread=unread)


def _unread(scope: Scope, evaluation: Evaluation) -> str:
    """Return what to say of a layer of which the code is not seen to use what it makes."""
    return f"no use of it in {scope.entry}" if evaluation.is_whole else "more code than is followed"


def _numbered(modules: Modules, name: str) -> Modules:
    """Return the modules of a list by the names that Flax gives them: layers_0 for layers.0."""
    start = f"{name}."
    return Modules(
        tuple(
            tuple(replace(module, name=f"{name}_{module.name.removeprefix(start)}") for module in element)
            for element in modules.elements
        )
    )


def _elements(modules: Sequence[Module], path: str) -> tuple[tuple[Module, ...], ...]:
    """Return modules by the elements of the list, or the sequence, that they are in."""
    elements: dict[str, list[Module]] = {}
    for module in modules:
        elements.setdefault(module.name[len(path) :].strip(".").partition(".")[0], []).append(module)
    return tuple(map(tuple, elements.values()))


def _in_order(modules: list[Module], used: Sequence[Module]) -> list[Module]:
    """Return modules in the order in which they are used, where all that have tensors are."""
    names = {module.name for module in used}
    if any(each.name not in names for each in modules if sort_of(each.word) in _WITH_TENSORS):
        return modules
    first: dict[object, Module] = {}
    for module in used:
        # What has no tensors may stand there more than once.
        first.setdefault(module.name if sort_of(module.word) in _WITH_TENSORS else len(first), module)
    return [*first.values()]
