"""What the bot says on its own: a day of digests, alerts, what people do about them, and a database that is down."""

from collections.abc import Callable
from contextlib import closing
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from kpibot.app.container import Services, build_services
from kpibot.app.views import message_of, picture_of
from kpibot.catalog import load
from kpibot.core.alerts.actions import ActionResult
from kpibot.core.alerts.groups import DeliveryKind
from kpibot.core.campuses.campus_tree import DISTRICT
from kpibot.core.reports.messages import Message, Picture
from kpibot.core.time.time_phrases import named_end
from kpibot.services.delivery.delivery import Delivery
from kpibot.slack.alerts.action_messages import action_result_message
from kpibot.slack.alerts.active_alerts import why_message
from kpibot.slack.alerts.mute_form import mute_form
from tests.record.places import Place
from tests.record.writing import Page, as_json, as_slack, digest

HOUR = timedelta(hours=1)
BEFORE = timedelta(hours=9)  # so that it begins at 8 in the morning
AWAY = "sqlite:////nowhere/at-all.db"


class Clock:
    """The time, which passes when somebody says so."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def passed(self) -> float:
        """Seconds that have passed: what is said of a database that is away counts them."""
        return self.now.timestamp()


class PageSender:
    """Slack, as a page of the record: it takes everything."""

    def __init__(self, page: Page, clock: Clock) -> None:
        self._page = page
        self._clock = clock
        self._numbers = count(1)

    async def send(self, channel: str, key: str, message: Message, picture: Picture | None) -> str:
        return self._take(channel, DeliveryKind.POST, key, message, picture)

    async def reply(self, channel: str, key: str, message: Message, thread: str, *, in_channel: bool) -> str:
        return self._take(channel, DeliveryKind.REPLY, f"{key} in {thread}, in channel: {in_channel}", message, None)

    async def edit(self, channel: str, ts: str, message: Message, picture: Picture | None) -> None:
        self._take(channel, DeliveryKind.UPDATE, ts, message, picture)

    async def find(self, channel: str, key: str, since: datetime, thread: str | None) -> str | None:
        raise AssertionError(f"{key} is in doubt, though nothing ever failed")

    def mention(self, owner: str) -> str:
        return f"<{owner}>"

    def _take(self, channel: str, how: DeliveryKind, about: str, message: Message, picture: Picture | None) -> str:
        shows = [] if picture is None else [f"{picture.name} {digest(picture.png)} {picture.alt_text}"]
        head = f"{self._clock.now.isoformat()} {how} in {channel}: {about}"
        self._page.add(head, as_slack(message_of(message)), *shows)
        return f"{next(self._numbers)}.0"


async def _at_once(work: Callable[..., Any], *arguments: Any) -> Any:
    return work(*arguments)


class Day:
    """The services of a district, and what they say on a page."""

    def __init__(self, services: Services, clock: Clock, page: Page) -> None:
        self.services, self.clock, self.page = services, clock, page
        district, store = services.catalog.district, services.store
        sender = PageSender(page, clock)
        self._delivery = Delivery(store.outbox, sender, district, store.owner, clock, _at_once, lambda: 0.5, picture_of)

    async def rounds(self) -> None:
        """Measures, prepares digests, and delivers."""
        self.services.alert_monitor.run(self.clock.now)
        self.services.digests.publish_due(self.clock.now)
        await self._delivery.deliver_due()

    async def told(self, what: str, told: ActionResult) -> None:
        """Somebody did something; the reply, and what is delivered because of it."""
        self.page.add(what, as_slack(action_result_message(told)))
        await self._delivery.deliver_due()


async def record_messages(place: Place, folder: Path, page: Page) -> None:
    """A day of the district."""
    clock = Clock(place.now - BEFORE)
    with closing(
        build_services(load(place.config, place.environment), f"sqlite:///{folder / 'day.db'}", clock.passed)
    ) as services:
        day = Day(services, clock, page)
        while clock.now <= place.now:
            await day.rounds()
            clock.now += HOUR
        await _act(day)
        for words in ("alerts", "mutes"):
            reply = services.dispatcher.reply(words, clock.now, "@dana")
            page.add(words, as_slack(message_of(reply)))


async def _act(day: Day) -> None:
    """People use every button of every alert."""
    services, now = day.services, day.clock.now
    calendar, acting, standing = services.catalog.district.calendar, services.alert_actions, services.active_alerts
    for group in list(services.store.alert_groups().values()):
        why, form = standing.explain(group.key, now), standing.mute_choices(group.key)
        assert why is not None and form is not None
        page_of_why = as_slack(why_message(why))
        day.page.add(f"why {group.key}", page_of_why, as_json(mute_form(form, {"channel": "C"})))
        day.page.add(f"chart {group.key}", standing.question(group.key))
        await day.told(f"ack {group.key}", acting.acknowledge(group.key, "@luis", now))
        await day.told(f"ack again {group.key}", acting.acknowledge(group.key, "@dana", now + HOUR))
        await day.told(
            f"snooze {group.key}", acting.snooze(group.key, named_end("monday", now, calendar), "@luis", now)
        )
        await day.told(f"assign {group.key}", acting.assign(group.key, "@mei", "@luis", now))
        campus = next(iter(group.severities))
        muted = acting.mute(group.kpi, campus, now + 3 * HOUR, "exam week", "@luis", now)
        await day.told(f"mute {group.kpi} {campus}", muted)
    for silence in list(services.store.silences(now))[1:]:
        await day.told(f"unmute {silence.kpi} {silence.campus}", acting.unmute(silence.id, "@dana", now))
        await day.told("unmute again", acting.unmute(silence.id, "@luis", now))


async def record_outage(place: Place, folder: Path, page: Page) -> None:
    """A database of the district's is away: administrators hear of it once, and what needs it is not available."""
    clock = Clock(place.now - BEFORE)
    environment = {**place.environment, next(iter(place.environment)): AWAY}
    with closing(
        build_services(load(place.config, environment), f"sqlite:///{folder / 'outage.db'}", clock.passed)
    ) as services:
        day = Day(services, clock, page)
        for _ in range(4):
            await day.rounds()
            clock.now += HOUR
        page.add("the overview meanwhile", as_slack(message_of(services.answering.overview(DISTRICT, clock.now))))
