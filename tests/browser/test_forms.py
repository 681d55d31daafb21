"""Modals in the page: filled in, refused, lying on each other, changed and closed."""

import pytest
from playwright.async_api import expect

from localslack import WorkspaceServer
from tests.browser.conftest import Open
from tests.browser.screen import DESKTOP, PHONE, PHONE_DARK, Look, Screen

pytestmark = pytest.mark.asyncio(loop_scope="session")
both = pytest.mark.parametrize("look", [DESKTOP, PHONE_DARK], ids=str)


async def at(opened: Open, server: WorkspaceServer, look: Look) -> Screen:
    screen = await opened(server, look)
    await screen.go("tech-leads")
    return screen


async def filled(screen: Screen, tag: str) -> None:
    await screen.say("/form")
    await expect(screen.modal).to_be_visible()
    await screen.modal.get_by_label("Who takes it?").select_option(label="Luis Ortega")
    await screen.modal.get_by_label("Asset tag").fill(tag)


@both
async def test_a_modal_takes_what_is_filled_in(opened: Open, server: WorkspaceServer, look: Look) -> None:
    screen = await at(opened, server, look)
    await filled(screen, "TAG-7")
    await screen.modal.get_by_label("Until").fill("2026-12-18")
    await screen.modal.get_by_label("Charger").check()
    await screen.modal.get_by_label("Trip").check()
    await screen.role("button", "Send", screen.modal).click()
    await expect(screen.row("TAG-7 goes to @luis at west")).to_be_visible()
    await expect(screen.modal).to_be_hidden()
    await expect(screen.box).to_be_focused()


@both
async def test_a_modal_shows_what_is_wrong_and_keeps_what_was_typed(
    opened: Open, server: WorkspaceServer, look: Look
) -> None:
    screen = await at(opened, server, look)
    await screen.say("/form")
    await screen.role("button", "Send", screen.modal).click()
    await expect(screen.modal.get_by_text("Please fill this in.").first).to_be_visible()
    await expect(screen.modal.get_by_label("Who takes it?")).to_be_focused()
    await screen.modal.get_by_label("Who takes it?").select_option(label="Luis Ortega")
    tag = screen.modal.get_by_label("Asset tag")
    await tag.fill("x")
    await tag.press("Enter")
    await expect(screen.modal.get_by_text("at least 3 characters")).to_be_visible()
    await tag.fill("TAG-0")
    await screen.role("button", "Send", screen.modal).click()
    await expect(screen.modal.get_by_text("did you mean TAG-1?")).to_be_visible()
    await expect(tag).to_have_attribute("aria-invalid", "true")
    await expect(tag).to_be_focused()
    await expect(tag).to_have_value("TAG-0")
    assert await screen.faults() == []


async def test_modals_lie_on_each_other_and_are_closed_together(opened: Open, server: WorkspaceServer) -> None:
    screen = await at(opened, server, PHONE)
    await filled(screen, "TAG-9")
    await screen.role("button", "Send", screen.modal).click()
    await expect(screen.role("heading", "Are you sure?", screen.modal)).to_be_visible()
    await screen.role("button", "Back", screen.modal).click()
    await expect(screen.modal.get_by_label("Asset tag")).to_have_value("TAG-9")
    await screen.role("button", "Send", screen.modal).click()
    await screen.role("button", "Lend it", screen.modal).click()
    await expect(screen.modal).to_be_hidden()


async def test_a_button_in_a_modal_opens_another_that_changes_in_place(opened: Open, server: WorkspaceServer) -> None:
    screen = await at(opened, server, DESKTOP)
    await screen.say("/form")
    await screen.role("button", "Terms", screen.modal).click()
    await screen.role("button", "I will", screen.modal).click()
    await expect(screen.modal.get_by_text("Thank you for reading.")).to_be_visible()
    await screen.role("button", "Done", screen.modal).click()
    await expect(screen.role("heading", "Lend a device", screen.modal)).to_be_visible()


async def test_a_modal_survives_a_reload_and_closes_by_escape(opened: Open, server: WorkspaceServer) -> None:
    screen = await at(opened, server, DESKTOP)
    await screen.say("/form")
    await expect(screen.modal).to_be_visible()
    await screen.page.reload()
    await expect(screen.modal).to_be_visible()
    await screen.page.keyboard.press("Escape")
    await expect(screen.modal).to_be_hidden()
