"""HTTP/1.1 as this service speaks it."""

from __future__ import annotations

import asyncio
import ipaddress
import socket

from uvicorn._types import ASGI3Application
from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

from service.access.client import client_at
from service.problems.document import Problem
from service.problems.hub_form import in_form_of
from service.problems.types import OVERLOADED, REQUEST_TIMEOUT
from service.server.connections import Connections
from service.server.deadline import Deadline
from service.server.early_request import early_path
from service.server.reader_watch import ReaderWatch
from service.server.replies import Stage
from service.server.request_heads import RequestHeads
from service.server.turns import Turn

LOCAL_SEND_BUFFER = 2**18
"""Bytes on their way to a client on the same machine: few enough to be in a cache still when it reads them.

Elsewhere the kernel chooses, for it knows the delay.
"""


SIP_SECONDS = 0.25
"""Between two looks at what a client goes on to send to which nothing more is said: it is read to be thrown away."""


class Protocol(RequestHeads):
    """One connection, of which every step has to come to an end in time."""

    peer: str
    is_proxy: bool
    _connections: Connections
    _watch: ReaderWatch
    _deadline: Deadline | None = None
    """What the client is waited for with."""
    _is_counted = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._settings = settings = self.app_state["settings"]
        self._watch = ReaderWatch(self, self.loop, settings.stall_seconds, settings.min_bytes_per_second)
        if self.client is not None and ipaddress.ip_address(self.client[0]).is_loopback:
            transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, LOCAL_SEND_BUFFER)
        self.peer = client_at(self.client)
        self.is_proxy = self.client is not None and self.client[0] in settings.proxies
        if "connections" not in self.app_state:
            self.app_state["connections"] = Connections(settings, self.loop)
        self._connections = self.app_state["connections"]
        self._is_counted = self._connections.enter(self)
        if self._is_counted:
            self._deadline = self._connections.heads
        else:
            self._turn_away()

    def _turn_away(self) -> None:
        detail = "all connections that this server takes are in use; try again in a moment"
        problem = Problem(OVERLOADED, detail, headers={"Retry-After": "1"})
        self.refuse(in_form_of(early_path(self.transport), problem))
        self.transport.close()

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        self._watch.look()
        super()._start_asgi_task(cycle, app)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope["state"]["connection"] = self

    def unsent(self) -> int:
        """Return how many bytes of its replies the client has not taken yet."""
        return self.transport.get_write_buffer_size()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self._is_deaf:
            self.flow.pause_reading()
            self.loop.call_later(SIP_SECONDS, self.flow.resume_reading)
        else:
            self._await_client()

    def on_replies_complete(self) -> None:
        super().on_replies_complete()
        self._await_client()

    def in_turn(self, turn: Turn) -> None:
        self._connections.turns.wait(turn)

    def on_silence(self) -> None:
        self._wait_for(self._connections.lingering)

    def _await_client(self) -> None:
        """Count the time of what the client is to send next, if anything."""
        if self._stage is Stage.BODY and (self._answering is None or self._answering is self.cycle):
            self._wait_for(self._connections.bodies)
        elif self._answering is not None:
            self._wait_for(None)
        elif self._stage is Stage.BETWEEN and self.cycle is not None:
            self._wait_for(self._connections.idle)
        else:
            self._wait_for(self._connections.heads)

    def _wait_for(self, deadline: Deadline | None) -> None:
        if deadline is not self._deadline and self._is_counted:
            self._connections.move(self, self._deadline, deadline)
            self._deadline = deadline

    def on_overdue(self, deadline: Deadline) -> None:
        self._deadline = None
        if self.transport.is_closing():
            return
        if deadline is self._connections.lingering or self._stage is Stage.BETWEEN:
            self.close()
        else:
            part = "body" if self._stage is Stage.BODY else "head"
            detail = f"the request's {part} was not whole after {deadline.seconds:g} seconds"
            self.refuse(Problem(REQUEST_TIMEOUT, detail))

    def close(self) -> None:
        """Close the connection; a client that has not taken all of its last reply is watched until it has."""
        super().close()
        self._watch_rest()

    def _watch_rest(self) -> None:
        """Watch a client that has not taken all of the replies that are complete."""
        if not self._watch.is_on and self.unsent():
            self._watch.start()

    def give_way(self) -> None:
        self._is_counted = False
        self._deadline = None
        self.drop("room")

    def pause_writing(self) -> None:
        super().pause_writing()
        self._watch.start()

    def resume_writing(self) -> None:
        self._watch.stop()
        super().resume_writing()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._watch_rest()

    def shutdown(self) -> None:
        super().shutdown()
        self._watch_rest()

    def connection_lost(self, exc: Exception | None) -> None:
        self._watch.stop()
        if self._is_counted:
            self._is_counted = False
            self._connections.leave(self)
        if self.scope is not None:
            # Nothing refers to itself then, and all goes at once.
            self.scope["state"].pop("connection", None)
        super().connection_lost(exc)
