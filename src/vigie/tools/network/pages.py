"""Web pages of devices, by aiohttp: inside the networks, never redirected elsewhere, bounded."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self
from urllib.parse import urljoin, urlsplit

import aiohttp
from yarl import URL

from vigie.tools.network.dialling import Dialler, NoAnswer, Silence, any_certificate

_MOST_BYTES = 512 * 1024
_PATIENCE = 3.0
_HOPS = 3
_REDIRECTS = {301, 302, 303, 307, 308}
# What a person's browser says: some small servers answer nothing else.
_HEADERS = {"User-Agent": "Mozilla/5.0 (Vigie)", "Accept": "*/*", "Accept-Language": "fr,en;q=0.8"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One answer: its status, headers (names in small letters), the first 512 kB, and its path."""

    status: int
    content: bytes
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    cookies: Mapping[str, str] = field(default_factory=dict)
    away: bool = False

    @property
    def text(self) -> str:
        """Return the content as text, whatever its bytes."""
        return self.content.decode("utf-8", "replace")


class Web:
    """Asks devices for pages. Cookies are kept for nobody."""

    def __init__(self, dialler: Dialler) -> None:
        self._dialler = dialler
        connector = aiohttp.TCPConnector(
            ssl=any_certificate(), limit=64, limit_per_host=6, force_close=True
        )
        self._session = aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=_PATIENCE, sock_connect=1.5, sock_read=2.0),
            max_line_size=16_384,
            max_field_size=16_384,
            auto_decompress=True,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._session.close()

    async def send(  # noqa: PLR0913  (the parts of one request)
        self,
        method: str,
        address: str,
        port: int,
        path: str,
        *,
        tls: bool = False,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Page:
        """Return one answer, redirects left alone. Raise NotAllowed, or NoAnswer."""
        self._dialler.check(address, port)
        scheme = "https" if tls else "http"
        try:
            target = URL(f"{scheme}://{address}:{port}{path}", encoded=True)
            async with self._session.request(
                method,
                target,
                data=body,
                headers={**_HEADERS, **(headers or {})},
                allow_redirects=False,
            ) as answer:
                content = await _bounded(answer)
                return Page(
                    status=answer.status,
                    content=content,
                    path=path,
                    headers={name.lower(): value for name, value in answer.headers.items()},
                    cookies={name: morsel.value for name, morsel in answer.cookies.items()},
                )
        except TimeoutError as trouble:
            raise Silence from trouble
        except (
            aiohttp.ClientError,
            OSError,
            ValueError,
            asyncio.LimitOverrunError,
        ) as trouble:
            raise NoAnswer from trouble

    async def get(
        self,
        address: str,
        port: int,
        path: str,
        *,
        tls: bool = False,
        headers: Mapping[str, str] | None = None,
    ) -> Page:
        """Return the page at a path, after at most three redirects at the same address and port.

        A redirect to elsewhere is not followed: the page is then `away`. Raise NoAnswer.
        """
        page = await self.send("GET", address, port, path, tls=tls, headers=headers)
        for _ in range(_HOPS):
            if page.status not in _REDIRECTS:
                break
            onward = within(page.path, page.headers.get("location", ""), address, port, tls=tls)
            if onward is None:
                return Page(
                    status=page.status,
                    content=page.content,
                    path=page.path,
                    headers=page.headers,
                    cookies=page.cookies,
                    away=True,
                )
            page = await self.send("GET", address, port, onward, tls=tls, headers=headers)
        return page


def within(path: str, link: str, address: str, port: int, *, tls: bool) -> str | None:
    """Given a page's path and a link on it, return the link's path if it stays at this port."""
    scheme = "https" if tls else "http"
    try:
        parts = urlsplit(urljoin(f"{scheme}://{address}:{port}{path}", link))
        there = parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    except ValueError:
        return None
    if not link or parts.scheme != scheme or parts.hostname != address or there != port:
        return None
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


async def _bounded(answer: aiohttp.ClientResponse) -> bytes:
    content = bytearray()
    async for piece in answer.content.iter_chunked(16_384):
        content += piece
        if len(content) >= _MOST_BYTES:
            break
    return bytes(content[:_MOST_BYTES])
