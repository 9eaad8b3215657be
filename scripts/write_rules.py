"""Write `docs/advice.md` from the rules: `make docs`."""

from __future__ import annotations

from collections.abc import Iterator

from service.advice.recipe import Recipe
from service.advice.rules.rule import Rule
from service.advice.rules.table import RULES
from service.bibliography import REFERENCES


def page() -> str:
    return "\n".join([*_head(), *_rules(), *_works()]) + "\n"


def _head() -> Iterator[str]:
    yield "<!-- Written by `make docs` from service/advice/rules; a test keeps it current. -->"
    yield "# The rules of /advise"
    yield ""
    yield "In the order of precedence: of the rules whose condition holds, the first answers. Parameters that are"
    yield "worked out from the layer stand as `…`. Theory adds its evidence to each answer; it decides none."
    yield "How to ask, and what an answer holds, is on [a page of its own](advising.md)."
    yield ""


def _rules() -> Iterator[str]:
    for number, rule in enumerate(RULES, 1):
        yield f"## {number}. {rule.name}"
        yield ""
        yield f"- If: {rule.when.text}"
        yield f"- Weights: {_recipe(rule.weights)}; bias: {_recipe(rule.bias)}{_others(rule)}"
        yield f"- {rule.reason} {_cited(rule.references)}".rstrip()
        for choice in rule.alternatives:
            bias = f", bias {_recipe(choice.bias)}" if choice.bias else ""
            yield f"- Or {_recipe(choice.weights)}{bias}: {choice.when} {_cited(choice.references)}".rstrip()
        yield from (f"- Warning: {warning}" for warning in rule.warnings)
        yield from (f"- Warning, without skips and normalisation: {warning}" for warning in rule.bare_warnings)
        yield from (f"- Warning, with a bias: {warning}" for warning in rule.bias_warnings)
        yield ""


def _recipe(recipe: Recipe | None) -> str:
    if recipe is None:
        return "none"
    given = {name: value for name, value in recipe.parameters.items() if value is not None}
    parameters = ", ".join(f"{name} = {'…' if callable(value) else value}" for name, value in given.items())
    return f"[`{recipe.initializer}`](initializers.md#{recipe.initializer})" + (
        f" ({parameters})" if parameters else ""
    )


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
