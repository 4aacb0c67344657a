"""The text people read, and the links they can follow."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from selectolax.lexbor import LexborHTMLParser

from vigie.domain.evidence.mail import Layout, Link, Source
from vigie.readers.mail.heading import INVISIBLE, clean, text_of

LONGEST_TEXT = 60_000  # characters
_MOST_HTML = 1_500_000  # characters
_MOST_PARTS = 12
_MOST_LINKS = 250
_DEEPEST = 400  # elements inside one another
_LONGEST_LINK = 2_000
_URL = re.compile(
    r"\b(?:https?|ftp)://[^\s<>\"'\]]{3,}|\bwww\.[a-z0-9-]+\.[^\s<>\"'\]]{2,}", re.IGNORECASE
)
_OPENING = re.compile(r"<[a-zA-Z]")
_MOST_OPEN = 8_000  # elements that are not closed again
_TAG = re.compile(r"<[^<>]{0,5000}>")
_HREF = re.compile(r"href\s*=\s*[\"']?([^\s\"'<>]{4,2000})", re.IGNORECASE)
_PASSWORD_FIELD = re.compile(r"type\s*=\s*[\"']?password", re.IGNORECASE)
# A single blank is left alone: there are thousands, and they are as they must be.
_SPACE = re.compile(r"(?: (?=[ \t\r\f\v\u00a0])|[\t\r\f\v\u00a0])[ \t\r\f\v\u00a0]*")
_LINES = re.compile(r"\s*\n\s*")
_HIDING = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?:\D|$)|opacity\s*:\s*0(?:[;\s\"]|$)"
    r"|max-height\s*:\s*0(?:\D|$)|line-height\s*:\s*0(?:[;\s\"p]|$)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """What the parts people read amount to."""

    text: str = ""
    links: tuple[Link, ...] = ()
    defects: tuple[str, ...] = ()
    seen: Layout = field(default_factory=Layout)

    def layout(self, hidden: int) -> Layout:
        """Return the layout, with invisible characters of the head counted in."""
        return replace(self.seen, hidden=min(self.seen.hidden + hidden, 100_000))


@dataclass(slots=True)
class Page:
    """What one HTML page shows."""

    text: str
    links: list[Link] = field(default_factory=list)
    images: int = 0
    password_form: bool = False
    script: bool = False


class Reading:
    """Collects the text parts of one message."""

    def __init__(self) -> None:
        self._plain: list[str] = []
        self._pages: list[Page] = []
        self._defects: list[str] = []
        self._parts = 0

    def wants(self, kind: str) -> bool:
        """Return whether another text part is still read as text."""
        return self._parts < _MOST_PARTS and kind in {"text/plain", "text/html"}

    def add(self, kind: str, untrusted: bytes, charset: str) -> None:
        """Take in one part."""
        self._parts += 1
        text = clean(text_of(untrusted[: 4 * _MOST_HTML], charset or "utf-8"))
        if len(text) > _MOST_HTML:
            self._defects.append("long_text")
            text = text[:_MOST_HTML]
        if kind == "text/html" or _looks_like_html(text):
            self._pages.append(page(text))
        else:
            self._plain.append(text[: 2 * LONGEST_TEXT])

    def body(self) -> Body:
        """Return what was collected. The HTML is what people see where there is one."""
        shown = [read.text for read in self._pages] or self._plain
        if self._pages and not any(text.strip() for text in shown):
            shown = self._plain
        text = tidy("\n".join(shown))
        links = [link for read in self._pages for link in read.links]
        if not self._pages or not links:
            links += in_text("\n".join(self._plain))
        visible = INVISIBLE.sub("", text)
        return Body(
            text=text[:LONGEST_TEXT],
            links=tuple(dict.fromkeys(links))[:_MOST_LINKS],
            defects=tuple(self._defects),
            seen=Layout(
                html=bool(self._pages),
                images=min(sum(read.images for read in self._pages), 10_000),
                words=len(visible.split()),
                hidden=len(text) - len(visible),
                password_form=any(read.password_form for read in self._pages),
            ),
        )


def _looks_like_html(text: str) -> bool:
    start = text[:400].lstrip().lower()
    return start.startswith(("<html", "<!doctype html", "<body", "<table"))


def page(text: str) -> Page:
    """Return what an HTML page shows: its text without what is hidden, links, forms."""
    text = text[:_MOST_HTML]
    if len(_OPENING.findall(text)) - text.count("</") > _MOST_OPEN:
        return _flat(text)
    tree = LexborHTMLParser(text)
    read = Page(text="")
    for node in tree.css("a[href], area[href]")[:_MOST_LINKS]:
        target = clean(node.attributes.get("href") or "").strip()
        if target and not target.startswith("#"):
            shown = tidy(clean(node.text(deep=True, separator=" ")))[:300]
            read.links.append(Link(target=_plain(target), shown=shown))
    for node in tree.css("form[action]")[:20]:
        target = clean(node.attributes.get("action") or "").strip()
        read.links.append(Link(target=_plain(target), source=Source.FORM))
    read.password_form = bool(tree.css_first("input[type=password]"))
    read.script = bool(tree.css_first("script"))
    read.images = len(tree.css("img, [background]"))
    refresh = tree.css_first("meta[http-equiv=refresh], meta[http-equiv=Refresh]")
    if refresh and (found := _URL.search(clean(refresh.attributes.get("content") or ""))):
        read.links.append(Link(target=_plain(found[0])))
    _take_out_unseen(tree)
    root = tree.body or tree.root
    read.text = clean(root.text(deep=True, separator="\n")) if root else ""
    return read


def _flat(text: str) -> Page:
    """Return what a page says that nests deeper than any letter: a tree of it costs too much."""
    links = [Link(target=_plain(target)) for target in _HREF.findall(text)[:_MOST_LINKS]]
    return Page(
        text=_TAG.sub("\n", text), links=links, password_form=bool(_PASSWORD_FIELD.search(text))
    )


def _take_out_unseen(tree: LexborHTMLParser) -> None:
    """Remove what people do not see. Only the outermost: what lies in it goes with it."""
    unseen = tree.css("script, style, title, noscript, template, svg, head")[:2_000]
    for node in tree.css("[style]")[:4_000]:
        if _HIDING.search(node.attributes.get("style") or ""):
            unseen.append(node)
    known = {node.mem_id for node in unseen}
    outermost = []
    for node in unseen:
        parent, steps = node.parent, 0
        while parent is not None and steps < _DEEPEST and parent.mem_id not in known:
            parent, steps = parent.parent, steps + 1
        if parent is None or (steps < _DEEPEST and parent.mem_id not in known):
            outermost.append(node)
    for node in {node.mem_id: node for node in outermost}.values():
        node.decompose()


def in_text(text: str) -> list[Link]:
    """Return the links in a plain text."""
    if "://" not in text and "www." not in text.lower():  # most letters: the search costs more
        return []
    found = (found[0].rstrip(".,;:!?)>]}*_'\"") for found in _found(text))
    return [Link(target=_plain(target), source=Source.TEXT) for target in dict.fromkeys(found)]


def _found(text: str) -> Iterable[re.Match[str]]:
    for number, found in enumerate(_URL.finditer(text[: 4 * LONGEST_TEXT])):
        if number >= _MOST_LINKS:
            return
        yield found


def _plain(target: str) -> str:
    # Browsers drop line ends and tabs inside an address, and so do we.
    return re.sub(r"[\r\n\t]", "", target)[:_LONGEST_LINK]


def tidy(text: str) -> str:
    """Return a text with runs of blanks and of empty lines drawn together."""
    return _LINES.sub("\n", _SPACE.sub(" ", text)).strip()
