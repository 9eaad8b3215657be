"""What code sets weights to after it has made their layers.

It does so by calls for one layer, nn.init.normal_(self.fc1.weight, std=0.02) or fc1.weight.data.normal_(0, 0.02), and
in loops: over lists of layers, over all modules, which it tells apart by their classes, and over all parameters.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from service.requests.code.module import Module
from service.requests.code.statements import statements_of
from service.requests.code.using.functions import sort_of
from service.requests.current_initializer import read_current
from service.requests.faults import Fault

_INIT = r"(?:(?:torch\.)?(?:nn\.)?init\.)?"
_SET = re.compile(
    rf"\s*(?P<call>{_INIT}\w{{1,32}}_\(\s*(?:self\.)?(?P<layer>[\w.]{{1,128}})\.(?P<tensor>weight|bias)\b.*\))\s*|"
    r"\s*(?P<own_call>(?:self\.)?(?P<own_layer>[\w.]{1,128})\.(?P<own_tensor>weight|bias)(?:\.data)?(?P<rows>\[.*\])?"
    r"\.\w{1,32}_\(.*\))\s*",
    re.DOTALL,
)
"""nn.init.normal_(self.fc1.weight, std=0.02), self.fc1.weight.data.normal_(0, 0.02)."""
_SET_PARAMETER = re.compile(
    rf"\s*({_INIT}\w{{1,32}}_\(\s*(\w{{1,64}})(?:\.data)?\s*(?:,.*)?\)|(\w{{1,64}})\.data\.\w{{1,32}}_\(.*\))\s*",
    re.DOTALL,
)
"""nn.init.xavier_uniform_(p), p.data.normal_(0, 0.02)."""
_OF_CLASSES = re.compile(
    r"\s*(?:el)?if\s+(?:isinstance|type)\(\s*(\w{1,64})\s*(?:,|\)\s*(?:==|is|in)\s)"
    r"([\s\w.,|]{1,256}|\s*\([\s\w.,]{1,256}\)\s*)\)?\s*:\s*"
)
_OF_PARTS_OF_CLASSES = re.compile(
    r"\s*(?:el)?if\s+(?:\w{1,64}\.find\(\s*['\"](?P<found>\w{1,64})['\"]\s*\)\s*(?:!=\s*-\s*1|>\s*-\s*1|>=\s*0)|"
    r"['\"](?P<within>\w{1,64})['\"]\s+in\s+(?:class_?name|cls_?name|\w{1,64}\.__class__\.__name__))\s*:\s*"
)
"""As DCGAN's code tells classes apart: classname.find("Conv") != -1."""
_OF_MATRICES = re.compile(
    r"\s*if\s+(?:(?P<matrix>\w{1,64})\.(?:dim\(\)|ndim)\s*(?:>\s*1|>=\s*2)|"
    r"['\"]\.?weight['\"]\s+in\s+\w{1,64}|\w{1,64}\.endswith\(\s*['\"](?P<ending>[\w.]{0,64}?)\.?weight['\"]\s*\))\s*:\s*"
)
"""Which of all parameters are meant: p.dim() > 1, "weight" in name, name.endswith("c_proj.weight")."""
_LOOP = re.compile(r"\s*for\s+(?:\w{1,64}\s*,\s*)?(\w{1,64})\s+in\s+(.{1,512}?)\s*:\s*", re.DOTALL)
_ENUMERATED = re.compile(r"enumerate\((.*)\)", re.DOTALL)
_ALL = re.compile(r"\w{1,64}\.(?:named_)?(?:modules|children|parameters)\(\)")
_OF_LIST = re.compile(r"(?:self\.([\w.]{1,128}?)(?:\.(?:modules|children)\(\))?|\w{1,64})")
_LISTED = re.compile(r"[\[(]?\s*((?:(?:self\.)?[\w.]{1,128}\s*,\s*){1,32}(?:(?:self\.)?[\w.]{1,128}\s*)?)[\])]?")
_LAYER = re.compile(r"(?:self\.)?([\w.]{1,128})")
_FUNCTION = re.compile(r"\s*def\s+\w{1,64}\(\s*(?:self\s*,\s*)?(\w{1,64})\b.*", re.DOTALL)
_CLASS_LINE = re.compile(r"\s*class\s+(\w{1,64})")
_CLASS = re.compile(r"\b[A-Z]\w{0,63}")
_OTHERWISE = re.compile(r"\s*(?:if|elif|else|def|class|for|while|try|with)\b")
"""What begins lines that hold for other layers than those before, or only for some of them."""
_PASSING = re.compile(r"\s*(?:if\s+[\w.]{1,64}\s+is\s+not\s+None|with\s+torch\.no_grad\(\))\s*:\s*")
_BY_CALL = "_("
"""What is in every call that sets a tensor in place."""
_WITH_WEIGHTS = frozenset(("matrix", "other", "passing"))


@dataclass(frozen=True)
class _Layers:
    """The layers for which a line of code holds, by a variable that stands for each of them; none without one."""

    variable: str = ""
    names: tuple[str, ...] = ()
    """Those of layers, and of lists of layers; none where any name is meant."""
    classes: tuple[str, ...] = ()
    """Those of modules; none where any class is meant."""
    is_part_of_class: bool = False
    """Whether the names of the classes only have these in them."""
    ending: str = ""
    """That of the layers' names; any where it is empty."""
    is_of_parameters: bool = False

    @property
    def rank(self) -> int:
        """How much is said of the layers: what says more holds before what says less."""
        return 2 if any(self.names) or self.ending else 1 if self.classes else 0

    def hold(self, module: Module) -> bool:
        """Return whether a module is one of the layers."""
        word = module.word.rpartition(".")[2]
        sort = sort_of(module.word)
        return (
            sort in _WITH_WEIGHTS
            and (not self.names or any(_is_in(module.name, name) for name in self.names))
            and (not self.classes or self._is_of_class(word))
            and (not self.ending or f".{module.name}".endswith(f".{self.ending}"))
            and not (self.is_of_parameters and sort == "passing")
        )

    def _is_of_class(self, word: str) -> bool:
        return any(each in word for each in self.classes) if self.is_part_of_class else word in self.classes


def _is_in(name: str, path: str) -> bool:
    return not path or name == path or name.startswith(f"{path}.")


@dataclass
class Starts:
    """The calls for the weights of layers: the last for each holds, and one that is not understood is left out."""

    of_layers: dict[str, str] = field(default_factory=dict)
    """By the names of the layers; empty where the call is not understood."""
    of_many: list[tuple[_Layers, str]] = field(default_factory=list)
    """Those for all layers that a description holds for, the last first."""

    def of(self, module: Module) -> str | None:
        """Return the call for a module; None where the code has none, or one that is not understood."""
        if module.name in self.of_layers:
            return self.of_layers[module.name] or None
        ranked = sorted(self.of_many, key=lambda each: -each[0].rank) if self.of_many else []
        return next((call for layers, call in ranked if layers.hold(module)), None) or None

    def take(self, call: str, layers: _Layers | str) -> None:
        """Take a call for layers, or for the layer of a name."""
        faults: list[Fault] = []
        understood = call if read_current(call, True, faults) is not None and not faults else ""
        if isinstance(layers, str):
            self.of_layers[layers] = understood
        else:
            self.of_many.insert(0, (layers, understood))
            if not layers.classes:
                self.of_layers.update(dict.fromkeys(layers.names, understood))


def starts_of(code: str) -> Starts:
    """Return what code sets the weights of its layers to."""
    starts = Starts()
    layers, looped = _Layers(), _Layers()
    is_within = False
    for statement in statements_of(code) if _BY_CALL in code else ():
        opened = _CLASS_LINE.match(statement)
        if opened is not None or statement[:1].strip():
            # What a class that others are made of sets is set in them alone.
            is_within = opened is not None and len(re.findall(rf"\b{opened[1]}\(", code)) > 1
        if _OTHERWISE.match(statement) and _PASSING.fullmatch(statement) is None:
            looped = _looped(statement) or looped
            layers = _among(looped, statement)
            continue
        call, name = _set(statement, layers)
        if not call:
            continue
        is_of_one = name != layers.variable
        if not is_within:
            starts.take(call, name if is_of_one else layers)
        elif is_of_one and len(re.findall(rf"\bself\.{re.escape(name)}\s*=", code)) == 1:
            starts.take(call, _Layers(ending=name))
        elif not is_of_one and any(layers.names) and not layers.classes:
            starts.take(call, layers)
    return starts


def without_starts(code: str) -> str:
    """Return code without the calls that set weights and biases."""
    if _BY_CALL not in code:
        return code
    return "\n".join(statement for statement in statements_of(code) if _SET.fullmatch(statement) is None)


def _set(statement: str, layers: _Layers) -> tuple[str, str]:
    """Return the call that sets a weight, and whose it is; nothing of another statement."""
    found = _SET.fullmatch(statement)
    if found is not None:
        if (found["tensor"] or found["own_tensor"]) == "bias" or found["rows"] is not None:
            return "", ""
        return found["call"] or found["own_call"], found["layer"] or found["own_layer"]
    of_parameter = _SET_PARAMETER.fullmatch(statement) if layers.is_of_parameters else None
    name = "" if of_parameter is None else of_parameter[2] or of_parameter[3]
    return (of_parameter[1], name) if of_parameter is not None and name == layers.variable else ("", "")


def _looped(statement: str) -> _Layers | None:
    """Return what a loop, or a function that is applied to all modules, goes through; None of another line."""
    function, loop = _FUNCTION.fullmatch(statement), _LOOP.fullmatch(statement)
    if function is not None:
        return _Layers(function[1])
    if loop is None:
        return None
    enumerated = _ENUMERATED.fullmatch(loop[2])
    iterated = (loop[2] if enumerated is None else enumerated[1]).strip()
    if _ALL.fullmatch(iterated) is not None:
        return _Layers(loop[1], is_of_parameters="parameters" in iterated)
    listed, of_list = _LISTED.fullmatch(iterated), _OF_LIST.fullmatch(iterated)
    if listed is not None:
        return _Layers(loop[1], tuple(_LAYER.findall(listed[1])))
    # The name of a variable is none of its layers'.
    return _Layers() if of_list is None else _Layers(loop[1], (of_list[1] or "",))


def _among(layers: _Layers, statement: str) -> _Layers:
    """Return which of the layers that code goes through a line holds for; none where that is not known."""
    if _LOOP.fullmatch(statement) is not None:
        return layers if layers.names else _Layers()
    classes, parts = _OF_CLASSES.fullmatch(statement), _OF_PARTS_OF_CLASSES.fullmatch(statement)
    if classes is not None:
        is_known = classes[1] == layers.variable and not layers.is_of_parameters
        return _Layers(classes[1], layers.names if is_known else (), tuple(_CLASS.findall(classes[2])))
    if parts is not None:
        part = parts["found"] or parts["within"]
        return _Layers(layers.variable, layers.names, (part,), is_part_of_class=True)
    matrices = _OF_MATRICES.fullmatch(statement)
    if matrices is not None and layers.is_of_parameters and matrices["matrix"] in {None, layers.variable}:
        return _Layers(layers.variable, ending=(matrices["ending"] or "").strip("."), is_of_parameters=True)
    return _Layers()
