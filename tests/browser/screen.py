"""Somebody at the page, in a real browser: what they open, type and see."""

import shutil
from dataclasses import dataclass, field
from typing import Any, Protocol

from axe_playwright_python.base import AXE_SCRIPT
from playwright.async_api import Browser, Locator, Page, Playwright, expect

NAMES = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
)
SERIOUS = ("serious", "critical")
_RUN_AXE = "() => axe.run(document, {resultTypes: ['violations']})"


@dataclass(frozen=True)
class Look:
    """A window and the colours that its owner prefers."""

    width: int
    height: int
    colours: str
    touch: bool = False

    def __str__(self) -> str:
        return f"{'phone' if self.touch else 'desktop'}-{self.colours}"


DESKTOP = Look(1280, 860, "light")
DESKTOP_DARK = Look(1280, 860, "dark")
PHONE = Look(390, 800, "light", touch=True)
PHONE_DARK = Look(390, 800, "dark", touch=True)


class Served(Protocol):
    """Whatever has the page at its address."""

    @property
    def url(self) -> str: ...


def chromium() -> str | None:
    """The browser of this machine, None where there is none."""
    return next(filter(None, map(shutil.which, NAMES)), None)


async def launch(playwright: Playwright) -> Browser:
    """Starts the machine's own browser: nothing is downloaded."""
    return await playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)


@dataclass
class Screen:
    """One browser window. `complaints` are the errors and warnings that its console showed."""

    page: Page
    url: str
    complaints: list[str] = field(default_factory=list)

    @classmethod
    async def open(cls, browser: Browser, server: Served, look: Look, scale: float = 1) -> "Screen":
        context = await browser.new_context(
            viewport={"width": look.width, "height": look.height},
            color_scheme=look.colours,  # type: ignore[arg-type]
            has_touch=look.touch,
            is_mobile=look.touch,
            reduced_motion="reduce",
            device_scale_factor=scale,
            locale="en-US",
            timezone_id="America/Chicago",
        )
        context.set_default_timeout(15_000)
        screen = cls(await context.new_page(), server.url)
        screen.page.on("console", screen._hear)
        screen.page.on("pageerror", lambda error: screen.complaints.append(str(error)))
        return screen

    def _hear(self, message: Any) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)

    async def close(self) -> None:
        await self.page.context.close()

    async def go(self, place: str) -> None:
        """Opens a channel, ``dm`` or ``home`` by its address."""
        await self.page.goto(f"{self.url}/#/{place}")
        await expect(self.page.locator("#place-name")).not_to_be_empty()

    async def say(self, text: str) -> None:
        """Types into the message box and sends."""
        await self.box.fill(text)
        await self.box.press("Enter")

    async def act_as(self, name: str) -> None:
        await self.page.locator("#person").select_option(label=name, force=True)
        await expect(self.page.locator("#who")).to_have_attribute("aria-label", f"Acting as {name}. Change")

    @property
    def box(self) -> Locator:
        return self.page.locator("#composer-text")

    @property
    def rows(self) -> Locator:
        return self.page.locator("#log .row")

    def row(self, text: str) -> Locator:
        """The latest message in the channel that shows this."""
        return self.rows.filter(has_text=text).last

    def role(self, role: Any, name: str, inside: Locator | None = None) -> Locator:
        return (inside or self.page).get_by_role(role, name=name, exact=True)

    @property
    def modal(self) -> Locator:
        return self.page.locator("#modal")

    @property
    def thread(self) -> Locator:
        return self.page.get_by_role("complementary", name="Thread")

    async def focused(self) -> str:
        """What has the focus, as assistive technology would name it."""
        return str(
            await self.page.evaluate(
                "() => { const n = document.activeElement;"
                " return n.getAttribute('aria-label') || n.labels?.[0]?.textContent || n.textContent.trim() }"
            )
        )

    async def faults(self) -> list[str]:
        """The serious and critical faults that axe-core finds in what is shown now."""
        if not await self.page.evaluate("() => Boolean(window.axe)"):
            await self.page.evaluate(AXE_SCRIPT)
        found = await self.page.evaluate(_RUN_AXE)
        return [
            f"{one['id']}: {node['html'][:160]} — {node['failureSummary']}"
            for one in found["violations"]
            for node in one["nodes"]
            if one["impact"] in SERIOUS
        ]
