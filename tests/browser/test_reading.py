"""Reading in the page: long channels, charts and tables, links to messages, and all of it by keyboard."""

from typing import Any

import pytest
from playwright.async_api import expect

from localslack import Message, WorkspaceServer
from tests.browser.conftest import Open
from tests.browser.screen import DESKTOP, DESKTOP_DARK, PHONE, PHONE_DARK, Look, Screen

pytestmark = pytest.mark.asyncio(loop_scope="session")
looks = pytest.mark.parametrize("look", [DESKTOP, DESKTOP_DARK, PHONE, PHONE_DARK], ids=str)

CATEGORIES = ["West", "North", "East"]


def series(name: str, *values: float) -> dict[str, Any]:
    points = [{"label": label, "value": value} for label, value in zip(CATEGORIES, values, strict=True)]
    return {"name": name, "data": points}


def chart(kind: str) -> dict[str, Any]:
    drawn: dict[str, Any] = {"type": kind, "axis_config": {"categories": CATEGORIES}}
    drawn["series"] = [series("Opened", 12, 7, 3), series("Closed", 9, 8, 2)]
    return {"type": "data_visualization", "title": f"Tickets as {kind}", "chart": drawn}


PIE = {
    "type": "data_visualization",
    "title": "Where they are",
    "chart": {"type": "pie", "segments": [{"label": "West", "value": 3}, {"label": "North", "value": 1}]},
}
HEAD = [{"type": "raw_text", "text": name} for name in ("Campus", "Tickets")]
ROWS = [[{"type": "raw_text", "text": f"Campus {n}"}, {"type": "raw_number", "value": n * 1000}] for n in range(1, 9)]
TABLE = {"type": "data_table", "caption": "Tickets by campus", "rows": [HEAD, *ROWS], "row_header_column_index": 0}


def post(server: WorkspaceServer, text: str, blocks: list[dict[str, Any]] | None = None) -> Message:
    """Shows a message as if the app had sent it."""
    ws = server.ws
    return ws.put(
        Message(
            channel=ws.channel_id("tech-leads"), ts=ws.next_ts(), user=ws.bot_user_id, text=text, blocks=blocks or []
        )
    )


async def at(opened: Open, server: WorkspaceServer, look: Look, place: str = "tech-leads") -> Screen:
    screen = await opened(server, look)
    await screen.go(place)
    return screen


@looks
async def test_charts_and_tables_say_their_numbers_and_fit_the_window(
    opened: Open, server: WorkspaceServer, look: Look
) -> None:
    for kind in ("bar", "line", "area"):
        post(server, kind, [chart(kind)])
    post(server, "pie", [PIE, TABLE])
    screen = await at(opened, server, look)
    await expect(screen.page.get_by_role("img", name="Opened: from 12 to 3")).to_have_count(3)
    await expect(screen.page.get_by_role("img", name="West 3, North 1")).to_be_visible()
    table = screen.page.get_by_role("table", name="Tickets by campus")
    await expect(table.get_by_role("row")).to_have_count(6)
    await screen.role("button", "Show 3 more rows").click()
    await expect(table.get_by_role("rowheader", name="Campus 8")).to_be_visible()
    await screen.page.get_by_text("Numbers").last.click()
    assert await screen.page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    assert await screen.page.locator("#log").evaluate("log => log.scrollWidth <= log.clientWidth")


async def test_a_thousand_messages_open_at_the_end_and_can_be_read_to_the_first(
    opened: Open, server: WorkspaceServer
) -> None:
    for number in range(1000):
        post(server, f"message {number}")
    screen = await at(opened, server, DESKTOP)
    await expect(screen.row("message 999")).to_be_in_viewport()
    for count in (200, 400, 600, 800, 1000):
        await expect(screen.rows).to_have_count(count)
        await screen.page.locator("#log").press("Home")
    await expect(screen.rows.first).to_contain_text("message 0")
    await expect(screen.rows.first).to_be_in_viewport()
    post(server, "and one more")
    await expect(screen.rows).to_have_count(1001)
    await expect(screen.rows.first).to_be_in_viewport()
    await screen.go("general")


async def test_a_reader_stays_where_they_are_while_the_past_is_fetched(opened: Open, server: WorkspaceServer) -> None:
    for number in range(450):
        post(server, f"message {number}")
    screen = await at(opened, server, DESKTOP)
    shown = screen.rows.filter(has_text="message 251")
    await screen.page.mouse.move(700, 400)
    await screen.page.mouse.wheel(0, -10)
    await shown.scroll_into_view_if_needed()
    await expect(screen.rows.filter(has_text="message 249")).to_be_attached()
    await expect(shown).to_be_in_viewport()
    await screen.go("general")


async def test_a_permalink_opens_a_message_of_long_ago(opened: Open, server: WorkspaceServer) -> None:
    messages = [post(server, f"message {number}") for number in range(450)]
    screen = await opened(server, DESKTOP)
    wanted = messages[7]
    await screen.page.goto(f"{server.url}/archives/{wanted.channel}/p{wanted.ts.replace('.', '')}")
    await expect(screen.page.locator(".row.target")).to_contain_text("message 7")
    await expect(screen.page.locator(".row.target")).to_be_in_viewport()
    await screen.go("general")


async def test_everything_can_be_reached_by_keyboard(opened: Open, server: WorkspaceServer) -> None:
    post(server, "first")
    post(server, "second", [TABLE])
    screen = await at(opened, server, DESKTOP)
    page = screen.page
    await screen.box.focus()
    await page.keyboard.press("Shift+F6")
    await expect(page.locator("#log")).to_be_focused()
    await page.keyboard.press("ArrowUp")
    await expect(screen.row("Tickets by campus")).to_be_focused()
    await page.keyboard.press("ArrowUp")
    await expect(screen.row("first")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.locator("#thread-text")).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(screen.row("first")).to_be_focused()
    await page.keyboard.press("Alt+ArrowDown")
    await expect(page.locator("#place-name")).to_have_text("# general")
    await page.keyboard.press("F6")
    await page.locator("#keys").focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("dialog", name="Keyboard")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.locator("#keys")).to_be_focused()


@pytest.mark.parametrize("look", [PHONE, PHONE_DARK], ids=str)
async def test_on_a_phone_the_list_of_channels_slides_in_and_the_person_can_be_changed(
    opened: Open, server: WorkspaceServer, look: Look
) -> None:
    screen = await at(opened, server, look)
    await screen.role("button", "Open the list of channels").click()
    await expect(screen.role("button", "Close the list of channels")).to_be_focused()
    assert await screen.faults() == []
    await screen.page.get_by_role("link", name="general").click()
    await expect(screen.page.locator("#place-name")).to_have_text("# general")
    await expect(screen.page.locator("#side")).to_be_hidden()
    await screen.role("button", "Acting as Dana Okafor. Change").click()
    await screen.page.get_by_label("Acting as", exact=True).select_option(label="Luis Ortega")
    await expect(screen.role("button", "Acting as Luis Ortega. Change")).to_be_attached()
