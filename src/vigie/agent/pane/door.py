"""The door: who may speak to the pane. Everything here refuses; nothing here has an opinion.

A page of another site, another program on this machine, a name that was made to mean 127.0.0.1:
each is turned away by what the browser itself says of a request, before any page is looked up.
"""

import time
from collections.abc import Awaitable, Callable
from http import HTTPStatus

from aiohttp import web

from vigie.agent.pane import secret as tokens
from vigie.agent.pane.way_in import ADDRESS, WayIn

COOKIE = "vigie"
_SAFE = frozenset({"GET", "HEAD"})
_OWN = frozenset({"same-origin", "none"})  # none: typed, or opened from outside the browser
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",  # none at all would take the Origin from our own forms
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cache-Control": "no-store",
}

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Door:
    """The door of one pane. `way` is where it is; `clock` gives the time in seconds."""

    def __init__(self, way: WayIn, clock: Callable[[], float] = time.time) -> None:
        self._way, self._clock = way, clock
        self._origin = f"http://{ADDRESS}:{way.port}"
        self._host = f"{ADDRESS}:{way.port}"
        self._segment = f"/{tokens.segment(way.secret)}"
        self._tickets = tokens.Tickets(way.secret)

    @web.middleware
    async def middleware(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Let a request in or turn it away; every answer carries the same strict headers."""
        try:
            answer = await self._answer(request, handler)
        except web.HTTPException as refused:
            if refused.status < HTTPStatus.BAD_REQUEST:
                refused.headers.update(_HEADERS)
                refused.headers["Server"] = "Vigie"
                raise
            answer = web.Response(status=refused.status, text=f"{refused.status}\n")
        answer.headers.update(_HEADERS)
        answer.headers["Server"] = "Vigie"
        return answer

    async def _answer(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.headers.getall("Host", []) != [self._host]:
            raise web.HTTPMisdirectedRequest  # a name that somebody else made mean this machine
        if request.path.startswith("/bonjour/"):
            return await handler(request)
        if request.path != self._segment and not request.path.startswith(f"{self._segment}/"):
            raise web.HTTPNotFound
        entering = request.path.startswith(f"{self._segment}/entrer/")
        self._from_here(request, entering=entering)
        if not entering and not self._known(request):
            return await self._outside(request)
        return await handler(request)

    def _from_here(self, request: web.Request, *, entering: bool) -> None:
        """Raise unless the browser says that our own page asks.

        A link elsewhere cannot know a ticket: what opens the pane may come from anywhere.
        """
        origin, site = request.headers.get("Origin"), request.headers.get("Sec-Fetch-Site")
        if request.method not in _SAFE:
            if origin != self._origin or site not in {None, "same-origin"}:
                raise web.HTTPForbidden
        elif not entering and (site not in {None, *_OWN} or origin not in {None, self._origin}):
            raise web.HTTPForbidden

    def _known(self, request: web.Request) -> bool:
        return tokens.session_holds(
            self._way.secret, request.cookies.get(COOKIE, ""), self._clock()
        )

    @staticmethod
    async def _outside(request: web.Request) -> web.StreamResponse:
        if request.path.endswith((".css", ".svg", ".js")):
            raise web.HTTPForbidden
        raise web.HTTPUnauthorized

    def form(self, request: web.Request) -> str:
        """Return the token that the forms of this session carry."""
        return tokens.form(self._way.secret, request.cookies.get(COOKIE, ""))

    def check(self, request: web.Request, untrusted: str) -> None:
        """Raise unless a form of this session was sent."""
        if not tokens.same(untrusted, self.form(request)):
            raise web.HTTPForbidden

    async def enter(self, request: web.Request) -> web.StreamResponse:
        """Take a ticket, give a session.

        The page goes on by itself: a redirect would still count as coming from outside, and the
        strictest cookie would not be sent with it.
        """
        now = self._clock()
        if not self._tickets.take(request.match_info["ticket"], now):
            raise web.HTTPUnauthorized
        home = f"{self._segment}/"
        answer = web.Response(
            text=(
                '<!DOCTYPE html><html lang="fr"><title>Vigie</title>'
                f'<meta http-equiv="refresh" content="0;url={home}">'
                f'<p><a href="{home}">Vigie</a></p></html>'
            ),
            content_type="text/html",
        )
        answer.set_cookie(
            COOKIE,
            tokens.session(self._way.secret, now),
            path=home,
            httponly=True,
            samesite="Strict",
            max_age=int(tokens.SESSION.total_seconds()),
        )
        return answer

    async def greet(self, request: web.Request) -> web.StreamResponse:
        """Prove to whoever knows the secret that this is the pane."""
        return web.Response(text=tokens.greeting(self._way.secret, request.match_info["nonce"]))
