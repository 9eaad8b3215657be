"""What code sets weights to after it has made their layers: nn.init.normal_(self.fc1.weight, std=0.02)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from service.requests.current_initializer import read_current
from service.requests.faults import Fault
from service.requests.module import Module
from service.requests.statements import statements_of

_SET = re.compile(
    r"\s*((?:torch\.)?(?:nn\.)?init\.\w{1,32}_\(\s*(?:self\.)?([\w.]{1,128})\.(weight|bias)\b.*\))\s*", re.DOTALL
)
_OF_CLASSES = re.compile(
    r"\s*(?:el)?if\s+(?:isinstance|type)\(\s*(\w{1,64})\s*(?:,|\)\s*(?:==|is|in)\s)"
    r"([\s\w.,|]{1,256}|\s*\([\s\w.,]{1,256}\)\s*)\)?\s*:\s*"
)
_CLASS = re.compile(r"\b[A-Z]\w{0,63}")
_OTHERWISE = re.compile(r"\s*(?:if|elif|else|def|class|for|while|try|with)\b")
"""What begins lines that hold for other layers than the classes before it, or only for some of them."""
_IS_THERE = re.compile(r"\s*if\s+[\w.]{1,64}\s+is\s+not\s+None\s*:\s*")
_CALLED = "init."


@dataclass
class Starts:
    """The calls for the weights of layers: the last for each holds, and one that is not understood is left out."""

    of_layers: dict[str, str] = field(default_factory=dict)
    """By the names of the layers."""
    of_classes: dict[str, str] = field(default_factory=dict)
    """By the classes that a loop over all modules tells apart: isinstance(m, nn.Conv2d)."""

    def of(self, module: Module) -> str | None:
        """Return the call for a module; None where the code has none."""
        return self.of_layers.get(module.name) or self.of_classes.get(module.word.rpartition(".")[2])

    def take(self, call: str, name: str, classes: tuple[str, ...]) -> None:
        faults: list[Fault] = []
        if read_current(call, True, faults) is None or faults:
            return
        if classes:
            self.of_classes.update(dict.fromkeys(classes, call))
        else:
            self.of_layers[name] = call


def taken_out(code: str) -> tuple[str, Starts]:
    """Return code without the calls that set weights and biases, and what they set weights to."""
    starts = Starts()
    if _CALLED not in code:
        return code, starts
    kept: list[str] = []
    variable, classes = "", tuple[str, ...]()
    for statement in statements_of(code):
        found, condition = _SET.fullmatch(statement), _OF_CLASSES.fullmatch(statement)
        if condition is not None:
            variable, classes = condition[1], tuple(_CLASS.findall(condition[2]))
        elif _OTHERWISE.match(statement) and _IS_THERE.fullmatch(statement) is None:
            variable, classes = "", ()
        if found is None:
            kept.append(statement)
        elif found[3] == "weight":
            starts.take(found[1], found[2], classes if found[2] == variable else ())
    return "\n".join(kept), starts
