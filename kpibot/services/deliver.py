"""Delivers what the outbox owes: each message once, in order per channel, whatever happens on the way.

DeliveryError
├── RefusedError   Slack will never take this message here: somebody must mend the cause
├── NotNowError    it certainly did not arrive; try again later
└── InDoubtError   it may have arrived: look before sending again
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeVar

from kpibot.catalog.model import District
from kpibot.core.deeds import DeedNotice
from kpibot.core.reports import AlertNotice, DigestEdition, Message, TroubleNotice
from kpibot.render.alert import alert_message
from kpibot.render.alt import alert_alt, digest_alt
from kpibot.render.blocks import Rendered, SlackFile
from kpibot.render.charts import alert_chart, digest_chart
from kpibot.render.deeds import deed_message
from kpibot.render.digest import digest_message
from kpibot.render.trouble import trouble_message
from kpibot.store.outbox import Claimed, Outbox, Owed

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=1)
SEND_WITHIN = timedelta(seconds=40)  # within the lease: what takes longer might be sent by somebody else as well
DOUBLINGS = 9
LONGEST_WAIT = timedelta(minutes=5)
COMPLAINT_OF_USE_FOR = timedelta(days=3)
LOOK_BACK = timedelta(minutes=1)  # clocks differ: a message may bear an earlier time than its attempt

Result = TypeVar("Result")
InThread = Callable[..., Awaitable[Any]]


class DeliveryError(Exception):
    """A message was not delivered; the text says why, without secrets."""


class LeaseLostError(Exception):
    """Another process may have the message by now."""


class RefusedError(DeliveryError):
    """Permanent."""


class NotNowError(DeliveryError):
    """Transient, and certainly not delivered. `after` is how long to wait, where Slack says so."""

    def __init__(self, reason: str, after: timedelta | None = None) -> None:
        super().__init__(reason)
        self.after = after


class InDoubtError(DeliveryError):
    """Transient, and perhaps delivered."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A PNG with the words that say what it shows."""

    name: str
    png: bytes
    alt_text: str


class Sender(Protocol):
    """Where messages go. `channel` is an id of the configuration, `key` names a delivery for ever."""

    async def send(
        self, channel: str, key: str, compose: Callable[[SlackFile | None], Rendered], picture: Picture | None
    ) -> str:
        """Posts a message; `compose` makes it, given the uploaded picture or None. Returns its `ts`.

        Raises:
            DeliveryError: by what may be done about it.
        """

    async def find(self, channel: str, key: str, since: datetime) -> str | None:
        """The `ts` of the message with this key, if it stands in the channel.

        Raises:
            DeliveryError: nobody can tell now.
        """

    def mention(self, owner: str) -> str:
        """The owner as Slack mentions them: `@helpdesk-leads` becomes the user group's mention."""


class Delivery:
    """Works off the outbox. `owner` names this process; `now` reads the clock; `in_thread` runs what blocks."""

    def __init__(
        self,
        outbox: Outbox,
        sender: Sender,
        district: District,
        owner: str,
        now: Callable[[], datetime],
        in_thread: InThread,
    ) -> None:
        self._outbox = outbox
        self._sender = sender
        self._district = district
        self._owner = owner
        self._now = now
        self._in_thread = in_thread

    async def work_off(self) -> int:
        """Sends the next message of every channel that is due, channels side by side; how many it took up."""
        claimed: list[Claimed] = await self._in_thread(self._outbox.claim, self._now(), self._owner, LEASE)
        await asyncio.gather(*(self._deliver(row) for row in claimed))
        return len(claimed)

    async def _deliver(self, row: Claimed) -> None:
        try:
            ts = await self._found(row) or await self._send(row)
        except LeaseLostError:
            log.warning("%s took longer than its lease; whoever has it now sends it", row.owed.key)
        except RefusedError as error:
            log.error("%s cannot be delivered to %s: %s", row.owed.key, row.owed.channel, error)
            await self._in_thread(
                self._outbox.park, row.id, str(error), self._complaint(row, error), self._now(), self._owner
            )
        except (NotNowError, InDoubtError) as error:
            await self._wait(row, error)
        except Exception:  # whatever it was, it must cost neither the message nor other channels theirs
            log.exception("%s was not delivered", row.owed.key)
            await self._wait(row, InDoubtError("an unexpected error; the log says which"))
        else:
            await self._in_thread(self._outbox.sent, row.id, ts)

    async def _found(self, row: Claimed) -> str | None:
        if row.in_doubt_since is None:
            return None
        return await self._sender.find(row.owed.channel, row.owed.key, row.in_doubt_since - LOOK_BACK)

    async def _send(self, row: Claimed) -> str:
        message = self._addressed(row.owed.message)
        picture = await self._in_thread(picture_of, message)
        if not await self._in_thread(self._outbox.attempt, row.id, self._now(), self._owner, LEASE):
            raise LeaseLostError
        sending = self._sender.send(row.owed.channel, row.owed.key, lambda chart: compose(message, chart), picture)
        try:
            return await asyncio.wait_for(sending, SEND_WITHIN.total_seconds())
        except TimeoutError as error:
            raise InDoubtError("Slack took too long") from error

    def _complaint(self, row: Claimed, error: RefusedError) -> list[Owed]:
        """What the administrators are told of a message that cannot be delivered, unless it was to themselves."""
        now, administrators = self._now(), self._district.administrators
        if administrators is None or administrators == row.owed.channel:
            return []
        what = f"A message to {row.owed.channel} was not delivered"
        notice = TroubleNotice(now, str(self._district.calendar.zone), ((what, str(error)),))
        return [Owed(f"refused:{row.owed.key}", administrators, notice, now + COMPLAINT_OF_USE_FOR)]

    async def _wait(self, row: Claimed, error: NotNowError | InDoubtError) -> None:
        asked = error.after if isinstance(error, NotNowError) else None
        backed_off = min(timedelta(seconds=2 ** min(row.attempts, DOUBLINGS)), LONGEST_WAIT)
        at = self._now() + (asked or backed_off)
        log.warning("%s waits until %s: %s", row.owed.key, at.isoformat(timespec="seconds"), error)
        await self._in_thread(self._outbox.retry, row.id, at, str(error), isinstance(error, InDoubtError), self._owner)

    def _addressed(self, message: Message) -> Message:
        if isinstance(message, AlertNotice | DeedNotice):
            return replace(message, mention=self._sender.mention(message.mention) if message.mention else "")
        return message


def compose(message: Message, chart: SlackFile | None) -> Rendered:
    """The message as Slack takes it."""
    match message:
        case DigestEdition():
            return digest_message(message, chart)
        case AlertNotice():
            return alert_message(message, chart)
        case DeedNotice():
            return deed_message(message)
        case TroubleNotice():
            return trouble_message(message)


def picture_of(message: Message) -> Picture | None:
    """The message's chart; None where there is nothing to draw."""
    match message:
        case DigestEdition():
            png, name, alt_text = digest_chart(message), message.digest, digest_alt(message)
        case AlertNotice():
            png, name, alt_text = alert_chart(message), message.card.id, alert_alt(message)
        case DeedNotice() | TroubleNotice():
            return None
    return None if png is None else Picture(f"{name}.png", png, alt_text)
