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

_FIRST_TO_GO = ("try", "assumed", "default", "now", "because", "watch out")
"""What is told in fewer sentences where there is no room for all."""

_TELLING = 1e-3
"""By how much a signal must change for that to be told."""

_NAMED_LAYERS = 4
"""How many of the layers that a warning is about are named."""

_DTYPE = re.compile(r"[?&]dtype=(bfloat16|float8\w*)")
"""Of tensors that NumPy's files do not hold."""

_FORMAT = re.compile(r"&format=\w+")
_SEED = re.compile(r"[?&]seed=")
_NAME = re.compile(r"&name=([^&]*)")


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
    assumed = _assumed(answer)
    if assumed.sentences:
        yield assumed
    yield Section("take", lines=[*_take(answer, origin)])


def _assumed(answer: Answer) -> Section:
    """Return what was assumed: first the sizes, what was not used, and what other members follow from.

    For these there is always room; then come the other members, and that nothing fixes the draws.
    """
    assumed, sizes, reasons, others = answer.assumed, list[str](), list[str](), list[str]()
    for member, value in assumed.items():
        told = f"{_WORDS.get(member, member)} {_value(value)}"
        own = member.removesuffix(_FROM)
        if f"{member}{_FROM}" in assumed:
            reasons.append(f"{told}: {assumed[f'{member}{_FROM}']}")
        elif own != member:
            reasons += [f"{own}: {value}"] if own not in assumed else []
        else:
            (sizes if member in _TOLD_ALWAYS else others).append(told)
    first = "; ".join(filter(None, (", ".join(sizes), *reasons)))
    weights = answer.recommendation.weights
    is_drawn_anew = weights is not None and weights.std and not _SEED.search(weights.href)
    rest = [", ".join(others), "no seed, so that each call draws anew" if is_drawn_anew else ""]
    told_in_order = [*filter(None, (first, *rest))]
    sentences = [f"{text};" for text in told_in_order[:-1]] + told_in_order[-1:]
    return Section("assumed", sentences, least=1 if first else 0)


def _take(answer: Answer, origin: str) -> Iterator[str]:
    """Yield the tensors, each followed by the command that makes it, where it is not of zeros.

    Those that are made alike have one line and one command.
    """
    advice = answer.recommendation
    alike = _Alike(advice.tensors)
    bias = "no bias" if advice.bias is None else f"bias {_tensor(advice.bias)}"
    if advice.weights is None:
        yield f"no weights, {bias}"
    else:
        yield f"{_tensor(advice.weights)}; {bias}"
        yield _command(advice.weights, origin, alike.to(advice.weights))
    if advice.bias is not None and advice.bias.initializer != "zeros":
        yield _command(advice.bias, origin, alike.to(advice.bias))
    for names, tensor, others in alike.rest():
        yield f"{_names(names, 2)} {_tensor(tensor)}"
        if tensor.initializer not in {"zeros", "ones"}:
            yield _command(tensor, origin, others)


class _Alike:
    """The tensors of a layer by what they are made of, but for their names."""

    def __init__(self, tensors: Mapping[str, TensorAdvice]) -> None:
        self._groups: dict[str, dict[str, TensorAdvice]] = {}
        for key, tensor in tensors.items():
            self._groups.setdefault(_NAME.sub("", tensor.href), {})[key] = tensor

    def to(self, tensor: TensorAdvice) -> list[str]:
        """Return the names of those that are made as a tensor with a name, which are told with it."""
        if _NAME.search(tensor.href) is None:
            return []
        found = self._groups.pop(_NAME.sub("", tensor.href), {})
        return [_name(each) for each in found.values()]

    def rest(self) -> Iterator[tuple[list[str], TensorAdvice, list[str]]]:
        """Yield the others, group by group: what they are called, the first, the names of those after it."""
        for group in self._groups.values():
            first, *others = group.values()
            yield list(group), first, [_name(each) for each in others]


def _name(tensor: TensorAdvice) -> str:
    """Return a tensor's name as its link has it."""
    found = _NAME.search(tensor.href)
    assert found is not None
    return found[1]


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


def _experiments(answer: Answer, least: int = 0) -> Iterator[Section]:
    if answer.experiments:
        told = (f"{each.how}; expect {each.expect}" for each in answer.experiments)
        yield replace(Section.of("try", told, is_optional=True), least=least)


def _head(answer: NetworkAnswer) -> Iterator[Section]:
    tensors, network = answer.manifest.tensors, answer.network
    elements = sum(math.prod(_shape(tensor)) for tensor in tensors.values())
    yield Section("network", [f"{len(answer.layers)} layers, {len(tensors)} tensors, {elements:,} elements"])
    if answer.assumed:
        yield Section("assumed", [", ".join(f"{name} {_value(value)}" for name, value in answer.assumed.items())])
    if network.layers:
        through = f"the last of {network.layers} layers" if network.layers > 1 else "the one layer that theory follows"
        told = [
            f"for an input of mean square 1, the pre-activations of {through} have a mean square of "
            f"{ratio_text(network.forward)}; from there back to the first layer the gradient's squared norm is "
            f"multiplied by {ratio_text(network.backward)} ({network.validity.level} validity)"
        ]
        yield Section.of("signal", told)
    by_warning: dict[str, list[str]] = {}
    for layer in answer.layers:
        for warning in layer.warnings:
            by_warning.setdefault(warning, []).append(str(layer.layer["name"]))
    yield from _beware([*answer.warnings, *(f"{_names(names)}: {warning}" for warning, names in by_warning.items())])
    yield from _experiments(answer.layers[0], least=1)


def _names(names: Sequence[str], most: int = _NAMED_LAYERS) -> str:
    more = len(names) - most
    return ", ".join(names[:most]) + (f" and {more} more" if more > 0 else "")


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


def _command(tensor: TensorAdvice, origin: str, others: Sequence[str] = ()) -> str:
    """Return the command that saves a tensor, and those that differ in their names, each under its own.

    curl takes what stands in braces one by one.
    """
    path, _, query = tensor.href.partition("?")
    if others:
        query = _NAME.sub(f"&name={{{','.join((_name(tensor), *others))}}}", query)
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
        f"In theory, over a depth of {depth.layers}, the mean square of the first pre-activations is multiplied by "
        f"{ratio_text(depth.forward)}{draws}, the gradient's squared norm, on its way back to them, by "
        f"{ratio_text(depth.backward)}."
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
