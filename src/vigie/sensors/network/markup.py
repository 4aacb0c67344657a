"""HTML of devices, read by selectolax into what the trade's rules look at."""

import re
from collections.abc import Iterator

from selectolax.lexbor import LexborHTMLParser, LexborNode

from vigie.knowledge.network.shown import Field, Form, Shown
from vigie.tools.network.pages import Page, within

_MOST_TEXT = 20_000
_MOST_FIELDS, _MOST_FORMS, _MOST_LINKS = 200, 20, 80
# A script that leads to the login at once: the page under it is for nobody to see.
_LEADS = re.compile(
    r"location(?:\.href)?\s*(?:=|\.replace\()\s*['\"]([^'\"]{0,80}(?:log[io]n|signin|auth)[^'\"]{0,80})",
    re.IGNORECASE,
)
_BUTTONS = {"submit", "image", "button"}


def shown(page: Page, address: str, port: int, *, tls: bool) -> Shown:
    """Return what a page shows. It may be anything: nothing is raised for it."""
    tree = LexborHTMLParser(page.content.decode("utf-8", "replace")[:400_000])
    title = tree.css_first("title")
    links: list[tuple[str, str]] = []
    for node in tree.css("a[href], frame[src], iframe[src], area[href]")[: 4 * _MOST_LINKS]:
        link = node.attributes.get("href") or node.attributes.get("src") or ""
        path = within(page.path, link, address, port, tls=tls)
        words = " ".join(node.text().split())[:80]
        if path and not link.startswith("#") and len(links) < _MOST_LINKS:
            frame = "settings" if node.tag in {"frame", "iframe"} else ""
            links.append((path, words or frame))
    forms = tuple(_form(node) for node in tree.css("form")[:_MOST_FORMS])
    body = tree.body
    return Shown(
        status=page.status,
        path=page.path,
        title=" ".join(title.text().split())[:120] if title else "",
        text=" ".join((body.text(separator=" ") if body else page.text).split()).lower()[
            :_MOST_TEXT
        ]
        or page.text.lower()[:_MOST_TEXT],
        forms=forms,
        links=tuple(links),
        onward=_refresh(tree),
        away=page.away,
        challenge=page.headers.get("www-authenticate", "") if page.status == 401 else "",
    )


def _refresh(tree: LexborHTMLParser) -> str:
    for node in tree.css("meta[http-equiv]"):
        if (node.attributes.get("http-equiv") or "").lower() == "refresh":
            return (node.attributes.get("content") or "").partition("=")[2].strip(" '\"")[:200]
    for node in tree.css("script"):
        if leads := _LEADS.search(node.text()[:20_000]):
            return leads[1]
    return ""


def _form(node: LexborNode) -> Form:
    fields: list[Field] = []
    hidden: dict[str, str] = {}
    submits = False
    for one in node.css("input, select, textarea, button")[:_MOST_FIELDS]:
        about = one.attributes
        kind = (about.get("type") or ("text" if one.tag == "input" else str(one.tag))).lower()
        name = (about.get("name") or about.get("id") or "")[:80]
        shut = "disabled" in about or "readonly" in about or _in_dead_set(one)
        if kind in _BUTTONS or one.tag == "button":
            if name and not shut and not submits:
                hidden[name] = (about.get("value") or "")[:80]
            submits = submits or not shut
        elif kind == "hidden" or shut:
            hidden[name] = (about.get("value") or "")[:500]
        else:
            fields.append(Field(name=name, kind=kind, label=_label(one, node)))
    return Form(
        method=(node.attributes.get("method") or "get").lower(),
        action=(node.attributes.get("action") or "")[:300],
        fields=tuple(fields),
        hidden=hidden,
        submits=submits,
    )


def _in_dead_set(field: LexborNode) -> bool:
    parent = field.parent
    while parent is not None and parent.tag != "form":
        if parent.tag == "fieldset" and "disabled" in parent.attributes:
            return True
        parent = parent.parent
    return False


def _label(field: LexborNode, form: LexborNode) -> str:
    """Return what stands beside a field: its label, its row of a table, or the text before it."""
    name = field.attributes.get("id")
    if name and name.replace("-", "").replace("_", "").isalnum():
        label = form.css_first(f'label[for="{name}"]')
        if label:
            return label.text()[:80]
    return " ".join(filter(None, _around(field)))[:160]


def _around(field: LexborNode) -> Iterator[str]:
    """Yield the text right before a field, the term it belongs to, and its row of a table."""
    yield _before(field)
    parent = field.parent
    for _ in range(3):
        if parent is None or parent.tag in {"form", "body", "table", "fieldset"}:
            return
        if parent.tag == "dd":
            yield _before(parent)
        text = " ".join(parent.text(separator=" ").split())
        if text and len(text) < 100:
            yield text
        if parent.tag in {"tr", "li", "dl"}:
            return
        parent = parent.parent


def _before(node: LexborNode) -> str:
    earlier = node.prev
    for _ in range(4):
        if earlier is None or earlier.tag in {"input", "select", "textarea"}:
            return ""
        text = " ".join((earlier.text() or "").split())
        if text:
            return text[-60:]
        earlier = earlier.prev
    return ""
