"""The bot as people meet it: questions, digests, alerts and the home tab, in a browser."""

from datetime import timedelta

import pytest
from playwright.async_api import Locator, expect

from tests.browser.conftest import Open
from tests.browser.screen import DESKTOP, DESKTOP_DARK, PHONE, PHONE_DARK, Look, Screen
from tests.scenario.scene import Scene

pytestmark = pytest.mark.asyncio(loop_scope="session")
looks = pytest.mark.parametrize("look", [DESKTOP, DESKTOP_DARK, PHONE, PHONE_DARK], ids=str)
both = pytest.mark.parametrize("look", [DESKTOP, PHONE_DARK], ids=str)
others = pytest.mark.parametrize("look", [DESKTOP_DARK, PHONE], ids=str)


async def at(opened: Open, scene: Scene, look: Look, place: str) -> Screen:
    await scene.start()
    screen = await opened(scene.server, look)
    await screen.go(place)
    return screen


async def is_drawn(picture: Locator) -> None:
    """Waits until the picture is there and holds more than nothing."""
    await expect(picture).to_be_visible()
    await expect(picture).to_have_js_property("complete", True)
    assert await picture.evaluate("image => image.naturalWidth") > 300


@looks
async def test_a_question_is_answered_with_its_number_and_its_chart(opened: Open, scene: Scene, look: Look) -> None:
    screen = await at(opened, scene, look, "tech-leads")
    await screen.say("/kpi tickets campus-west")
    answer = screen.row("Asked by")
    await expect(answer).to_contain_text("5 tickets")
    picture = answer.locator(".picture img")
    await is_drawn(picture)
    assert "5 tickets" in (await picture.get_attribute("alt") or "")
    await answer.locator(".picture").click()
    large = screen.page.get_by_role("dialog")
    await is_drawn(large.get_by_role("img"))
    assert await screen.faults() == []
    await screen.page.keyboard.press("Escape")
    await expect(answer.locator(".picture")).to_be_focused()


@both
async def test_a_button_changes_the_window_of_the_same_message(opened: Open, scene: Scene, look: Look) -> None:
    screen = await at(opened, scene, look, "tech-leads")
    await screen.say("/kpi tickets campus-west")
    answer = screen.row("Asked by")
    await is_drawn(answer.locator(".picture img"))
    before = await screen.rows.count()
    await screen.role("button", "30 days", answer).press("Enter")
    await expect(screen.role("button", "90 days", answer)).to_be_visible()
    await expect(answer.locator(".edited")).to_be_visible()
    assert await screen.rows.count() == before
    assert await answer.evaluate("row => row.contains(document.activeElement)")


@others
async def test_a_digest_can_be_read_and_opened_further(opened: Open, scene: Scene, look: Look) -> None:
    screen = await at(opened, scene, look, "tech-leads")
    digest = screen.row("Weekly KPI digest")
    await expect(digest).to_contain_text("Outstanding tickets")
    await is_drawn(digest.locator(".picture img"))
    await screen.role("button", "Outstanding tickets", digest).click()
    await digest.get_by_role("button", name="1 reply").click()
    await expect(screen.thread).to_contain_text("5 tickets")


@both
async def test_an_alert_says_who_is_over_the_threshold(opened: Open, scene: Scene, look: Look) -> None:
    screen = await at(opened, scene, look, "west-tech")
    scene.helpdesk.open("101", 7, scene.clock.now)
    await scene.later(timedelta(minutes=15))
    alert = screen.row("Outstanding tickets:")
    await expect(alert).to_contain_text("Campus West High School")
    await expect(alert).to_contain_text("12 tickets")
    await expect(screen.page.locator("#news")).to_contain_text("kpibot")


async def test_a_mention_is_answered_in_the_channel(opened: Open, scene: Scene) -> None:
    screen = await at(opened, scene, DESKTOP, "tech-leads")
    await screen.box.press_sequentially("@kpi")
    await screen.box.press("Tab")
    await screen.box.press_sequentially("tickets campus-west")
    await screen.box.press("Enter")
    await expect(screen.row("Asked by")).to_contain_text("5 tickets")


async def test_a_direct_message_is_answered_there(opened: Open, scene: Scene) -> None:
    screen = await at(opened, scene, PHONE, "dm")
    await screen.say("tickets campus-west")
    await expect(screen.rows.filter(has_text="5 tickets")).to_be_visible()


async def test_an_unknown_campus_is_told_to_the_asker_alone(opened: Open, scene: Scene) -> None:
    screen = await at(opened, scene, DESKTOP, "tech-leads")
    other = await opened(scene.server, PHONE)
    await other.go("tech-leads")
    await other.act_as("Luis Ortega")
    await screen.say("/kpi tickets campus-wst")
    error = screen.row("did you mean campus-west?")
    await expect(error).to_contain_text("Only visible to you")
    await screen.say("/kpi tickets campus-west")
    await expect(other.row("Asked by")).to_be_visible()
    await expect(other.row("did you mean")).to_have_count(0)


@others
async def test_the_home_tab_shows_how_things_stand(opened: Open, scene: Scene, look: Look) -> None:
    screen = await at(opened, scene, look, "home")
    await expect(screen.page.locator("#home")).to_contain_text("Outstanding tickets")
