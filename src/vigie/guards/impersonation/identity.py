"""Who the message claims to be from, against the address it comes from."""

import re
from collections.abc import Iterator

from rapidfuzz.distance import OSA

from vigie.domain.evidence.mail import Body
from vigie.guards.impersonation.view import Signal, View
from vigie.knowledge import letters
from vigie.knowledge.domains import (
    FREE_SENDERS,
    WEBMAIL,
    cheap,
    known_ending,
    label,
    shown_host,
    site,
    under,
)

_SHOWN = re.compile(r"[\w.+-]+@([\w-]+(?:\.[\w-]+)+)|\b((?:[\w-]+\.)+(?:com|fr|ch|be|de|net|org|lu|eu))\b")
_CONSONANTS = re.compile(r"[bcdfghjkmnpqrstvwxz]{5,}")
_MIXED_DIGITS = re.compile(r"[a-z]\d+[a-z]+\d|\d[a-z]+\d+[a-z]")
_ROLE = re.compile(
    r"^(?:no-?_?rep[ly]+|do-?not-?reply|info|contact|support|service|admin|mail|news\w*|notif\w*|alert\w*|team|hello"
    r"|bounce\w*|security|account\w*|billing|postmaster|root)\b"
)
_TITLE = re.compile(r"\b(?:dr|docteur|prof|mme|mr|m|mlle|dre|med|herr|frau|doctor)\b\.?")
_LEAST_NAME = 2  # words in a person's name
_NEAR = 2  # letters by which a forged address differs
_LONG_LOCAL = 12


def signals(view: View) -> Iterator[Signal]:
    """Yield what does not match between the sender's name and address."""
    yield from _claims(view)
    yield from _disguise(view)
    yield from _people(view)
    yield from _address(view)


def _theirs(view: View, body: Body) -> bool:
    if view.belongs(body):
        return True
    # A reseller or a local branch may carry the name; its own links then lead to the body.
    return bool(view.owner and view.owner.official and view.proven)


def _claims(view: View) -> Iterator[Signal]:
    clues = {"came_from": view.domain or view.sender.address}
    claimed = view.register.in_name(view.name)
    if claimed and view.name in letters.plain(view.sender.local):
        claimed = None  # somebody who is called so: `Leclerc <jean.leclerc@…>`
    if claimed and not _theirs(view, claimed):
        kind = "official_in_name" if claimed.official else "brand_in_name"
        yield Signal(name=kind, fact="body_imitated", clues={**clues, "claimed": claimed.title}, hard=True)
    words = view.label_words(view.domain)[: -1 or None]
    named = view.register.in_label([*words, *_whole(view.domain)])
    if named and not view.belongs(named):
        yield Signal(name="body_in_domain", fact="domain_resembles", hard=True,
                     clues={**clues, "claimed": named.title})  # fmt: skip
    elif near := view.register.near(letters.undigited(label(view.domain))):
        if not view.belongs(near):
            yield Signal(name="body_nearly_in_domain", fact="domain_resembles", hard=True,
                         clues={**clues, "claimed": near.title})  # fmt: skip
    local = view.register.in_label(view.label_words(view.sender.local))
    if local and not claimed and not view.belongs(local):
        yield Signal(name="body_in_local", fact="body_imitated", clues={**clues, "claimed": local.title})
    said = view.register.in_text(view.subject)
    if said and not claimed and not view.belongs(said) and not view.message.from_list:
        kind = "official_in_subject" if said.official else "brand_in_subject"
        yield Signal(name=kind, fact="body_claimed", clues={**clues, "claimed": said.title})
    elif not claimed and not view.message.from_list:
        yield from _signed(view, clues)


def _signed(view: View, clues: dict[str, str]) -> Iterator[Signal]:
    """Yield a body named at the head or the foot of a text that comes from elsewhere."""
    text = view.text
    said = view.register.in_text(text[:160]) or view.register.in_text(text[-200:])
    if said and not view.belongs(said):
        leads = any(under(host, said.domains) for host in view.hosts)
        name = "body_in_text_links_too" if leads else "body_in_text"
        yield Signal(name=name, fact="body_claimed", clues={**clues, "claimed": said.title})


def _whole(domain: str) -> list[str]:
    return [label(domain).replace("-", "")]


def _disguise(view: View) -> Iterator[Signal]:
    name, subject = view.sender.name, view.message.subject
    shown = {"shown": view.name[:60] or view.subject[:60], "came_from": view.domain}
    if letters.mixed(name) or letters.mixed(subject):
        yield Signal(name="mixed_scripts", fact="letters_disguised", clues=shown, hard=True)
    if letters.inside_words(name) or letters.inside_words(subject):
        yield Signal(name="invisible_letters", fact="letters_disguised", clues=shown, hard=True)
    if letters.styled(name) + letters.styled(subject) >= 3:  # noqa: PLR2004  (a word)
        yield Signal(name="styled_letters", fact="letters_disguised", clues=shown)
    if len(view.name) + 2 < len(letters.plain(name)):
        yield Signal(name="spaced_letters", fact="letters_disguised", clues=shown)
    if letters.pictured(name):
        yield Signal(name="pictures_in_name", fact="sender_improvised", clues={"came_from": view.domain, "shown": name[:60]})
    if letters.pictured(subject):
        yield Signal(name="pictures_in_subject", fact="offer_unasked", clues={"words": subject[:60], "came_from": view.domain})
    if view.message.layout.hidden > _HIDDEN:
        yield Signal(name="hidden_in_text", fact="letters_disguised", clues=shown)


_HIDDEN = 60  # a newsletter pads its preview with some dozens


def _people(view: View) -> Iterator[Signal]:
    shown = view.sender.name
    if found := _SHOWN.search(shown):
        other = (found[1] or found[2]).lower()
        if known_ending(other) and site(other) != view.site and not under(other, view.related):
            yield Signal(name="other_address_in_name", fact="name_shows_other_address", hard=bool(found[1]),
                         clues={"shown": found[0], "came_from": view.sender.address})  # fmt: skip
    circle = view.mail.circle
    who = _person(view.name)
    if len(who) >= _LEAST_NAME and not view.own:
        for box in circle.staff:
            if box.address != view.sender.address and _person(letters.plain(box.name)) == who:
                yield Signal(name="staff_name", fact="staff_imitated", hard=True,
                             clues={"claimed": box.name, "came_from": view.sender.address})  # fmt: skip
                break
    if view.mail.writer.known:
        return
    for known in circle.similar:
        box = known.box
        if not known.known or box.address == view.sender.address:
            continue
        same_person = len(who) >= _LEAST_NAME and _person(letters.plain(box.name)) == who
        near = box.domain != view.domain and _alike(view.sender.address, box.address)
        if near or same_person:
            yield Signal(name="contact_address_near" if near else "contact_name", fact="contact_imitated", hard=True,
                         clues={"claimed": box.address, "came_from": view.sender.address})  # fmt: skip
            break


def _person(name: str) -> frozenset[str]:
    return frozenset(w for w in re.findall(r"[^\W\d_]+", _TITLE.sub(" ", name)) if len(w) > 1)


def _alike(one: str, other: str) -> bool:
    return OSA.distance(letters.undigited(one), letters.undigited(other), score_cutoff=_NEAR) <= _NEAR


def _address(view: View) -> Iterator[Signal]:
    domain, local = view.domain, view.sender.local
    came = {"came_from": view.sender.address or "?", "shown": view.sender.name[:60]}
    defects = view.message.defects
    if not domain or "." not in domain:
        yield Signal(name="no_domain", fact="sender_improvised", clues=came, hard=True)
    elif not known_ending(domain):
        yield Signal(name="unknown_ending", fact="sender_improvised", clues=came, hard=True)
    if "sender_malformed" in defects:
        yield Signal(name="sender_malformed", fact="sender_improvised", clues=came)
    if under(domain, FREE_SENDERS):
        yield Signal(name="free_sender", fact="sender_improvised", clues=came)
    elif cheap(domain):
        yield Signal(name="cheap_sender", fact="sender_improvised", clues=came)
    if random_word(label(domain)):
        yield Signal(name="random_domain", fact="sender_improvised", clues=came)
    if random_word(local) and not view.message.from_list:
        yield Signal(name="random_local", fact="sender_improvised", clues=came)
    if any(random_word(word) for word in domain.split(".")[:-2]):
        yield Signal(name="random_subdomain", fact="sender_improvised", clues=came)
    if domain.count(".") >= 4 or domain.count("-") >= 3:  # noqa: PLR2004
        yield Signal(name="long_domain", fact="sender_improvised", clues=came)
    if under(domain, WEBMAIL) and view.sender.name and _organisation(view):
        yield Signal(name="organisation_on_webmail", fact="sender_improvised", clues=came)
    recipients = {box.address for box in (*view.message.to, *view.message.cc)}
    if view.sender.address in recipients and not view.proven and not view.message.from_list:
        yield Signal(name="from_yourself", fact="sender_improvised", clues=came)
    if view.sender.name and _unlike(view):
        yield Signal(name="name_unlike_address", fact="sender_improvised", clues=came)
    if any(a and (a in view.subject or a in view.name) for a in recipients):
        yield Signal(name="recipient_in_subject", fact="offer_unasked",
                     clues={"words": view.message.subject[:60], "came_from": domain})  # fmt: skip


def random_word(word: str) -> bool:
    """Return whether a word looks drawn by a machine: `otsh6rzxi2`, `ciypvomclk`."""
    word = word.lower()
    if len(word) < 5 or "=" in word:  # noqa: PLR2004  (short names are initials)
        return False
    letters_only = re.sub(r"[^a-z]", "", word)
    if _MIXED_DIGITS.search(word) and len(word) >= 6:  # noqa: PLR2004
        return True
    return bool(_CONSONANTS.search(word)) and len(letters_only) >= 6  # noqa: PLR2004


def _organisation(view: View) -> bool:
    return bool(re.search(
        r"\b(?:service|support|team|equipe|bank|banque|cabinet|clinique|hopital|secretariat|direction|department"
        r"|agence|caisse|office|loan|foundation|fondation|lottery|delivery|customer|company|group|bureau|centre|ordre)\b",
        view.name,
    ))  # fmt: skip


def _unlike(view: View) -> bool:
    """Return whether the name shown and the address have not one piece in common."""
    address = letters.plain(f"{view.sender.local}.{label(view.domain)}.{view.domain}")
    address = re.sub(r"[^a-z0-9]", "", address)
    words = [w for w in re.findall(r"[a-z0-9]+", view.name) if len(w) >= 3]  # noqa: PLR2004
    if not words:
        return bool(view.name)
    initials = "".join(w[0] for w in re.findall(r"[a-z0-9]+", view.name))
    shared = any(w[:4] in address for w in words) or (len(initials) > 1 and initials in address)
    return not shared and not shown_host(view.sender.name)
