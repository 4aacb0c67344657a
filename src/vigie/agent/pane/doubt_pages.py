"""The doubt desk: something is shown, the answer takes its place."""

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import Annotated
from urllib.parse import quote

import msgspec
from aiohttp import BodyPartReader, web
from msgspec import Meta, Struct

from vigie.agent.pane import said
from vigie.agent.pane.doubts import MOST_BYTES, Doubt
from vigie.agent.pane.judging import Seen, Thing
from vigie.agent.pane.pages import Pages
from vigie.domain.finding import Gravity
from vigie.routines.documents.copying import nearest
from vigie.watch.promise import promised
from vigie.wire.advice import Kind

_LONGEST_NAME = 200
_MOST_BOXES = 500
_MOST_FINDINGS = 12
_CHUNK = 1 << 18
# What all reasons add up to is the answer itself; these words also say that a message was held.
_SUMMARIES = frozenset({"imitation_held", "message_doubtful"})


class Box(Struct, frozen=True):
    """One area as the page sends it, in pixels of the photo; `spot` where it is one of ours."""

    x: float
    y: float
    w: float
    h: float
    spot: int = -1


_boxes = msgspec.json.Decoder(Annotated[list[Box], Meta(max_length=_MOST_BOXES)]).decode


class DoubtPages:
    """The pages about one doubt."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages
        self._premises = pages.premises

    def routes(self) -> list[web.RouteDef]:
        """Return the addresses of the doubt desk."""
        at = f"{self._pages.root}/doute"
        return [
            web.post(at, self.show),
            web.get(f"{at}/{{name}}", self.answer),
            web.get(f"{at}/{{name}}/etat", self.state),
            web.post(f"{at}/{{name}}/conseil", self.ask),
            web.post(f"{at}/{{name}}/copie", self.make_copy),
            web.get(f"{at}/{{name}}/copie", self.copy),
            web.get(f"{at}/{{name}}/texte", self.text),
            web.get(f"{at}/{{name}}/photo", self.photo),
            web.post(f"{at}/{{name}}/photo", self.mask),
            web.get(f"{at}/{{name}}/masque", self.masked),
        ]

    async def show(self, request: web.Request) -> web.Response:
        """Take what somebody shows: a file, or a text."""
        root, thing = self._pages.root, None
        parts, named = await request.multipart(), False
        async for part in parts:
            if not isinstance(part, BodyPartReader):
                raise web.HTTPBadRequest
            if part.name == "form":  # it comes first: nothing is read of anybody else's form
                self._pages.door.check(request, (await _read(part, 200)).decode("ascii", "replace"))
                named = True
            elif not named:
                raise web.HTTPForbidden
            elif part.name in {"thing", "text"} and thing is None:
                try:
                    content = await _read(part, MOST_BYTES)
                except _TooLarge:
                    raise web.HTTPSeeOther(f"{root}/?note=too_large") from None
                if content.strip():
                    name = PurePath(part.filename or "").name[:_LONGEST_NAME]
                    thing = Thing(
                        name=name or said.words(self._premises.language)["kinds"]["text"],
                        untrusted=content,
                        pasted=part.name == "text",
                    )
        if thing is None:
            raise web.HTTPSeeOther(f"{root}/?note=empty")
        raise web.HTTPSeeOther(f"{root}/doute/{self._premises.doubts.open(thing).name}")

    async def answer(self, request: web.Request) -> web.Response:
        """Show the answer, or that we are still looking."""
        doubt = self._found(request)
        if doubt.seen is None and not doubt.failed:
            return await self._pages.render(request, "looking.html", doubt=doubt)
        seen = doubt.seen
        if seen is None:
            return await self._pages.render(
                request, "answer.html", doubt=doubt, seen=None, said="", light="orange"
            )
        language, now = self._premises.language, self._premises.now()
        words = said.words(language)["answer"][seen.kind.value]
        question = self._premises.questions.find(doubt.asked) if doubt.asked else None
        return await self._pages.render(
            request,
            "answer.html",
            doubt=doubt,
            seen=seen,
            said=words[seen.said].format(**seen.clues),
            light=_LIGHTS[seen.light],
            seconds=said.decimal(seen.seconds, language),
            reasons=_reasons(seen, self._pages),
            question=question,
            reached=self._premises.reached(),
            promise=said.clock(
                question.promised
                if question
                else promised(self._premises.settings.practice.hours, now),
                language,
            ),
            photo=_photo(seen),
            hides=_hides(seen, self._pages),
        )

    async def state(self, request: web.Request) -> web.Response:
        """Say how far things are: the page asks while it waits."""
        doubt = self._found(request)
        making = doubt.copy
        return web.json_response(
            {
                "looked": doubt.seen is not None or doubt.failed,
                "copying": making is not None and making.under_way,
                "done": making.done if making else 0,
                "pages": making.pages if making else 0,
            }
        )

    async def ask(self, request: web.Request) -> web.Response:
        """Ask the caretaker: kinds, facts and marks leave, the thing stays here."""
        await self._pages.posted(request)
        doubt = self._found(request)
        if doubt.seen is None:
            raise web.HTTPConflict
        if not doubt.asked:
            now, hours = self._premises.now(), self._premises.settings.practice.hours
            doubt.asked = self._premises.questions.ask(
                doubt.seen, doubt.thing.name, now=now, promised=promised(hours, now)
            )
        raise web.HTTPSeeOther(f"{self._pages.root}/doute/{doubt.name}")

    async def make_copy(self, request: web.Request) -> web.Response:
        """Begin the safe copy of a file."""
        await self._pages.posted(request)
        doubt = self._found(request)
        if doubt.seen is None or doubt.seen.kind is not Kind.FILE:
            raise web.HTTPConflict
        self._premises.doubts.make_copy(doubt)
        raise web.HTTPSeeOther(f"{self._pages.root}/doute/{doubt.name}")

    async def copy(self, request: web.Request) -> web.Response:
        """Give the safe copy."""
        doubt = self._found(request)
        if doubt.copy is None or doubt.copy.made is None:
            raise web.HTTPNotFound
        made = doubt.copy.made
        return _file(made.content, f"{nearest(doubt.thing.name)}.{made.ending}")

    async def text(self, request: web.Request) -> web.Response:
        """Give the masked text."""
        doubt = self._found(request)
        if doubt.seen is None or not doubt.seen.text:
            raise web.HTTPNotFound
        return _file(doubt.seen.text.encode(), f"{PurePath(doubt.thing.name).stem}.txt")

    async def photo(self, request: web.Request) -> web.Response:
        """Give the photo to look at, made from its pixels."""
        doubt = self._found(request)
        if not doubt.preview:
            raise web.HTTPNotFound
        return web.Response(body=doubt.preview, content_type="image/jpeg")

    async def mask(self, request: web.Request) -> web.Response:
        """Make the masked copy with the areas a person wants."""
        fields = await self._pages.posted(request)
        doubt = self._found(request)
        seen = doubt.seen
        if seen is None or seen.photo is None:
            raise web.HTTPConflict
        try:
            boxes = _boxes(fields.get("boxes", "[]"))
            outlines = [_outline(box, seen) for box in boxes]
        except (msgspec.MsgspecError, ValueError, OverflowError):
            raise web.HTTPBadRequest from None
        made = await asyncio.to_thread(self._premises.doubts.mask, doubt, outlines)
        if made is None:
            raise web.HTTPConflict
        words = said.words(self._premises.language)["photo"]
        key = {0: "held", 1: "left_one"}.get(made.left, "left")
        return web.json_response({"said": words[key].format(places=made.left), "left": made.left})

    async def masked(self, request: web.Request) -> web.Response:
        """Give the masked copy of a photo."""
        doubt = self._found(request)
        if doubt.masked is None:
            raise web.HTTPNotFound
        return _file(doubt.masked.content, f"{PurePath(doubt.thing.name).stem}-masque.jpg")

    def _found(self, request: web.Request) -> Doubt:
        doubt = self._premises.doubts.find(request.match_info["name"])
        if doubt is None:
            if request.path.endswith("/etat"):
                raise web.HTTPNotFound
            raise web.HTTPSeeOther(f"{self._pages.root}/?note=gone")
        return doubt


_LIGHTS = {Gravity.NOTE: "green", Gravity.CONCERN: "orange", Gravity.ALARM: "red"}


class _TooLarge(Exception):
    """Somebody showed more than we look at."""


async def _read(part: BodyPartReader, most: int) -> bytes:
    content = bytearray()
    while chunk := await part.read_chunk(_CHUNK):
        content += chunk
        if len(content) > most:
            raise _TooLarge
    return bytes(content)


def _outline(box: Box, seen: Seen) -> Sequence[int]:
    """Return the corners of an area; one of ours that nobody moved keeps its own outline."""
    photo = seen.photo
    if photo is None:
        raise ValueError("no photo")
    if 0 <= box.spot < len(photo.spots):
        return photo.spots[box.spot].outline
    left, top = max(0, round(box.x)), max(0, round(box.y))
    right = min(photo.width, round(box.x + box.w))
    bottom = min(photo.height, round(box.y + box.h))
    if right <= left or bottom <= top:
        raise ValueError("no area")
    return (left, top, right, top, right, bottom, left, bottom)


def _photo(seen: Seen) -> Mapping[str, object] | None:
    """Return what the page needs to show a photo and its areas."""
    if seen.photo is None or not seen.pixels:
        return None
    return {
        "width": seen.photo.width,
        "height": seen.photo.height,
        "spots": [
            {
                "x": spot.box.x,
                "y": spot.box.y,
                "w": spot.box.w,
                "h": spot.box.h,
                "place": spot.place.value,
            }
            for spot in seen.photo.spots
        ],
    }


def _reasons(seen: Seen, pages: Pages) -> list[str]:
    """Return in words what was found, each once."""
    language = pages.premises.language
    return list(
        dict.fromkeys(
            said.fact(danger, finding.fact, language, finding.numbers, finding.clues)
            for danger, finding in seen.findings[:_MOST_FINDINGS]
            if finding.fact not in _SUMMARIES
        )
    )


def _hides(seen: Seen, pages: Pages) -> str:
    """Return in words what a photo's file carries besides its pixels."""
    words = said.words(pages.premises.language)["photo"]["hides"]
    hidden = sorted(seen.photo.hidden) if seen.photo else []
    return ", ".join(words[each.value] for each in hidden)


def _file(content: bytes, name: str) -> web.Response:
    """Return a file to keep: never shown by the browser itself."""
    return web.Response(
        body=content,
        content_type="application/octet-stream",
        headers={"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"},
    )
