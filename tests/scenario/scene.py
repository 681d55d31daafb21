"""A scene for the bot to act in: a workspace, a helpdesk, a clock."""

import asyncio
import json
import sqlite3
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from kpibot.app.bot import Bot
from kpibot.app.container import Services, build_services
from kpibot.app.slack_access import SlackAccess
from kpibot.catalog import Catalog, load
from localslack import Message, WorkspaceServer

CONFIG = Path(__file__).parent / "config"
CHICAGO = ZoneInfo("America/Chicago")
MONDAY = datetime(2026, 11, 16, 16, tzinfo=UTC)  # ten in the morning in Chicago: the digest of seven is due


class Helpdesk:
    """The district's ticket system: a SQLite file that the bot only reads."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._number = 0
        with sqlite3.connect(file) as database:
            database.execute(
                "CREATE TABLE hd_tickets (ticket_id INTEGER PRIMARY KEY, site_code TEXT, created_at TEXT, "
                "replied_at TEXT, resolved_at TEXT)"
            )
        database.close()

    @property
    def url(self) -> str:
        return f"sqlite:///{self._file}"

    def open(self, site: str | None, count: int, opened: datetime = MONDAY - timedelta(hours=20)) -> None:
        """Opens tickets that are answered after an hour and stay unresolved."""
        rows = []
        for _ in range(count):
            self._number += 1
            rows.append((self._number, site, _written(opened), _written(opened + timedelta(hours=1))))
        self._run("INSERT INTO hd_tickets VALUES (?, ?, ?, ?, NULL)", rows)

    def resolve(self, site: str, at: datetime, keep: int = 0) -> None:
        """Resolves a campus's tickets but for the last `keep`."""
        self._run(
            "UPDATE hd_tickets SET resolved_at = ? WHERE ticket_id IN (SELECT ticket_id FROM hd_tickets "
            "WHERE site_code = ? AND resolved_at IS NULL ORDER BY ticket_id DESC LIMIT -1 OFFSET ?)",
            [(_written(at), site, keep)],
        )

    def break_down(self) -> None:
        """Renames the table, as an upgrade of the ticket system might."""
        self._run("ALTER TABLE hd_tickets RENAME TO tickets_v2", [()])

    def recover(self) -> None:
        """Undoes `break_down`."""
        self._run("ALTER TABLE tickets_v2 RENAME TO hd_tickets", [()])

    def go_away(self) -> None:
        """Its file is not there: nobody can open the database."""
        self._file.rename(self._file.with_suffix(".away"))

    def come_back(self) -> None:
        """Undoes `go_away`."""
        self._file.with_suffix(".away").rename(self._file)

    def _run(self, statement: str, rows: list[tuple[object, ...]]) -> None:
        with sqlite3.connect(self._file) as database:
            database.executemany(statement, rows)
        database.close()


def _written(moment: datetime) -> str:
    return moment.astimezone(CHICAGO).strftime("%Y-%m-%d %H:%M:%S")


class Clock:
    """The time as the bot sees it."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self._passed = timedelta()

    def __call__(self) -> datetime:
        return self.now

    def advance(self, by: timedelta) -> None:
        self.now += by
        self._passed += by

    def jump(self, by: timedelta) -> None:
        """Is set, forward or back: no time passes."""
        self.now += by

    def passed(self) -> float:
        """Seconds of a clock that nobody can set."""
        return self._passed.total_seconds()


@cache
def usual_catalog() -> Catalog:
    """The configuration of most scenes, read once a process."""
    return load(CONFIG, {"HELPDESK_URL": "sqlite://"})


class Scene:
    """A workspace, a helpdesk, and a bot that can be started and stopped. Slack's clock is the bot's."""

    def __init__(self, server: WorkspaceServer, helpdesk: Helpdesk, folder: Path, clock: Clock) -> None:
        self.server = server
        self.ws = server.ws
        self.helpdesk = helpdesk
        self.clock = clock
        self.config = CONFIG
        self.bot: Bot | None = None
        self.services: Services | None = None
        self.state = f"sqlite:///{folder / 'state.db'}"
        self._stop = asyncio.Event()
        self._running: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Starts the bot; everything that is due has been sent when this returns."""
        self._stop = asyncio.Event()
        self.services = build_services(self._catalog(), self.state, self.clock.passed)
        access = SlackAccess(self.ws.bot_token, self.ws.app_token, self.server.api_url)
        self.bot = Bot(self.services, access, self.clock, self.clock.passed)
        ready = asyncio.Event()
        self._running = asyncio.create_task(self.bot.run(self._stop, ready))
        waiting = asyncio.create_task(ready.wait())
        await asyncio.wait({self._running, waiting}, timeout=30, return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        if self._running.done():
            await self._running  # tells why
        assert ready.is_set(), "the bot did not start within 30 s"
        await self.delivered()

    def _catalog(self) -> Catalog:
        """The configuration. The usual one differs from scene to scene only in where the helpdesk is."""
        if self.config != CONFIG:
            return load(self.config, {"HELPDESK_URL": self.helpdesk.url})
        usual = usual_catalog()
        helpdesk = replace(usual.databases["helpdesk"], url=self.helpdesk.url)
        return replace(usual, databases={"helpdesk": helpdesk})

    async def stop(self) -> None:
        """Stops the bot as Ctrl-C does."""
        self._stop.set()
        running, services = self._running, self.services
        self._running = self.bot = self.services = None
        try:
            if running is not None:
                await running
        finally:
            if services is not None:
                services.close()

    async def later(self, by: timedelta) -> None:
        """Lets time pass and does what is due then."""
        self.clock.advance(by)
        assert self.bot is not None
        await self.bot.catch_up()
        await self.delivered()

    async def delivered(self) -> None:
        """Waits until all that is due has been sent: on a busy machine a delivery by schedule may be under way."""
        assert self.bot is not None
        async with self.bot._delivery_lock:
            pass
        await self.bot._deliver()

    async def pass_by(self, span: timedelta, step: timedelta = timedelta(seconds=30)) -> None:
        """Lets time pass in small steps, and does at each of them what the schedule does all the time."""
        end = self.clock.now + span
        while self.clock.now < end:
            self.clock.advance(min(step, end - self.clock.now))
            await self.does_its_rounds()
        await self.delivered()

    async def does_its_rounds(self) -> None:
        """Does once what the schedule does all the time."""
        assert self.bot is not None
        await self.bot._renew()
        await self.bot._outage.notify()
        await self.bot.catch_up()

    async def ask(self, text: str, channel: str = "tech-leads", user: str = "dana") -> str:
        """Types `/kpi …`; what is said in reply, be it to everybody or to the asker alone."""
        before = {each.ts for each in self.ws.messages(channel)}
        outcome = await self.server.command("/kpi", text, channel=channel, user=user)
        assert outcome.acked
        await self.settled()
        return "\n".join(said(each) for each in self.ws.messages(channel) if each.ts not in before)

    async def press(self, message: Message, action: str, user: str = "luis", value: str | None = None) -> str:
        """Presses a button of a message, or chooses from a menu; what the presser alone is told."""
        channel = self.ws.conversations[message.channel].name
        before = {each.ts for each in self.ws.messages(channel)}
        outcome = await self.server.press(message.ts, action, channel=channel, user=user, value=value)
        assert outcome.acked
        await self.settled()
        new = [each for each in self.ws.messages(channel) if each.ts not in before]
        return "\n".join(said(each) for each in new if each.ephemeral_for)

    async def settled(self) -> None:
        """Waits for what people began."""
        assert self.bot is not None
        await self.bot._conversation.drain()

    def told(self, channel: str) -> list[Message]:
        """What stands in a channel itself for everybody, oldest first."""
        return [each for each in self.ws.messages(channel) if not each.ephemeral_for and not each.thread_ts]

    def digests(self, channel: str) -> list[str]:
        """The digests in a channel."""
        return [said(each) for each in self.told(channel) if "Weekly KPI digest" in said(each)]

    def alerts(self, channel: str = "west-tech") -> list[Message]:
        """The alerts' own messages in a channel."""
        return [each for each in self.told(channel) if each.text.startswith("Outstanding tickets: ")]

    def thread(self, of: Message) -> list[str]:
        """What stands in the thread of a message."""
        return [
            said(each) for each in self.ws.messages(self.ws.conversations[of.channel].name) if each.thread_ts == of.ts
        ]


def said(message: Message) -> str:
    """All that a message shows, blocks and all."""
    return json.dumps([message.text, message.blocks], ensure_ascii=False)
