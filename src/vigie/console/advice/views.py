"""The pages: who waits for advice, and one question with the answers there are."""

from datetime import UTC, datetime, timedelta

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from vigie.console.advice import told
from vigie.console.desk.asked import Asked
from vigie.console.intake import advising
from vigie.console.intake.models import Question
from vigie.wire.advice import Advice

SHOWN = timedelta(days=30)


@login_required
@require_GET
def questions(request: Asked) -> HttpResponse:
    """Show what waits, the first promise first, and what was answered of late."""
    now = datetime.now(UTC)
    mine = (
        Question.objects.visible_to(request.user)
        .select_related("practice", "machine", "advice")
        .filter(received_at__gt=now - SHOWN)
    )
    waiting = mine.filter(advice=None).order_by("promised")
    answered = mine.exclude(advice=None).order_by("-advice__at")[:50]
    context = {
        "waiting": [told.line(each, now) for each in waiting],
        "answered": [told.line(each, now) for each in answered],
    }
    return render(request, "advice/questions.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def question(request: Asked, number: int) -> HttpResponse:
    """Show one question; a POST answers it, once."""
    now = datetime.now(UTC)
    mine = Question.objects.visible_to(request.user).select_related("practice", "machine", "advice")
    one: Question = get_object_or_404(mine, pk=number)
    if request.method == "POST":
        given = request.POST.get("answer", "")
        if given not in set(Advice):
            return redirect("question", number)
        done = advising.give(one, Advice(given), request.user, now)
        messages.info(
            request,
            _("The answer is on its way.") if done else _("Somebody has already answered."),
        )
        return redirect("questions")
    return render(request, "advice/question.html", told.page(one, now))
