"""The latest calls, delivery attempts, edits and deletions.

The history is bounded in number and in size, so that a workspace may run for weeks.
"""

from __future__ import annotations

import json
from collections import deque

from localslack.state.model import Call, DeliveryAttempt, Edit, Json, Message

KEEP_SMALL = 1000


class History:
    """Keeps the latest `keep_calls` calls, fewer when their payloads are more than `keep_bytes` together."""

    def __init__(self, keep_calls: int, keep_bytes: int) -> None:
        self._keep_calls, self._keep_bytes = keep_calls, keep_bytes
        self._calls: deque[tuple[Call, int]] = deque()
        self.bytes = 0
        self.deliveries: deque[DeliveryAttempt] = deque(maxlen=KEEP_SMALL)
        self.edits: deque[Edit] = deque(maxlen=KEEP_SMALL)
        self.deletions: deque[Message] = deque(maxlen=KEEP_SMALL)

    def add(self, call: Call) -> None:
        """Keep a call; the oldest go."""
        size = _size(call.arguments) + _size(call.response)
        self._calls.append((call, size))
        self.bytes += size
        while len(self._calls) > self._keep_calls or (self.bytes > self._keep_bytes and len(self._calls) > 1):
            self.bytes -= self._calls.popleft()[1]

    def calls(self, method: str | None, channels: frozenset[str] | None, since: int) -> list[Call]:
        """Return the calls, the oldest first: of one method, with one of these channels, with an id above `since`."""
        return [
            call
            for call, _ in self._calls
            if (method is None or call.method == method)
            and (channels is None or channel_of(call.arguments) in channels)
            and call.id > since
        ]


def channel_of(arguments: Json) -> str:
    """Return the name or id of the channel that a call's arguments name, ``""`` for none."""
    return str(arguments.get("channel") or arguments.get("channel_id") or "").lstrip("#")


def _size(payload: Json | None) -> int:
    return len(json.dumps(payload, default=str)) if payload is not None else 0
