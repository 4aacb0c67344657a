"""Likeness: whether an address nobody wrote to before is a known one, mistyped or mistaken."""

import re
from enum import StrEnum

from rapidfuzz.distance import OSA

from vigie.domain.evidence.mail import Mailbox
from vigie.knowledge.domains import label, site
from vigie.knowledge.mail_domains import WEBMAIL, webmail
from vigie.knowledge.persons import LONG_NAME, desk, initials, local_names, person, same_name

_LONG = 10  # letters from which two slips in one word still mean that word
_SHORTEST_DOMAIN = 4  # letters of a domain's own part: aep and aes are two companies
_SHORTEST_LOCAL = 4  # letters of a local part: `ab` and `ac` are two people


class Likeness(StrEnum):
    """How an unknown address comes near a known one."""

    MISTYPED = "mistyped"  # the same, but for a slip of the keyboard
    OTHER_DOMAIN = "other_domain"  # the same before the @, another place behind it
    NAMESAKE = "namesake"  # the same first name and surname at another address
    NONE = ""


def likeness(untrusted: Mailbox, known: Mailbox) -> Likeness:
    """Given an unknown mailbox and a known one, return how near they come."""
    if untrusted.address == known.address:
        return Likeness.NONE
    same_place = untrusted.domain == known.domain
    same_local = squeezed(untrusted.local) == squeezed(known.local)
    if same_local and (same_place or domain_slip(untrusted.domain, known.domain)):
        return Likeness.MISTYPED
    if same_place and _local_slip(untrusted, known):
        return Likeness.MISTYPED
    if domain_slip(untrusted.domain, known.domain) and _local_slip(untrusted, known):
        return Likeness.MISTYPED
    if same_local:
        # No firm's desk has its mailbox where private people have theirs.
        astray = desk(known) and webmail(untrusted.domain) and not webmail(known.domain)
        return Likeness.OTHER_DOMAIN if astray or _personal(known) else Likeness.NONE
    return Likeness.NAMESAKE if _one_person(untrusted, known) else Likeness.NONE


def domain_slip(untrusted: str, known: str) -> bool:
    """Return whether a domain is another one mistyped: a slip in its own part, or its ending."""
    if untrusted == known or (webmail(untrusted) and webmail(known)) or not untrusted:
        return False
    one, other = site(untrusted), site(known)
    if one == other:
        return False
    own, others = label(untrusted), label(known)
    if own == others:
        # `clinique.com` for `clinique.fr`, `gmail.fr` for `gmail.com`.
        return True
    if one.replace("-", "").replace(".", "") == other.replace("-", "").replace(".", ""):
        return True
    if min(len(own), len(others)) < _SHORTEST_DOMAIN:
        return False
    return _slip(own, others) or (len(one) >= _LONG and _slip(one, other) and own[:1] == others[:1])


def provider_meant(untrusted: str) -> str:
    """Return the well-known provider that a domain nobody knows is a slip for, or an empty text."""
    if webmail(untrusted) or len(untrusted) <= _SHORTEST_DOMAIN:
        return ""
    slips = (known for known in WEBMAIL if _provider_slip(untrusted, known))
    return min(slips, key=lambda k: (OSA.distance(untrusted, k), k), default="")


def _provider_slip(untrusted: str, known: str) -> bool:
    own, others = label(untrusted), label(known)
    if own == others:
        return len(own) > _SHORTEST_DOMAIN and OSA.distance(untrusted, known) <= 2  # noqa: PLR2004
    return (
        len(others) > _SHORTEST_DOMAIN
        and OSA.distance(own, others) == 1
        and OSA.distance(untrusted, known) <= 2  # noqa: PLR2004  (a slip in the name and one in the ending)
    )


def _slip(one: str, other: str) -> bool:
    longest = max(len(one), len(other))
    return 0 < OSA.distance(one, other, score_cutoff=2) <= (2 if longest >= _LONG else 1)


def squeezed(local: str) -> str:
    """Return a local part without what mail systems and people leave out or put in."""
    return local.partition("+")[0].replace(".", "").replace("-", "").replace("_", "")


def _local_slip(untrusted: Mailbox, known: Mailbox) -> bool:
    one, other = untrusted.local, known.local
    if min(len(one), len(other)) < _SHORTEST_LOCAL or not _slip(one, other):
        return False
    if re.sub(r"\d", "", one) == re.sub(r"\d", "", other) and OSA.distance(one, other) > 1:
        return False  # another number altogether
    # Another initial is another person: `m.taylor`, `e.taylor`; so is another short name.
    if initials(Mailbox(untrusted.address)) != initials(Mailbox(known.address)):
        return False
    mine, theirs = local_names(untrusted), local_names(known)
    if len(mine) != len(theirs):
        return True
    different = [(a, b) for a, b in zip(mine, theirs, strict=True) if a != b]
    return all(min(len(a), len(b)) >= _SHORTEST_LOCAL - 1 for a, b in different)


def _personal(box: Mailbox) -> bool:
    """Return whether a local part is one person's own: two pieces, or one that is long."""
    return not desk(box) and (
        len(local_names(box)) + len(initials(Mailbox(box.address))) > 1
        or len(squeezed(box.local)) > LONG_NAME
    )


def _one_person(untrusted: Mailbox, known: Mailbox) -> bool:
    """Return whether both show the same first name and the same surname."""
    if desk(untrusted) or desk(known):
        return False
    mine, theirs = person(untrusted), person(known)
    if len(mine) < 2 or len(theirs) < 2:  # noqa: PLR2004  (a first name and a surname)
        return False
    shared = {a for a in mine for b in theirs if a == b}
    near = {a for a in mine for b in theirs if same_name(a, b)}
    surname = any(len(a) >= _SHORTEST_LOCAL for a in shared)
    return surname and len(near) >= 2 and len(near) >= min(len(mine), len(theirs))  # noqa: PLR2004
