"""The rooms around the doubt: the first page, what waits, the glass pane, and the files of both."""

import asyncio
from collections.abc import Mapping
from functools import partial
from importlib import resources
from pathlib import Path
from typing import Any

import jinja2
from aiohttp import web

import vigie
from vigie.agent.pane import glass, said
from vigie.agent.pane.door import Door
from vigie.agent.pane.premises import Premises
from vigie.agent.spool_file import SpoolTrouble
from vigie.domain.evidence.usb import Standing
from vigie.wire.advice import Advice

# One sheet for all of Vigie's pages. It lies with the console; no code of the console is used.
_SHEET = Path(vigie.__file__).parent / "console" / "desk" / "static" / "desk"
_OURS = resources.files("vigie.agent.pane") / "static"
_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
_MOST_TOLD = 60


class Pages:
    """Renders the pages of one pane, and takes their forms."""

    def __init__(self, premises: Premises, door: Door, segment: str) -> None:
        self.premises, self.door = premises, door
        self.root = f"/{segment}"
        self._templates = jinja2.Environment(
            loader=jinja2.PackageLoader("vigie.agent.pane"),
            autoescape=True,
            trim_blocks=True,
            lstrip_blocks=True,
            undefined=jinja2.StrictUndefined,
        )
        self._templates.filters["fill"] = _fill

    def routes(self) -> list[web.RouteDef]:
        """Return the addresses of these rooms."""
        at = self.root
        return [
            web.get(f"{at}/", self.first),
            web.post(f"{at}/lu", self.read),
            web.get(f"{at}/regler", self.waiting),
            web.post(f"{at}/regler/courrier/{{name}}", self.mail),
            web.post(f"{at}/regler/cle/{{number}}", self.key),
            web.post(f"{at}/regler/soir", self.evening),
            web.get(f"{at}/vitre", self.glass),
            web.get(f"{at}/static/{{name}}", self.static),
        ]

    async def render(self, request: web.Request, name: str, **values: object) -> web.Response:
        """Return one page."""
        premises = self.premises
        words = said.words(premises.language)
        count = await asyncio.to_thread(premises.settling.count)
        text = self._templates.get_template(name).render(
            w=words,
            root=self.root,
            form=self.door.form(request),
            language=premises.language.value,
            caretaker=premises.caretaker,
            machine=premises.settings.machine.name,
            waits=count,
            path=request.path,
            **values,
        )
        return web.Response(text=text, content_type="text/html")

    async def posted(self, request: web.Request) -> Mapping[str, str]:
        """Return the fields of a small form of ours. Raise for any other."""
        fields = {k: v for k, v in (await request.post()).items() if isinstance(v, str)}
        self.door.check(request, fields.get("form", ""))
        return fields

    async def first(self, request: web.Request) -> web.Response:
        """Show the doubt desk, what we have to say, and the questions that were asked."""
        return await self.render(
            request, "desk.html", note=request.query.get("note", ""), **self._told()
        )

    def _told(self) -> dict[str, object]:
        premises, now = self.premises, self.premises.now()
        language = premises.language
        words = said.words(language)["advice"]
        questions = []
        for each in premises.questions.open(now):
            at = said.moment(each.at, now, language)
            if each.advice is None:
                late = now > each.promised
                text = words["late" if late else "waiting"].format(
                    at=at,
                    time=said.clock(each.promised, language),
                    caretaker=premises.caretaker,
                )
            else:
                red = each.red and each.advice is Advice.HARMLESS
                answer = words["answers"][f"{each.advice.value}{'_red' if red else ''}"]
                text = answer.format(caretaker=premises.caretaker)
            questions.append({"question": each, "text": text})
        notices = [
            {"notice": notice, "at": said.moment(notice.at, now, language)}
            for notice in premises.notices.open()
            if premises.questions.find(notice.report) is None  # an answer stands with its question
        ]
        return {"questions": questions, "notices": notices}

    async def read(self, request: web.Request) -> web.Response:
        """Put away what somebody has read: a notice, or an answer."""
        fields = await self.posted(request)
        now = self.premises.now()
        if report := fields.get("report"):
            self.premises.notices.settle(report, now)
        if question := fields.get("question"):
            self.premises.questions.settle(question, now)
            self.premises.notices.settle(question, now)
        raise web.HTTPSeeOther(f"{self.root}/")

    async def waiting(self, request: web.Request) -> web.Response:
        """Show what waits for somebody here."""
        settling, now = self.premises.settling, self.premises.now()
        when = partial(said.moment, now=now, language=self.premises.language)
        said_word = request.query.get("dit", "")
        known = said.words(self.premises.language)["settle"]
        return await self.render(
            request,
            "settle.html",
            letters=await asyncio.to_thread(settling.letters),
            keys=settling.keys(),
            rests=settling.rests(),
            when=when,
            note=known.get(said_word, ""),
        )

    async def mail(self, request: web.Request) -> web.Response:
        """Settle one held message."""
        fields, settling = await self.posted(request), self.premises.settling
        name, deed = request.match_info["name"], fields.get("deed", "")
        wrong, right = fields.get("wrong", ""), fields.get("right", "").strip()
        if deed == "send":
            word = await asyncio.to_thread(settling.send, name, {})
        elif deed == "readdress":
            word = await asyncio.to_thread(settling.send, name, {wrong: right})
        elif deed == "cancel":
            word = await asyncio.to_thread(settling.cancel, name)
        elif deed == "release":
            word = await asyncio.to_thread(settling.release, name)
        else:
            raise web.HTTPBadRequest
        raise web.HTTPSeeOther(f"{self.root}/regler?dit={word}")

    async def key(self, request: web.Request) -> web.Response:
        """Let a waiting key in once, or never."""
        fields, number = await self.posted(request), request.match_info["number"]
        if fields.get("deed") not in {"once", "never"} or not number.isdecimal():
            raise web.HTTPBadRequest
        word = self.premises.settling.decide(int(number), Standing(fields["deed"]))
        raise web.HTTPSeeOther(f"{self.root}/regler?dit={word}")

    async def evening(self, request: web.Request) -> web.Response:
        """Keep this machine on tonight."""
        await self.posted(request)
        raise web.HTTPSeeOther(f"{self.root}/regler?dit={self.premises.settling.stay()}")

    async def glass(self, request: web.Request) -> web.Response:
        """Show what this machine watches, and what it has said of itself."""
        premises = self.premises
        try:
            sent = premises.spool.sent(_MOST_TOLD)
            waits, waiting = premises.spool.waiting(), premises.spool.next_to_leave()
        except SpoolTrouble:
            sent, waits, waiting = (), 0, ()
        now = premises.now()
        return await self.render(
            request,
            "glass.html",
            parts=glass.watched(
                premises.settings, premises.watching(), premises.blind(), premises.language
            ),
            told=glass.told(sent, waiting, premises.language),
            console=premises.console(),
            waiting=waits,
            when=partial(said.moment, now=now, language=premises.language),
        )

    @staticmethod
    async def static(request: web.Request) -> web.Response:
        """Give one of our own files; there are no others."""
        name = request.match_info["name"]
        if name in {"vigie.css", "vigie.svg"}:
            content = (_SHEET / name).read_bytes()
        elif name in {"pane.css", "pane.js", "photo.js"}:
            content = (_OURS / name).read_bytes()
        else:
            raise web.HTTPNotFound
        return web.Response(body=content, content_type=_TYPES[Path(name).suffix])


def _fill(text: str, **values: Any) -> str:  # noqa: ANN401  (whatever a sentence shows)
    return text.format(**values)
