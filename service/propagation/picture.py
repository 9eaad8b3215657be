"""The answer to an experiment as a picture: signal and gradient over the layers, drawn and predicted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from service.pictures.picture import Curves, Doubles, Line, Picture
from service.propagation.document import Outcome, PropagationAnswer, number_of, sentence
from service.propagation.measurement import Measured


def propagation_picture(answer: PropagationAnswer) -> Picture:
    """Return what the draws of each candidate do, as points and bands, on the lines of theory."""
    experiment, stack = answer.experiment, answer.experiment.stack
    unit, seeds = f"{stack.unit}s", len(experiment.seeds)
    places = stack.first + np.arange(len(stack.widths), dtype=np.float64)
    courses = (("signal", "Signal", f"mean square, first {stack.unit} = 1"),
               ("gradient", "Gradient", f"mean square, last {stack.unit} = 1"))  # fmt: skip
    panels = tuple(
        Curves(title, unit, label, tuple(_lines(answer.ranked, course, places, stack.unit)))
        for course, title, label in courses
    )
    draws = f"{seeds} seeds" if seeds > 1 else "1 seed"
    return Picture(
        answer.title,
        f"Points: geometric means over {draws}, each of {experiment.batch_size} inputs; bands: from the least to the "
        "greatest; lines: theory",
        panels,
        ""
        if all(outcome.told.predicted for outcome in answer.outcomes)
        else "Where there is no line theory is silent.",
    )


def _lines(outcomes: Sequence[Outcome], course: str, places: Doubles, unit: str) -> Iterator[Line]:
    for style, outcome in enumerate(outcomes):
        label = outcome.candidate.label
        measured: Measured = getattr(outcome.drawn, course)
        legend = f"{outcome.rank}. {label}: {sentence(outcome.verdict, unit)}"
        yield Line(legend, places, measured.middle, low=measured.low, high=measured.high, is_measured=True, style=style)
        if outcome.told.predicted is not None:
            predicted = np.array([number_of(each) for each in getattr(outcome.told.predicted, course)])
            yield Line(f"{label}, theory", places, predicted, style=style, is_in_legend=False)
