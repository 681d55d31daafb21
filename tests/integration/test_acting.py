"""Two bots on one PostgreSQL: what people do happens once, whichever of them hears of it."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from datetime import timedelta
from pathlib import Path

import pytest

from kpibot.app.container import Services, build_services
from kpibot.catalog import load
from kpibot.core.alerts.actions import ActionResult
from kpibot.core.alerts.groups import AlertGroup, DeliveryKind
from kpibot.core.alerts.notices import AlertNotice
from kpibot.core.kpis.thresholds import Verdict
from kpibot.store.outbox import OutboxMessage
from tests.scenario.scene import CONFIG, MONDAY, Helpdesk

HOUR = timedelta(hours=1)
PEOPLE = range(12)


@pytest.fixture
def bots(new_url: Callable[[str], str], tmp_path: Path) -> Iterator[list[Services]]:
    """Both know of the same alert."""
    helpdesk, state = Helpdesk(tmp_path / "helpdesk.db"), new_url("postgresql")
    catalog = load(CONFIG, {"HELPDESK_URL": helpdesk.url})
    with ExitStack() as stack:
        bots = [stack.enter_context(closing(build_services(catalog, state))) for _ in range(2)]
        group = AlertGroup(
            kpi="tickets",
            channel="west-tech",
            opened=MONDAY,
            severities={"campus-west": Verdict.CRITICAL},
            mentioned_at=MONDAY,
        )
        notice = AlertNotice(
            card=catalog.kpis["tickets"].card,
            as_of=MONDAY,
            zone="America/Chicago",
            mention="",
            changes=(),
            group=group.key,
        )
        post = OutboxMessage(
            key="post",
            channel="west-tech",
            body=notice,
            expires_at=MONDAY + HOUR,
            kind=DeliveryKind.POST,
            group=group.key,
        )
        bots[0].store.save_evaluation([], {}, [post], MONDAY, {("tickets", "west-tech"): group})
        yield bots


def at_once(bots: list[Services], deed: Callable[[Services, str], ActionResult]) -> list[ActionResult]:
    """Twelve people press at the same moment; every other press reaches the other bot."""
    with ThreadPoolExecutor(len(PEOPLE)) as pool:
        return list(pool.map(lambda n: deed(bots[n % 2], f"@p{n}"), PEOPLE))


def test_twelve_people_acknowledge_once(bots: list[Services]) -> None:
    (group,) = bots[0].store.alert_groups().values()
    told = at_once(bots, lambda bot, by: bot.alert_actions.acknowledge(group.key, by, MONDAY))
    (first,) = (each for each in told if each.is_done)
    assert {each.actions[0].by for each in told} == {first.asker}
    assert bots[1].store.outbox.counts() == {"waiting": 3}
    assert [each.by for each in bots[1].store.audit_entries(MONDAY, 99)] == [first.asker]


def test_twelve_people_mute_once(bots: list[Services]) -> None:
    told = at_once(bots, lambda bot, by: bot.alert_actions.mute("tickets", None, MONDAY + HOUR, "exams", by, MONDAY))
    (first,) = (each for each in told if each.is_done)
    assert {each.actions[0].by for each in told} == {first.asker}
    assert len(bots[1].store.silences(MONDAY)) == 1
    assert bots[1].store.outbox.counts() == {"waiting": 2}


def test_an_event_that_both_hear_of_is_answered_by_one(bots: list[Services]) -> None:
    with ThreadPoolExecutor(len(PEOPLE)) as pool:
        first = list(pool.map(lambda n: bots[n % 2].idempotency.is_first("event:Ev1", MONDAY), PEOPLE))
    assert sum(first) == 1
