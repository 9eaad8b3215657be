"""What is known of a framework, in one record: its names for everything, its calls, how its layers store and start."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from service.frameworks.arguments import Argument
from service.frameworks.default_initializer import DefaultInitializer
from service.frameworks.layers import FrameworkLayers
from service.initializers.identity import Identity
from service.initializers.initializer import Initializer, defaults_of
from service.lazy import lazy
from service.tensors.layout import Layout
from service.tensors.spec import Scalar


@dataclass(frozen=True)
class Call:
    """A call as the framework's users write it, and the scheme that has the same distribution.

    Equal in distribution, never in values: each framework has its own random stream.
    """

    text: str
    scheme: Initializer
    note: str = ""
    """What the two do not share; empty where they share everything."""
    source: str = ""
    """Where the framework's own code says so, where that is not the framework's `source`."""
    layout: Layout | None = None
    """How it reads a shape, where that is not the framework's `layout`."""
    is_alias: bool = True
    """Whether its name is a name of the scheme's entry in the catalogue."""
    given: Mapping[str, Scalar] = field(default_factory=dict)
    """The arguments in `text`, by the names that the framework has for them."""
    arguments: Mapping[str, Argument] = field(default_factory=dict)
    """What its arguments mean, where the framework's `parameter_names` do not say it."""
    defaults: Mapping[str, Scalar] = field(default_factory=dict)
    """What the arguments are, where they are not given, of which other calls of the function are cases."""
    own_name: str = ""
    """The name of what is called, where `text` does not begin with it."""
    other_names: tuple[str, ...] = ()
    """Names of the same function in the framework."""

    @property
    def name(self) -> str:
        """The call's own name, without modules and arguments."""
        return self.own_name or re.split(r"[({ ]", self.text, maxsplit=1)[0].replace("::", ".").rpartition(".")[2]

    @property
    def reads_axes(self) -> bool:
        """Whether it matters to the scheme which axes are in and out."""
        return "layout" in defaults_of(type(self.scheme)) and not isinstance(self.scheme, Identity)


@dataclass(frozen=True)
class Framework:
    """A framework, a library or the code of a paper."""

    name: str
    """As it stands in requests and in the names of the catalogue."""
    title: str
    """As its users write it."""
    source: str = ""
    """Where its calls stand in its own code, and of which version."""
    layout: Layout = "out_in"
    """Where the axes of its weights are, unless a layer's tensor says otherwise."""
    without_bias: str = "bias=False"
    """How its users make a layer without a bias."""
    shapes: str = ""
    """For people: what to know of weights whose axes are elsewhere than `layout` says."""
    calls: tuple[Call, ...] = ()
    aliases: Mapping[type[Initializer], tuple[str, ...]] = field(default_factory=dict)
    """Names of entries besides those of `calls`; a name that a call has too takes the place that it has here."""
    parameter_names: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """What it calls parameters, in lower case, and the parameters that mean the same here."""
    modules: tuple[str, ...] = ()
    """The paths of modules under which its users write its calls, the usual one first; its `name` where it has none."""
    signatures: Mapping[str, str] = field(default_factory=dict)
    """The arguments of its functions, by the function's name: their names in order, `*` before those without a place.

    `tensor` is what a function fills, `sizes` are as many as the tensor has axes: they stand in no request by name.
    """
    earlier: Framework | None = None
    """A release whose functions its users still write, by the same modules."""
    layers: FrameworkLayers | None = None
    """Its layers; None where nothing is known of them."""
    default: type[DefaultInitializer] | None = None
    """The entry of the catalogue that makes what its layers start with."""

    @lazy
    def functions(self) -> Mapping[str, Function]:
        """What its calls call, by each of its names there."""
        calls: dict[str, list[Call]] = {}
        for call in self.calls:
            calls.setdefault(call.name, []).append(call)
        functions = {name: Function(self, name, tuple(of_name)) for name, of_name in calls.items()}
        others = {other: function for function in functions.values() for other in function.calls[0].other_names}
        return {**others, **functions}

    @property
    def all_functions(self) -> Mapping[str, Function]:
        """Return the functions by their names, with those of an earlier release."""
        return {**({} if self.earlier is None else self.earlier.all_functions), **self.functions}

    @property
    def owners(self) -> tuple[str, ...]:
        """What stands before a name that says whose it is, the usual one first."""
        return self.modules or (self.name,)

    def scheme(self, call: Call) -> Initializer:
        """Return the scheme of a call, with the axes where the framework has them."""
        if not call.reads_axes:
            return call.scheme
        return type(call.scheme)(**{**dict(call.scheme.canonical), "layout": call.layout or self.layout})

    def note(self, call: Call) -> str:
        """Return what a call and its scheme do not share, and what to know of shapes where they matter."""
        return f"{call.note} {self.shapes}".strip() if call.reads_axes and call.layout is None else call.note

    def names(self) -> Iterator[tuple[type[Initializer], str]]:
        """Yield an entry of the catalogue and a name that the framework has for it, in the order of each entry."""
        for call in self.calls:
            kind = type(call.scheme)
            if call.is_alias and call.name not in self.aliases.get(kind, ()):
                yield kind, call.name
        for kind, names in self.aliases.items():
            for name in names:
                yield kind, name


@dataclass(frozen=True, eq=False)
class Function:
    """A function or a class of a framework that makes weights, and its calls that are known."""

    framework: Framework
    name: str
    calls: tuple[Call, ...]

    @property
    def path(self) -> str:
        """Its name with the module, as the framework's users write it."""
        return ".".join((self.framework.owners[0], self.name))

    @property
    def plainest(self) -> Call:
        """The call with the fewest arguments: its scheme has the function's defaults."""
        return min(self.calls, key=lambda call: len(call.given))

    @property
    def defaults(self) -> Mapping[str, Scalar]:
        """What the arguments are, where they are not given, that tell its calls apart."""
        return self.plainest.defaults

    @lazy
    def parameters(self) -> tuple[str, ...]:
        """The names of its arguments in order, `*` before those without a place; empty where that is not known."""
        return tuple(self.framework.signatures.get(self.name, "").split())

    @property
    def argument_names(self) -> tuple[str, ...]:
        """The names that a request may have for its arguments; empty where they are not known."""
        return tuple(name for name in self.parameters if name not in {"tensor", "sizes", "*"})

    def argument(self, name: str, kind: type[Initializer], call: Call | None = None) -> Argument | None:
        """Return what its argument `name` means for an entry, in one of its calls; None of one that it has not."""
        for of_call in self.calls if call is None else (call, *self.calls):
            if name in of_call.arguments:
                return of_call.arguments[name]
        known = self.framework.parameter_names.get(name.lower(), ())
        if not known:
            return None
        parameters = defaults_of(kind)
        parameter = next((same for same in known if same in parameters), None)
        return None if parameter is None or name in parameters else Argument(parameter)

    def fields(self, call: Call) -> Mapping[str, Scalar]:
        """Return the parameters of a call's scheme that the call decides, its axes where the framework has them."""
        scheme = call.scheme
        given = scheme.model_fields_set
        own = {name: getattr(scheme, name) for name in defaults_of(type(scheme)) if name in given}
        layout = {"layout": call.layout or self.framework.layout} if call.reads_axes else {}
        return {**{name: value for name, value in own.items() if value is not None}, **layout}
