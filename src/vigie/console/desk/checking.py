"""The pages of the checklist: each good practice, what it is based on, and a person's answers."""

from collections.abc import Sequence
from datetime import UTC, datetime

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext
from django.views.decorators.http import require_GET, require_POST

from vigie.console.checklist import reading
from vigie.console.checklist.items import Kind, items, version
from vigie.console.checklist.items import words as wordings
from vigie.console.checklist.models import Said
from vigie.console.checklist.reading import Basis, Stand
from vigie.console.desk import asked, forms, moments, pillars, words
from vigie.console.desk.asked import Asked
from vigie.domain.proof import Standing

KINDS = {
    Kind.ALONE: gettext_noop("What machines verify"),
    Kind.QUESTION: gettext_noop("What machines see in part, and you complete"),
    Kind.PERSON: gettext_noop("What only a person knows"),
}
SAID = {
    Said.YES: gettext_noop("Yes"),
    Said.NO: gettext_noop("No"),
    Said.UNCONCERNED: gettext_noop("Does not concern us"),
}


@login_required
@require_GET
def checklist(request: Asked, pseudonym: str) -> HttpResponse:
    """Show every good practice of one practice, with what it is based on."""
    now, of = datetime.now(UTC), asked.practice(request, pseudonym)
    stands = reading.states(request.user, of, now)
    context = {
        "practice": of,
        "today": moments.day(now, of.timezone),
        "sentence": pillars.tally(stands),
        "groups": [
            (
                kind.value,
                _(title),
                lines([s for s in stands if s.item.kind is kind], of.timezone, now),
            )
            for kind, title in KINDS.items()
        ],
        "version": version(),
        "choices": [(said.value, _(word)) for said, word in SAID.items()],
        "name": str(request.user),
    }
    return render(request, "desk/checklist.html", context)


@login_required
@require_POST
def answer(request: Asked, pseudonym: str, slug: str) -> HttpResponse:
    """Write down what somebody says of one good practice, with their name and until when."""
    of, item = asked.practice(request, pseudonym), items().get(slug)
    if item is None or not item.lasts:
        raise Http404
    form = forms.Answered(request.POST)
    if form.is_valid():
        reading.answer(
            of,
            item,
            Said(form.cleaned_data["said"]),
            name=form.cleaned_data["name"],
            person=request.user,
            now=datetime.now(UTC),
        )
    response = redirect("checklist", of.pseudonym)
    response.headers["Location"] += f"#{slug}"
    return response


def lines(stands: Sequence[Stand], zone: str, now: datetime) -> list[dict[str, object]]:
    """Return good practices in words."""
    spoken = wordings(words.language())
    return [
        {
            "slug": stand.item.slug,
            "title": spoken[stand.item.slug].title,
            "question": spoken[stand.item.slug].question,
            "source": stand.item.source,
            "standing": stand.standing.value,
            "word": _word(stand),
            "basis": _basis(stand, zone, now),
            "open": stand.standing in {Standing.BLIND, Standing.TO_WATCH},
        }
        for stand in stands
    ]


def _word(stand: Stand) -> str:
    if stand.standing is Standing.BLIND:
        if stand.basis is Basis.ANSWER:
            return _("Answer expired")
        return _("To ask") if stand.item.lasts else _("Not known yet")
    if stand.standing is Standing.PROVEN and stand.basis is Basis.ANSWER:
        given = stand.answer
        if given is not None and given.said == Said.UNCONCERNED:
            return _("Not concerned")
        return _("Said")
    return _(words.STATES[stand.standing])


def _basis(stand: Stand, zone: str, now: datetime) -> str:
    on = moments.date(stand.at, zone, now) if stand.at else ""
    if stand.basis is Basis.MACHINES:
        return ngettext(
            "on %(n)d machine of %(all)d, looked at on %(on)s",
            "on %(n)d machines of %(all)d, looked at on %(on)s",
            stand.held,
        ) % {"n": stand.held, "all": stand.machines, "on": on}
    if stand.basis is Basis.ANSWER and (given := stand.answer):
        return _("%(said)s: %(name)s, %(on)s, counts until %(until)s") % {
            "said": _(SAID[Said(given.said)]),
            "name": given.name,
            "on": on,
            "until": moments.date(given.expires, zone, now),
        }
    told = {
        Basis.TRIAL: _("tried on %(on)s") % {"on": on} if on else _("not tried yet"),
        Basis.BACKUP: _("last backup on %(on)s") % {"on": on},
        Basis.FACT: _("a machine reports that it is not so"),
    }
    if stand.item.trial and stand.basis is Basis.NOTHING:
        return told[Basis.TRIAL]
    return told.get(stand.basis, "" if stand.item.lasts else _("no machine has told of it yet"))
