"""What people do about alerts, on a real state database. It is Monday, November 16, 2026, 10:00 in Chicago."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from kpibot.app.container import Services, build_services
from kpibot.catalog import load
from kpibot.core.alerts.actions import ActionKind, ActionResult, Scope
from kpibot.core.alerts.active_alerts import AlertList, MuteList
from kpibot.core.alerts.groups import AlertGroup, DeliveryKind
from kpibot.core.alerts.notices import AlertNotice
from kpibot.core.alerts.states import AlertState, Phase
from kpibot.core.kpis.readings import Reading
from kpibot.core.kpis.thresholds import Verdict
from kpibot.core.reports.answers import Answer
from kpibot.core.text import QueryError
from kpibot.services.alerts.actions import AlertActions
from kpibot.store.database.schema import outbox
from kpibot.store.outbox import OutboxMessage
from tests.scenario.scene import CONFIG, MONDAY, Helpdesk

CHICAGO = ZoneInfo("America/Chicago")
WARNING, CRITICAL = Verdict.WARNING, Verdict.CRITICAL
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
WEST = frozenset({"west-tech"})


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    """Eleven tickets at Campus West stand in #west-tech, and were measured so a minute ago."""
    helpdesk = Helpdesk(tmp_path / "helpdesk.db")
    services = build_services(load(CONFIG, {"HELPDESK_URL": helpdesk.url}), f"sqlite:///{tmp_path / 'state.db'}")
    stands(services, "west-tech", **{"campus-west": CRITICAL})
    yield services
    services.close()


def stands(services: Services, channel: str, **shown: Verdict) -> str:
    """Opens an alert of the tickets; its key."""
    group = AlertGroup(
        kpi="tickets", channel=channel, opened=MONDAY - HOUR, severities=shown, mentioned_at=MONDAY - HOUR
    )
    states = {
        ("tickets", campus): AlertState(Phase.FIRING, severity, MONDAY - HOUR, 4, MONDAY - HOUR)
        for campus, severity in shown.items()
    }
    taken = [
        Reading(kpi="tickets", campus=campus, as_of=MONDAY - MINUTE, value=11.0, rows=11)
        for campus in ("district", *shown)
    ]
    card = services.catalog.kpis["tickets"].card
    notice = AlertNotice(
        card=card,
        as_of=MONDAY - HOUR,
        zone="America/Chicago",
        mention=card.owner,
        changes=(),
        group=group.key,
        is_common=True,
    )
    post = OutboxMessage(
        key=f"post:{group.key}",
        channel=channel,
        body=notice,
        expires_at=MONDAY + HOUR,
        kind=DeliveryKind.POST,
        group=group.key,
    )
    services.store.save_evaluation(taken, states, [post], MONDAY - MINUTE, {("tickets", channel): group})
    return group.key


def key(services: Services, channel: str = "west-tech") -> str:
    return services.store.alert_groups()["tickets", channel].key


def rows(services: Services) -> list[tuple[str, str]]:
    """How each edit and each line in a thread of the outbox is told, and its body, in order."""
    told = sa.select(outbox.c.kind, outbox.c.body).where(outbox.c.kind != DeliveryKind.POST).order_by(outbox.c.id)
    with services.store.outbox._engine.connect() as connection:
        return [(how, body) for how, body in connection.execute(told)]


def announcements(services: Services) -> list[str]:
    """What the outbox holds for the administrators."""
    owed = sa.select(outbox.c.body).where(outbox.c.channel == "kpibot-admin")
    with services.store.outbox._engine.connect() as connection:
        return list(connection.scalars(owed))


def test_whoever_acknowledges_is_named_in_the_message_and_its_thread(services: Services) -> None:
    told = services.alert_actions.acknowledge(key(services), "@luis", MONDAY)
    (deed,) = told.actions
    assert (deed.kind, deed.by, deed.until) == (ActionKind.ACKNOWLEDGED, "@luis", MONDAY + 8 * HOUR)
    group = services.store.alert_groups()["tickets", "west-tech"]
    assert (group.acknowledged_by, group.acknowledged_until) == ("@luis", MONDAY + 8 * HOUR)
    assert [how for how, _ in rows(services)] == [DeliveryKind.UPDATE, DeliveryKind.REPLY]


def test_the_message_keeps_its_numbers_and_picture_and_calls_nobody_again(services: Services) -> None:
    services.alert_actions.acknowledge(key(services), "@luis", MONDAY)
    says = services.store.outbox.latest_body(key(services))
    assert isinstance(says, AlertNotice)
    assert (says.as_of, says.is_common, says.keeps_picture, says.mention) == (MONDAY - HOUR, True, True, "")
    assert (says.acknowledged_by, says.acknowledged_until) == ("@luis", MONDAY + 8 * HOUR)
    services.alert_actions.assign(key(services), "@dana", "@luis", MONDAY + 8 * HOUR)
    says = services.store.outbox.latest_body(key(services))
    assert isinstance(says, AlertNotice)
    assert (says.acknowledged_by, says.assigned_to) == ("", "@dana")


def test_the_second_to_acknowledge_is_told_who_was_first_and_when(services: Services) -> None:
    services.alert_actions.acknowledge(key(services), "@luis", MONDAY)
    told = services.alert_actions.acknowledge(key(services), "@dana", MONDAY + MINUTE)
    assert not told.is_done
    assert [(each.by, each.at) for each in told.actions] == [("@luis", MONDAY)]
    assert len(rows(services)) == 2


def test_who_was_first_is_who_did_the_same_to_the_same_alert(services: Services) -> None:
    services.alert_actions.acknowledge(key(services), "@luis", MONDAY)
    other = stands(services, "tech-leads", **{"campus-north": WARNING})
    services.alert_actions.acknowledge(other, "@mei", MONDAY + MINUTE)
    services.alert_actions.assign(key(services), "@mei", "@mei", MONDAY + 2 * MINUTE)
    told = services.alert_actions.acknowledge(key(services), "@dana", MONDAY + 3 * MINUTE)
    assert [(each.by, each.at) for each in told.actions] == [("@luis", MONDAY)]


def test_the_trail_keeps_to_whom_and_until_when(services: Services) -> None:
    services.alert_actions.assign(key(services), "@mei", "@dana", MONDAY)
    services.alert_actions.snooze(key(services), MONDAY + HOUR, "@dana", MONDAY + MINUTE)
    services.alert_actions.mute("tickets", None, MONDAY + HOUR, "exam week", "@dana", MONDAY + 2 * MINUTE)
    assert [each.detail for each in services.store.audit_entries(MONDAY, 10)] == [
        "exam week",
        (MONDAY + HOUR).isoformat(),
        "@mei",
    ]


def test_two_people_at_once_acknowledge_once(services: Services) -> None:
    people = [f"@p{n}" for n in range(8)]
    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(lambda by: services.alert_actions.acknowledge(key(services), by, MONDAY), people))
    done = [each for each in told if each.is_done]
    assert len(done) == 1
    assert {each.actions[0].by for each in told} == {done[0].actions[0].by}
    assert len(rows(services)) == 2
    (entry,) = services.store.audit_entries(MONDAY, 10)
    assert (entry.by, entry.action, entry.detail) == (
        done[0].actions[0].by,
        "acknowledged",
        (MONDAY + 8 * HOUR).isoformat(),
    )


def configured(tmp_path: Path, before: str, after: str) -> Services:
    """The same house under another configuration."""
    text = (CONFIG / "district.yaml").read_text()
    assert before in text
    (tmp_path / "district.yaml").write_text(text.replace(before, after))
    catalog = load(tmp_path, {"HELPDESK_URL": f"sqlite:///{tmp_path / 'helpdesk.db'}"})
    return build_services(catalog, f"sqlite:///{tmp_path / 'state.db'}")


def test_an_acknowledgement_lasts_as_long_as_the_rule_of_its_kpi_says(services: Services, tmp_path: Path) -> None:
    with closing(configured(tmp_path, "recovers_at: 4}", "recovers_at: 4, acknowledged_for: 2h}")) as other:
        (deed,) = other.alert_actions.acknowledge(key(other), "@luis", MONDAY).actions
    assert deed.until == MONDAY + 2 * HOUR


def test_an_acknowledgement_that_lapsed_can_be_given_again(services: Services) -> None:
    services.alert_actions.acknowledge(key(services), "@luis", MONDAY)
    assert services.alert_actions.acknowledge(key(services), "@dana", MONDAY + 8 * HOUR).is_done


def test_what_is_over_cannot_be_acted_on(services: Services) -> None:
    gone = key(services)
    services.store.save_evaluation([], {}, [], MONDAY, {("tickets", "west-tech"): None})
    for told in (
        services.alert_actions.acknowledge(gone, "@luis", MONDAY),
        services.alert_actions.snooze(gone, MONDAY + HOUR, "@luis", MONDAY),
        services.alert_actions.assign(gone, "@dana", "@luis", MONDAY),
    ):
        assert (told.actions, told.is_done) == ((), False)
    assert services.active_alerts.explain(gone, MONDAY) is None
    assert services.active_alerts.mute_choices(gone) is None
    assert services.active_alerts.question(gone) == "tickets"


def test_a_snooze_of_two_people_is_one(services: Services) -> None:
    until = MONDAY + HOUR
    assert services.alert_actions.snooze(key(services), until, "@luis", MONDAY).is_done
    told = services.alert_actions.snooze(key(services), until + MINUTE, "@dana", MONDAY + MINUTE)
    assert not told.is_done
    assert (told.actions[0].by, told.actions[0].until) == ("@luis", until)
    assert services.alert_actions.snooze(key(services), until + HOUR, "@dana", MONDAY + HOUR).is_done


def test_whoever_is_given_an_alert_is_called_but_not_for_taking_it(services: Services) -> None:
    services.alert_actions.assign(key(services), "@luis", "@dana", MONDAY)
    services.alert_actions.assign(key(services), "@dana", "@dana", MONDAY + MINUTE)
    bodies = [body for how, body in rows(services) if how == DeliveryKind.REPLY]
    assert ['"mention":"@luis"' in body for body in bodies] == [True, False]
    assert ['"mention":""' in body for body in bodies] == [False, True]


def test_an_alert_that_is_somebody_s_already_is_told_with_who_gave_it(services: Services) -> None:
    services.alert_actions.assign(key(services), "@luis", "@dana", MONDAY)
    told = services.alert_actions.assign(key(services), "@luis", "@mei", MONDAY + MINUTE)
    assert not told.is_done
    assert [(each.by, each.to, each.at) for each in told.actions] == [("@dana", "@luis", MONDAY)]


def test_a_mute_is_told_in_the_threads_that_it_concerns(services: Services) -> None:
    stands(services, "tech-leads", **{"campus-north": WARNING})
    told = services.alert_actions.mute("tickets", "feeder-west", MONDAY + 3 * HOUR, "exam week", "@luis", MONDAY)
    assert told.is_done
    ((how, body),) = rows(services)
    assert how == DeliveryKind.REPLY
    assert "exam week" in body
    (silence,) = services.store.silences(MONDAY)
    assert (silence.kpi, silence.campus, silence.by, silence.reason) == ("tickets", "feeder-west", "@luis", "exam week")
    assert [each.action for each in services.store.audit_entries(MONDAY, 10)] == [ActionKind.MUTED]


def test_the_end_of_a_mute_is_told_where_the_mute_was(services: Services) -> None:
    services.alert_actions.mute("tickets", "feeder-west", MONDAY + 3 * HOUR, "exam week", "@luis", MONDAY)
    (silence,) = services.store.silences(MONDAY)
    for _ in range(2):
        services.alert_actions.unmute(silence.id, "@dana", MONDAY + MINUTE)
    assert [how for how, _ in rows(services)] == [DeliveryKind.REPLY, DeliveryKind.REPLY]
    assert "unmuted" in rows(services)[1][1]
    assert '"mention":""' in rows(services)[1][1]


def test_a_mute_of_eight_people_at_once_is_one(services: Services) -> None:
    def mute(n: int) -> ActionResult:
        return services.alert_actions.mute("tickets", "campus-west", MONDAY + HOUR, "", f"@p{n}", MONDAY)

    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(mute, range(8)))
    assert sum(each.is_done for each in told) == 1
    assert len(services.store.silences(MONDAY)) == 1
    assert len(rows(services)) == 1


def test_a_mute_can_be_ended_and_made_again_with_the_same_end(services: Services) -> None:
    end = MONDAY + HOUR
    for now in (MONDAY, MONDAY, MONDAY + MINUTE):
        assert services.alert_actions.mute("tickets", None, end, "", "@luis", now).is_done
        (silence,) = services.store.silences(now)
        assert services.alert_actions.unmute(silence.id, "@dana", now).is_done
        assert not services.alert_actions.unmute(silence.id, "@luis", now).is_done
        assert services.store.silences(now) == []


def test_of_two_mutes_the_one_that_is_named_is_ended(services: Services) -> None:
    for campus, hours in (("campus-north", 1), ("campus-west", 2), ("oakridge-middle", 3)):
        services.alert_actions.mute("tickets", campus, MONDAY + hours * HOUR, "", "@luis", MONDAY)
    _, west, _ = services.store.silences(MONDAY)
    (deed,) = services.alert_actions.unmute(west.id, "@dana", MONDAY).actions
    assert deed.scope.campus == "Campus West High School"
    assert [each.campus for each in services.store.silences(MONDAY)] == ["campus-north", "oakridge-middle"]


def test_a_longer_mute_of_the_same_is_another_and_a_shorter_one_is_not(services: Services) -> None:
    assert services.alert_actions.mute("tickets", None, MONDAY + 2 * HOUR, "", "@luis", MONDAY).is_done
    assert not services.alert_actions.mute("tickets", None, MONDAY + HOUR, "", "@dana", MONDAY).is_done
    assert services.alert_actions.mute("tickets", None, MONDAY + 3 * HOUR, "", "@dana", MONDAY).is_done
    assert services.alert_actions.mute(None, None, MONDAY + HOUR, "", "@dana", MONDAY, {"kpibot-admin"}).is_done


@pytest.mark.parametrize("text", ["mute everything everywhere 2h quiet", "mute tickets campus-west 31d quiet"])
def test_s15_a_wide_or_long_mute_is_for_the_administrators_channel_and_announced(services: Services, text: str) -> None:
    with pytest.raises(QueryError, match=r"can only be made in `#kpibot-admin`; type it there"):
        told(services, text)
    assert services.store.silences(MONDAY) == []
    reply = services.dispatcher.reply(text, MONDAY, "@dana", {"kpibot-admin"})
    assert isinstance(reply, ActionResult)
    assert reply.is_done and reply.is_announced
    (announced,) = announcements(services)
    assert "@dana" in announced and "quiet" in announced
    again = services.dispatcher.reply(text, MONDAY, "@luis", {"kpibot-admin"})
    assert isinstance(again, ActionResult)
    assert not again.is_done
    assert len(announcements(services)) == 1


@pytest.mark.parametrize("text", ["mute tickets everywhere 30d exams", "mute everything campus-west 4w exams"])
def test_other_mutes_can_be_made_anywhere_and_are_told_nobody_else(services: Services, text: str) -> None:
    reply = told(services, text)
    assert isinstance(reply, ActionResult)
    assert reply.is_done and not reply.is_announced
    assert announcements(services) == []


def test_without_an_administrators_channel_a_wide_mute_says_what_to_configure(services: Services) -> None:
    acting = AlertActions(services.district, services.active_alerts, services.store, None)
    with pytest.raises(QueryError, match="there is none; the person who runs kpibot can set it as `administrators`"):
        acting.mute(None, None, MONDAY + HOUR, "", "@dana", MONDAY, {"tech-leads"})


# words


def told(services: Services, text: str, by: str = "@dana", at: datetime = MONDAY, here: str = "district") -> object:
    return services.dispatcher.reply(text, at, by, WEST, here)


def test_a_question_is_answered_as_one(services: Services) -> None:
    assert isinstance(told(services, "tickets campus-west"), Answer)


def test_what_is_critical_stands_before_what_only_warns(services: Services) -> None:
    stands(services, "tech-leads", **{"campus-north": WARNING, "oakridge-middle": CRITICAL})
    alerts = told(services, "alerts")
    assert isinstance(alerts, AlertList)
    assert [each.severity for each in alerts.alerts] == [CRITICAL, CRITICAL, WARNING]
    assert {each.since for each in alerts.alerts} == {MONDAY - HOUR}


def test_alerts_stand_worst_first_with_who_sees_to_them(services: Services) -> None:
    stands(services, "tech-leads", **{"campus-north": WARNING})
    services.alert_actions.acknowledge(key(services, "tech-leads"), "@luis", MONDAY)
    services.alert_actions.mute("tickets", "campus-west", MONDAY + HOUR, "", "@luis", MONDAY)
    alerts = told(services, "alerts")
    assert isinstance(alerts, AlertList)
    first, second = alerts.alerts
    assert (first.report.campus, first.severity, first.is_muted, first.muted_until) == (
        "campus-west",
        CRITICAL,
        True,
        MONDAY + HOUR,
    )
    assert (second.report.campus, second.acknowledged_by, second.report.reading.value) == (
        "campus-north",
        "@luis",
        11.0,
    )


def test_alerts_are_those_of_the_channel_s_campus_unless_another_is_named(services: Services) -> None:
    for text, here, count in (("alerts", "campus-north", 0), ("alerts everywhere", "campus-north", 1)):
        alerts = told(services, text, here=here)
        assert isinstance(alerts, AlertList)
        assert len(alerts.alerts) == count


def test_what_stands_in_this_channel_is_acknowledged_by_word(services: Services) -> None:
    reply = told(services, "ack")
    assert isinstance(reply, ActionResult)
    assert reply.is_done
    again = told(services, "ack tickets", by="@luis")
    assert isinstance(again, ActionResult)
    assert again.actions[0].by == "@dana"


def test_an_alert_of_another_channel_is_acknowledged_there(services: Services) -> None:
    with pytest.raises(QueryError, match="there is no such alert in this channel; there is one in `west-tech`"):
        services.dispatcher.reply("ack tickets", MONDAY, "@dana", frozenset({"tech-leads"}))
    with pytest.raises(QueryError, match="there is no such alert in this channel; type `alerts` to"):
        told(services, "ack campus-north")


def test_a_mute_without_a_campus_is_of_the_channel_s(services: Services) -> None:
    reply = told(services, "mute tickets 3d exam week", here="campus-west")
    assert isinstance(reply, ActionResult)
    assert reply.actions[0].scope == Scope("Outstanding tickets", "Campus West High School")
    assert told(services, "mute tickets everywhere 2d") is not None
    assert [each.campus for each in services.store.silences(MONDAY)] == [None, "campus-west"]


def test_mutes_are_listed_and_ended_by_word(services: Services) -> None:
    told(services, "mute tickets campus-west 3d exam week")
    told(services, "mute everything campus-north 2h power cut", by="@luis")
    mutes = told(services, "mutes")
    assert isinstance(mutes, MuteList)
    assert [(each.scope, each.by, each.reason) for each in mutes.mutes] == [
        (Scope("", "Campus <!channel> North"), "@luis", "power cut"),
        (Scope("Outstanding tickets", "Campus West High School"), "@dana", "exam week"),
    ]
    with pytest.raises(QueryError, match=r"which one\? Type `unmute everything campus-north` or `unmute tickets"):
        told(services, "unmute")
    with pytest.raises(QueryError, match="no such mute; type `mutes`"):
        told(services, "unmute tickets campus-north")
    for text in ("unmute tickets", "unmute"):
        reply = told(services, text)
        assert isinstance(reply, ActionResult)
        assert reply.is_done
    assert services.store.silences(MONDAY) == []


def test_a_mute_that_has_ended_is_listed_no_more(services: Services) -> None:
    told(services, "mute tickets 2h")
    mutes = told(services, "mutes", at=MONDAY + 2 * HOUR)
    assert isinstance(mutes, MuteList)
    assert mutes.mutes == ()


def test_what_recurs_is_previewed_and_hides_what_it_is_about(services: Services, tmp_path: Path) -> None:
    patches = "{name: Patch day, when: 'monday 08:00-12:00', kpis: [tickets], campuses: [feeder-west]}"
    stands(services, "tech-leads", **{"campus-north": WARNING})
    with closing(configured(tmp_path, "alerts:\n", f"silences: [{patches}]\nalerts:\n")) as other:
        mutes, alerts = told(other, "mutes"), told(other, "alerts")
        why = other.active_alerts.explain(key(other), MONDAY)
        of_north = other.active_alerts.explain(key(other, "tech-leads"), MONDAY)
    assert isinstance(mutes, MuteList)
    assert isinstance(alerts, AlertList)
    assert why is not None
    assert of_north is not None
    (preview,) = mutes.recurring
    assert (preview.name, preview.scope, preview.is_on) == (
        "Patch day",
        Scope("Outstanding tickets", "West feeder"),
        True,
    )
    assert [(each.report.campus, each.is_muted, each.muted_until) for each in alerts.alerts] == [
        ("campus-west", True, None),
        ("campus-north", False, None),
    ]
    assert [each.name for each in why.recurring] == ["Patch day"]
    assert of_north.recurring == ()


def test_alerts_say_nothing_of_what_has_lapsed(services: Services) -> None:
    services.alert_actions.acknowledge(key(services), "@luis", MONDAY)
    services.alert_actions.snooze(key(services), MONDAY + HOUR, "@luis", MONDAY)
    for hours, by, snoozed in ((0, "@luis", MONDAY + HOUR), (1, "@luis", None), (8, "", None)):
        alerts = told(services, "alerts", at=MONDAY + hours * HOUR)
        assert isinstance(alerts, AlertList)
        (standing,) = alerts.alerts
        assert (standing.acknowledged_by, standing.snoozed_until) == (by, snoozed)


# why


def test_why_shows_the_last_values_the_rule_the_route_and_the_silences(services: Services) -> None:
    for n in range(7):
        services.store.save_readings(
            [Reading(kpi="tickets", campus="campus-west", as_of=MONDAY - n * MINUTE, value=11.0 - n)]
        )
    services.alert_actions.mute("tickets", "feeder-west", MONDAY + HOUR, "exam week", "@luis", MONDAY)
    why = services.active_alerts.explain(key(services), MONDAY)
    assert why is not None
    (measured,) = why.histories
    assert [value for _, value in measured.values] == [7.0, 8.0, 9.0, 10.0, 11.0]
    assert measured.alert.severity is CRITICAL
    assert measured.alert.report.thresholds.recovers_at == 4
    assert [(channel, says) for channel, says in why.routes] == [
        ("west-tech", "matches"),
        ("tech-leads", "would match, but an earlier rule does"),
    ]
    assert [each.reason for each in why.mutes] == ["exam week"]


def test_the_chart_is_of_the_worst_campus(services: Services) -> None:
    both = stands(services, "tech-leads", **{"oakridge-middle": WARNING, "campus-north": CRITICAL})
    assert services.active_alerts.question(both) == "tickets campus-north"


def test_a_form_offers_the_alert_s_campuses_and_their_groups(services: Services) -> None:
    mutable = services.active_alerts.mute_choices(key(services))
    assert mutable is not None
    assert mutable.is_single_campus
    assert [place for place, _ in mutable.campuses] == ["campus-west", "feeder-west"]


def test_a_form_for_the_district_itself_can_only_mute_everywhere(services: Services) -> None:
    mutable = services.active_alerts.mute_choices(stands(services, "tech-leads", district=WARNING))
    assert mutable is not None
    assert (mutable.campuses, mutable.is_single_campus) == ((), False)


# once


def test_an_event_is_the_first_once_for_all_time_and_all_processes(services: Services) -> None:
    assert services.idempotency.is_first("event:Ev1", MONDAY)
    assert not services.idempotency.is_first("event:Ev1", MONDAY + timedelta(minutes=5))
    assert services.idempotency.is_first("event:Ev2", MONDAY)


@pytest.mark.parametrize("second", [0, 5, 9])
def test_a_second_click_within_ten_seconds_is_the_same(services: Services, second: int) -> None:
    first = datetime(2026, 11, 16, 16, 0, second, tzinfo=UTC)
    assert services.idempotency.is_first_click("chart", first)
    assert not services.idempotency.is_first_click("chart", first + timedelta(seconds=2))
    assert not services.idempotency.is_first_click("chart", first + timedelta(seconds=9))
    assert services.idempotency.is_first_click("chart", first + timedelta(seconds=20))
    assert services.idempotency.is_first_click("chart", first + timedelta(seconds=40))
