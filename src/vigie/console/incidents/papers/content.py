"""A paper as structured content: one source for the page, the PDF and the document to edit.

What is not known is a blank: `[…]` in a text. It is shown as a blank everywhere, never filled by
guessing, and a person's own words go over everything that was prepared.
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from vigie.console.incidents import prefill, register
from vigie.console.incidents.models import Draft, Evidence, Incident, Revision
from vigie.console.incidents.papers import before
from vigie.domain.practice import Country, Language
from vigie.knowledge.playbooks import playbook
from vigie.knowledge.playbooks.playbook import Risk

KINDS = ("notice", "patients", "complaint", "insurer", "register")
LONGEST = 6000  # characters of one part
LEFT_OUT = "-"  # what a person writes for a part that is not to be printed
AUTHORITIES = {Country.FR: "cnil", Country.BE: "apd", Country.LU: "cnpd", Country.CH: "pfpdt"}
_BLANK = re.compile(r"(\[[^\]\n]+\])")
_NAME = re.compile(r"\{([a-z_]+)\}")


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text; a blank one is for a person to fill."""

    text: str
    blank: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part. `kind` is heading, text, fact (a label and its value) or signature."""

    slug: str
    kind: str
    label: str
    text: str

    @property
    def paragraphs(self) -> Sequence[Sequence[Run]]:
        """Return the text as paragraphs of runs, blanks apart."""
        return [runs(line) for line in self.text.split("\n") if line.strip()]


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A whole paper, in one language."""

    kind: str
    language: Language
    title: str
    to: str
    foot: str
    parts: Sequence[Part]

    @property
    def addressee(self) -> Sequence[Run]:
        """Return whom it is for, as runs."""
        return runs(self.to)

    @property
    def blanks(self) -> int:
        """Return how many blanks a person still has to fill."""
        told = [self.to, *(part.text for part in self.parts)]
        return sum(len(_BLANK.findall(text)) for text in told)


def runs(line: str) -> Sequence[Run]:
    """Return a line as runs: what is in brackets is a blank, shown without them."""
    pieces = [piece for piece in _BLANK.split(line) if piece]
    return [Run(p[1:-1], blank=True) if _BLANK.fullmatch(p) else Run(p) for p in pieces]


def paper(incident: Incident, kind: str) -> Paper:
    """Return a paper as it stands: prepared from the register, over it what somebody wrote."""
    language = prefill.tongue(incident)
    with translation.override(language.value):
        known = _known(incident)
        words = _words(language)
        rows = words[kind]["parts"] or _register_rows()
        last = Draft.objects.filter(incident=incident, kind=kind).last()
        own: Mapping[str, str] = last.content if last else {}
        parts = [
            Part(
                slug=row["slug"],
                kind=row["kind"],
                label=row["label"],
                text=own.get(row["slug"], _prepared(row["text"], known, words["blank"])),
            )
            for row in rows
        ]
        return Paper(
            kind=kind,
            language=language,
            title=words[kind]["title"],
            to=own.get("to", _filled(words[kind]["to"], known)),
            foot=_filled(words["foot"], known),
            parts=[part for part in parts if part.text.strip() != LEFT_OUT],
        )


def name(kind: str, language: Language) -> str:
    """Return what a kind of paper is called."""
    called: str = _words(language)["names"][kind]
    return called


def latest(incident: Incident) -> Mapping[str, str]:
    """Return the register as it stands."""
    last = Revision.objects.filter(incident=incident).last()
    return last.content if last else {}


def risk(incident: Incident) -> Risk:
    """Return the risk that somebody has decided on, or that nobody has yet."""
    return Risk(latest(incident).get(register.RISK, ""))


def _register_rows() -> Sequence[Mapping[str, str]]:
    rows = [
        {
            "slug": field.slug,
            "kind": "text" if field.lines > 1 else "fact",
            "label": _(field.label),
            "text": f"{{{field.slug}}}",
        }
        for field in register.FIELDS
    ]
    aware = {"slug": "aware", "kind": "fact", "label": _("Known since"), "text": "{aware}"}
    risk = {"slug": "risk", "kind": "fact", "label": _("Risk"), "text": "{risk}"}
    rows.insert(3, aware)
    rows.insert([row["slug"] for row in rows].index("risk_reason"), risk)
    return rows


def _known(incident: Incident) -> dict[str, str]:
    """Return everything a part may name, in words; what is not known is a labelled blank."""
    told, zone = latest(incident), incident.practice.timezone
    known = {
        field.slug: told.get(field.slug, "").strip() or f"[{_(field.label)}]"
        for field in register.FIELDS
    }
    decided = told.get(register.RISK, "")
    chosen = dict(register.RISKS).get(decided, "") if decided else ""
    authority = AUTHORITIES[Country(incident.country)]
    pack = Evidence.objects.filter(incident=incident).last()
    events = prefill.events(incident)
    blank = {
        "timeline": _("Timeline"),
        "letter": _("What was done, in a sentence or two"),
        "pack": _("SHA-256 of the evidence pack"),
    }
    return known | {
        "practice": incident.practice.name,
        "authority": playbook.say("names", authority, prefill.tongue(incident)),
        "aware": prefill.on(incident.aware_at, zone),
        "risk": _(chosen) if chosen else f"[{_('Risk')}]",
        "timeline": "\n".join(
            f"{prefill.first_on(e.at, zone)}, {e.machine}{_(':')} {e.said}" for e in events
        )
        or f"[{blank['timeline']}]",
        "measures_letter": f"[{blank['letter']}]",
        "proofs": before.proofs(incident),
        "pack": f"SHA-256 {pack.digest}" if pack else f"[{blank['pack']}]",
    }


def _prepared(text: str, known: Mapping[str, str], blank: str) -> str:
    """Return the prepared text of a part. A part that is all blank has its label beside it."""
    filled = _filled(text, known)
    return f"[{blank}]" if _NAME.fullmatch(text) and _BLANK.fullmatch(filled) else filled


def _filled(text: str, known: Mapping[str, str]) -> str:
    return _NAME.sub(lambda match: known[match[1]], text)


@cache
def _words(language: Language) -> Mapping[str, Any]:
    file = resources.files("vigie.console.incidents.papers") / f"words.{language.value}.toml"
    return tomllib.loads(file.read_text("utf-8"))
