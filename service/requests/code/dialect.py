"""Whose code it is: by imports, by the modules before names, by names and arguments that one framework alone has."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from service.requests.code.statements import LONGEST, without_comments

_MODULES: Mapping[str, str] = {
    "torch": "pytorch", "keras": "keras", "tf": "keras", "tensorflow": "keras", "tf_keras": "keras", "flax": "flax",
    "nnx": "flax", "linen": "flax", "mlx": "mlx", "paddle": "paddle", "hk": "haiku", "haiku": "haiku",
    "eqx": "equinox", "equinox": "equinox", "candle_nn": "candle", "transformers": "transformers",
    "mindspore": "mindspore", "tinygrad": "tinygrad", "burn": "burn", "deeplearning4j": "dl4j",
}  # fmt: skip
"""By the first part of a path."""
_CLASSES_OF_LAYERS = re.compile(r"(?:layers|tfl|kl)\.(?!Linear\b)[A-Z]\w*")
"""Keras's layers as they are imported, of which none is Linear; layers.0 is a place in a network."""
_OF_TENSORFLOW_JS = re.compile(r"tf\.layers\.[a-z]\w*")

_NORMS_AND_CELLS = r"(Layer|Group)Norm|LSTM|GRU|RNN"
_OF_NN: Mapping[str, re.Pattern[str]] = {
    "pytorch": re.compile(
        r"(Lazy)?(Linear|Bilinear|Conv(Transpose)?[123]d|Embedding(Bag)?|(LSTM|GRU|RNN)(Cell)?|MultiheadAttention|"
        r"(Batch|Instance)Norm[123]d|LayerNorm|GroupNorm|RMSNorm|PReLU|Transformer(En|De)coderLayer)"
    ),
    "flax": re.compile(
        r"Dense(General)?|Einsum|Conv(Transpose|Local)?|Embed|BatchNorm|MultiHead(DotProduct)?Attention|SelfAttention|"
        rf"\w+Cell|InstanceNorm|RMSNorm|{_NORMS_AND_CELLS}"
    ),
    "mindspore": re.compile(rf"Dense|Conv[123]d(Transpose)?|BatchNorm[123]d|Embedding|{_NORMS_AND_CELLS}"),
}
"""The layers of the frameworks whose users call the module nn, first whose a layer of several is taken for."""
_WITH_INPUTS = re.compile(r"\w*\s*\(\s*(?:in_channels\s*=|[0-9][0-9_]*\s*,\s*[0-9])")
"""MindSpore's dense layers, which begin with their inputs; those of the others begin with their units."""

_OF_KERAS = re.compile(
    r"(Dense|EinsumDense|(Separable|Depthwise)?Conv[123]D(Transpose)?|ConvLSTM[123]D|(Batch|Layer|Group|RMS)"
    r"Normalization|SimpleRNN|MultiHeadAttention|GroupedQueryAttention|(Max|Average)Pooling[123]D|"
    r"Global(Max|Average)Pooling[123]D)"
)
"""Classes that are imported by themselves, whose names no other framework has, or hardly any."""
_ARGUMENTS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"\(\s*\(?[\w, ]+\)?\s*=>"), "flux"),
    (re.compile(r"\w\(\s*\([0-9, ]+\)\s*,\s*[0-9]+\s*=>"), "flux"),
    (re.compile(r"\b(?:input_dims|output_dims)\s*="), "mlx"),
    (re.compile(r"\bd_(?:input|output)\s*[=:]"), "burn"),
    (re.compile(r"\binput_channels\s*=|\bhas_bias\s*="), "mindspore"),
    (re.compile(r"\bdata_format=NC|\bdtype=float32\)"), "paddle"),
    (re.compile(r"Builder\([\w., ]*\)\s*\."), "dl4j"),
    (re.compile(r"^\s*(?:\w+::)*\w+Config::new\("), "burn"),
    (re.compile(r"\bConv1D\([^()]*\bn[fx]\s*="), "transformers"),
    (re.compile(r"^\s*Conv1D\(\s*[0-9 *]+,\s*(?:6[4-9]|[7-9][0-9]|[1-9][0-9]{2,})\s*\)"), "transformers"),
)
"""What stands in the calls of one framework alone: Dense(784 => 256), Linear(input_dims=784, output_dims=256).

Of GPT-2's Conv1D(2304, 768) the second number is its inputs, too many for a kernel of Keras's Conv1D.
"""

_SEPARATOR = re.compile(r"::|\.")
_PATH = re.compile(r"(?<![\w.:/'\"])[A-Za-z_]\w*(?:(?:\.|::)\w+)+")
_CALLED = re.compile(r"(?<![\w.:/'\"])(?:[A-Za-z_]\w*(?:\.|::))*[A-Z]\w*\s*\([^()\n]{0,64}")
_IMPORT = re.compile(r"^[ \t]*import[ \t]+([\w.]+)(?:[ \t]+as[ \t]+(\w+))?", re.MULTILINE)
_FROM = re.compile(r"^[ \t]*from[ \t]+([\w.]+)[ \t]+import[ \t]+(\([^)]{0,2000}\)|[^\n]{1,400})", re.MULTILINE)
_NAME = re.compile(r"(\w+)(?:\s+as\s+(\w+))?")
_LONGEST_CALL = 400
_LONGEST_NAME = 256


@dataclass(frozen=True)
class Dialect:
    """What a request's code says of its framework, for the calls in it that do not say it themselves."""

    framework: str | None = None
    """Whose all of it is; None where nothing says it, or where it is of several."""
    names: Mapping[str, str] = field(default_factory=dict)
    """The frameworks of names that are imported: nn, layers, Dense."""

    @classmethod
    def of(cls, texts: Iterable[str]) -> Dialect:
        """Return the dialect of the texts of one request."""
        code = "\n".join(texts)[:LONGEST]
        names = dict(_imported(without_comments(code)))
        said = [{framework} for framework in names.values()]
        said += [set(found) for call in _CALLED.finditer(code) if (found := _candidates_among(names, call[0]))]
        said += [{module} for path in _PATH.finditer(code) if (module := _of_module(path[0])) is not None]
        # Several frameworks may have a layer, and one all of those that the code has.
        common = set.intersection(*said) if said else set()
        order = [framework for framework in (*_OF_NN, *sorted(common)) if framework in common]
        return cls(next(iter(order), None), names)

    def framework_of(self, text: str) -> str | None:
        """Return whose layer a call is, nn.Conv2d(3, 64, 7), or a path without arguments; None of what says none."""
        candidates = _candidates_among(self.names, text[:_LONGEST_CALL])
        if not candidates:
            return self.framework if "(" in text else None
        return self.framework if self.framework in candidates else candidates[0]


NO_DIALECT = Dialect()
"""Of a call by itself."""


def _candidates_among(names: Mapping[str, str], text: str) -> tuple[str, ...]:
    """Return the frameworks that may have a call, the likeliest first. `names` are those that are imported."""
    imported = names.get(_SEPARATOR.split(text.partition("(")[0].strip()[:_LONGEST_NAME])[0])
    return _candidates(text) if imported is None else (imported,)


@functools.lru_cache(maxsize=1024)
def _candidates(text: str) -> tuple[str, ...]:
    name = text.partition("(")[0].strip()[:_LONGEST_NAME]
    of_arguments = next((framework for pattern, framework in _ARGUMENTS if pattern.search(text)), None)
    if of_arguments is not None:
        return (of_arguments,)
    path = _SEPARATOR.split(name)
    last, has_inputs = path[-1], _WITH_INPUTS.match(text[len(name) - len(path[-1]) :]) is not None
    if len(path) == 1:
        is_of_keras = "(" in text and _OF_KERAS.fullmatch(name) and not (has_inputs and name == "Dense")
        return ("keras",) if is_of_keras else ()
    if path[0] == "nn":
        if last == "Dense":
            return ("mindspore",) if has_inputs else ("flax",)
        return tuple(framework for framework, layers in _OF_NN.items() if layers.fullmatch(last))
    framework = _of_module(name)
    return () if framework is None else (framework,)


def _of_module(name: str) -> str | None:
    """Return the framework whose module a path begins with."""
    if _OF_TENSORFLOW_JS.fullmatch(name):
        return "tensorflow_js"
    if _CLASSES_OF_LAYERS.fullmatch(name):
        return "keras"
    return _MODULES.get(_SEPARATOR.split(name)[0])


def _imported(code: str) -> Iterator[tuple[str, str]]:
    """Yield the names that code imports from frameworks, with whose they are."""
    for found in _IMPORT.finditer(code):
        framework = _of_module(found[1])
        if framework is not None:
            yield found[2] or found[1].partition(".")[0], framework
    for found in _FROM.finditer(code):
        framework = _of_module(found[1])
        if framework is not None:
            yield from ((name[2] or name[1], framework) for name in _NAME.finditer(found[2]))
