"""Where the links lead, against who writes and what they show."""

import re
from collections.abc import Iterator

from vigie.domain.evidence.mail import Source
from vigie.guards.impersonation.identity import random_word
from vigie.guards.impersonation.view import Signal, View
from vigie.knowledge import letters
from vigie.knowledge.domains import (
    FREE_HOSTING,
    MAIL_SERVICES,
    SHORTENERS,
    by_number,
    cheap,
    host_of,
    label,
    path_of,
    redirects,
    shown_host,
    site,
    under,
)

_DECODED = re.compile(r"^(?:data|javascript|vbscript):", re.IGNORECASE)
_HOST = re.compile(r"https?://(?:[^/?#@]*@)?([^/?#:]+)", re.IGNORECASE)
_FEW = 3  # hosts
_MANY = 3  # links to one place
_TEXT_OF_A_PICTURE = 25  # words


def signals(view: View) -> Iterator[Signal]:
    """Yield what does not match between the links and the sender, or between a link and itself."""
    clues = {"came_from": view.domain}
    first = next(iter(view.strangers), "")
    if view.hosts and not view.message.from_list and len(view.strangers) == len(view.hosts):
        yield Signal(
            name="all_links_elsewhere",
            fact="links_elsewhere",
            clues={**clues, "leads_to": first},
        )
        if len({site(host) for host in view.hosts}) == 1 and len(view.links) >= _MANY:
            yield Signal(
                name="one_place_elsewhere",
                fact="links_elsewhere",
                clues={**clues, "leads_to": first},
            )
    yield from _each(view)
    yield from _shown(view)
    yield from _picture(view)


def _each(view: View) -> Iterator[Signal]:
    seen: set[str] = set()
    for host, link in view.hosts.items():
        for name, fact in _kinds(view, host, link.target):
            if name not in seen:
                seen.add(name)
                clues = {
                    "came_from": view.domain,
                    "leads_to": host,
                    "claimed": _claimed(view, host),
                }
                yield Signal(name=name, fact=fact, clues=clues, hard=name == "body_in_host")
    written = (found[1] for link in view.links if (found := _HOST.match(link.target)))
    if odd := next(filter(letters.of_no_host, written), ""):
        clues = {"leads_to": odd[:100], "came_from": view.domain}
        yield Signal(name="host_of_odd_letters", fact="link_hides", clues=clues)
    if any(_DECODED.match(link.target) for link in view.message.links):
        yield Signal(
            name="link_carries_page",
            fact="link_hides",
            clues={"leads_to": "data:", "came_from": view.domain},
        )


def _claimed(view: View, host: str) -> str:
    body = view.register.in_label(view.label_words(host))
    return body.title if body else ""


def _kinds(view: View, host: str, target: str) -> Iterator[tuple[str, str]]:
    """Yield the names and facts of what speaks against one link."""
    if by_number(host):
        yield "link_by_number", "link_hides"
        return
    if under(host, SHORTENERS):
        yield "shortened_link", "link_hides"
    if under(host, FREE_HOSTING):
        yield "free_hosting", "link_hosted_free"
    if redirects(target):
        yield "open_redirect", "link_hides"
    if host.startswith("xn--") or ".xn--" in host or letters.mixed(host):
        yield "foreign_letters_in_host", "link_hides"
    if host in view.strangers:
        yield from _strange(view, host, target)


def _strange(view: View, host: str, target: str) -> Iterator[tuple[str, str]]:
    body = view.register.in_label(view.label_words(host))
    near = view.register.near(letters.undigited(label(host)))
    if body and not under(host, body.domains):
        yield "body_in_host", "link_resembles"
    elif near and not under(host, near.domains):
        yield "body_nearly_in_host", "link_resembles"
    if cheap(host):
        yield "cheap_link", "links_elsewhere"
    if random_word(label(host)):
        yield "random_link", "links_elsewhere"
    if any(box.address and box.address in target.lower() for box in view.message.to):
        yield "recipient_in_link", "links_elsewhere"
    if _tracked(target):
        yield "bare_path", "links_elsewhere"


def _tracked(target: str) -> bool:
    """Return whether a path is one long word drawn by a machine, as mass mailers write them."""
    path = path_of(target).strip("/")
    longest = max(re.split(r"[/?=&.#]", path), key=len, default="")
    return len(longest) >= 40  # noqa: PLR2004


def _shown(view: View) -> Iterator[Signal]:
    for link in view.links:
        shown = shown_host(link.shown.strip()) if link.shown and len(link.shown) < 200 else ""  # noqa: PLR2004
        host = host_of(link.target)
        if not shown or site(shown) == site(host) or under(host, MAIL_SERVICES):
            continue
        clues = {"shown": shown, "leads_to": host, "came_from": view.domain}
        owner = view.register.owner(shown)
        official = bool(owner and owner.official and not under(host, owner.domains))
        name = "shows_official_link" if official else "shows_other_link"
        yield Signal(name=name, fact="link_shows_other", clues=clues, hard=official)
        return


def _picture(view: View) -> Iterator[Signal]:
    layout = view.message.layout
    clues = {"came_from": view.domain, "leads_to": next(iter(view.strangers), view.domain)}
    if layout.html and layout.images and layout.words <= _TEXT_OF_A_PICTURE and view.links:
        yield Signal(name="picture_for_text", fact="picture_for_text", clues=clues)
    if layout.html and len(view.hosts) <= 1 and len(view.links) >= 1 and layout.words <= 8:  # noqa: PLR2004
        yield Signal(name="hardly_a_word", fact="picture_for_text", clues=clues)
    if any(link.source is Source.CODE for link in view.message.links):
        yield from _codes(view)


def _codes(view: View) -> Iterator[Signal]:
    for link in view.message.links:
        host = host_of(link.target)
        if link.source is Source.CODE and host and not under(host, view.related):
            clues = {"came_from": view.domain, "leads_to": host}
            yield Signal(name="code_elsewhere", fact="code_leads_elsewhere", clues=clues)
            return
