"""Somebody sees to an alert on a phone: takes it, mutes it with a reason, and ends the mute."""

from datetime import timedelta

import pytest
from playwright.async_api import expect

from tests.browser.conftest import Open
from tests.browser.screen import PHONE
from tests.scenario.scene import Scene

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_an_alert_is_taken_muted_and_unmuted_on_a_phone(opened: Open, scene: Scene) -> None:
    await scene.start()
    screen = await opened(scene.server, PHONE)
    await screen.go("west-tech")
    scene.helpdesk.open("101", 7, scene.clock.now)
    await scene.later(timedelta(minutes=15))
    alert = screen.rows.filter(has=screen.page.get_by_role("button", name="Why?"))
    await screen.role("button", "Acknowledge", alert).click()
    await expect(alert).to_contain_text("Acknowledged by @dana")
    await expect(screen.role("button", "Acknowledge", alert)).to_have_count(0)
    await expect(alert.get_by_role("button", name="1 reply")).to_be_visible()
    assert await screen.page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")

    await alert.get_by_role("button", name="Mute").click()
    await expect(screen.modal.get_by_label("What")).to_have_value("tickets")
    await expect(screen.modal.get_by_label("Where")).to_have_value("campus-west")
    await screen.modal.get_by_label("Why").fill("exam week")
    await screen.role("button", "Mute", screen.modal).click()
    await expect(screen.modal.get_by_text("Choose either how long or a day")).to_be_visible()
    assert await screen.faults() == []
    await screen.modal.get_by_label("For how long").select_option(label="3 days")
    await screen.role("button", "Mute", screen.modal).click()
    await expect(screen.modal).to_be_hidden()
    told = screen.row("muted by you until Thu, Nov 19, 10:15 AM CST: exam week")
    await expect(told).to_contain_text("Only visible to you")

    await screen.say("/kpi mutes")
    await screen.row("exam week").get_by_role("button", name="Unmute").click()
    await expect(screen.row("unmuted by you")).to_be_visible()
