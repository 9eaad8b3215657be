"""JAX's way to say a layout: in_axis, out_axis and batch_axis, as `jax.nn.initializers` takes them."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, PlainValidator, WithJsonSchema

from service.tensors.errors import InvalidParameter

AxisNumbers = tuple[int, ...]

_EXPECTED = (
    "must be the number of an axis, or a list of them, the last one being -1: 0 or 0,1 in a query, [0, 1] in JSON"
)
MAX_AXES = 32


def _axes(value: Any) -> AxisNumbers:
    numbers = value if isinstance(value, list | tuple) else [value]
    if len(numbers) > MAX_AXES or any(not isinstance(item, int) or isinstance(item, bool) for item in numbers):
        raise ValueError(_EXPECTED)
    return tuple(numbers)


AxisNumbersField = Annotated[
    AxisNumbers,
    PlainValidator(_axes),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "integer", "minimum": -MAX_AXES, "maximum": MAX_AXES - 1},
                # A list is taken too, but generators of clients have no union of a number and a list.
                {"type": "string", "pattern": f"^(0|-?[1-9][0-9]?)(,(0|-?[1-9][0-9]?)){{1,{MAX_AXES - 1}}}$"},
            ]
        }
    ),
]


class AxisParameters(BaseModel):
    """The axes of inputs, of outputs and of a stack, by their numbers; the others are the kernel's."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    in_axis: Annotated[
        AxisNumbersField | None,
        Field(
            description="JAX's way to say the layout: the axes that are inputs, by number, such as 0 or 0,1; -2 when "
            "out_axis or batch_axis is given. Axes that none of the three names are the kernel's."
        ),
    ] = None
    out_axis: Annotated[
        AxisNumbersField | None,
        Field(description="JAX's: the axes that are outputs; -1 when in_axis or batch_axis is given."),
    ] = None
    batch_axis: Annotated[
        AxisNumbersField | None,
        Field(description="JAX's: the axes of a stack of independent weights; none by default."),
    ] = None

    @property
    def is_given(self) -> bool:
        return not self.in_axis is self.out_axis is self.batch_axis is None

    def layout(self, rank: int) -> str:
        """Return the letters that say the same of a shape of `rank`. Raises InvalidParameter."""
        if rank == 0 or (rank == 1 and self.in_axis is None):
            raise InvalidParameter(
                "shape", "needs two axes: in_axis is the last but one, out_axis the last, where they are not given"
            )
        letters = ["k"] * rank
        named = {
            "in_axis": ("i", (-2,) if self.in_axis is None else self.in_axis),
            "out_axis": ("o", (-1,) if self.out_axis is None else self.out_axis),
            "batch_axis": ("s", self.batch_axis or ()),
        }
        owners: dict[int, str] = {}
        for parameter, (letter, numbers) in named.items():
            for number in numbers:
                if not -rank <= number < rank:
                    raise InvalidParameter(parameter, f"{number} is out of bounds for a shape of {rank} axes")
                axis = number % rank
                if axis in owners:
                    raise InvalidParameter(self._culprit(parameter, owners[axis]), self._clash(axis, parameter, owners))
                owners[axis], letters[axis] = parameter, letter
        return "".join(letters)

    def _culprit(self, *parameters: str) -> str:
        """Return the first of the parameters that the request has."""
        return next((parameter for parameter in parameters if getattr(self, parameter) is not None), parameters[0])

    def _clash(self, axis: int, parameter: str, owners: dict[int, str]) -> str:
        if owners[axis] == parameter:
            return f"names axis {axis} twice"
        usual = {"in_axis": "-2", "out_axis": "-1"}
        assumed = [
            f"{name} is {usual[name]} where it is not given"
            for name in (owners[axis], parameter)
            if getattr(self, name) is None
        ]
        return f"axis {axis} is named by {owners[axis]} and by {parameter}" + "".join(f"; {text}" for text in assumed)
