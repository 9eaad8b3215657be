"""Write `docs/advice.md` from the guide and the rules: `make docs`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from starlette.testclient import TestClient

from service.advice.recipe import Recipe
from service.advice.rules.rule import Rule
from service.advice.rules.table import RULES
from service.app import create_app
from service.bibliography import REFERENCES
from service.pages.guide import CHOICES, SCHEMES, Topic
from service.settings import Settings
from service.tensors.spec import Scalar

HOST = "localhost:8000"
"""Where the requests that are shown go to."""


def page() -> str:
    with TestClient(create_app(Settings()), base_url=f"http://{HOST}") as client:
        return "\n".join([*_head(), *_schemes(client), *_choices(client), *_rules(), *_works()]) + "\n"


def _head() -> Iterator[str]:
    yield "<!-- Written by `make docs` from service/pages/guide.py and service/advice/rules. -->"
    yield "# Which initializer"
    yield ""
    yield "The seven schemes that every guide begins with, how to choose among them, and then all the rules by which"
    yield "`/advise` answers. How to ask, and what an answer holds, is on [a page of its own](advising.md);"
    yield "[initializers](initializers.md) has every scheme, with its names in each framework."
    yield ""


def _schemes(client: TestClient) -> Iterator[str]:
    yield "## Seven schemes"
    yield ""
    for topic in SCHEMES:
        yield from _topic(topic, client)


def _choices(client: TestClient) -> Iterator[str]:
    yield "## How to choose"
    yield ""
    yield "Say what you know of the layer, and read the answer from the top: what to take and the command that makes"
    yield "it, why, what your framework would do by default, what you have now, what to watch out for, and what to try."
    yield ""
    for topic in CHOICES:
        yield from _topic(replace(topic, path=f"{topic.path}&format=text"), client)


def _topic(topic: Topic, client: TestClient) -> Iterator[str]:
    yield f"### {topic.heading}"
    yield ""
    yield topic.text
    yield ""
    yield "```console"
    yield f"$ curl -s '{HOST}{topic.path}'"
    yield client.get(topic.path).text.rstrip("\n")
    yield "```"
    yield ""


def _rules() -> Iterator[str]:
    yield "## All rules"
    yield ""
    yield "In the order of precedence: of the rules whose condition holds, the first answers. Parameters that are"
    yield "worked out from the layer stand as `…`, and the keys in brackets name the [works](#works) that a rule"
    yield "follows. Theory adds its evidence to each answer; it decides none. Where the code of a"
    yield "[family of models](advising.md#a-family-of-models) starts a layer otherwise than the rule that answers, and"
    yield "no rule is of that family, the code comes first, and the rule second: answers then call the rule `own_code`."
    yield ""
    for number, rule in enumerate(RULES, 1):
        yield f"### {number}. {rule.name}"
        yield ""
        yield f"- If: {rule.when.text}"
        yield f"- Take: weights {_recipe(rule.weights)}; bias {_recipe(rule.bias)}{_others(rule)}"
        yield f"- Because: {rule.reason} {_cited(rule.references)}".rstrip()
        for choice in rule.alternatives:
            bias = f", bias {_recipe(choice.bias)}" if choice.bias else ""
            yield f"- Or {_recipe(choice.weights)}{bias} where {choice.when} {_cited(choice.references)}".rstrip()
        yield from (f"- Watch out: {warning}" for warning in rule.warnings)
        yield from (f"- Watch out, without skips and normalisation: {warning}" for warning in rule.bare_warnings)
        yield from (f"- Watch out, with a bias: {warning}" for warning in rule.bias_warnings)
        yield ""


def _recipe(recipe: Recipe | None) -> str:
    if recipe is None:
        return "none"
    given = {name: value for name, value in recipe.parameters.items() if value is not None}
    parameters = ", ".join(f"{name} = {'…' if callable(value) else _value(value)}" for name, value in given.items())
    return f"[`{recipe.initializer}`](initializers.md#{recipe.initializer})" + (
        f" ({parameters})" if parameters else ""
    )


def _value(value: Scalar) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def _others(rule: Rule) -> str:
    return "".join(f"; {name}: {_recipe(other.recipe)}" for name, other in rule.tensors.items())


def _cited(keys: tuple[str, ...]) -> str:
    return f"[{', '.join(keys)}]" if keys else ""


def _works() -> Iterator[str]:
    used = {key for rule in RULES for key in rule.references}
    used |= {key for rule in RULES for choice in rule.alternatives for key in choice.references}
    yield "## Works"
    yield ""
    for key in sorted(used):
        work = REFERENCES[key]
        yield f"- {key}: {work.authors}, {work.title}, {work.year}, [{work.identifier}]({work.url})"


if __name__ == "__main__":
    print(page(), end="")
