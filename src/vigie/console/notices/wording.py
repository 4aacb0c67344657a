"""What a message says: which practice, what happened, where to look. No more than the desk does."""

from collections.abc import Sequence

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from vigie.console.alerts.models import Outage
from vigie.console.desk import words
from vigie.console.notices.models import Message, Telling, Wish
from vigie.console.notices.ways import Letter
from vigie.domain.finding import Gravity

MOST_NAMED = 6  # practices in one message; a text message holds fewer


def letter(message: Message) -> Letter:
    """Return what a message says to its person, as things stand now."""
    tellings = list(message.tellings.select_related("outage", "practice").order_by("id"))
    wish = Wish.objects.filter(person=message.person_id).first()
    with translation.override(message.person.language):
        return Letter(
            title=_title(tellings),
            body=_body(tellings, discreet=bool(wish and wish.discreet)),
            gravity=Gravity(message.gravity),
            reference=message.reference,
        )


def trial(language: str) -> Letter:
    """Return the letter of the test button."""
    with translation.override(language):
        return Letter(
            title=_("Vigie: a test"),
            body=_("This address works. Nothing has happened in any practice."),
        )


def _title(tellings: Sequence[Telling]) -> str:
    n = len({telling.practice_id for telling in tellings})
    return ngettext("Vigie: %(n)d practice needs you", "Vigie: %(n)d practices need you", n) % {
        "n": n
    }


def _body(tellings: Sequence[Telling], *, discreet: bool) -> str:
    lines = []
    if not discreet:
        lines += [_line(telling) for telling in tellings[:MOST_NAMED]]
        if (others := len(tellings) - MOST_NAMED) > 0:
            lines.append(ngettext("and %(n)d other", "and %(n)d others", others) % {"n": others})
    if any(telling.level for telling in tellings):
        lines.append(_("Nobody has answered yet; that is why we turn to you."))
    lines += [_("To answer:"), settings.ADDRESS.geturl().rstrip("/") + reverse("notices")]
    return "\n".join(lines)


def _line(telling: Telling) -> str:
    matters = sorted(
        telling.outage.matters.filter(muted_at=None).select_related("machine"),
        key=lambda m: (-Gravity(m.gravity).rank, m.opened_at),
    )
    said = words.matter(matters[0]) if matters else _("It has ended by itself.")
    more = ""
    if (others := len(matters) - 1) > 0:
        more = ngettext(" And %(n)d other matter.", " And %(n)d other matters.", others) % {
            "n": others
        }
    return _("%(practice)s: %(said)s%(more)s") % {
        "practice": telling.practice.name,
        "said": said,
        "more": more,
    }


def sentence(outage: Outage) -> str:
    """Return the sentence of the gravest matter of an outage."""
    matters = sorted(
        outage.matters.select_related("machine"),
        key=lambda m: (m.closed_at is not None, -Gravity(m.gravity).rank, m.opened_at),
    )
    return words.matter(matters[0]) if matters else ""
