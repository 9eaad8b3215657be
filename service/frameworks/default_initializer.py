"""A framework's defaults as an entry of the catalogue."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from pydantic import Field, GetJsonSchemaHandler, ValidationInfo, field_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from service.frameworks.layers import FrameworkLayers
from service.frameworks.rules import TensorContext
from service.frameworks.storage import in_words, letters
from service.initializers.initializer import Fan, Initialization, Initializer, PositiveInteger, Target, defaults_of
from service.initializers.page import Page
from service.lazy import lazy
from service.tensors.complex_laws import TruncatedComplexNormal, UniformDisk
from service.tensors.dtypes import refuse_complex
from service.tensors.errors import InvalidParameter
from service.tensors.spec import Scalar

_NAMES = ("layer", "tensor")

LayerFanIn = Annotated[
    Fan | None, Field(description="That of the layer's weight; for its bias, or where the shape does not say it.")
]
StateUnits = Annotated[
    PositiveInteger | None,
    Field(description="The size of the hidden state, where the shape is not that of all gates together."),
]


class DefaultInitializer(Initializer):
    """A framework's default for a tensor of one of its layers; a subclass's own fields are members of TensorContext."""

    layer: Annotated[
        str,
        Field(
            description="The framework's name of the layer. Case, the module before it and 1d, 2d or 3d do not matter: "
            "nn.Conv2d is Conv."
        ),
    ]
    tensor: Annotated[
        str,
        Field(
            description="The framework's name of the tensor. Case, the path before it (decoder.0.) and _l0 or "
            "_l0_reverse after it do not matter."
        ),
    ]

    layers: ClassVar[FrameworkLayers]
    traps: ClassVar[tuple[str, ...]]
    example: ClassVar[str]

    @classmethod
    def page(cls) -> Page:
        title = cls.layers.title
        return Page(
            summary=f"What {title}'s layers start with by default, in distribution; shapes are as {title} stores them.",
            formula=f"As the source of {title} {cls.layers.version} has it for the layer and the tensor; the "
            "reply's scheme names it",
            when=f"A pipeline in another language that is to train as its {title} reference does.",
            example=cls.example,
            traps=cls.traps,
        )

    @field_validator("layer")
    @classmethod
    def _canonical_layer(cls, value: str) -> str:
        return cls.layers.layer(value)

    @field_validator("tensor")
    @classmethod
    def _canonical_tensor(cls, value: str, info: ValidationInfo) -> str:
        return cls.layers.tensor(info.data.get("layer"), value)

    @classmethod
    def __get_pydantic_json_schema__(cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        schema = handler.resolve_ref_schema(handler(core_schema))
        schema["properties"]["layer"]["enum"] = list(cls.layers.layers)
        schema["properties"]["tensor"]["enum"] = list(cls.layers.tensors)
        return schema

    @classmethod
    def expected(cls, parameter: str, given: Mapping[str, Any]) -> str:
        if parameter == "layer":
            return f"one of {', '.join(cls.layers.layers)}"
        layer = cls.layers.named_layer(str(given.get("layer", ""))) if parameter == "tensor" else None
        return "" if layer is None else f"one of {', '.join(cls.layers.layers[layer])}"

    def tensor_name(self, told: str) -> str:
        return self.layers.full_name(self.layer, told) if told else self.tensor

    def initialize(self, target: Target) -> Initialization:
        scheme = self.scheme(target)
        initialization = scheme.initialize(target)
        if isinstance(initialization.law, UniformDisk | TruncatedComplexNormal):
            # Of uniform ones the framework draws each part by itself, or it has none.
            refuse_complex(target.dtype, f"{self.layers.title}'s {self.layer} {self.tensor}")
        facts: dict[str, Scalar] = {
            "framework": f"{self.layers.title} {self.layers.version}", "layer": self.layer, "tensor": self.tensor,
            "scheme": scheme.name,
        }  # fmt: skip
        facts.update(scheme.canonical)
        facts.update(initialization.facts)
        made, largest, law = initialization.source, initialization.largest, initialization.law
        return Initialization(made, facts, largest, law, self._notes(target), scheme)

    def _notes(self, target: Target) -> tuple[str, ...]:
        """Return that a shape is not one that the framework has for the tensor."""
        axes = self.layers.layers[self.layer][self.tensor].axes
        if not axes or letters(axes, target.rank) is not None:
            return ()
        return (
            f"{self.layers.title} stores {self.layer} {self.tensor} as {in_words(axes)}, without other axes; those of "
            "this shape count as a kernel's.",
        )

    def scheme(self, target: Target) -> Initializer:
        """Return the scheme that the framework uses. Raises InvalidParameter."""
        tensor = self.layers.layers[self.layer][self.tensor]
        for name in self._context:
            if name not in tensor.default.takes:
                raise InvalidParameter(
                    name, f"{self.layers.title}'s {self.layer} {self.tensor} does not depend on it; leave it out"
                )
        return tensor.initializer(TensorContext(target.shape, **self._context))

    @lazy
    def _context(self) -> dict[str, Any]:
        """What is said of the layer."""
        return {
            name: value
            for name, default in defaults_of(type(self)).items()
            if name not in _NAMES and (value := getattr(self, name)) != default
        }
