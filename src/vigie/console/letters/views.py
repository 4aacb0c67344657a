"""The pages about letters: the archive of a practice, one letter, a preview, who is written to."""

from datetime import UTC, datetime

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from vigie.console.desk import asked, moments
from vigie.console.desk.asked import Asked
from vigie.console.letters import keeping, posting, printing, words
from vigie.console.letters.forms import AddresseeForm, LetterheadForm
from vigie.console.letters.models import Addressee, Dispatch, Letter, Letterhead
from vigie.console.letters.months import Month
from vigie.console.practices.models import Practice
from vigie.domain.practice import Language


@login_required
@require_http_methods(["GET", "POST"])
def archive(request: Asked, pseudonym: str) -> HttpResponse:
    """Show every letter of a practice, and to whom the next one goes; a POST changes that."""
    now, of = datetime.now(UTC), asked.practice(request, pseudonym)
    addressee = Addressee.objects.visible_to(request.user).filter(practice=of).first()
    form = AddresseeForm(request.POST or None, instance=addressee or Addressee(practice=of))
    if request.method == "POST" and form.is_valid():
        form.save()
        return redirect("letters", of.pseudonym)
    kept = Letter.objects.visible_to(request.user).filter(practice=of).select_related("dispatch")
    told = [
        {"letter": letter, "month": _named(letter), "way": _way(letter.dispatch, of, now)}
        for letter in kept.defer("pdf", "html", "text", "sheet", "figures")
    ]
    context = {"practice": of, "letters": told, "form": form, "current": _current(of, now)}
    return render(request, "letters/archive.html", context)


@login_required
@require_GET
def preview(request: Asked, pseudonym: str) -> HttpResponse:
    """Show the letter of this month as it would be written now."""
    now, of = datetime.now(UTC), asked.practice(request, pseudonym)
    made = keeping.draft(of, Month.of(now, of.timezone), now)
    context = {
        "practice": of,
        "month": made.told.month,
        "sheet": printing.sheet(made.told),
    }
    return render(request, "letters/letter.html", context)


@login_required
@require_GET
def preview_pdf(request: Asked, pseudonym: str) -> HttpResponse:
    """Return the preview as it would be printed."""
    now, of = datetime.now(UTC), asked.practice(request, pseudonym)
    month = Month.of(now, of.timezone)
    return _paper(printing.pdf(keeping.draft(of, month, now).told), f"{month}-apercu")


@login_required
@require_GET
def letter(request: Asked, pseudonym: str, month: str) -> HttpResponse:
    """Show one letter, exactly as it was written."""
    now, of = datetime.now(UTC), asked.practice(request, pseudonym)
    kept = _kept(request, of, month)
    context = {
        "practice": of,
        "letter": kept,
        "month": _named(kept),
        "sheet": kept.sheet,
        "sound": keeping.sound(kept),
        "way": _way(kept.dispatch, of, now),
        "may_send": kept.dispatch.approved_at is None,
        "unsure": kept.dispatch.unsure,
        "address": Addressee.objects.visible_to(request.user)
        .filter(practice=of)
        .exclude(mail="")
        .first(),
    }
    return render(request, "letters/letter.html", context)


@login_required
@require_GET
def pdf(request: Asked, pseudonym: str, month: str) -> HttpResponse:
    """Return the kept sheet."""
    kept = _kept(request, asked.practice(request, pseudonym), month)
    return _paper(bytes(kept.pdf), str(kept))


@login_required
@require_POST
def approve(request: Asked, pseudonym: str, month: str) -> HttpResponse:
    """Let a letter go: it has been read. One that is unsure goes again, by the same button."""
    of = asked.practice(request, pseudonym)
    kept = _kept(request, of, month)
    now = datetime.now(UTC)
    posting.approve(kept.dispatch, now, by=request.user)
    posting.again(kept.dispatch, now, by=request.user)
    return redirect("letter", of.pseudonym, month)


@login_required
@require_http_methods(["GET", "POST"])
def letterhead(request: Asked) -> HttpResponse:
    """Show and change what stands at the head of this caretaker's letters."""
    head = Letterhead.objects.filter(person=request.user).first()
    form = LetterheadForm(request.POST or None, instance=head or Letterhead(person=request.user))
    if request.method == "POST" and form.is_valid():
        form.save()
        return redirect("desk")
    return render(request, "letters/letterhead.html", {"form": form})


def _kept(request: Asked, of: Practice, month: str) -> Letter:
    try:
        first = Month.parse(month).first
    except ValueError:
        raise Http404 from None
    visible = Letter.objects.visible_to(request.user).select_related("dispatch")
    found: Letter = get_object_or_404(visible, practice=of, month=first)
    return found


def _named(kept: Letter) -> str:
    month = Month(kept.month.year, kept.month.month)
    return words.month(words.words(Language(kept.language)), month)


def _current(of: Practice, now: datetime) -> str:
    return words.month(words.words(Language(of.language)), Month.of(now, of.timezone))


def _way(dispatch: Dispatch, of: Practice, now: datetime) -> str:
    """Return how far a letter has come, in one sentence."""
    if dispatch.sent_at:
        at = moments.moment(dispatch.sent_at, of.timezone, now)
        return _("Sent to %(mail)s, %(at)s.") % {"mail": dispatch.sent_to, "at": at}
    if dispatch.begun_at:
        return _("The line broke while it was sent: it may have arrived.")
    if dispatch.approved_at is None:
        return _("Waits for you to read it.")
    troubles = {
        posting.UNREACHABLE: _("Waits: the mail server does not answer."),
        posting.REFUSED: _("Waits: the mail server does not take it."),
    }
    return troubles.get(dispatch.trouble, _("Read; it leaves with the next mail."))


def _paper(written: bytes, name: str) -> HttpResponse:
    answer = HttpResponse(written, content_type="application/pdf")
    answer.headers["Content-Disposition"] = f'inline; filename="vigie-{name}.pdf"'
    return answer
