"""The breach register of one incident: what art. 33(5) GDPR asks to be kept, and what it is called.

A field that is empty is not known yet: it is shown as a blank, and never filled by guessing.
"""

from dataclasses import dataclass

from django.utils.translation import gettext_noop

LONGEST = 4000  # characters of one field
RISK = "risk"


@dataclass(frozen=True, slots=True)
class Field:
    """One field: its slug, its label (gettext), and how many lines it usually takes."""

    slug: str
    label: str
    lines: int = 1


FIELDS = (
    Field("what_happened", gettext_noop("What happened"), 4),
    Field("began", gettext_noop("When it began")),
    Field("ended", gettext_noop("When it ended")),
    Field("how_known", gettext_noop("How it became known"), 2),
    Field("machines", gettext_noop("Machines concerned")),
    Field("persons", gettext_noop("Whose data (patients, staff, correspondents…)")),
    Field("persons_count", gettext_noop("About how many people")),
    Field("data", gettext_noop("Which data (health, identity, contact…)"), 2),
    Field("data_count", gettext_noop("About how many records")),
    Field("consequences", gettext_noop("Likely consequences for these people"), 3),
    Field("measures_taken", gettext_noop("Measures taken"), 4),
    Field("measures_planned", gettext_noop("Measures planned"), 3),
    Field("risk_reason", gettext_noop("Why this risk"), 3),
    Field("authority_told", gettext_noop("Authority told: when and under which reference"), 2),
    Field("not_told_reason", gettext_noop("If it was not told: why"), 2),
    Field("patients_told", gettext_noop("Patients told: when and how"), 2),
    Field("contact", gettext_noop("Who answers questions (name, telephone, mail)"), 2),
)
RISKS = (
    ("", gettext_noop("not decided yet")),
    ("none", gettext_noop("no risk: register only")),
    ("risk", gettext_noop("a risk: the authority is told")),
    ("high", gettext_noop("a high risk: the authority and the patients are told")),
)
