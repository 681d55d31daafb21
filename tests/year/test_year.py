"""The weeks of the simulated year in which something happens. `make year` lives through all of it."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from kpibot.catalog import Catalog
from kpibot.core.alerts.groups import DeliveryKind
from tests.year import laws
from tests.year.bot import RHYTHM, Lived, live
from tests.year.incidents import at
from tests.year.slack import Recorder, Sent

STRETCHES = {
    "a network outage at one campus": ("2026-10-05", "2026-10-08"),
    "the clock is set back, and the bot is off on that night": ("2026-10-29", "2026-11-07"),
    "a database is down for an afternoon": ("2026-12-02", "2026-12-05"),
    "a morning without sign-on": ("2027-02-03", "2027-02-05"),
    "the clock is set forward": ("2027-03-11", "2027-03-20"),
    "nothing new comes into the helpdesk for two days": ("2027-04-11", "2027-04-16"),
    "laptops are stolen": ("2027-05-06", "2027-05-11"),
}
Databases = Mapping[str, Mapping[str, Any]]


@pytest.mark.parametrize("stretch", STRETCHES)
async def test_the_laws_of_the_year_hold(stretch: str, catalog: Catalog, databases: Databases, tmp_path: Path) -> None:
    first, last = map(at, STRETCHES[stretch])
    laws.check(await live(catalog, databases, tmp_path, first, last, RHYTHM))


@pytest.fixture(scope="module")
def lived(catalog: Catalog, databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Lived:
    """Three days with a morning without sign-on, of which every law holds."""
    folder = tmp_path_factory.mktemp("lived")
    return asyncio.run(live(catalog, databases, folder, at("2027-02-01"), at("2027-02-04"), RHYTHM))


def _first(lived: Lived, which: Callable[[Sent], bool]) -> Sent:
    return next(each for each in lived.slack.sent if which(each))


def _is_digest(sent: Sent) -> bool:
    return sent.slot is not None


def _is_post(sent: Sent) -> bool:
    return sent.is_alert and sent.how is DeliveryKind.POST


def _without(lived: Lived, gone: Sent) -> Lived:
    return _with(lived, [each for each in lived.slack.sent if each is not gone])


def _also(lived: Lived, more: Sent) -> Lived:
    return _with(lived, sorted([*lived.slack.sent, more], key=lambda each: each.at))


def _with(lived: Lived, sent: list[Sent]) -> Lived:
    slack = Recorder(lambda: lived.last)
    slack.sent = sent
    return replace(lived, slack=slack)


NIGHT = at("2027-02-02T03:00")
BROKEN: dict[str, tuple[Callable[[Lived], None], Callable[[Lived], Lived]]] = {
    "a digest is lost": (
        laws.every_digest_comes_once_on_its_slot,
        lambda lived: _without(lived, _first(lived, _is_digest)),
    ),
    "a digest comes twice": (
        laws.every_digest_comes_once_on_its_slot,
        lambda lived: _also(lived, _first(lived, _is_digest)),
    ),
    "a digest comes at another hour": (
        laws.every_digest_comes_once_on_its_slot,
        lambda lived: _also(
            _without(lived, _first(lived, _is_digest)), replace(_first(lived, _is_digest), at=lived.last)
        ),
    ),
    "a warning comes at night": (
        laws.nothing_but_what_is_critical_comes_outside_working_hours,
        lambda lived: _also(lived, replace(_warning(lived), at=NIGHT)),
    ),
    "something comes on a holiday": (
        laws.nothing_comes_on_a_holiday,
        lambda lived: _also(lived, replace(_warning(lived), at=at("2026-12-25T10:00"))),
    ),
    "a campus breaches twice": (
        laws.breach_and_recovery_alternate,
        lambda lived: _also(lived, replace(_warning(lived), at=lived.last)),
    ),
    "a line comes before its message": (
        laws.lines_come_after_their_message,
        lambda lived: _also(lived, replace(_warning(lived), how=DeliveryKind.REPLY, group="other")),
    ),
    "a common cause is told twice in a channel": (
        laws.a_common_cause_is_one_message_a_channel,
        lambda lived: _also(_also(lived, _shock(lived)), _shock(lived)),
    ),
    "a common cause is not said to be one": (
        laws.a_common_cause_is_one_message_a_channel,
        lambda lived: _with(lived, [replace(each, is_common=False) for each in lived.slack.sent]),
    ),
    "a trouble is told that nobody had": (
        laws.a_bad_database_is_told_once_and_touches_no_alert,
        lambda lived: _also(lived, Sent(lived.last, "kpibot-admin", DeliveryKind.POST, "", "", "trouble")),
    ),
    "a message is left behind": (
        laws.nothing_is_left_behind,
        lambda lived: replace(lived, outbox={**lived.outbox, "dead_letter": 1}),
    ),
    "readings are kept for too long": (
        laws.readings_are_forgotten_in_time,
        lambda lived: replace(lived, oldest=[(lived.last, timedelta(days=91))]),
    ),
    "readings are forgotten too soon": (
        laws.readings_are_forgotten_in_time,
        lambda lived: replace(lived, oldest=[(lived.first + timedelta(days=90), timedelta(days=60))]),
    ),
}


def _warning(lived: Lived) -> Sent:
    """A first alert of which nothing is critical."""
    return _first(lived, lambda each: _is_post(each) and "critical" not in each.severities.values())


def _shock(lived: Lived) -> Sent:
    return replace(_warning(lived), about="tickets", at=at("2027-02-03T10:00"))


@pytest.mark.parametrize("how", BROKEN)
def test_a_law_that_is_broken_is_noticed(how: str, lived: Lived) -> None:
    law, broken = BROKEN[how]
    law(lived)
    with pytest.raises(AssertionError):
        law(broken(lived))
