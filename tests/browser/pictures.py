"""Makes the README's pictures from the demo: `make pictures`.

The demo is started on a port of its own, asked what a newcomer would ask, and photographed at about twice its size.
"""

import asyncio
import io
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image
from playwright.async_api import Browser, async_playwright, expect

from tests.browser.screen import Look, Screen, launch

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PORT = 8093
START_SECONDS = 120
COLOURS = 192
WIDE = Look(1120, 800, "light")


@dataclass(frozen=True)
class Demo:
    """The demo's address, as `Screen.open` wants it."""

    url: str


async def picture(screen: Screen, name: str) -> None:
    """Keeps what the window shows now, in few colours: a third of the bytes."""
    await screen.page.mouse.move(0, 0)
    await screen.page.evaluate("() => document.activeElement.blur()")
    shot = Image.open(io.BytesIO(await screen.page.screenshot()))
    file = DOCS / f"{name}.png"
    few = _in_its_commonest_colours(shot.convert("RGB"))
    few.save(file, optimize=True)
    print(f"{file.relative_to(ROOT)}: {shot.width} × {shot.height}, {file.stat().st_size / 1024:.0f} KiB")  # noqa: T201


def _in_its_commonest_colours(shot: Image.Image) -> Image.Image:
    """A page's surfaces and verdicts are flat, so they keep their exact colours; only the edges of letters give way."""
    pixels = np.asarray(shot, dtype=np.int32)
    found, places, counts = np.unique(pixels.reshape(-1, 3), axis=0, return_inverse=True, return_counts=True)
    kept = found[np.argsort(counts)[-COLOURS:]]
    nearest = np.array([np.abs(kept - colour).sum(axis=1).argmin() for colour in found], dtype=np.uint8)
    few = Image.fromarray(nearest[places].reshape(pixels.shape[:2]), "P")
    few.putpalette(kept.astype(np.uint8).tobytes())
    return few


async def answer(browser: Browser, demo: Demo) -> None:
    screen = await Screen.open(browser, demo, WIDE, scale=2)
    await screen.go("general")
    await screen.say("/kpi tickets campus-west")
    await expect(screen.row("Asked by").locator(".picture img")).to_be_visible()
    await picture(screen, "answer")
    await screen.close()


async def digest(browser: Browser, demo: Demo) -> None:
    screen = await Screen.open(browser, demo, Look(1040, 980, "light"), scale=1.75)
    await screen.go("tech-leads")
    row = screen.row("Weekly KPI digest")
    await expect(row.locator(".picture img").first).to_be_visible()
    await row.evaluate("row => row.scrollIntoView({block: 'start'})")
    await picture(screen, "digest")
    await screen.close()


async def alert(browser: Browser, demo: Demo) -> None:
    screen = await Screen.open(browser, demo, Look(1120, 520, "light"), scale=2)
    await screen.go("west-tech")
    row = screen.row("is critical")
    await expect(row.locator(".picture img").first).to_be_visible()
    await row.evaluate("row => row.scrollIntoView({block: 'start'})")
    await picture(screen, "alert")
    await screen.close()


async def phone(browser: Browser, demo: Demo) -> None:
    screen = await Screen.open(browser, demo, Look(390, 860, "dark", touch=True), scale=2)
    await screen.go("dm")
    await screen.say("tickets campus-west")
    await expect(screen.rows.last.locator(".picture img")).to_be_visible()
    await screen.rows.last.evaluate("row => row.scrollIntoView({block: 'start'})")
    await picture(screen, "phone")
    await screen.close()


@asynccontextmanager
async def demo() -> AsyncIterator[Demo]:
    """Runs the demo; the first time it makes its district, which takes a while."""
    command = [sys.executable, "bot.py", "demo", "--port", str(PORT)]
    process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=asyncio.subprocess.PIPE)
    assert process.stdout is not None
    try:
        async with asyncio.timeout(START_SECONDS):
            while b"Ctrl-C" not in await process.stdout.readline():
                pass
        yield Demo(f"http://127.0.0.1:{PORT}")
    finally:
        process.terminate()
        await process.wait()


async def main() -> None:
    async with demo() as running, async_playwright() as playwright:
        browser = await launch(playwright)
        for make in (answer, digest, alert, phone):
            await make(browser, running)
        await browser.close()


if __name__ == "__main__":
    asyncio.run(main())
