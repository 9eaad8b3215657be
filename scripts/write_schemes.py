"""Write `docs/initializers.md` from the catalogue: `make docs`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from service.bibliography import REFERENCES
from service.catalogue.aliases import aliases_of
from service.catalogue.catalogue import CATALOGUE
from service.catalogue.data_dependent import DATA_DEPENDENT
from service.catalogue.equivalents import equivalents_of
from service.frameworks.layers import FrameworkLayers
from service.frameworks.registry import DEFAULT_INITIALIZERS
from service.frameworks.storage import in_words
from service.initializers.initializer import Initializer

COLUMNS = ("PyTorch", "JAX", "Keras", "burn", "candle", "Flux", "DL4J", "MLX", "Paddle", "MXNet", "Chainer", "timm")
"""Those with a column of their own; the others stand together in the last."""


def page() -> str:
    return "\n".join([*_head(), *_matrix(), *_entries(), *_defaults(), *_left_out()]) + "\n"


def _head() -> Iterator[str]:
    yield "<!-- Written by `make docs` from the catalogue; a test keeps it current. -->"
    yield "# Initializers"
    yield ""
    yield "Which scheme each framework has, under which name. Every name works in a URL, `/weights/{name}`, in any"
    yield "case, with or without underscores; the catalogue with parameters as JSON Schema is at `GET /initializers`."
    yield ""


def _matrix() -> Iterator[str]:
    yield f"| here | {' | '.join(COLUMNS)} | others |"
    yield "|---" * (len(COLUMNS) + 2) + "|"
    for kind in CATALOGUE:
        aliases = dict(aliases_of(kind))
        columns = [_names(aliases.pop(framework, ())) for framework in COLUMNS]
        others = ", ".join(f"{framework} {_names(names)}" for framework, names in aliases.items())
        name = kind.name
        yield f"| [`{name}`](#{name}) | {' | '.join(columns)} | {others} |"
    yield ""


def _names(names: tuple[str, ...]) -> str:
    return " ".join(f"`{name}`" for name in names)


def _entries() -> Iterator[str]:
    for kind in CATALOGUE:
        about = kind.page()
        yield f"## {kind.name}"
        yield ""
        yield about.summary
        yield ""
        yield f"- Formula: {about.formula}"
        yield f"- When: {about.when}"
        yield f"- Shape: {_ranks(kind)}; {'drawn' if kind.random else 'the same for every seed'}"
        yield f"- Example: `/weights/{kind.name}?{about.example}`"
        yield from (f"- {trap}" for trap in about.traps)
        references = [REFERENCES[key] for key in about.references]
        yield from (f"- {r.authors}, [{r.title}]({r.url}), {r.year}" for r in references)
        yield ""
        yield from _parameters(kind)
        yield from _equivalents(kind)


def _equivalents(kind: type[Initializer]) -> Iterator[str]:
    calls: dict[tuple[str, str], list[str]] = {}
    for found in equivalents_of(kind):
        calls.setdefault((found.href, found.note), []).append(f"{found.framework} `{found.call}`")
    if not calls:
        return
    yield "| in the frameworks | the same here | |"
    yield "|---|---|---|"
    for (href, note), listed in calls.items():
        yield f"| {'; '.join(listed)} | `{href}` | {note} |"
    yield ""


def _ranks(kind: type[Initializer]) -> str:
    lowest, highest = kind.ranks
    if highest is None:
        return f"rank {lowest} or more" if lowest else "any"
    return f"rank {lowest}" if lowest == highest else f"rank {lowest} to {highest}"


def _parameters(kind: type[Initializer]) -> Iterator[str]:
    schema = kind.model_json_schema()
    properties: dict[str, dict[str, Any]] = schema.get("properties", {})
    if not properties:
        return
    yield "| parameter | default | |"
    yield "|---|---|---|"
    for name, member in properties.items():
        default = "required" if name in schema.get("required", []) else _default(member.get("default"))
        values = [str(value) for choice in member.get("anyOf", [member]) for value in choice.get("enum", [])]
        listed = f" ({', '.join(values)})" if 0 < len(values) <= 12 else ""
        yield f"| `{name}` | {default} | {member.get('description', '')}{listed} |"
    yield ""


def _default(value: object) -> str:
    return "" if value is None else f"`{value}`"


def _defaults() -> Iterator[str]:
    yield "## What layers start with"
    yield ""
    for kind in DEFAULT_INITIALIZERS:
        yield f"### {kind.layers.title} {kind.layers.version}"
        yield ""
        yield f"By [`{kind.name}`](#{kind.name})."
        yield ""
        yield "| layer | also called | tensors |"
        yield "|---|---|---|"
        yield from (_layer(kind.layers, layer) for layer in kind.layers.layers)
        yield ""


def _layer(framework: FrameworkLayers, layer: str) -> str:
    starts: dict[str, list[str]] = {}
    for name, tensor in framework.layers[layer].items():
        axes = f"{in_words(tensor.axes)} " if tensor.axes else ""
        starts.setdefault(axes + tensor.default.formula, []).append(name)
    tensors = "; ".join(f"{_names(tuple(names))} {how}" for how, names in starts.items())
    others = tuple(name for name, of in framework.other_names.items() if of == layer)
    return f"| `{layer}` | {_names(others)} | {tensors} |"


def _left_out() -> Iterator[str]:
    yield "## What is not a function of a shape and a seed"
    yield ""
    yield "| method | it | nearest here |"
    yield "|---|---|---|"
    for method in DATA_DEPENDENT.values():
        yield f"| [{method.name}]({method.url}) | {method.needs} | [`{method.nearest}`](#{method.nearest}) |"


if __name__ == "__main__":
    print(page(), end="")
