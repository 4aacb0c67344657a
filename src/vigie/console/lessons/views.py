"""Two pages to read and to print: the lessons, and the contact sheet for the wall."""

from datetime import UTC, datetime

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.http import require_GET

from vigie.console.desk import asked, moments
from vigie.console.desk.asked import Asked
from vigie.console.letters import keeping
from vigie.console.letters.models import Letter
from vigie.domain.danger import Danger
from vigie.domain.practice import Country, Language
from vigie.knowledge import breaches
from vigie.knowledge import contacts as numbers
from vigie.knowledge import lessons as knowledge


@login_required
@require_GET
def lessons(request: Asked, pseudonym: str) -> HttpResponse:
    """Show the eleven lessons in the practice's language, that of the last letter first."""
    of = asked.practice(request, pseudonym)
    cards = knowledge.cards(Language(of.language))
    last = Letter.objects.visible_to(request.user).filter(practice=of).exclude(lesson="").first()
    given = Danger(last.lesson) if last else None
    ordered = sorted(cards, key=lambda card: card.danger is not given)
    pairs = [(card, f"emblems/{card.danger.value}.svg") for card in ordered]
    context = {"practice": of, "cards": pairs, "given": given, "language": of.language}
    return render(request, "lessons/lessons.html", context)


@login_required
@require_GET
def contacts(request: Asked, pseudonym: str) -> HttpResponse:
    """Show whom to call, in the practice's language: a sheet for the wall."""
    now, of = datetime.now(UTC), asked.practice(request, pseudonym)
    today = now.date()
    country = Country(of.country)
    context = {
        "practice": of,
        "people": keeping.people(of),
        "numbers": numbers.of(country, Language(of.language)),
        "old": [
            each for each in numbers.of(country, Language(of.language)) if each.expires < today
        ],
        "duty": breaches.DUTIES[country],
        "printed": "",
        "language": of.language,
    }
    with translation.override(of.language):
        context["printed"] = moments.date(now, of.timezone)
        return render(request, "lessons/contacts.html", context)
