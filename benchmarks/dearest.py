"""Look for the dearest requests, and for those that are dearer than the service estimates.

    python -m benchmarks.dearest [--requests N] [--seed S] [--short]

Draws requests for tensors over the whole catalogue: shapes, dtypes, formats, slices, groups, gates and parameters at
their extremes. Each that the default limits admit is made, of a long reply some pieces, and its processor time is
compared with the estimate. Prints the dearest and the most underestimated. Fails where one is estimated at less than a
third, or takes more than the limit (but matrices, which have one of their own, and what large replies may take beside).
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode

import numpy as np

from service.catalogue.catalogue import CATALOGUE, NotOfShape
from service.delivery.negotiation import NotAcceptable
from service.formats.body import Body
from service.initializers.initializer import Initializer
from service.requests.faults import InvalidRequest
from service.requests.members import Members
from service.requests.representation import parse_representation
from service.settings import Settings
from service.tensors.dtypes import DTYPES, FRACTIONAL
from service.tensors.errors import OverLimit

UNDERSTOOD_SECONDS = 2e-3
"""In which a request is to be understood, on the event loop."""
UNDERESTIMATED = 3.0
NEGLIGIBLE = 3e-3
"""Seconds, of a measurement, of which nothing is said."""
_SAMPLED_SECONDS, _SAMPLED_BYTES = 0.1, 2**28
"""Of the pieces of one reply that are made."""

_SIZES = (*range(1, 9), 16, 17, 64, 65, 100, 256, 1000, 1024, 1900, 2048, 4096, 2**16, 2**20, 2**24, 2**25, 2**30)
_COUNTS = (1, 2, 3, 4, 16, 64, 4096, 65536, 2**20, 2**24)


@dataclass(frozen=True)
class Trial:
    """A request that was answered, and what it took."""

    url: str
    understood: float
    """Seconds until the reply could begin."""
    estimate: float
    measured: float
    """Of the whole reply; of a long one by some of its pieces."""
    is_whole: bool
    """Whether it is of matrices made whole."""

    @property
    def underestimated(self) -> float:
        """How many times the estimate it took."""
        return (self.measured - NEGLIGIBLE) / self.estimate

    def __str__(self) -> str:
        times = (
            f"{self.measured:9.4f} s, estimated {self.estimate:9.4f}, understood in {1000 * self.understood:6.2f} ms"
        )
        return f"{times}  {self.url}"


class Requests:
    """Random requests for tensors."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._kinds = list(CATALOGUE)

    def draw(self) -> tuple[str, dict[str, str]]:
        """Return the name of an entry, and a query."""
        chance = self._random
        kind = chance.choice(self._kinds)
        query = dict(parse_qsl(kind.page().example, keep_blank_values=True))
        if chance.random() < 0.9:
            query["shape"] = ",".join(map(str, self._shape(kind)))
        for name, schema in kind.model_json_schema()["properties"].items():
            if chance.random() < 0.25:
                value = self._value(name, schema)
                if value is not None:
                    query[name] = value
        query |= {
            "dtype": chance.choice(list(DTYPES) if kind.makes_integers else FRACTIONAL),
            "format": chance.choice(["json", "raw", "raw", "npy"]),
        }
        rank = query["shape"].count(",") + 1
        if chance.random() < 0.5:
            query["slice"] = ",".join(self._item(int(size or 1)) for size in query["shape"].split(",")[:rank])
        return kind.name, query

    def _shape(self, kind: type[Initializer]) -> list[int]:
        chance = self._random
        lowest, highest = kind.ranks
        rank = chance.randint(lowest, min(highest or max(lowest, 4), 6))
        if chance.random() < 0.05 and highest is None:
            return [chance.choice((2, 3)) for _ in range(20)]
        if rank == 2 and chance.random() < 0.4:
            return [chance.choice(_SIZES)] * 2
        return [chance.choice(_SIZES if axis < 2 else _SIZES[:8]) for axis in range(rank)]

    def _value(self, name: str, schema: dict[str, Any]) -> str | None:
        chance = self._random
        choices = schema.get("anyOf", [schema])
        schema = chance.choice([choice for choice in choices if choice.get("type") != "null"])
        if name == "layout":
            return chance.choice(("in_out", "out_kernel_in"))
        if "enum" in schema:
            return str(chance.choice(schema["enum"]))
        if schema.get("type") == "boolean":
            return chance.choice(("true", "false"))
        low = schema.get("minimum", schema.get("exclusiveMinimum", 0))
        high = schema.get("maximum", schema.get("exclusiveMaximum", 2**31))
        if schema.get("type") == "integer":
            return str(min(max(chance.choice(_COUNTS), low), high))
        if schema.get("type") == "number":
            return repr(float(chance.choice((low, high, 0.5, 1.0, 1e-3, 30.0))))
        return None

    def _item(self, size: int) -> str:
        chance = self._random
        first = chance.randrange(size)
        return chance.choice((":", ":", str(first), f"{first}:", f":{first + 1}", f"0:{min(2, size)}"))


def trials(requests: Requests, count: int, settings: Settings, longest: float) -> Iterator[Trial]:
    """Yield what so many requests take that are answered, those that are estimated above `longest` seconds left out."""
    found = 0
    while found < count:
        name, query = requests.draw()
        url = f"/weights/{name}?{urlencode(query, safe=',:')}"
        try:
            # What the first request for an entry needs is there at the second.
            _, (understood, body) = (_understand(name, query | {"seed": seed}, settings) for seed in "12")
        except (InvalidRequest, OverLimit, NotAcceptable, NotOfShape):
            continue
        cost = body.cost
        is_whole = cost.multiplications > 0
        if is_whole and cost.seconds > longest:
            continue
        found += 1
        yield Trial(url, understood, cost.seconds, _measured(body), is_whole)


def _understand(name: str, query: dict[str, str], settings: Settings) -> tuple[float, Body]:
    """Return what it takes to understand a request, in seconds, and the body of the reply."""
    start = time.thread_time()
    body = parse_representation(name, Members(query, in_body=False), "", settings.threads).body
    settings.limits.check(body.cost)
    return time.thread_time() - start, body


def _measured(body: Body) -> float:
    """Return the processor time of a body; of a long one by some pieces."""
    start = time.process_time()
    body = body.prepare() if body.needs_preparation else body
    whole = time.process_time() - start
    buffer, made, nbytes = np.empty(body.buffer_bytes, np.uint8), 0.0, 0
    total, first = body.length, 0
    for piece in body.pieces():
        start = time.process_time()
        nbytes += len(piece(buffer) if callable(piece) else piece)
        made += time.process_time() - start
        if not first:
            # What is done once is done in the first piece.
            whole, made, first = whole + made, 0.0, nbytes
        elif made > _SAMPLED_SECONDS or nbytes > _SAMPLED_BYTES:
            break
    else:
        total = nbytes
    if total is None:
        # The text of a number takes a dozen bytes.
        total = max(12 * body.cost.elements, nbytes)
    return whole + (made * ((total - first) / (nbytes - first)) if nbytes > first else 0.0)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--requests", type=int, default=3000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--short", action="store_true", help="200 requests, none that is estimated above a second")
    given = parser.parse_args()
    count, longest = (200, 1.0) if given.short else (given.requests, 10.0)
    found = list(trials(Requests(given.seed), count, Settings(), longest))
    limit = Settings().max_seconds
    print("the dearest")
    print(*sorted(found, key=lambda trial: -trial.measured)[:12], sep="\n")
    print("the most underestimated")
    print(*sorted(found, key=lambda trial: -trial.underestimated)[:12], sep="\n")
    print("the slowest to understand")
    print(*sorted(found, key=lambda trial: -trial.understood)[:5], sep="\n")
    wrong = [trial for trial in found if trial.underestimated > UNDERESTIMATED]
    wrong += [trial for trial in found if not trial.is_whole and trial.estimate < limit < trial.measured]
    print(f"{len(found)} requests, {len(wrong)} dearer than estimated")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
