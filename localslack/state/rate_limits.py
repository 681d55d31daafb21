"""Slack's rate limits: calls per minute for each method, and about one message per second in each channel.

A method's tier is a minimum ("20+ a minute"), and short bursts are allowed: each method has a bucket that holds a
minute's worth of calls, `LEAST_BURST` at least, and fills at the tier's rate. Slack gives the special tiers no number;
`SPECIAL` is what it calls "several hundred a minute".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

LEAST_BURST = 5
SPECIAL = 300
PER_MINUTE = {1: 1, 2: 20, 3: 50, 4: 100}
TIERS: Mapping[str, int | None] = {
    "api.test": 4,
    "apps.connections.open": 1,
    "auth.test": None,
    "blocks.validate": None,
    "chat.delete": 3,
    "chat.getPermalink": None,
    "chat.postEphemeral": 4,
    "chat.postMessage": None,
    "chat.update": 3,
    "conversations.history": 3,
    "conversations.info": 3,
    "conversations.join": 3,
    "conversations.list": 2,
    "conversations.members": 4,
    "conversations.open": 3,
    "conversations.replies": 3,
    "files.completeUploadExternal": 4,
    "files.delete": 3,
    "files.getUploadURLExternal": 4,
    "files.info": 4,
    "reactions.add": 3,
    "reactions.remove": 2,
    "usergroups.list": 2,
    "users.conversations": 3,
    "users.info": 4,
    "users.list": 2,
    "views.open": 4,
    "views.publish": 4,
    "views.push": 4,
    "views.update": 4,
}
"""The tier of each method, None for a special one."""

PACED = ("chat.postMessage", "chat.postEphemeral")
"""The methods that post to a channel."""

_ALMOST = 1e-9


@dataclass(slots=True)
class _Bucket:
    """Holds up to `most` calls and gets `rate` new ones a second."""

    most: float
    rate: float
    left: float
    at: float

    def take(self, now: float) -> float:
        """Take one and return 0.0, or return the seconds until there is one."""
        self.left = min(self.most, self.left + max(0.0, now - self.at) * self.rate)
        self.at = now
        if self.left < 1 - _ALMOST:
            return (1 - self.left) / self.rate
        self.left -= 1
        return 0.0


class RateLimits:
    """A bot's remaining limits, on `timer`, in seconds.

    `tiers` switches the limits of methods on. `seconds`, when set, is the time between two messages in a channel;
    `burst` of them may come at once.
    """

    def __init__(self, timer: Callable[[], float], tiers: bool, seconds: float | None, burst: int) -> None:
        self._timer, self.tiers, self.seconds, self.burst = timer, tiers, seconds, burst
        self._buckets: dict[str, _Bucket] = {}

    def wait(self, method: str, channel: str | None) -> float:
        """Return how many seconds the bot must wait with this call; 0.0 counts it."""
        left = 0.0
        if self.seconds and channel is not None and method in PACED:
            left = self._take(f"channel {channel}", self.burst, 1 / self.seconds)
        if left == 0.0 and self.tiers and method in TIERS:
            tier = TIERS[method]
            minute = SPECIAL if tier is None else PER_MINUTE[tier]
            left = self._take(f"method {method}", max(minute, LEAST_BURST), minute / 60)
        return left

    def _take(self, name: str, most: float, rate: float) -> float:
        bucket = self._buckets.setdefault(name, _Bucket(most, rate, most, self._timer()))
        return bucket.take(self._timer())
