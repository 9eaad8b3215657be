"""What names stand for in code that makes modules: a number as often as it is used, a module once."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import Any

from service.framework_streams.torch.modules import ModuleCall, UnreadableModule
from service.requests.code.python_syntax import written_name

_CLONED = frozenset(("TransformerEncoder", "TransformerDecoder"))
"""Modules that keep copies of the layer that they are given, and not the layer."""
_CLONED_ONLY = (
    "write it where it is used, or use it at once, as the layer of a TransformerEncoder or TransformerDecoder"
)


@dataclass
class ModuleNames:
    """The names of some lines, or of a constructor and of what it constructs."""

    self_name: str = ""
    """In a constructor, the name of what is constructed."""
    plain: dict[str, Any] = field(default_factory=dict)
    """Numbers, texts and tuples of them."""
    made: dict[str, ModuleCall] = field(default_factory=dict)
    """Modules that are kept, in the order in which they are made."""
    _waiting: tuple[str, ModuleCall] | None = None
    """A module that a function has for itself: it is drawn, and the next may keep copies of it."""

    def written(self, node: ast.expr) -> str:
        """Return a name as it is written, empty where it is none; that of what is constructed is self."""
        first, point, rest = written_name(node).partition(".")
        return f"self{point}{rest}" if first == self.self_name and first else f"{first}{point}{rest}"

    def value(self, node: ast.Name | ast.Attribute) -> Any:
        """Return what a name stands for; its text, where nothing is known of it. Raises UnreadableModule."""
        name = self.written(node)
        if self._waiting is not None and name == self._waiting[0]:
            return self._waiting[1]
        if name in self.made:
            raise UnreadableModule(f"{name!r} is used again by another module, which is not followed")
        return self.plain.get(name, ast.unparse(node))

    def keep(self, name: str, call: ModuleCall) -> None:
        """Give a module its name. Raises UnreadableModule."""
        if self._waiting is not None:
            if not _begins_with(call, self._waiting[1]):
                self.end()
            self._waiting = None
        if name in self.made:
            raise UnreadableModule(f"{name!r} is made twice, of which one is not kept")
        if self.self_name and not name.startswith("self."):
            self._waiting = (name, call)
        else:
            self.made[name] = call

    def in_constructor(self, self_name: str) -> ModuleNames:
        """Return the names that a constructor of the same object has, which keeps its modules here."""
        self.end()
        return ModuleNames(self_name, self._of_object(), self.made)

    def after(self, constructor: ModuleNames) -> None:
        """Take what a constructor of the same object has given names."""
        self.plain |= constructor._of_object()

    def _of_object(self) -> dict[str, Any]:
        return {name: value for name, value in self.plain.items() if name.startswith("self.")}

    def end(self) -> None:
        """Look whether all modules are kept. Raises UnreadableModule."""
        if self._waiting is not None:
            raise UnreadableModule(f"{self._waiting[0]!r} is made and not kept: {_CLONED_ONLY}")


def is_plain(value: Any) -> bool:
    """Return whether a value is a number, a text or some of them: what has a name may stand there often."""
    values = value if isinstance(value, tuple) else (value,)
    return all(each is None or isinstance(each, int | float | str) for each in values)


def _begins_with(call: ModuleCall, layer: ModuleCall) -> bool:
    """Return whether a module makes copies of a layer that was made just before."""
    first = call.positional[:1] or tuple(
        call.keywords[name] for name in ("encoder_layer", "decoder_layer") if name in call.keywords
    )
    return call.word in _CLONED and first[:1] == (layer,)
