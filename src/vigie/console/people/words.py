"""Roles, pages and browsers in words."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from vigie.console.accounts.models import Role

_ROLES = {
    Role.OWNER: gettext_noop("Owner"),
    Role.CARETAKER: gettext_noop("Caretaker"),
    Role.READER: gettext_noop("Reader"),
    Role.DOCTOR: gettext_noop("Doctor"),
}
_PAGES = {
    "practice": gettext_noop("The practice"),
    "machines": gettext_noop("Machines"),
    "waiting": gettext_noop("Machines"),
    "journal": gettext_noop("Journal"),
    "danger": gettext_noop("One incident"),
    "orders": gettext_noop("Orders"),
    "orders_standing": gettext_noop("Orders"),
    "order_prepare": gettext_noop("An order to sign"),
    "seen_by": gettext_noop("Who has looked"),
    "incidents": gettext_noop("Incidents"),
    "open_incident": gettext_noop("Incidents"),
    "lessons": gettext_noop("Lessons"),
    "contacts": gettext_noop("Contacts"),
    "promises": gettext_noop("The eleven promises"),
    "proofs": gettext_noop("The proofs"),
    "backups": gettext_noop("The backups"),
    "incident": gettext_noop("An incident with its clock"),
    "incident_register": gettext_noop("The register of an incident"),
    "incident_papers": gettext_noop("The papers of an incident"),
    "incident_paper": gettext_noop("The papers of an incident"),
    "incident_printed": gettext_noop("The papers of an incident"),
    "incident_evidence": gettext_noop("The evidence of an incident"),
    "evidence_pack": gettext_noop("The evidence of an incident"),
    "incident_pack_file": gettext_noop("The evidence of an incident"),
    "checklist": gettext_noop("Good practices"),
    "letters": gettext_noop("The letters"),
    "letter": gettext_noop("One letter"),
    "letter_pdf": gettext_noop("One letter"),
    "next_sequence": gettext_noop("The number of the next order"),
}
# The first that is found: a browser also names those it came from.
_BROWSERS = (
    ("Edg/", "Edge"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


def role(slug: str) -> str:
    """Return a role in words."""
    return _(_ROLES[Role(slug)])


def page(name: str) -> str:
    """Return a page of a practice in words; one without words of its own, by its name."""
    return _(_PAGES[name]) if name in _PAGES else name.replace("_", " ")


def browser(untrusted_agent: str) -> str:
    """Return a browser and a system in a few words of ours."""
    found = [
        next((said for mark, said in known if mark in untrusted_agent), "")
        for known in (_BROWSERS, _SYSTEMS)
    ]
    return " · ".join(said for said in found if said) or _("an unknown browser")
