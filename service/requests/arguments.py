"""From the arguments of a framework's function to the members that an entry of the catalogue takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from service.catalogue.catalogue import Meaning
from service.frameworks.arguments import Argument, number, same
from service.frameworks.framework import Call, Function
from service.initializers.initializer import Initializer, defaults_of
from service.requests.axis_order import is_read_alike
from service.requests.faults import Fault
from service.requests.members import Members
from service.requests.other_names import OTHER_NAMES
from service.tensors.spec import Scalar, encode_value

_EITHER_OR = (
    (frozenset(("gain",)), frozenset(("nonlinearity", "negative_slope", "gain_rule"))),
    (frozenset(("fan_in",)), frozenset(("low", "high"))),
    (frozenset(("layers",)), frozenset(("layer",))),
)
"""Parameters that stand in the place of others."""


_INSTEAD_OF_GAIN = frozenset(("activation", "negative_slope", "gain_rule"))
"""Parameters that contradict the gain that a call says."""

_WITH_SLOPE = frozenset(("leaky_relu", "prelu"))
"""Activations that have a negative slope."""


@dataclass(frozen=True)
class Understood:
    """What a request asks for, in the catalogue's terms."""

    kind: type[Initializer]
    members: Members
    notes: tuple[str, ...] = ()
    function: Function | None = None
    """The framework's function that the request names as its."""


def understand(meaning: Meaning, members: Members, faults: list[Fault]) -> Understood:
    """Return the entry that a name with its arguments means, and the members by the names that the entry has for them.

    A name that says whose it is means that framework's function, with its defaults and its arguments; a bare one where
    all frameworks that have it would make the same. Otherwise the entry's own defaults hold, and a note says so.
    What is wrong is added to `faults`.
    """
    if not meaning.functions:
        return Understood(meaning.kind, members)
    readings = [_Reading.of(function, members) for function in meaning.functions]
    if all(reading.made == readings[0].made for reading in readings) and (meaning.is_owned or not readings[0].missing):
        layouts = {reading.base.get("layout") for reading in readings}
        reading = readings[0] if len(layouts) == 1 else readings[0].in_any_order
        if meaning.is_owned:
            faults += [Fault(name, f"is required by {reading.function.path}") for name in reading.missing]
        function = reading.function if meaning.is_owned else None
        return Understood(reading.kind, reading.members(members, faults), (), function)
    own = _Reading.of_entry(meaning, members)
    return Understood(meaning.kind, own.members(members, faults), _differences(own, readings))


@dataclass(frozen=True)
class _Reading:
    """A request as a framework's function would have it."""

    function: Function
    call: Call
    kind: type[Initializer]
    base: Mapping[str, Scalar]
    """What the function decides where the request does not."""
    arguments: Mapping[str, Argument]
    """The members that are its arguments, by their names there."""
    values: Mapping[str, Any]
    repeated: frozenset[str] = frozenset()
    """The members that say what the call has: its scheme says it too."""

    @classmethod
    def of(cls, function: Function, members: Members) -> _Reading:
        values = members.values
        fitting = [call for call in function.calls if _fits(call, function, values)]
        call = max(fitting, key=lambda call: len(call.given)) if fitting else function.plainest
        kind = type(call.scheme)
        arguments = _arguments((function,), kind, values, call)
        said_by_call = frozenset(call.given) if fitting and not values.keys() & _INSTEAD_OF_GAIN else frozenset()
        return cls(function, call, kind, function.fields(call), arguments, values, said_by_call | {*function.defaults})

    @classmethod
    def of_entry(cls, meaning: Meaning, members: Members) -> _Reading:
        """Return the request as the catalogue has it, with the arguments that the functions have."""
        function, values = meaning.functions[0], members.values
        arguments = _arguments(meaning.functions, meaning.kind, values)
        return cls(function, function.plainest, meaning.kind, {}, arguments, values)

    @property
    def missing(self) -> list[str]:
        """The arguments that the function cannot do without, which the request does not have."""
        said = {self.arguments[name].parameter if name in self.arguments else name for name in self.values}
        wanted = {name: self.function.argument(name, self.kind) for name in self.call.given}
        return [
            name
            for name, argument in wanted.items()
            if name not in self.values
            and name not in self.function.defaults
            and (argument is None or argument.parameter not in said)
        ]

    @cached_property
    def said(self) -> dict[str, Any]:
        """The parameters of the entry that the request gives, by the entry's names, as it gives them."""
        given: dict[str, Any] = {}
        for name, value in self.values.items():
            if name in self.repeated:
                continue
            argument = self.arguments.get(name)
            if argument is None:
                given[_own_name(name, self.kind)] = value
            elif not argument.changes_nothing:
                given[argument.parameter] = argument.value(value)
        # The slope's default, which frameworks write beside an activation that has none.
        if number(given.get("negative_slope")) == 0.0 and self._activation(given) not in _WITH_SLOPE:
            del given["negative_slope"]
        return given

    def _activation(self, given: Mapping[str, Any]) -> str:
        """Return the nonlinearity that is given, or follows from what is, or is the function's."""
        if "nonlinearity" in given:
            return str(given["nonlinearity"]).lower()
        implied = (a.implies(self.values[name]).get("nonlinearity") for name, a in self.arguments.items())
        return str(next(filter(None, implied), self.base.get("nonlinearity", "relu")))

    @cached_property
    def decided(self) -> dict[str, Scalar]:
        """The parameters that the function decides: its defaults, and what follows from its arguments."""
        said = self.said
        implied = {
            key: value
            for name, argument in self.arguments.items()
            for key, value in argument.implies(self.values[name]).items()
        }
        decided = {key: value for key, value in {**self.base, **implied}.items() if key not in said}
        for ones, others in _EITHER_OR:
            for given, yielding in ((ones, others), (others, ones)):
                if given & defaults_of(self.kind).keys() & said.keys() and not given & yielding:
                    decided = {key: value for key, value in decided.items() if key not in yielding}
        return decided

    @cached_property
    def made(self) -> tuple[object, ...]:
        """What tells its tensor from that of another function, whatever the request gives."""
        own = _normal(self.kind, self.decided, self.said)
        if is_read_alike(self.kind, {**self.decided, **self.said}, self.values.get("shape")):
            own.pop("layout", None)
        said = {key: value for key, value in self.said.items() if key in defaults_of(self.kind)}
        return self.kind, tuple(sorted(own.items())), tuple(sorted((key, str(value)) for key, value in said.items()))

    @property
    def in_any_order(self) -> _Reading:
        """The same with the axes as the entry has them, where their order makes no difference."""
        return replace(self, base={name: value for name, value in self.base.items() if name != "layout"})

    def members(self, members: Members, faults: list[Fault]) -> Members:
        """Return the members by the entry's names.

        What is given by two names becomes a fault, and a value that the function does not take.
        """
        faults += _not_taken(self)
        written: dict[str, str] = {}
        for name in members.values:
            argument = self.arguments.get(name)
            if argument is not None and argument.changes_nothing:
                continue
            parameter = _own_name(name, self.kind) if argument is None else argument.parameter
            if parameter in written:
                other = written[parameter]
                faults.append(Fault(name, f"is another name of {other}, which is given too; give one of them"))
            written[parameter] = name
        decided = self.decided if members.in_body else {key: encode_value(v) for key, v in self.decided.items()}
        values = {**decided, **{key: v if members.in_body else _text(v) for key, v in self.said.items()}}
        return replace(members, values=values, written={k: v for k, v in written.items() if k != v})


def _text(value: Any) -> Any:
    return value if isinstance(value, str) else encode_value(value)


def _own_name(name: str, kind: type[Initializer]) -> str:
    other = OTHER_NAMES.get(name)
    if other is None:
        return name
    known = defaults_of(kind)
    return other if other in known and name not in known else name


def _normal(kind: type[Initializer], decided: Mapping[str, Scalar], said: Mapping[str, Any]) -> dict[str, str]:
    """Return what is decided otherwise than by the entry's own defaults."""
    defaults = defaults_of(kind)
    return {
        key: str(value)
        for key, value in decided.items()
        if key not in said and str(value) != str(defaults[key]) and (kind.name, key, value) not in _UNIT
    }


_UNIT = frozenset((("uniform", "low", 0.0), ("uniform", "high", 1.0)))
"""What uniform does without being told."""


def _fits(call: Call, function: Function, values: Mapping[str, Any]) -> bool:
    """Return whether a request has the arguments of a call, or leaves them as they are there without being given."""
    asked, told = {**function.defaults, **values}, {**function.defaults, **call.given}
    return all(name in asked and same(asked[name], value) for name, value in told.items())


def _not_taken(reading: _Reading) -> list[Fault]:
    """Return a fault for each argument with a value that is none of those that are known of it."""
    choices = {name: argument.choices for name, argument in reading.arguments.items()}
    for name, default in reading.function.defaults.items():
        choices[name] = tuple(dict.fromkeys((default, *(c.given.get(name, default) for c in reading.function.calls))))
    return [
        Fault(
            name,
            f"must be {_listed([repr(choice) if isinstance(choice, str) else str(choice) for choice in of], 'or')}",
        )
        for name, of in choices.items()
        if of and name in reading.values and not any(same(reading.values[name], choice) for choice in of)
    ]


def _arguments(
    functions: tuple[Function, ...], kind: type[Initializer], values: Mapping[str, Any], call: Call | None = None
) -> dict[str, Argument]:
    known = {name: next((a for f in functions if (a := f.argument(name, kind, call))), None) for name in values}
    return {name: argument for name, argument in known.items() if argument is not None}


def _differences(own: _Reading, readings: list[_Reading]) -> tuple[str, ...]:
    """Return a note on the functions that would make something else than the entry does."""
    others = [reading.function for reading in readings if reading.made != own.made]
    if not others:
        return ()
    titles = _listed([function.framework.title for function in others], "and")
    paths = _listed([function.path for function in others[:2]], "or")
    verb = "differs" if len(others) == 1 else "differ"
    return (
        f"{own.kind.name} is made as the catalogue has it, and {titles} {verb}: write {paths} for "
        f"{'that' if len(others[:2]) == 1 else 'one of those'}.",
    )


def _listed(names: list[str], word: str) -> str:
    distinct = list(dict.fromkeys(names))
    return distinct[0] if len(distinct) == 1 else f"{', '.join(distinct[:-1])} {word} {distinct[-1]}"
