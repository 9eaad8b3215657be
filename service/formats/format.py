"""What a format is: a way to write a tensor."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import ClassVar

from service.formats.body import Body
from service.tensors.dtypes import DTYPES, Dtype
from service.tensors.spec import Scalar
from service.tensors.tensor import Tensor


class Format(ABC):
    """A way to write a tensor."""

    name: ClassVar[str]
    """Its name in a request."""
    media_type: ClassVar[str]
    media_type_aliases: ClassVar[tuple[str, ...]] = ()
    """Other media types by which clients ask for it."""
    extension: ClassVar[str]
    """What paths and names of files that are in it end in, after a point."""
    is_attachment: ClassVar[bool] = True
    """Whether a browser is to save it as a file rather than show it."""
    has_ranges: ClassVar[bool] = False
    """Whether its bodies have them."""
    takes_flat: ClassVar[bool] = False
    """Whether its lists nest, so that one flat list can be asked for instead."""
    is_picture: ClassVar[bool] = False
    """Whether it shows the tensor to people, so that a theme and a plot can be asked for."""
    is_for_ever: ClassVar[bool] = True
    """Whether a tensor's bytes in it never change."""
    headers: ClassVar[Mapping[str, str]] = {}
    """What replies that are in it have besides."""
    schema: ClassVar[str | None] = None
    """The schema of the OpenAPI document that its bodies follow; None where they are binary."""

    @property
    def options(self) -> tuple[tuple[str, Scalar], ...]:
        """What is asked of it beside its name, as in a URL."""
        return ()

    @abstractmethod
    def holds(self, dtype: Dtype) -> bool:
        """Return whether the format can express the dtype."""

    @abstractmethod
    def body(self, tensor: Tensor, flat: bool = False) -> Body:
        """Return the bytes of `tensor`. `flat` asks for one row-major list, where the format takes that."""

    def dtypes(self) -> tuple[str, ...]:
        """Return the names of the dtypes that it holds."""
        return tuple(name for name, dtype in DTYPES.items() if self.holds(dtype))
