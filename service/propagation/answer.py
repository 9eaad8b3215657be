"""From an experiment to its answer."""

from __future__ import annotations

from collections.abc import Mapping

from service.propagation.document import Outcome, PropagationAnswer
from service.propagation.measurement import Experiment, run
from service.propagation.prediction import predict
from service.propagation.verdict import ranks, verdict


def answer(
    experiment: Experiment, activation: str, assumed: Mapping[str, object], root: str, threads: int
) -> PropagationAnswer:
    """Return what draws of each candidate do, and what theory says of them. Raises Interrupted.

    `root` is the path under which the service is reached, and `threads` is how many may work.
    """
    stack = experiment.stack
    drawn = run(experiment, threads)
    verdicts = [verdict(stack, each) for each in drawn]
    outcomes = [
        Outcome(candidate, each, predict(stack, candidate), own, rank)
        for candidate, each, own, rank in zip(experiment.candidates, drawn, verdicts, ranks(verdicts), strict=True)
    ]
    return PropagationAnswer(experiment, activation, assumed, root, outcomes)
