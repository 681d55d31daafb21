"""What was sent: a Sender that takes everything at once and remembers it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import TYPE_CHECKING

from kpibot.app.views import message_of
from kpibot.core.alerts.groups import DeliveryKind
from kpibot.core.alerts.notices import AlertNotice
from kpibot.core.alerts.states import Reason
from kpibot.core.kpis.thresholds import Verdict
from kpibot.core.reports.digests import DigestEdition
from kpibot.core.reports.messages import AdminNotice, Message, Picture
from kpibot.slack.blocks import Block

if TYPE_CHECKING:
    from tests.year.bot import Clock


@dataclass(frozen=True)
class Sent:
    """A message as people got it: `text` is all that it says, `blocks` how.

    Of an alert `reasons` and `severities` are by campus.
    """

    at: datetime
    channel: str
    how: DeliveryKind
    key: str
    text: str
    about: str = ""
    in_channel: bool = True
    reason: Reason | None = None
    reasons: Mapping[str, Reason] = field(default_factory=dict)
    severities: Mapping[str, Verdict | None] = field(default_factory=dict)
    group: str = ""
    is_common: bool = False
    slot: datetime | None = None
    blocks: tuple[Block, ...] = ()

    @property
    def is_alert(self) -> bool:
        """Whether it is about breaches."""
        return self.reason is not None


class Recorder:
    """Slack as the bot's Sender, which never fails."""

    def __init__(self, clock: "Clock") -> None:
        self.sent: list[Sent] = []
        self._clock = clock
        self._numbers = count(1)

    async def send(self, channel: str, key: str, message: Message, picture: Picture | None) -> str:
        return self._take(channel, key, message, DeliveryKind.POST)

    async def reply(self, channel: str, key: str, message: Message, thread: str, *, in_channel: bool) -> str:
        return self._take(channel, key, message, DeliveryKind.REPLY, in_channel)

    async def edit(self, channel: str, ts: str, message: Message, picture: Picture | None) -> None:
        self._take(channel, "", message, DeliveryKind.UPDATE, in_channel=False)

    async def find(self, channel: str, key: str, since: datetime, thread: str | None) -> str | None:
        raise AssertionError(f"{key} is in doubt, though nothing ever failed")

    def mention(self, owner: str) -> str:
        return owner

    def _take(self, channel: str, key: str, message: Message, how: DeliveryKind, in_channel: bool = True) -> str:
        told = {"at": self._clock.now, "channel": channel, "how": how, "key": key, "in_channel": in_channel}
        composed = message_of(message)
        self.sent.append(Sent(**told, text=composed.text, blocks=composed.blocks, **_says(message)))
        return f"{next(self._numbers)}.0"


def _says(message: Message) -> dict[str, object]:
    match message:
        case AlertNotice():
            return {
                "about": message.card.id,
                "reason": message.reason,
                "reasons": {each.report.campus: each.reason for each in message.changes},
                "severities": {each.report.campus: each.severity for each in message.changes},
                "group": message.group,
                "is_common": message.is_common,
            }
        case DigestEdition():
            return {"about": f"digest {message.digest}", "slot": message.slot}
        case AdminNotice():
            return {"about": "trouble" if message.problems else "mended"}
    return {"about": "deed"}
