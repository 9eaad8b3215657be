"""What a framework's stream is: its name, what is promised of it, and how it makes the tensor of a scheme."""

from __future__ import annotations

import functools
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from pydantic import BaseModel, ConfigDict

from service.frameworks.framework import Framework
from service.initializers.initializer import Initialization, Initializer, defaults_of
from service.tensors.dtypes import Dtype
from service.tensors.errors import InvalidParameter
from service.tensors.layout import Shape
from service.tensors.spec import Scalar


class StreamParameters(BaseModel):
    """What a request may say of a framework's stream besides the seed; a subclass has the fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @property
    def said_seed(self) -> int | None:
        """The seed that they say; None where they say none."""
        return None

    @property
    def canonical(self) -> tuple[tuple[str, Scalar], ...]:
        """Those that differ from the defaults, in the order of the fields, as they stand in a URL."""
        fields = type(self).model_fields
        given = ((name, getattr(self, name), known.default) for name, known in fields.items())
        return tuple((name, value) for name, value, default in given if value is not None and value != default)


@dataclass(frozen=True)
class StreamTarget:
    """What a framework is asked to fill."""

    shape: Shape
    dtype: Dtype
    seed: int
    name: str
    """The tensor's; empty where it has none."""
    parameters: StreamParameters
    """Of the class that the stream names."""
    threads: int = 1


@dataclass(frozen=True)
class Promise:
    """How near the bits are to the framework's own, and to which."""

    equal: str
    """What is equal to the bit: the functions and dtypes."""
    near: str
    """What differs, where, and by how much; empty where nothing does."""
    compared: str
    """With which versions of the framework, on which class of processor."""
    not_compared: str
    """What was not compared, or is known to differ."""


class FrameworkStream(ABC):
    """A framework's random stream under a name whose bits never change.

    A later release of the framework with other bits is another stream beside it, with a name of its own.
    """

    name: ClassVar[str]
    """What stands as `stream` in canonical URLs: torch-2.12."""
    aliases: ClassVar[tuple[str, ...]]
    """Other names in a request; that of the framework alone means the newest stream."""
    title: ClassVar[str]
    """The framework, as its users write it."""
    specification: ClassVar[str]
    """The page from which a second implementation can be written, by its path in the repository."""
    promise: ClassVar[Promise]
    parameters: ClassVar[type[StreamParameters]]
    """What a request may say of it besides the seed."""
    start: ClassVar[Mapping[str, Scalar] | None] = None
    """What is said of the first tensor's stream, where those of a network are drawn one after another, a sequence."""
    seed_bits: ClassVar[int] = 64
    """Of a seed that is drawn: those that count."""
    framework: ClassVar[Framework | None] = None
    """Whose function a bare name is with this stream; None where it is the entry of the catalogue."""

    def is_offered(self) -> bool:
        """Return whether this server makes its bits, which depends where the framework itself is called.

        That takes some milliseconds, once.
        """
        return True

    @abstractmethod
    def initialization(self, initializer: Initializer, target: StreamTarget) -> Initialization:
        """Return how the framework makes the tensor of a scheme.

        Its facts say as `promise` how near this tensor is to the framework's own, and what else is told of the stream.
        Raises InvalidParameter, by `not_here`, where the framework has no such scheme, distribution or dtype.
        """

    def after(self, initializer: Initializer, target: StreamTarget) -> Mapping[str, Scalar] | None:
        """Return what is said of the stream of the tensor that is drawn next; None where nothing was drawn.

        Of a sequence alone. Raises InvalidParameter as `initialization` does.
        """
        return None

    def draws_to_tell(self, initializer: Initializer, target: StreamTarget) -> int:
        """Return how many numbers `after` has to draw, about, where drawn again until they fit; 0 elsewhere."""
        return 0

    def scales_as_drawn(self, size: int, dtype: Dtype) -> bool:
        """Return whether standard normals times a number are to the bit those of that standard deviation."""
        return True

    def canonical(self, initializer: Initializer, shape: Shape) -> tuple[tuple[str, Scalar], ...]:
        """Return the parameters of a scheme as a canonical URL has them. Raises InvalidParameter.

        What the framework's functions decide stands there also where it is the entry's default, for theirs is another.
        """
        parameters = initializer.canonical_for(shape)
        if self.framework is None or not initializer.random:
            return parameters
        told = dict(parameters)
        for name in _decided(type(self), type(initializer)) - told.keys():
            value = getattr(initializer, name)
            if value is not None:
                told[name] = initializer.layout_names.canonical(value, len(shape)) if name == "layout" else value
        return tuple((name, told[name]) for name in defaults_of(type(initializer)) if name in told)

    @classmethod
    def not_here(cls, parameter: str, detail: str, instead: str = "stream=1") -> InvalidParameter:
        """Return the error of what the framework has not, which names the stream that has it."""
        return InvalidParameter(parameter, f"{detail}; {instead} has it")


@functools.lru_cache(maxsize=1024)
def _decided(stream: type[FrameworkStream], kind: type[Initializer]) -> frozenset[str]:
    """Return the parameters of an entry that one or another call of the stream's framework decides."""
    framework = stream.framework
    if framework is None:
        return frozenset()
    calls = [call for call in framework.calls if type(call.scheme) is kind]
    return frozenset(name for call in calls for name in framework.functions[call.name].fields(call))
