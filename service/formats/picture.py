"""SVG and PNG: pictures of a tensor."""

from __future__ import annotations

from abc import ABC
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import ClassVar

from service.access.security_headers import PICTURE_POLICY, POLICY
from service.formats.body import Body, Bytes, Cost, Piece
from service.formats.format import Format
from service.formats.tensor_body import TensorBody
from service.pictures.draw import drawn_by
from service.pictures.picture import FileType, Picture, Rendering, Theme
from service.pictures.tensors.tensor_picture import Plot, TensorPicture
from service.tensors.dtypes import Dtype
from service.tensors.spec import Scalar
from service.tensors.tensor import Tensor

DRAWING_SECONDS = 0.3
"""Of processor time that a picture takes beside its elements, about (`python -m benchmarks.pictures`)."""

PICTURE_BYTES = 2**24
"""Of memory, about: the elements, once more on the way to the process that draws them, and the file."""

_MULTIPLICATIONS_A_SECOND = 5 * 10**9
"""In double precision, of one thread that works out singular values, about."""


@dataclass(frozen=True)
class PictureFormat(Format, ABC):
    """A drawing of a tensor's elements, and of what theory says of them."""

    plot: Plot = "all"
    theme: Theme = "auto"

    is_attachment: ClassVar[bool] = False
    is_picture: ClassVar[bool] = True
    is_for_ever: ClassVar[bool] = False
    file_type: ClassVar[FileType]

    @property
    def options(self) -> tuple[tuple[str, Scalar], ...]:
        plot = (("plot", self.plot),) if self.plot != "all" else ()
        return (*plot, ("theme", self.theme)) if self.theme != "auto" else plot

    def holds(self, dtype: Dtype) -> bool:
        return True

    def body(self, tensor: Tensor, flat: bool = False) -> PictureBody:
        of_tensor = TensorPicture(tensor, self.plot)
        return PictureBody(drawn_by().encode(), tensor, of_tensor, Rendering(self.file_type, self.theme))


@dataclass(frozen=True)
class Svg(PictureFormat):
    """Lines and letters, sharp at any size, which programs and screen readers read too."""

    name: ClassVar[str] = "svg"
    media_type: ClassVar[str] = "image/svg+xml"
    extension: ClassVar[str] = "svg"
    file_type: ClassVar[FileType] = "svg"
    headers: ClassVar[Mapping[str, str]] = {POLICY: PICTURE_POLICY}


@dataclass(frozen=True)
class Png(PictureFormat):
    """Pixels."""

    name: ClassVar[str] = "png"
    media_type: ClassVar[str] = "image/png"
    extension: ClassVar[str] = "png"
    file_type: ClassVar[FileType] = "png"


@dataclass(frozen=True)
class PictureBody(TensorBody):
    """A picture to be drawn of a tensor; prepared, it has the elements, and what draws it is elsewhere."""

    of_tensor: TensorPicture
    rendering: Rendering
    picture: Picture | None = None

    @property
    def length(self) -> None:
        return None

    def _filled(self) -> Cost:
        elements = self.of_tensor.elements
        drawing = DRAWING_SECONDS + self.of_tensor.multiplications / _MULTIPLICATIONS_A_SECOND
        return Cost(elements, filling=self.tensor.pace.seconds(elements) + drawing)

    @property
    def needs_preparation(self) -> bool:
        return True

    def prepare(self) -> PictureBody:
        made = replace(self.of_tensor, tensor=self.tensor.materialize())
        return replace(self, picture=made.picture())

    @property
    def memory(self) -> int:
        return self.tensor.memory + PICTURE_BYTES

    @property
    def buffer_bytes(self) -> int:
        return 0

    @property
    def piece_bytes(self) -> int:
        return 0

    @property
    def is_inline(self) -> bool:
        return False

    def pieces(self) -> Iterator[Piece | Bytes]:
        raise NotImplementedError

    def part(self, first: int, end: int) -> Body:
        raise NotImplementedError
