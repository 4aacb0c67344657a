"""A device's own web pages: who made it, whether its settings ask for a password, and which one."""

import asyncio
import base64
import hashlib
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import urlencode

from vigie.domain.evidence.printers import Answer, Door, Tried
from vigie.knowledge.network import maker_in, settings_of, sold_with
from vigie.knowledge.network.shown import (
    Form,
    Shown,
    asks,
    counts_failures,
    hints,
    lets_in,
    proves,
    worth_following,
)
from vigie.sensors.network.markup import shown
from vigie.tools.network.dialling import NoAnswer, NotAllowed, Silence
from vigie.tools.network.pages import Page, Web, within

_MOST_FOLLOWED = 8
_AT_ONCE = 4
_ENOUGH_SILENCE = 3  # pages that did not come: the server has had enough
_PAIRS = re.compile(r'(\w+)=(?:"([^"]*)"|([^,\s]+))')


@dataclass
class Site:
    """One web server of a device, as far as it was looked at."""

    web: Web
    address: str
    port: int
    tls: bool
    front: Page
    view: Shown
    seen: dict[str, Shown] = field(default_factory=dict)
    silences: int = 0

    @property
    def words(self) -> tuple[str, ...]:
        """Return what tells who made the device, the most telling first."""
        realm = {k: a or b for k, a, b in _PAIRS.findall(self.view.challenge)}.get("realm", "")
        return (
            realm,
            self.view.title,
            self.front.headers.get("server", ""),
            self.view.text[:3000],
            self.front.text[:6000],
        )

    async def look(self, path: str) -> Shown | None:
        """Return what a path shows, asked for once."""
        if path in self.seen:
            return self.seen[path]
        if self.silences >= _ENOUGH_SILENCE:
            return None
        try:
            page = await self.web.get(self.address, self.port, path, tls=self.tls)
        except (NoAnswer, NotAllowed):
            self.silences += 1
            return None
        self.seen[path] = shown(page, self.address, self.port, tls=self.tls)
        return self.seen[path]


async def visit(web: Web, address: str, port: int) -> Site | None:
    """Return the web server behind a port, None where there is none."""
    order = (True, False) if port in {443, 8443, 4443, 5001, 9443} else (False, True)
    for tls in order:
        try:
            front = await web.get(address, port, "/", tls=tls)
        except Silence:
            return None  # a server of the other kind would have complained
        except (NoAnswer, NotAllowed):
            continue
        if front.status == 400 and not tls and b"HTTPS" in front.content.upper():
            continue
        site = Site(web, address, port, tls, front, shown(front, address, port, tls=tls))
        onward = within(front.path, site.view.onward, address, port, tls=tls)
        if onward and (behind := await site.look(onward)):
            site.view = behind if not asks(site.view) else site.view
        return site
    return None


async def settings(site: Site, maker: str) -> Tried | None:
    """Return how the device's settings answer to somebody without a password."""
    nowhere = await site.look(f"/{secrets.token_hex(6)}.html")
    found = await _at_own_paths(site, maker, nowhere)
    if found:
        return found
    if asks(site.view):
        return _said(site, Answer.ASKS, site.view.path, site.view.title)
    suspects = [site.view, *(site.seen[path] for path in _own_paths(maker) if path in site.seen)]
    suspects += await _looked(site, worth_following(site.view)[:_MOST_FOLLOWED])
    deeper = [path for page in suspects[1:] if page.status == 200 for path in worth_following(page)]
    suspects += await _looked(site, [p for p in deeper if p not in site.seen][:_MOST_FOLLOWED])
    if nowhere and nowhere.status == 200:
        suspects = [page for page in suspects if page.forms != nowhere.forms]
    for page in suspects:
        if hints(page):
            return _said(site, Answer.UNSURE, page.path, page.title)
    return None


async def _at_own_paths(site: Site, maker: str, nowhere: Shown | None) -> Tried | None:
    """Look at the places where this maker keeps its settings; one that opens is a proof."""
    rows = [(path, row.words) for row in settings_of(maker) for path in row.paths]
    gate = asyncio.Semaphore(_AT_ONCE)

    async def look(path: str, words: tuple[str, ...]) -> tuple[str, tuple[str, ...], Shown | None]:
        async with gate:
            return path, words, await site.look(path)

    for path, words, page in await asyncio.gather(*(look(p, w) for p, w in rows)):
        if page and proves(page, words, nowhere=nowhere):
            return _said(site, Answer.OPEN, path, page.title)
    return None


def _own_paths(maker: str) -> list[str]:
    return [path for row in settings_of(maker) for path in row.paths]


async def _looked(site: Site, paths: Iterable[str]) -> list[Shown]:
    pages = [await site.look(path) for path in paths]
    return [page for page in pages if page]


def _said(site: Site, answer: Answer, path: str, title: str) -> Tried:
    return Tried(
        door=Door.SETTINGS,
        answer=answer,
        port=site.port,
        about=path[:120],
        said=f"GET {path[:120]} → 200 « {title[:60]} »"
        if answer is not Answer.ASKS
        else title[:60],
    )


async def sold_password(site: Site, maker: str) -> Tried | None:
    """Try, once, the password that the maker sells its devices with. Ask for consent before.

    A device that says it counts is left alone; so is one that shows nowhere to sign in.
    """
    name, secret = sold_with(maker)
    view = site.view
    door = next((page for page in (view, *site.seen.values()) if page.challenge), None)
    form = next(
        ((page, one) for page in (view, *site.seen.values()) for one in page.forms if one.logs_in),
        None,
    )
    looked_at = door or (form[0] if form else None)
    if looked_at is None or counts_failures(looked_at.text, site.front.text[:20_000]):
        return None
    if "retry-after" in site.front.headers:
        return None
    if door:
        opened = await _challenge(site, door, name, secret)
    elif form:
        opened = await _fill_in(site, form[0], form[1], name, secret)
    if opened is None:
        return None
    answer = Answer.OPEN if opened else Answer.REFUSES
    return Tried(
        door=Door.DEFAULT_PASSWORD,
        answer=answer,
        port=site.port,
        about=looked_at.path[:120],
        said=f"{name or '—'} / ({maker or 'usuel'})",
    )


async def _challenge(site: Site, page: Shown, name: str, secret: str) -> bool | None:
    header = _authorization(page, name, secret)
    if header is None:
        return None
    try:
        answer = await site.web.send(
            "GET", site.address, site.port, page.path, tls=site.tls,
            headers={"Authorization": header},
        )  # fmt: skip
    except (NoAnswer, NotAllowed):
        return None
    if answer.status in {301, 302, 303, 307, 308}:
        return not re.search(r"log[io]n|signin", answer.headers.get("location", ""), re.IGNORECASE)
    return answer.status == 200 and not asks(shown(answer, site.address, site.port, tls=site.tls))


def _authorization(page: Shown, name: str, secret: str) -> str | None:
    kind = page.challenge.strip().partition(" ")[0].lower()
    if kind == "basic":
        return "Basic " + base64.b64encode(f"{name}:{secret}".encode()).decode()
    if kind != "digest":
        return None
    parts = {key.lower(): a or b for key, a, b in _PAIRS.findall(page.challenge)}
    algorithm = parts.get("algorithm", "MD5").upper()
    if algorithm not in {"MD5", "SHA-256"}:
        return None

    def mix(text: str) -> str:
        if algorithm == "SHA-256":
            return hashlib.sha256(text.encode()).hexdigest()
        return hashlib.md5(text.encode()).hexdigest()  # noqa: S324  (what the device speaks)

    realm, nonce = parts.get("realm", ""), parts.get("nonce", "")
    first, second = mix(f"{name}:{realm}:{secret}"), mix(f"GET:{page.path}")
    ours = secrets.token_hex(8)
    if "qop" in parts:
        response = mix(f"{first}:{nonce}:00000001:{ours}:auth:{second}")
        more = f', qop=auth, nc=00000001, cnonce="{ours}"'
    else:
        response, more = mix(f"{first}:{nonce}:{second}"), ""
    opaque = f', opaque="{parts["opaque"]}"' if "opaque" in parts else ""
    return (
        f'Digest username="{name}", realm="{realm}", nonce="{nonce}", uri="{page.path}", '
        f'response="{response}", algorithm={algorithm}{more}{opaque}'
    )


async def _fill_in(site: Site, page: Shown, form: Form, name: str, secret: str) -> bool | None:
    """Send a sign-in form once; it worked if what comes back no longer asks."""
    target = within(page.path, form.action or page.path, site.address, site.port, tls=site.tls)
    if target is None:
        return None
    values = dict(form.hidden)
    for one in form.fields:
        values[one.name] = secret if one.kind == "password" else name
    cookies = "; ".join(f"{key}={value}" for key, value in site.front.cookies.items())
    try:
        filled = urlencode(values)
        post = form.method == "post"
        answer = await site.web.send(
            "POST" if post else "GET", site.address, site.port,
            target if post else f"{target.partition('?')[0]}?{filled}",
            tls=site.tls, body=filled.encode() if post else None,
            headers={
                "Content-Type": "application/x-www-form-urlencoded",
                **({"Cookie": cookies} if cookies else {}),
            },
        )  # fmt: skip
        given = {**site.front.cookies, **answer.cookies}
        cookie = "; ".join(f"{key}={value}" for key, value in given.items())
        onward = within(
            target, answer.headers.get("location", ""), site.address, site.port, tls=site.tls
        )
        after = answer
        if answer.status in {301, 302, 303} and onward:
            after = await site.web.get(
                site.address, site.port, onward, tls=site.tls, headers={"Cookie": cookie}
            )
    except (NoAnswer, NotAllowed):
        return None
    seen = shown(after, site.address, site.port, tls=site.tls)
    return after.status == 200 and not after.away and lets_in(seen, page)


def maker_of(site: Site) -> str:
    """Return who made the device, as its pages say; empty where they do not."""
    maker = maker_in(*site.words)
    return maker.name if maker else ""
