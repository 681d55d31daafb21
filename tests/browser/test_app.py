"""A small Bolt app in the page: menus, the home tab, whispers, edits, threads."""

import re

import pytest
from playwright.async_api import expect

from localslack import Message, WorkspaceServer
from tests.browser.conftest import Open
from tests.browser.screen import DESKTOP, DESKTOP_DARK, PHONE, PHONE_DARK, Look, Screen

pytestmark = pytest.mark.asyncio(loop_scope="session")
both = pytest.mark.parametrize("look", [DESKTOP, PHONE_DARK], ids=str)


async def at(opened: Open, server: WorkspaceServer, look: Look, place: str = "tech-leads") -> Screen:
    screen = await opened(server, look)
    await screen.go(place)
    return screen


@both
async def test_every_way_to_choose_reaches_the_app(opened: Open, server: WorkspaceServer, look: Look) -> None:
    screen = await at(opened, server, look)
    await screen.say("/ask")
    row = screen.row("Choose something")
    await row.get_by_label("Campus").select_option("north")
    await row.get_by_label("Person").select_option(label="Luis Ortega")
    await row.get_by_label("Date").fill("2026-12-01")
    await row.get_by_label("More actions").click()
    await screen.role("button", "Assign", row).click()
    await row.get_by_label("Assets").check()
    await row.get_by_label("Week").check()
    await screen.role("button", "Drop", row).click()
    await screen.role("button", "Drop", screen.page.get_by_role("dialog")).click()
    await row.get_by_role("button", name="7 replies").click()
    luis = server.ws.user_id("luis")
    for words in ("campus is north", f"person is {luis}", "day is 2026-12-01", "more is assign", "kinds is assets"):
        await expect(screen.thread.get_by_text(words)).to_be_visible()
    await expect(screen.thread.get_by_text("one is week")).to_be_visible()
    await expect(screen.thread.get_by_text("drop is pressed")).to_be_visible()


async def test_a_confirmation_can_be_declined(opened: Open, server: WorkspaceServer) -> None:
    screen = await at(opened, server, DESKTOP)
    await screen.say("/ask")
    await screen.role("button", "Drop", screen.row("Choose something")).click()
    await screen.role("button", "Keep").click()
    await expect(screen.role("button", "Drop", screen.row("Choose something"))).to_be_focused()
    assert not [one for one in server.ws.messages("tech-leads") if one.thread_ts]


WEST = {"text": {"type": "plain_text", "text": "West"}, "value": "west"}
SEVERAL = {
    "multi_static_select": "West",
    "multi_users_select": "Luis Ortega",
    "multi_channels_select": "#general",
    "multi_conversations_select": "Dana Okafor",
}


async def test_several_things_are_chosen_in_a_list_that_opens(opened: Open, server: WorkspaceServer) -> None:
    screen, ws = await at(opened, server, DESKTOP), server.ws
    elements = [{"type": kind, "action_id": kind} for kind in SEVERAL]
    elements[0]["options"] = [WEST]  # type: ignore[assignment]
    block = {"type": "actions", "block_id": "choices", "elements": elements}
    message = ws.put(
        Message(
            channel=ws.channel_id("tech-leads"), ts=ws.next_ts(), user=ws.bot_user_id, text="Several", blocks=[block]
        )
    )
    for kind, label in SEVERAL.items():
        menu = screen.page.locator(f'[data-action="{kind}"]')
        await menu.locator("summary").click()
        await menu.get_by_label(label, exact=True).check()
        await screen.page.keyboard.press("Escape")
        await expect(menu.locator("summary")).to_have_text(label)
        await expect(menu.locator("summary")).to_be_focused()
    await expect(screen.page.get_by_role("button", name="4 replies")).to_be_visible()
    assert {one.thread_ts for one in ws.messages("tech-leads")[1:]} == {message.ts}


async def test_the_home_tab_is_published_and_its_buttons_work(opened: Open, server: WorkspaceServer) -> None:
    screen = await at(opened, server, PHONE_DARK, "home")
    await expect(screen.page.get_by_text("Nothing lent yet")).to_be_visible()
    await screen.role("button", "Refresh").click()
    await expect(screen.page.get_by_text("Two devices are out")).to_be_visible()
    await expect(screen.role("button", "Refresh")).to_be_focused()


async def test_a_direct_message_is_answered(opened: Open, server: WorkspaceServer) -> None:
    screen = await at(opened, server, DESKTOP_DARK, "dm")
    await screen.say("hello & <good> *morning*")
    await expect(screen.row("You said:")).to_contain_text("hello & <good> morning")


@both
async def test_a_whisper_is_seen_by_one_and_can_be_put_away(opened: Open, server: WorkspaceServer, look: Look) -> None:
    screen = await at(opened, server, look)
    await screen.say("/whisper about the budget")
    row = screen.row("psst, about the budget")
    await expect(row).to_contain_text("Only visible to you")
    await screen.role("button", "Dismiss", row).click()
    await expect(row).to_have_count(0)
    await screen.page.reload()
    await expect(screen.row("/whisper")).to_be_visible()
    await expect(row).to_have_count(0)


async def test_edits_and_deletions_show_in_place(opened: Open, server: WorkspaceServer) -> None:
    screen = await at(opened, server, DESKTOP)
    await screen.say("/edit")
    row = screen.row("a second try")
    await expect(row.locator(".edited")).to_be_visible()
    await expect(screen.row("a first try")).to_have_count(0)
    [message] = server.ws.messages("tech-leads")
    await row.hover()
    await screen.role("button", "Reply", row).click()
    await screen.thread.get_by_label("Reply", exact=True).first.fill("kept for the record")
    await screen.page.keyboard.press("Enter")
    await expect(row.get_by_role("button", name="1 reply")).to_be_visible()
    server.ws.remove(message)
    await expect(screen.row("This message was deleted.")).to_be_visible()


@both
async def test_a_thread_opens_beside_and_gives_the_focus_back(
    opened: Open, server: WorkspaceServer, look: Look
) -> None:
    screen = await at(opened, server, look)
    await screen.say("Has anybody seen TAG-1?")
    row = screen.row("Has anybody seen")
    await row.hover()
    await screen.role("button", "Reply", row).click()
    reply = screen.page.locator("#thread-text")
    await expect(reply).to_be_focused()
    await reply.fill("@hel")
    await expect(screen.page.get_by_role("option", name="@helper")).to_be_visible()
    await reply.press("Enter")
    await reply.press_sequentially("have you?")
    await reply.press("Enter")
    await expect(screen.thread.get_by_text("Yes, @dana?")).to_be_visible()
    if look.touch:
        box = await screen.thread.bounding_box()
        assert box is not None and box["width"] == look.width
    await reply.press("Escape")
    await expect(screen.thread).to_be_hidden()
    await expect(row.get_by_role("button", name="2 replies")).to_be_visible()
    assert await row.evaluate("row => row.contains(document.activeElement)")


async def test_reactions_are_counted_and_taken_back(opened: Open, server: WorkspaceServer) -> None:
    dana, luis = await at(opened, server, DESKTOP), await at(opened, server, PHONE)
    await luis.act_as("Luis Ortega")
    await dana.say("The network is back")
    message = dana.row("The network is back")
    await message.hover()
    await message.get_by_label("Add a reaction").click()
    await dana.role("button", "tada", message).click()
    await expect(message.get_by_role("button", name="1 reply")).to_be_visible()
    theirs = luis.row("The network is back").get_by_label("Reactions")
    await theirs.get_by_role("button", name="tada, 1 from Dana Okafor").click()
    mine = message.get_by_label("Reactions").get_by_role("button")
    await expect(mine).to_have_accessible_name("tada, 2 from Dana Okafor, Luis Ortega")
    await mine.click()
    await expect(mine).to_have_attribute("aria-pressed", "false")
    await expect(mine).to_be_focused()


async def test_names_and_commands_are_completed_with_their_usage(opened: Open, server: WorkspaceServer) -> None:
    screen = await at(opened, server, DESKTOP)
    await screen.box.press_sequentially("/as")
    await expect(screen.page.get_by_role("option", name="/ask [what]")).to_be_visible()
    await screen.box.press("Tab")
    await expect(screen.box).to_have_value("/ask ")
    await expect(screen.page.locator("#hints")).to_contain_text("[what]")
    await screen.box.fill("")
    await screen.box.press_sequentially("ask @lu")
    await screen.box.press("Enter")
    await screen.box.press_sequentially("in #gen")
    await screen.box.press("Enter")
    await screen.box.press("Enter")
    await expect(screen.row("ask @luis in #general").locator(".mention")).to_have_count(2)


async def test_two_people_work_side_by_side_and_unread_marks_tell(opened: Open, server: WorkspaceServer) -> None:
    dana, luis = await at(opened, server, DESKTOP), await at(opened, server, DESKTOP_DARK)
    await luis.act_as("Luis Ortega")
    await luis.go("general")
    await dana.say("Good morning")
    await expect(luis.page.get_by_role("link", name="tech-leads 1 unread")).to_be_visible()
    await luis.page.get_by_role("link", name="tech-leads 1 unread").click()
    await expect(luis.page.locator(".fresh")).to_be_visible()
    await expect(luis.page.get_by_role("link", name="tech-leads")).to_have_attribute("aria-current", "page")
    await luis.say("Morning, @dana")
    await expect(dana.row("Morning, @dana")).to_be_visible()
    await expect(dana.page.locator("#news")).to_contain_text("Luis Ortega said: Morning, @dana")


async def test_nothing_is_lost_when_the_page_is_reloaded_or_the_line_breaks(
    opened: Open, server: WorkspaceServer
) -> None:
    screen = await at(opened, server, DESKTOP)
    await screen.say("before")
    await expect(screen.row("before")).to_be_visible()
    await screen.page.reload()
    await expect(screen.row("before")).to_be_visible()
    await server.stop()
    await expect(screen.page.get_by_text("Reconnecting to the workspace…").first).to_be_visible()
    await server.start()
    await server.say("meanwhile", channel="tech-leads", user="luis")
    await expect(screen.row("meanwhile")).to_be_visible()
    await expect(screen.row("before")).to_be_visible()
    await expect(screen.page.locator("#offline")).to_be_hidden()
    assert all("ERR_CONNECTION_REFUSED" in one for one in screen.complaints)
    screen.complaints.clear()


@pytest.mark.parametrize("look", [DESKTOP, PHONE], ids=str)
async def test_the_curious_see_what_was_sent_and_how_long_it_took(
    opened: Open, server: WorkspaceServer, look: Look
) -> None:
    screen = await at(opened, server, look)
    await screen.say("/ask")
    row = screen.row("Choose something")
    await row.hover()
    await screen.role("button", "What was sent", row).click()
    drawer = screen.page.get_by_role("complementary", name="What the bot sent")
    await expect(drawer).to_contain_text("chat.postMessage")
    await expect(drawer.get_by_role("region", name="Blocks")).to_contain_text('"action_id": "campus"')
    await expect(drawer.locator(".took")).to_contain_text("ms")
    await expect(drawer).to_contain_text(re.compile(r"\d m?s after /ask"))
    assert await screen.faults() == []
    await screen.page.keyboard.press("Escape")
    await expect(drawer).to_be_hidden()
    assert await row.evaluate("row => row.contains(document.activeElement)")
