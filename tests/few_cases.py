"""A plugin of pytest, `-p tests.few_cases`: of each test, a few of its cases, so that all of them take a minute."""

from __future__ import annotations

from itertools import groupby

CASES = 2
"""Of a test: its first and its last."""


def pytest_collection_modifyitems(config, items):
    """Leave out what is between the first cases of each test and its last."""
    kept, left_out = [], []
    for _, cases in groupby(items, key=lambda item: item.nodeid.partition("[")[0]):
        few, others = _spread(list(cases))
        kept += few
        left_out += others
    config.hook.pytest_deselected(items=left_out)
    items[:] = kept


def _spread(cases):
    if len(cases) <= CASES:
        return cases, []
    step = (len(cases) - 1) / (CASES - 1)
    kept = {round(step * place) for place in range(CASES)}
    return [case for place, case in enumerate(cases) if place in kept], [
        case for place, case in enumerate(cases) if place not in kept
    ]
