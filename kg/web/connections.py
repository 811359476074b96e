"""Connections that can't lock others out: what says nothing, or takes nothing, is ended."""

import asyncio
import functools
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

from kg.web.limits import Limits


class Connection(H11Protocol):
    """A connection of the server, under limits.

    The head of a request must be there within `idle` seconds of the connection's beginning, or of the answer before
    it; an answer must be taken without a pause of `stalled` seconds. Where a client has more connections than its
    `share`, the one of them that has been idle longest gives way; where there are as many as there may be, that of all.
    """

    def __init__(self, *arguments: Any, limits: Limits, **settings: Any) -> None:
        super().__init__(*arguments, **settings)
        self._limits = limits
        self._deadline: asyncio.TimerHandle | None = None
        self._stalled: asyncio.TimerHandle | None = None
        self._idle_since = 0.0

    @property
    def _is_idle(self) -> bool:
        """Whether no request is under way."""
        return self.cycle is None or self.cycle.response_complete

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._wait()
        everyone = [other for other in self.connections if isinstance(other, Connection)]
        host = self.client and self.client[0]
        own = [other for other in everyone if (other.client and other.client[0]) == host]
        # One place is kept free: uvicorn turns away whoever takes the last.
        crowd = own if len(own) > self._limits.share else everyone
        if crowd is own or len(everyone) >= self._limits.connections:
            among = [other for other in crowd if other._is_idle and other is not self]
            (min(among, key=lambda other: other._idle_since) if among else self).give_way()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if not self._is_idle:
            self._cancel()

    def on_response_complete(self) -> None:
        self._wait()
        super().on_response_complete()  # which may go on with a request that came meanwhile
        if not self._is_idle:
            self._cancel()

    def connection_lost(self, exc: Exception | None) -> None:
        self._cancel()
        self.resume_writing()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        super().pause_writing()
        if self._stalled is None:
            self._stalled = self.loop.call_later(self._limits.stalled, self.transport.abort)

    def resume_writing(self) -> None:
        if self._stalled is not None:
            self._stalled.cancel()
            self._stalled = None
        super().resume_writing()

    def give_way(self) -> None:
        """End the connection, at once."""
        self.connections.discard(self)
        self.transport.abort()

    def _wait(self) -> None:
        self._cancel()
        self._idle_since = self.loop.time()
        self._deadline = self.loop.call_later(self._limits.idle, self.give_way)

    def _cancel(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None


def connections(limits: Limits) -> Any:
    """What makes the connections of a server that keeps to these limits."""
    return functools.partial(Connection, limits=limits)
