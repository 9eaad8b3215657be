"""The numbers as Prometheus reads them (https://prometheus.io/docs/instrumenting/exposition_formats/)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import numpy as np
from prometheus_client import CollectorRegistry
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    InfoMetricFamily,
    Metric,
)
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector

from service.observability.families import BUCKETS, Family, Labels
from service.observability.measurements import Measurements
from service.observability.memory import Numbers

_BOUNDS = (*map(str, BUCKETS), "+Inf")


class MeasurementsCollector(Collector):
    """Gives a registry the sum of all processes, gauges of those that live, and what was built."""

    def __init__(self, measurements: Measurements, build: Mapping[str, str]) -> None:
        self._measurements = measurements
        self._build = build

    def collect(self) -> Iterable[Metric]:
        processes = list(self._measurements.processes())
        counts = np.sum([numbers for numbers, _ in processes], axis=0)
        living = np.sum([numbers for numbers, lives in processes if lives], axis=0)
        yield InfoMetricFamily("fanin_build", "What serves.", dict(self._build))
        workers = sum(lives for _, lives in processes)
        yield GaugeMetricFamily("fanin_workers", "Processes that serve.", workers)
        for family in self._measurements.families:
            numbers = living if family.kind == "gauge" else counts
            yield _metric(family, self._measurements.series(family), numbers)


def _metric(family: Family, series: Iterable[tuple[Labels, int]], numbers: Numbers) -> Metric:
    names = tuple(family.labels)
    if family.kind == "histogram":
        histogram = HistogramMetricFamily(family.name, family.help, labels=names)
        for labels, place in series:
            histogram.add_metric(labels, *_histogram(numbers[place : place + family.width]))
        return histogram
    kind = CounterMetricFamily if family.kind == "counter" else GaugeMetricFamily
    metric = kind(family.name, family.help, labels=names)
    for labels, place in _told(family, series, numbers):
        metric.add_metric(labels, float(numbers[place]))
    return metric


def _told(family: Family, series: Iterable[tuple[Labels, int]], numbers: Numbers) -> Iterator[tuple[Labels, int]]:
    for labels, place in series:
        if numbers[place] or family.initial is None or labels in family.initial:
            yield labels, place


def _histogram(numbers: Numbers) -> tuple[list[tuple[str, float]], float]:
    """Return how many were at most each bound, and the sum of all."""
    return list(zip(_BOUNDS, np.cumsum(numbers[:-1]).tolist(), strict=True)), float(numbers[-1])


class Exposition:
    """What `/metrics` answers."""

    def __init__(self, measurements: Measurements, build: Mapping[str, str]) -> None:
        self._registry = CollectorRegistry()
        self._registry.register(MeasurementsCollector(measurements, build))

    def render(self, accept: str) -> tuple[bytes, str]:
        """Return the text, in the format that an Accept header asks for, and its media type."""
        encoder, media_type = choose_encoder(accept)
        return encoder(self._registry), media_type
