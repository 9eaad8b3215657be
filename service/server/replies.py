"""The replies of one connection: each whole, in the order of its request, and what is said before it is closed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from uvicorn._types import ASGI3Application
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from service.observability.exchange import CAUSE, REFUSED, Exchange
from service.problems.document import Problem
from service.server.refusal import Refusal
from service.server.reply_heads import with_quick_heads
from service.server.turns import Turn

PROBES = 2
"""How often a client that has ended its side is written to: the first finds out that it is gone, the second says so."""

PROBE_SECONDS = 0.15
"""Between them, and before: a round trip on most of the internet."""

_PROBE = b"HTTP/1.1 100 Continue\r\n\r\n"
"""What a client that is still there passes over (RFC 9110 section 15.2)."""


class Stage(IntEnum):
    """What the bytes that come next belong to."""

    BETWEEN = 0
    """Requests: none has begun that is not whole."""
    HEAD = 1
    BODY = 2


class Replies(HttpToolsProtocol):
    """HTTP/1.1 whose pipelined requests, half-closed connections and refusals are answered as any others."""

    _stage = Stage.BETWEEN
    _answering: RequestResponseCycle | None = None
    """The request that is answered now, or is to be when its turn comes; those after it wait in `pipeline`."""
    _is_waiting = False
    """Whether what comes next waits for its turn."""
    _last_words: bytes | None = None
    """What is said after the replies that are due; nothing more is read then."""
    _is_deaf = False
    _has_ended = False
    """Whether the client has ended its side, and can still be answered."""

    def refuse(self, problem: Problem) -> None:
        """Answer what has come last with `problem`, after the replies that are due, and close the connection."""
        self._is_deaf = True
        is_begun = self._stage is Stage.BODY and self.cycle is self._answering and not self._is_waiting
        if self._stage is not Stage.BODY or self._abandon(problem.type.status):
            refusal = Refusal.of(problem, self.server_state.default_headers)
            self._last_words = refusal.response
            self.app_state["measurements"].refused(problem.type.slug)
            log = self.app_state["log"]
            # What has begun is told of, with this status, by those who watch its reply.
            if log is not None and not is_begun:
                log(Exchange.refused(self.client, problem.type.status, refusal.body_length))
        self._conclude()

    def _abandon(self, status: int | None = None) -> bool:
        """Give the request up whose body is being read; return whether nothing of its reply has been sent.

        `status` is that with which it is refused; None where nobody is there to be told.
        """
        cycle = self.cycle
        if cycle is self._answering:
            self._answering = None
            if status is not None and not cycle.response_started:
                cycle.scope[REFUSED] = status  # type: ignore[literal-required]
            _tell(cycle)
        elif self.pipeline and self.pipeline[0][0] is cycle:
            self.pipeline.popleft()
        return not cycle.response_started

    def drop(self, cause: str) -> None:
        """Close the connection now, whatever is still to be sent, for one of the `CAUSES`."""
        if self._answering is not None:
            _cut(self._answering, cause)
        elif self.transport.get_write_buffer_size():
            # For the application its reply was complete.
            self.app_state["measurements"].disconnected(cause)
        self.pipeline.clear()
        self.transport.abort()

    def close(self) -> None:
        """Close the connection when what is on its way has been sent."""
        self.transport.close()

    def _conclude(self) -> None:
        """Say the last words, once nothing else is to be said."""
        if self._answering is not None or self.pipeline or self.transport.is_closing():
            return
        words, self._last_words = self._last_words, None
        if words is not None:
            self.transport.write(words)
        if words is None or self._has_ended:
            self.close()
        else:
            self.transport.write_eof()
            self.on_silence()

    def on_silence(self) -> None:
        """Nothing more will be said.

        What the client still sends is passed over: if the connection were closed with that unread, the client might
        lose the last words too (RFC 9112 section 9.6).
        """

    def start(self, cycle: RequestResponseCycle, app: ASGI3Application) -> bool:
        """Start a request whose turn has come; return whether it is still to be answered."""
        is_wanted = cycle is self._answering and not self.transport.is_closing()
        if is_wanted:
            self._start_asgi_task(cycle, app)
        return is_wanted

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        self._answering, self._is_waiting = cycle, False
        super()._start_asgi_task(cycle, with_quick_heads(app, cycle))

    def on_response_complete(self) -> None:
        """Go on to the next request that has come."""
        self.server_state.total_requests += 1
        self._answering = None
        if self.transport.is_closing():
            self.pipeline.clear()
        elif self.pipeline:
            turn = _InAdvance(self, *self.pipeline.pop())
            self._answering, self._is_waiting = turn.cycle, True
            self.in_turn(turn)
            if not self.pipeline:
                self.read_on()
        elif self._is_deaf:
            self._conclude()
        else:
            self.on_replies_complete()
            if self._has_ended:
                self._end()
            else:
                self.flow.resume_reading()

    def in_turn(self, turn: Turn) -> None:
        """Begin what was sent before the reply to the request before it."""
        turn.begin()

    def read_on(self) -> None:
        """Read what has come behind the requests that are read, of which none waits now."""

    def on_replies_complete(self) -> None:
        """All requests that have been read are answered."""

    def eof_received(self) -> bool:  # type: ignore[override]
        """Return whether the client, which sends nothing more, is to be answered still."""
        self._has_ended = True
        self._end()
        if self._answering is not None and self._answering.scope["http_version"] != "1.0":
            self.loop.call_later(PROBE_SECONDS, self._probe, self._answering, PROBES)
        return not self.transport.is_closing()

    def _end(self) -> None:
        """Close the connection once all requests that came whole are answered."""
        if self._stage is Stage.BODY:
            self._is_deaf = True
            self._abandon()
        self._conclude()

    def _probe(self, cycle: RequestResponseCycle, times: int) -> None:
        """Write to a client that waits for the reply to begin: one that has closed both sides answers with a reset."""
        if cycle is self._answering and not cycle.response_started and not self.transport.is_closing():
            self.transport.write(_PROBE)
            if times > 1:
                self.loop.call_later(PROBE_SECONDS, self._probe, cycle, times - 1)

    def connection_lost(self, exc: Exception | None) -> None:
        self._is_deaf = True
        self.pipeline.clear()
        if self._answering is not None:
            _cut(self._answering, "client")
        super().connection_lost(exc)


@dataclass(frozen=True)
class _InAdvance:
    """A request that was sent before the reply to the one before it."""

    connection: Replies
    cycle: RequestResponseCycle
    app: ASGI3Application

    def begin(self) -> bool:
        return self.connection.start(self.cycle, self.app)

    @property
    def is_over(self) -> bool:
        return self.cycle.response_started or self.cycle.disconnected


def _cut(cycle: RequestResponseCycle, cause: str) -> None:
    """Tell the application, and those who watch it, that a reply is not sent to its end."""
    if CAUSE not in cycle.scope:
        cycle.scope[CAUSE] = cause  # type: ignore[literal-required]
    _tell(cycle)


def _tell(cycle: RequestResponseCycle) -> None:
    """Tell the application that its client has gone."""
    cycle.disconnected = True
    cycle.waiting_for_100_continue = False
    cycle.message_event.set()
