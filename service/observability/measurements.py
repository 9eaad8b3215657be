"""What is counted while requests are answered; the event loop pays about a microsecond for each call."""

from __future__ import annotations

import threading
import time
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

import numpy as np

from service.observability.exchange import CURRENT
from service.observability.families import (
    BUCKETS,
    BYTES,
    BYTES_IN_FLIGHT,
    DISCONNECTS,
    DURATION,
    ELEMENTS,
    FIRST_BYTE,
    GENERATOR,
    IN_PROGRESS,
    OTHER,
    QUEUE_LENGTH,
    QUEUE_WAIT,
    REFUSALS,
    REQUESTS,
    STATUSES,
    STREAMS,
    Family,
    Labels,
    Vocabulary,
    families,
)
from service.observability.memory import Memory, Numbers, SharedMemory

_Result = TypeVar("_Result")

_TEXTS = {int(status): status for status in STATUSES}


class Measurements:
    """The numbers of one application, or, with a `directory`, of all workers that are given the same.

    Without words nearly all is counted as `other`. What threads call takes a lock; the rest is for the event loop
    alone. Raises OSError when the directory cannot be used.
    """

    def __init__(self, words: Vocabulary | None = None, directory: Path | None = None) -> None:
        self.families: Sequence[Family] = families(words or Vocabulary())
        self._places: dict[str, dict[Labels, int]] = {}
        count, gauges = 0, []
        for family in self.families:
            places = self._places[family.name] = {}
            for labels in family.series():
                places[labels] = count
                gauges += [count] if family.kind == "gauge" else []
                count += family.width
        self._memory = (
            Memory(count) if directory is None else SharedMemory(directory, repr(self._places), count, gauges)
        )
        self._values = self._memory.values
        self._lock = threading.Lock()
        self._in_progress, self._generator = self.place(IN_PROGRESS), self.place(GENERATOR)

    def place(self, name: str, *labels: str) -> int:
        """Return where the number of a metric stands, or of the one whose labels are `other` where it has none."""
        places = self._places[name]
        found = places.get(labels)
        return places[self._known(name, labels)] if found is None else found

    def _known(self, name: str, labels: Labels) -> Labels:
        family = next(family for family in self.families if family.name == name)
        pairs = zip(family.labels.values(), labels, strict=True)
        return tuple(label if label in values else OTHER for values, label in pairs)

    def _add(self, place: int, number: float) -> None:
        self._values[place] += number

    def _observe(self, place: int, seconds: float) -> None:
        self._values[place + bisect_left(BUCKETS, seconds)] += 1.0
        self._values[place + len(BUCKETS) + 1] += seconds

    def began(self) -> None:
        """Count a request that is being answered."""
        self._values[self._in_progress] += 1.0

    def answered(self, route: str, method: str, status: int, first_byte: float | None, duration: float) -> None:
        """Count its reply; times are in seconds since it came, that of the first byte None where there was no reply."""
        values = self._values
        values[self._in_progress] -= 1.0
        values[self.place(REQUESTS, route, method, _TEXTS.get(status, OTHER))] += 1.0
        if first_byte is not None:
            self._observe(self.place(FIRST_BYTE, route), first_byte)
        self._observe(self.place(DURATION, route), duration)

    def sent(self, format_: str, initializer: str, nbytes: int, elements: float) -> None:
        """Count what was sent of a tensor."""
        self._add(self.place(BYTES, format_, initializer), nbytes)
        self._add(self.place(ELEMENTS, format_, initializer), elements)

    def refused(self, reason: str) -> None:
        """Count a refusal, by the last part of the problem's type."""
        self._add(self.place(REFUSALS, reason), 1.0)

    def disconnected(self, cause: str) -> None:
        """Count a reply that was not sent to its end."""
        self._add(self.place(DISCONNECTS, cause), 1.0)

    def in_flight(self, streams: int, nbytes: int) -> None:
        """Tell how many large replies are under way, and how much they hold."""
        self._values[self.place(STREAMS)] = streams
        self._values[self.place(BYTES_IN_FLIGHT)] = nbytes

    def generated(self, seconds: float) -> None:
        """Count the time of a thread, or of the event loop, for making something; for any thread."""
        with self._lock:
            self._values[self._generator] += seconds

    def wait(self, queue: str) -> Waiting:
        """Count work that waits for a thread from now on."""
        length, wait, exchange = self.place(QUEUE_LENGTH, queue), self.place(QUEUE_WAIT, queue), CURRENT.get()
        with self._lock:
            self._add(length, 1.0)

        def leave(seconds: float | None) -> None:
            with self._lock:
                self._add(length, -1.0)
                if seconds is not None:
                    self._observe(wait, seconds)
                    if exchange is not None and exchange.queue is None:
                        exchange.queue = seconds

        return Waiting(leave, self.generated)

    def series(self, family: Family) -> Iterable[tuple[Labels, int]]:
        """Return the metrics of a family, each with its place."""
        return self._places[family.name].items()

    def processes(self) -> Iterator[tuple[Numbers, bool]]:
        """Yield the numbers of each process, and whether it lives."""
        return self._memory.processes()

    def total(self, name: str, *labels: str) -> float:
        """Return a number of all processes together; of a histogram the count of its metric."""
        places = slice(first := self.place(name, *labels), first + 1)
        family = next(family for family in self.families if family.name == name)
        if family.kind == "histogram":
            places = slice(first, first + len(BUCKETS) + 1)
        return float(np.sum([numbers[places].sum() for numbers, _ in self.processes()]))


class Waiting:
    """Work in a queue, from now until it begins or is dropped."""

    def __init__(self, leave: Callable[[float | None], None], generated: Callable[[float], None]) -> None:
        self._leave = leave
        self._generated = generated
        self._start: float | None = time.perf_counter()

    def around(self, task: Callable[..., _Result]) -> Callable[..., _Result]:
        """Return `task` so that its wait ends when a thread begins it, and its time is counted as a generator's."""

        def counted(*arguments: object) -> _Result:
            start = time.perf_counter()
            if self._start is not None:
                waited, self._start = start - self._start, None
                self._leave(waited)
            try:
                return task(*arguments)
            finally:
                self._generated(time.perf_counter() - start)

        return counted

    def drop(self, *_: object) -> None:
        """Leave the queue where it has not begun, as what a future calls when it is done or cancelled."""
        if self._start is not None:
            self._start = None
            self._leave(None)
