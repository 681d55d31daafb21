"""People ask, the bot answers."""

import asyncio
import json
from datetime import timedelta
from pathlib import Path

import pytest

from localslack import Fault, Message
from tests.scenario.scene import CONFIG, MONDAY, Scene, said


async def answer(scene: Scene, text: str, channel: str = "tech-leads") -> Message:
    """Types `/kpi …` and waits for what comes of it."""
    before = len(scene.ws.messages(channel))
    outcome = await scene.server.command("/kpi", text, channel=channel, user="dana")
    assert outcome.acked
    return await scene.server.wait_for(lambda ws: ws.messages(channel)[before:] and ws.messages(channel)[-1])


@pytest.fixture
async def asked(scene: Scene) -> Scene:
    """Five tickets at Campus West, two of a week ago; one belongs to nobody."""
    scene.helpdesk.open("101", 2, MONDAY - timedelta(days=9))
    scene.helpdesk.open("101", 3)
    scene.helpdesk.open("999", 1)
    await scene.start()
    return scene


async def test_an_answer_has_number_verdict_thresholds_change_and_basis(asked: Scene) -> None:
    message = await answer(asked, "tickets campus-west")
    shown = said(message)
    for part in ("Outstanding tickets", "Campus West High School", "5 tickets", "Off target", "≤ 3", "6", "10"):
        assert part in shown
    assert "3 more" in shown and "week" in shown
    assert "No classroom waits" in shown


async def test_the_chart_follows_into_the_same_message_with_its_alt_text(asked: Scene) -> None:
    message = await answer(asked, "tickets campus-west")
    with_chart = await asked.server.wait_for(
        lambda ws: next((m for m in ws.messages("tech-leads") if m.ts == message.ts and "slack_file" in said(m)), None)
    )
    image = next(block for block in with_chart.blocks if block["type"] == "image")
    assert "5" in image["alt_text"]
    assert image["slack_file"]["id"]


async def test_a_note_stands_with_the_answers_that_it_explains(asked: Scene) -> None:
    noted = "noted: Chromebook refresh week (Nov 9)"
    assert noted in said(await answer(asked, "tickets campus-west"))
    assert noted in said(await answer(asked, "tickets feeder-west"))
    assert noted not in said(await answer(asked, "tickets oakridge-middle"))
    assert noted not in said(await answer(asked, "response-time campus-west"))
    assert noted not in said(await answer(asked, "tickets campus-west 5d"))


async def test_a_channel_means_its_own_campus(asked: Scene) -> None:
    assert "Campus West High School" in said(await answer(asked, "tickets", channel="west-tech"))
    assert "Scenario ISD" in said(await answer(asked, "tickets", channel="tech-leads"))


async def test_the_district_includes_what_no_campus_is_known_for_and_says_so(asked: Scene) -> None:
    shown = said(await answer(asked, "tickets district"))
    assert "6 tickets" in shown
    assert "no campus" in shown


async def test_nothing_asked_is_an_overview(asked: Scene) -> None:
    shown = said(await answer(asked, "", channel="west-tech"))
    assert "Outstanding tickets" in shown
    assert "Response time" in shown


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("tikets", "no KPI `tikets`; did you mean `tickets`?"),
        ("tickets campus-wst", "no campus `campus-wst`; did you mean `campus-west`?"),
        ("tickets 1d", "too short"),
        ("😀" * 4_000, "too long"),
        ("<!channel>", "no KPI or campus"),
    ],
)
async def test_what_nobody_understands_is_told_to_the_asker_only(asked: Scene, typed: str, told: str) -> None:
    message = await answer(asked, typed)
    assert message.ephemeral_for is not None
    assert told in said(message)
    assert "<!channel>" not in said(message)


@pytest.mark.parametrize(("typed", "shows"), [("help", "/kpi tickets"), ("list", "campus-north")])
async def test_help_and_lists_are_for_the_asker_only(asked: Scene, typed: str, shows: str) -> None:
    message = await answer(asked, typed)
    assert message.ephemeral_for is not None
    assert shows in said(message)


async def test_data_never_pings_anybody(asked: Scene) -> None:
    shown = said(await answer(asked, "tickets campus-north"))
    assert "&lt;!channel&gt;" in shown
    assert "<!channel>" not in shown


async def test_outside_its_channels_the_text_carries_the_answer_alone(asked: Scene) -> None:
    message = await answer(asked, "tickets campus-west", channel="teachers-lounge")
    assert "5 tickets" in said(message)
    assert "/invite" in said(message)


async def test_a_lost_picture_never_costs_the_text(asked: Scene) -> None:
    asked.ws.fault(Fault("files.getUploadURLExternal", "error", error="internal_error", times=5))
    assert "5 tickets" in said(await answer(asked, "tickets campus-west"))


async def test_a_button_changes_the_window_in_place(asked: Scene) -> None:
    message = await answer(asked, "tickets campus-west")
    before = len(asked.ws.messages("tech-leads"))
    await asked.server.press(message.ts, "window:30", channel="tech-leads", user="luis")
    await asked.server.wait_for(
        lambda ws: next((m for m in ws.messages("tech-leads") if m.ts == message.ts and "window:90" in said(m)), None)
    )
    assert len(asked.ws.messages("tech-leads")) == before


async def test_a_mention_and_a_direct_message_are_answered_too(asked: Scene) -> None:
    await asked.server.say(f"<@{asked.ws.bot_user_id}> tickets campus-west", channel="tech-leads", user="dana")
    await asked.server.wait_for(lambda ws: any("5 tickets" in said(m) for m in ws.messages("tech-leads")))


async def test_fifty_people_at_the_same_moment_are_all_acknowledged_and_all_answered(asked: Scene) -> None:
    questions = ["tickets campus-west", "response-time", "tickets feeder-west 30d", "", "tickets campus-north 1y"] * 10
    outcomes = await asyncio.gather(
        *(asked.server.command("/kpi", text, channel="west-tech", user="dana") for text in questions)
    )
    assert all(outcome.acked and outcome.seconds < 3 for outcome in outcomes)
    await asked.server.wait_for(
        lambda ws: len([m for m in ws.messages("west-tech") if "Asked by" in said(m)]) == 50, timeout=60
    )


async def test_the_home_tab_shows_how_things_stand(asked: Scene) -> None:
    await asked.server.open_home(user="dana")
    view = await asked.server.wait_for(lambda ws: ws.home_of(ws.user_id("dana")))
    assert "Outstanding tickets" in json.dumps(view.payload)


async def test_a_broken_database_is_said_and_the_rest_works(asked: Scene) -> None:
    asked.helpdesk.break_down()
    asked.clock.advance(timedelta(minutes=1))
    shown = said(await answer(asked, "tickets campus-west"))
    assert "No data" in shown
    asked.helpdesk.recover()
    asked.clock.advance(timedelta(minutes=1))
    assert "5 tickets" in said(await answer(asked, "tickets campus-west"))


SLOW = """
  slow:
    database: helpdesk
    select: |
      WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000000)
      SELECT site_code, created_at FROM hd_tickets, (SELECT count(*) FROM n)
    columns: {campus: site_code, opened: created_at}
kpis:
  slow-tickets:
    name: Slow tickets
    objective: To find out who waits
    owner: "@helpdesk-leads"
    measure: {stock: slow, from: opened}
"""


async def test_whoever_waits_for_a_slow_database_is_told_and_nobody_else_waits(scene: Scene, tmp_path: Path) -> None:
    scene.config = tmp_path / "config"
    scene.config.mkdir()
    shipped = (CONFIG / "district.yaml").read_text()
    (scene.config / "district.yaml").write_text(shipped.replace("\nkpis:\n", SLOW, 1))
    scene.helpdesk.open("101", 5)
    await scene.start()
    scene.clock.advance(timedelta(minutes=1))  # within the minute the failure would be remembered
    slow = asyncio.create_task(scene.server.command("/kpi", "slow-tickets", channel="tech-leads", user="dana"))
    assert "5 tickets" in said(await answer(scene, "tickets campus-west", channel="west-tech"))
    assert (await slow).acked
    shown = await scene.server.wait_for(
        lambda ws: next((m for m in ws.messages("tech-leads") if "Asked by" in said(m)), None),
        timeout=20,
    )
    assert "No data" in said(shown)
    assert "did not answer within 2 s" in said(shown)
    assert any("Still measuring" in m.text for m in scene.ws.messages("tech-leads"))
