"""IPP by pyipp's own reader and writer: would this printer print for anybody? No page is sent.

Validate-Job (RFC 8011, 4.2.3) is the whole of a print job but for the document: a printer answers
as it would answer the job. What it says about its passwords is no proof, either way.
"""

import contextlib
import struct
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from pyipp.enums import IppOperation
from pyipp.exceptions import IPPError
from pyipp.parser import parse
from pyipp.serializer import encode_dict

from vigie.tools.network.dialling import NoAnswer
from vigie.tools.network.pages import Page, Web

PATHS = ("/ipp/print", "/ipp/printer", "/ipp", "/")
_MOST_QUEUES = 12
_UNAUTHORIZED = 401
_REFUSED = {0x0401, 0x0402, 0x0403}  # forbidden, not-authenticated, not-authorized
_CUPS_GET_PRINTERS = IppOperation.CUPS_GET_PRINTERS
_ASKED = [
    "printer-name",
    "printer-make-and-model",
    "printer-location",
    "printer-info",
    "printer-uri-supported",
    "uri-authentication-supported",
    "printer-device-id",
    "printer-firmware-string-version",
    "printer-impressions-completed",
    "printer-state",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Printer:
    """One queue. `prints` is None where it could not be found out; `says` is its own claim."""

    path: str
    prints: bool | None
    says: str = ""
    model: str = ""
    name: str = ""
    location: str = ""
    firmware: str = ""
    pages: int | None = None
    status: int = -1


@dataclass
class _Talk:
    web: Web
    address: str
    port: int
    tls: bool = field(default=False)

    async def ask(self, operation: IppOperation, path: str, **more: object) -> tuple[int, Any]:
        """Return (HTTP status, parsed answer or None). Raise NoAnswer."""
        scheme = "ipps" if self.tls else "ipp"
        question = {
            "version": (2, 0),
            "operation": operation,
            "request-id": 1,
            "operation-attributes-tag": {
                "attributes-charset": "utf-8",
                "attributes-natural-language": "en",
                "printer-uri": f"{scheme}://{self.address}:{self.port}{path}",
                "requesting-user-name": "vigie",
                **more,
            },
        }
        page = await self.web.send(
            "POST",
            self.address,
            self.port,
            path,
            tls=self.tls,
            body=encode_dict(question),
            headers={"Content-Type": "application/ipp"},
        )
        return page.status, _read(page)


def _read(page: Page) -> Any:  # noqa: ANN401  (what a printer answered)
    if "ipp" not in page.headers.get("content-type", "") or len(page.content) < 8:
        return None
    try:
        return parse(page.content)
    except (IPPError, struct.error, ValueError, LookupError, TypeError, ArithmeticError):
        return None
    except (RecursionError, AttributeError) as trouble:
        raise NoAnswer from trouble


async def printers(
    web: Web, address: str, port: int, announced: tuple[str, ...] = ()
) -> list[Printer]:
    """Return every queue behind a port, each tried; an empty list where nobody speaks IPP."""
    for tls in (False, True):
        talk = _Talk(web, address, port, tls)
        found = await _at(talk, announced)
        if found:
            return found
    return []


async def _at(talk: _Talk, announced: tuple[str, ...]) -> list[Printer]:
    """Try the paths printers have; where there is none, what a print server lists."""
    for path in dict.fromkeys((*announced, *PATHS)):
        try:
            printer = await _tried(talk, path)
        except NoAnswer:
            continue
        if printer:
            return [printer]  # one device, one queue: the other paths are its other names
    found: list[Printer] = []
    for path in await _listed(talk):
        with contextlib.suppress(NoAnswer):
            printer = await _tried(talk, path)
            found += [printer] if printer else []
    return found


async def _listed(talk: _Talk) -> list[str]:
    """Return the paths of the queues of a print server (CUPS-Get-Printers)."""
    try:
        status, queues = await talk.ask(_CUPS_GET_PRINTERS, "/")
    except NoAnswer:
        return []
    names = [_text(queue, "printer-name") for queue in _queues(queues)] if status == 200 else []
    return [f"/printers/{quote(name)}" for name in names if name][:_MOST_QUEUES]


async def _tried(talk: _Talk, path: str) -> Printer | None:
    status, told = await talk.ask(
        IppOperation.GET_PRINTER_ATTRIBUTES, path, **{"requested-attributes": _ASKED}
    )
    if status != _UNAUTHORIZED and (told is None or not _queues(told)):
        return None
    about = _queues(told)[0] if told and _queues(told) else {}
    status, answer = await talk.ask(IppOperation.VALIDATE_JOB, path, **{"job-name": "vigie"})
    code = int(answer["status-code"]) if answer else -1
    prints: bool | None = None
    if status == _UNAUTHORIZED or code in _REFUSED or status == 403:
        prints = False
    elif status == 200 and 0 <= code < 0x0100:
        prints = True
    elif code >= 0x0400:
        prints = False
    pages = about.get("printer-impressions-completed")
    return Printer(
        path=path,
        prints=prints,
        says=_text(about, "uri-authentication-supported"),
        model=_text(about, "printer-make-and-model"),
        name=_text(about, "printer-info") or _text(about, "printer-name"),
        location=_text(about, "printer-location"),
        firmware=_text(about, "printer-firmware-string-version"),
        pages=pages if isinstance(pages, int) and pages >= 0 else None,
        status=code,
    )


def _queues(answer: Any) -> list[dict[str, Any]]:  # noqa: ANN401  (what a printer answered)
    queues = answer.get("printers", []) if isinstance(answer, dict) else []
    return [queue for queue in queues if isinstance(queue, dict) and queue]


def _text(queue: dict[str, Any], name: str) -> str:
    value = queue.get(name, "")
    if isinstance(value, list):
        value = value[0] if value else ""
    return str(value)[:120].strip()
