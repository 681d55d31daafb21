"""Keep other websites out: a page in the same browser must not drive the workspace, nor read from it.

A browser says which page sent a request (``Origin``) and which name it used for the server (``Host``): checking the
first stops other websites, checking the second stops DNS rebinding. Bots send no ``Origin``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

_LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
_FOR_BROWSERS = ("/page/", "/static/", "/archives/")
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' https: data:; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}


class Guard:
    """Checks every request; `base_url` gives the server's own address, `trusted` further ``host:port`` names."""

    def __init__(self, base_url: Callable[[], str], trusted: Sequence[str]) -> None:
        self._base_url, self._trusted = base_url, tuple(trusted)

    def _hosts(self) -> set[str]:
        own = urlsplit(self._base_url())
        return {own.netloc, *self._trusted, *(f"{name}:{own.port}" for name in _LOOPBACK)}

    def refusal(self, request: web.Request) -> str | None:
        """Return why a request is refused, None when it's welcome."""
        hosts, origin = self._hosts(), request.headers.get("Origin")
        if origin is not None and urlsplit(origin).netloc not in hosts:
            return "requests from other websites are refused"
        for_browsers = request.path == "/" or request.path.startswith(_FOR_BROWSERS)
        if for_browsers and request.headers.get("Host", "") not in hosts:
            return "this name is not trusted; open the page by its loopback address, or add it to trusted_hosts"
        if for_browsers and request.method == "POST" and request.content_type != "application/json":
            return "only application/json is taken here"
        return None

    @property
    def middleware(self) -> Middleware:
        """Return the aiohttp middleware."""

        @web.middleware
        async def check(request: web.Request, handler: Handler) -> web.StreamResponse:
            reason = self.refusal(request)
            if reason is not None:
                return web.Response(status=403, text=reason)
            return await handler(request)

        return check
