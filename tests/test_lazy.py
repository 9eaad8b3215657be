"""A lazy property is worked out once, when it is first asked for."""

from __future__ import annotations

from dataclasses import dataclass, field

from service.lazy import lazy


@dataclass(frozen=True)
class Square:
    side: int
    asked: list[int] = field(default_factory=list)

    @lazy
    def area(self) -> int:
        """The product of the sides."""
        self.asked.append(self.side)
        return self.side * self.side


def test_a_value_is_worked_out_when_it_is_first_asked_for_and_never_again():
    square = Square(3)
    assert square.asked == []
    assert (square.area, square.area) == (9, 9)
    assert square.asked == [3]


def test_each_object_has_a_value_of_its_own():
    assert [Square(side).area for side in (2, 3)] == [4, 9]


def test_the_property_of_the_class_is_documented():
    assert Square.area.__doc__ == "The product of the sides."
