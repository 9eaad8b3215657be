"""What is measured: the families of metrics, as Prometheus calls them, with all values that their labels may have."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product

OTHER = "other"
"""The value of a label for all that has none of its own: what clients write never becomes one."""

BUCKETS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0)
"""Upper bounds, in seconds: from half the time of a small tensor to that of one that is made whole for minutes."""

METHODS = ("GET", "HEAD", "POST", "OPTIONS")
STATUSES = (
    "200", "204", "206", "304", "400", "401", "403", "404", "405", "406", "408", "412", "413", "414", "415", "416",
    "422", "429", "431", "499", "500", "503",
)  # fmt: skip
"""499 is nginx's word for a client that went away before it was answered."""

INITIAL_STATUSES = ("200", "500", "503")
"""Those that are told of every route before it has answered so: an increase from nothing is one that nobody sees."""

CAUSES = ("client", "stall", "room")
"""Why a reply was not sent to its end: the client went away, took too little of it, or was slow while others waited."""

Labels = tuple[str, ...]


@dataclass(frozen=True)
class Vocabulary:
    """What the labels may say, beside `other`."""

    routes: Mapping[str, Collection[str]] = field(default_factory=dict)
    """The methods of each, by its template."""
    formats: Collection[str] = ()
    initializers: Collection[str] = ()
    reasons: Collection[str] = ()
    """Why a request is refused: the types of problem."""
    queues: Collection[str] = ()


@dataclass(frozen=True)
class Family:
    """Metrics of one name; `labels` has the values that each label may have."""

    kind: str
    """counter, gauge or histogram."""
    name: str
    help: str
    labels: Mapping[str, Collection[str]] = field(default_factory=dict)
    initial: frozenset[Labels] | None = None
    """Those that are told though they are zero; None for all."""

    @property
    def width(self) -> int:
        """How many numbers one metric is: a histogram has one for each bucket, one for all beyond, and their sum."""
        return len(BUCKETS) + 2 if self.kind == "histogram" else 1

    def series(self) -> Iterator[Labels]:
        """Yield the values that the labels have together."""
        return product(*((*values, OTHER) for values in self.labels.values()))


REQUESTS = "fanin_http_requests"
FIRST_BYTE = "fanin_http_first_byte_seconds"
DURATION = "fanin_http_request_duration_seconds"
IN_PROGRESS = "fanin_http_requests_in_progress"
BYTES = "fanin_tensor_bytes"
ELEMENTS = "fanin_tensor_elements"
GENERATOR = "fanin_generator_seconds"
QUEUE_LENGTH = "fanin_queue_length"
QUEUE_WAIT = "fanin_queue_wait_seconds"
STREAMS = "fanin_streams"
BYTES_IN_FLIGHT = "fanin_bytes_in_flight"
REFUSALS = "fanin_refusals"
DISCONNECTS = "fanin_disconnects"


def families(words: Vocabulary) -> tuple[Family, ...]:
    """Return all families. Prometheus adds `_total` to the names of counters."""
    of_route = {"route": tuple(words.routes)}
    of_formats = frozenset((format_, OTHER) for format_ in words.formats)
    of_tensor = {"format": words.formats, "initializer": words.initializers}
    expected = frozenset(
        (route, method, status)
        for route, methods in words.routes.items()
        for method in methods
        for status in INITIAL_STATUSES
    )
    return (
        Family(
            "counter",
            REQUESTS,
            "Requests that were answered; a status of 499 means that the client did not wait.",
            {**of_route, "method": METHODS, "status": STATUSES},
            expected,
        ),
        Family("histogram", FIRST_BYTE, "From a request to the first byte of its reply.", of_route),
        Family("histogram", DURATION, "From a request to the last byte of its reply.", of_route),
        Family("gauge", IN_PROGRESS, "Requests that are being answered."),
        Family("counter", BYTES, "Bytes of tensors sent.", of_tensor, of_formats),
        Family("counter", ELEMENTS, "Elements of tensors sent.", of_tensor, of_formats),
        Family("counter", GENERATOR, "Time that threads took to make tensors and answers, in seconds."),
        Family("gauge", QUEUE_LENGTH, "Pieces of work that wait for a thread.", {"queue": words.queues}),
        Family("histogram", QUEUE_WAIT, "How long work waited for a thread.", {"queue": words.queues}),
        Family("gauge", STREAMS, "Large replies under way."),
        Family("gauge", BYTES_IN_FLIGHT, "Bytes that large replies under way hold."),
        _of("reason", words.reasons, REFUSALS, "Requests refused, by the type of problem."),
        _of("cause", CAUSES, DISCONNECTS, "Replies that were not sent to their end."),
    )


def _of(label: str, values: Collection[str], name: str, help_: str) -> Family:
    """Return counters by one label, of which those are told from the start that have a word of their own."""
    return Family("counter", name, help_, {label: values}, frozenset((value,) for value in values))
