"""An answer as plain text for a terminal: what to take, why, and what else to know of it, in a few lines."""

from __future__ import annotations

import math
import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from service.advice.answer import Answer, Evidence, FrameworkDefault, NetworkAnswer, TensorAdvice, Verdict
from service.advice.numbers import fan_text, ratio_text
from service.advice.presentation.page import Section, fitted

MOST_LINES = 15
"""Of a layer."""

_FROM = "_from"
_WORDS: Mapping[str, str] = {"unused_arguments": "not used", "unused_in_current": "of current not used"}
_TOLD_ALWAYS = frozenset(
    ("shape", "units", "inputs", "width", "rank", "dim_feedforward", "out_features", "in_features", *_WORDS)
)
"""What was assumed of sizes, and what says nothing."""

_FIRST_TO_GO = ("assumed", "try", "default", "now", "because", "watch out")
"""What is told in fewer sentences where there is no room for all."""

_TELLING = 1e-3
"""By how much a signal must change for that to be told."""

_NAMED_LAYERS = 4
"""How many of the layers that a warning is about are named."""

_DTYPE = re.compile(r"[?&]dtype=(bfloat16|float8\w*)")
"""Of tensors that NumPy's files do not hold."""

_FORMAT = re.compile(r"&format=\w+")


def layer_text(answer: Answer, origin: str) -> str:
    """Return the answer for a layer. `origin` is what a client puts before the path of a link."""
    sections = [*_layer(answer, origin), *_about(answer), *_beware(answer.warnings), *_experiments(answer)]
    return _joined(fitted(sections, MOST_LINES, _FIRST_TO_GO))


def network_text(answer: NetworkAnswer, origin: str) -> str:
    """Return the answer for a list of layers: first what is to be said of all, then each layer."""
    blocks = [fitted(list(_head(answer)), MOST_LINES, ("try", "watch out", "signal"))]
    told: dict[tuple[str, str], str] = {}
    for layer in answer.layers:
        about = (_told_once(section, str(layer.layer["name"]), told) for section in _about(layer))
        sections = [*_layer(layer, origin), *about]
        blocks.append(fitted(sections, MOST_LINES, _FIRST_TO_GO))
    return "\n".join(map(_joined, blocks))


def _joined(lines: Sequence[str]) -> str:
    return "".join(f"{line.rstrip()}\n" for line in lines)


def _told_once(section: Section, name: str, told: dict[tuple[str, str], str]) -> Section:
    """Return the section of the layer called `name`, which refers to an earlier one that begins with the same."""
    key = (section.label, section.sentences[0])
    if key in told:
        rest = [] if section.first is None else section.sentences[section.first :]
        return replace(section, sentences=[f"As for {told[key]}.", *rest])
    told[key] = name
    return section


def _layer(answer: Answer, origin: str) -> Iterator[Section]:
    layer = answer.layer
    shape = ",".join(map(str, layer["shape"]))
    of_weight = f"{shape} ({layer['layout']})" if len(layer["shape"]) > 1 else shape
    name = f"{layer['name']}: " if "name" in layer else ""
    title = f"{name}{layer['kind']} {of_weight}, {layer['role']}, {layer['activation']}"
    yield Section("layer", [f"{title}; fan_in {fan_text(layer['fan_in'])}, fan_out {fan_text(layer['fan_out'])}"])
    if answer.assumed:
        yield _assumed(answer.assumed)
    yield Section("take", lines=[*_take(answer, origin)])


def _assumed(assumed: Mapping[str, object]) -> Section:
    """Return what was assumed: first the sizes, and what was not used, for which there is always room."""
    first = [member for member in assumed if member in _TOLD_ALWAYS or member.endswith(_FROM)]
    told = [
        ", ".join(f"{_in_words(member)} {_value(assumed[member])}" for member in members)
        for members in (first, [member for member in assumed if member not in first])
        if members
    ]
    return Section("assumed", ["; ".join(told[:1]) + (";" if told[1:] else ""), *told[1:]], least=1 if first else 0)


def _in_words(member: str) -> str:
    """Return what a member of what was assumed is called in a text."""
    return _WORDS.get(member) or (f"{member.removesuffix(_FROM)}:" if member.endswith(_FROM) else member)


def _take(answer: Answer, origin: str) -> Iterator[str]:
    """Yield the tensors, each followed by the command that makes it, where it is not of zeros."""
    advice = answer.recommendation
    bias = "no bias" if advice.bias is None else f"bias {_tensor(advice.bias)}"
    if advice.weights is None:
        yield f"no weights, {bias}"
    else:
        yield f"{_tensor(advice.weights)}; {bias}"
        yield _command(advice.weights, origin)
    if advice.bias is not None and advice.bias.initializer != "zeros":
        yield _command(advice.bias, origin)
    for name, tensor in advice.tensors.items():
        yield f"{name} {_tensor(tensor)}"
        if tensor.initializer not in {"zeros", "ones"}:
            yield _command(tensor, origin)


def _about(answer: Answer) -> Iterator[Section]:
    reason = answer.recommendation.reason.removesuffix(".")
    because = Section.of("because", [f"{reason}{_authors(answer)}."])
    because.first = len(because.sentences)
    because.sentences += _prediction(answer.evidence)
    yield because
    default, verdict = answer.framework_default, answer.verdict
    if default is not None:
        yield _judged("default", default)
    if default is not None and verdict is not None and _is_same(verdict.weights, default.weights):
        yield Section("now", [f"{verdict.judgement.capitalize()}: that is the default."])
    elif verdict is not None:
        yield _judged("now", verdict)


def _is_same(tensor: TensorAdvice, other: TensorAdvice | None) -> bool:
    """Return whether two tensors are made alike, by whatever name."""
    is_alike = other is not None and tensor.initializer == other.initializer
    return is_alike and other is not None and tensor.parameters == other.parameters


def _judged(label: str, judged: FrameworkDefault | Verdict) -> Section:
    return Section.of(label, [f"{judged.judgement.capitalize()}: {judged.statement}"])


def _beware(warnings: Sequence[str]) -> Iterator[Section]:
    if warnings:
        yield Section.of("watch out", warnings, on_left_out="({} more with format=json.)")


def _experiments(answer: Answer) -> Iterator[Section]:
    if answer.experiments:
        yield Section.of("try", (f"{each.how}; expect {each.expect}" for each in answer.experiments), is_optional=True)


def _head(answer: NetworkAnswer) -> Iterator[Section]:
    tensors, network = answer.manifest.tensors, answer.network
    elements = sum(math.prod(_shape(tensor)) for tensor in tensors.values())
    yield Section("network", [f"{len(answer.layers)} layers, {len(tensors)} tensors, {elements:,} elements"])
    if network.layers:
        told = [
            f"the mean square of the pre-activations is {ratio_text(network.forward)} after {network.layers} "
            f"layers, that of the input being 1; the gradient's squared norm changes by "
            f"{ratio_text(network.backward)} on its way back ({network.validity.level} validity)"
        ]
        yield Section.of("signal", told)
    by_warning: dict[str, list[str]] = {}
    for layer in answer.layers:
        for warning in layer.warnings:
            by_warning.setdefault(warning, []).append(str(layer.layer["name"]))
    yield from _beware([f"{_names(names)}: {warning}" for warning, names in by_warning.items()])
    yield from _experiments(answer.layers[0])


def _names(names: Sequence[str]) -> str:
    more = len(names) - _NAMED_LAYERS
    return ", ".join(names[:_NAMED_LAYERS]) + (f" and {more} more" if more > 0 else "")


def _shape(tensor: Mapping[str, object]) -> list[int]:
    shape = tensor["shape"]
    assert isinstance(shape, list)
    return shape


def _tensor(tensor: TensorAdvice) -> str:
    """Return an initializer with its parameters, and how large its elements are where it draws them."""
    given = ", ".join(f"{name}={_value(value)}" for name, value in tensor.parameters.items())
    text = f"{tensor.initializer}({given})" if given else tensor.initializer
    if tensor.stds:
        text += f", std {', '.join(f'{std:.4g}' for std in tensor.stds)} of the blocks"
    elif tensor.std:
        text += f", std {tensor.std:.4g}"
    if tensor.std and tensor.bound is not None:
        text += f", at most {tensor.bound:.4g}"
    return text


def _value(value: object) -> str:
    if isinstance(value, bool) or value is None:
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:.6g}"
    return ",".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _command(tensor: TensorAdvice, origin: str) -> str:
    """Return the command that saves a tensor under a name of its own."""
    path, _, query = tensor.href.partition("?")
    extension = "safetensors" if _DTYPE.search(tensor.href) else "npy"
    url = f"{origin}{path}.{extension}?{_FORMAT.sub('', query)}"
    return f"curl -OJ {shlex.quote(url)}"


def _prediction(evidence: Evidence) -> Iterator[str]:
    depth, finite = evidence.depth, evidence.finite_width
    if evidence.forward_ratio is None:
        return
    if depth is None or depth.layers == 1:
        is_kept = math.isclose(evidence.forward_ratio, 1.0, rel_tol=_TELLING)
        does = "keeps" if is_kept else "multiplies"
        by = "" if is_kept else f" by {ratio_text(evidence.forward_ratio)}"
        yield f"In theory the layer {does} the signal's mean square{by}."
        return
    draws = ""
    interval = None if finite is None else finite.forward_interval
    if interval is not None and evidence.validity.level in {"high", "medium"}:
        low, high = (f"{end:.2g}" for end in interval)
        draws = "" if low == high else f" (95 % of draws: {low} to {high})"
    yield (
        f"In theory a depth of {depth.layers} multiplies the signal's mean square by {ratio_text(depth.forward)}"
        f"{draws}, and the gradient's squared norm by {ratio_text(depth.backward)}."
    )


def _authors(answer: Answer) -> str:
    """Return whose advice it is: He et al. 2015."""
    works = {work.key: work for work in answer.references}
    found = [works[key] for key in answer.recommendation.references if key in works]
    cited = [f"{_surnames(work.authors)} {work.year}" for work in found]
    return f" ({', '.join(cited)})" if cited else ""


def _surnames(authors: str) -> str:
    names = [name.split()[-1] for name in authors.split(", ")]
    return " & ".join(names) if len(names) <= 2 else f"{names[0]} et al."
