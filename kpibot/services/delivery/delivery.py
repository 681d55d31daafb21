"""Delivers the messages of the outbox: each one once, in order per channel, whatever happens on the way.

A message and a line in a thread are looked up before they are sent again; an edit is the same however often it is made.

DeliveryError
├── RefusedError   Slack will never take this message here: somebody must fix the cause
├── GoneError      the message that this edits or answers was deleted
├── NotNowError    it certainly did not arrive; try again later
└── InDoubtError   it may have arrived: look before sending again
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Protocol

from kpibot.catalog.model import DistrictConfig
from kpibot.core.alerts.actions import ActionNotice
from kpibot.core.alerts.groups import DeliveryKind
from kpibot.core.alerts.notices import AlertNotice
from kpibot.core.reports.messages import AdminNotice, Message, Picture
from kpibot.store.outbox import LeasedMessage, Outbox, OutboxMessage

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=1)
SEND_WITHIN = timedelta(seconds=40)  # within the lease: what takes longer might be sent by somebody else as well
DOUBLINGS = 9
LONGEST_WAIT = timedelta(minutes=5)
JITTER = 0.1  # the share by which a wait is longer or shorter, so that what failed together is not tried together
COMPLAINT_RELEVANT_FOR = timedelta(days=3)
LOOK_BACK = timedelta(hours=2)  # Slack's clock dates messages, and this one may be wrong by an hour and put right

InThread = Callable[..., Awaitable[Any]]


class DeliveryError(Exception):
    """A message was not delivered; the text says why, without secrets."""


class LeaseLostError(Exception):
    """Another process may have the message by now."""


class ExpiredError(Exception):
    """Nobody needs the message any more."""


class RefusedError(DeliveryError):
    """Permanent."""


class GoneError(DeliveryError):
    """Nothing is left to edit or to answer."""


class NotNowError(DeliveryError):
    """Transient, and certainly not delivered. `after` is how long to wait, where Slack says so."""

    def __init__(self, reason: str, after: timedelta | None = None) -> None:
        super().__init__(reason)
        self.after = after


class InDoubtError(DeliveryError):
    """Transient, and perhaps delivered."""


class Sender(Protocol):
    """Where messages go. `channel` is an id of the configuration, `key` is the permanent name of a delivery.

    `message` is neutral: how it looks is the channel's business. `thread` is the `ts` of a group's message.
    Everything raises DeliveryError, by what may be done about it.
    """

    async def send(self, channel: str, key: str, message: Message, picture: Picture | None) -> str:
        """Posts a message; its `ts`."""

    async def reply(self, channel: str, key: str, message: Message, thread: str, *, in_channel: bool) -> str:
        """Posts a line in a thread, shown `in_channel` too if wanted; its `ts`."""

    async def edit(self, channel: str, ts: str, message: Message, picture: Picture | None) -> None:
        """Replaces what a message says. Without a new picture it keeps the one that it has."""

    async def find(self, channel: str, key: str, since: datetime, thread: str | None) -> str | None:
        """The `ts` of the message with this key, if it is in the channel or thread.

        An error means that it cannot be known now.
        """

    def mention(self, owner: str) -> str:
        """The owner as Slack mentions them: `@helpdesk-leads` becomes the user group's mention."""


class Delivery:
    """Works off the outbox.

    `owner` names this process; `now` reads the clock; `in_thread` runs what blocks; `chance` gives numbers from 0 to 1.
    """

    def __init__(
        self,
        outbox: Outbox,
        sender: Sender,
        district: DistrictConfig,
        owner: str,
        now: Callable[[], datetime],
        in_thread: InThread,
        chance: Callable[[], float],
        picture_of: Callable[[Message], Picture | None],
    ) -> None:
        self._outbox = outbox
        self._sender = sender
        self._district = district
        self._owner = owner
        self._now = now
        self._in_thread = in_thread
        self._chance = chance
        self._picture_of = picture_of
        self._is_stopping = False

    def stop(self) -> None:
        """Takes up nothing more."""
        self._is_stopping = True

    async def deliver_due(self) -> int:
        """Sends all that is due, channels side by side: none waits for a slow one. How many messages it took up."""
        under_way: set[asyncio.Task[None]] = set()
        count = 0
        try:
            while (rows := await self._claim()) or under_way:
                count += len(rows)
                under_way |= {asyncio.create_task(self._deliver(row)) for row in rows}
                done, under_way = await asyncio.wait(under_way, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    task.result()  # where the state database fails, so does this
        finally:
            await asyncio.gather(*under_way, return_exceptions=True)
        return count

    async def _claim(self) -> list[LeasedMessage]:
        if self._is_stopping:
            return []
        claimed: list[LeasedMessage] = await self._in_thread(self._outbox.lease, self._now(), self._owner, LEASE)
        return claimed

    async def _deliver(self, row: LeasedMessage) -> None:
        try:
            ts = await self._find_sent(row) or await self._send(row)
        except LeaseLostError:
            log.warning("%s took longer than its lease; another process sends it now", row.message.key)
        except ExpiredError:
            await self._in_thread(self._outbox.expire, row.id, self._owner)
        except RefusedError as error:
            log.error("%s cannot be delivered to %s: %s", row.message.key, row.message.channel, error)
            complaint = self._complaint(row, error)
            await self._in_thread(self._outbox.dead_letter, row.id, str(error), complaint, self._now(), self._owner)
        except GoneError as error:
            log.warning("%s has no message to reply to: %s", row.message.key, error)
            await self._in_thread(self._outbox.drop, row.id, str(error), self._owner)
        except (NotNowError, InDoubtError) as error:
            await self._wait(row, error)
        except Exception:  # whatever it was, it must cost neither the message nor other channels theirs
            log.exception("%s was not delivered", row.message.key)
            await self._wait(row, InDoubtError("an unexpected error; the log says which"))
        else:
            await self._in_thread(self._outbox.mark_sent, row.id, ts)

    async def _find_sent(self, row: LeasedMessage) -> str | None:
        if row.in_doubt_since is None or row.message.kind is DeliveryKind.UPDATE:
            return None
        since = row.in_doubt_since - LOOK_BACK
        return await self._sender.find(row.message.channel, row.message.key, since, row.parent_ts)

    async def _send(self, row: LeasedMessage) -> str:
        if self._now() >= row.message.expires_at:
            raise ExpiredError
        message = self._addressed(row.message.body)
        picture = None if row.message.kind is DeliveryKind.REPLY else await self._drawn(row.message.key, message)
        if not await self._in_thread(self._outbox.begin_attempt, row.id, self._now(), self._owner, LEASE):
            raise LeaseLostError
        try:
            return await asyncio.wait_for(self._hand_over(row, message, picture), SEND_WITHIN.total_seconds())
        except TimeoutError as error:
            raise InDoubtError("Slack took too long") from error

    async def _drawn(self, key: str, message: Message) -> Picture | None:
        """The message's chart. One that cannot be drawn costs no text: a full disk must not keep back an alert."""
        try:
            drawn: Picture | None = await self._in_thread(self._picture_of, message)
        except Exception:
            log.exception("%s is sent without its picture", key)
            return None
        return drawn

    async def _hand_over(self, row: LeasedMessage, message: Message, picture: Picture | None) -> str:
        """The message's `ts`, once Slack has it."""
        outbox_message = row.message
        if outbox_message.kind is DeliveryKind.POST:
            return await self._sender.send(outbox_message.channel, outbox_message.key, message, picture)
        if row.parent_ts is None:
            raise GoneError("its group's message is not in the channel")
        if outbox_message.kind is DeliveryKind.UPDATE:
            await self._sender.edit(outbox_message.channel, row.parent_ts, message, picture)
            return row.parent_ts
        return await self._sender.reply(
            outbox_message.channel, outbox_message.key, message, row.parent_ts, in_channel=outbox_message.in_channel
        )

    def _complaint(self, row: LeasedMessage, error: RefusedError) -> list[OutboxMessage]:
        """The notice to the administrators about a message that cannot be delivered, unless it was for them."""
        now, administrators = self._now(), self._district.administrators
        if administrators is None or administrators == row.message.channel:
            return []
        what = f"A message to {row.message.channel} was not delivered"
        notice = AdminNotice(now, str(self._district.calendar.zone), ((what, str(error)),))
        return [
            OutboxMessage(
                key=f"refused:{row.message.key}",
                channel=administrators,
                body=notice,
                expires_at=now + COMPLAINT_RELEVANT_FOR,
            )
        ]

    async def _wait(self, row: LeasedMessage, error: NotNowError | InDoubtError) -> None:
        asked = error.after if isinstance(error, NotNowError) else None
        at = self._now() + (asked or backoff(row.attempts, self._chance()))
        log.warning("%s waits until %s: %s", row.message.key, at.isoformat(timespec="seconds"), error)
        await self._in_thread(self._outbox.retry, row.id, at, str(error), isinstance(error, InDoubtError), self._owner)

    def _addressed(self, message: Message) -> Message:
        if isinstance(message, AlertNotice | ActionNotice):
            return replace(message, mention=self._sender.mention(message.mention) if message.mention else "")
        return message


def backoff(attempts: int, chance: float) -> timedelta:
    """How long to wait after so many attempts: twice as long each time, give or take a tenth by `chance` (0 to 1)."""
    longer = min(timedelta(seconds=2 ** min(attempts, DOUBLINGS)), LONGEST_WAIT)
    return longer * (1 + JITTER * (2 * chance - 1))
