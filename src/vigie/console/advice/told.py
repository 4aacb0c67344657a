"""A question in words: what was asked, what the machine found, what can be answered."""

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from vigie.console.desk import moments, words
from vigie.console.intake.models import Question
from vigie.wire.advice import Advice, Kind

KINDS = {
    Kind.MAIL: gettext_lazy("a message"),
    Kind.FILE: gettext_lazy("a file"),
    Kind.PHOTO: gettext_lazy("a photo"),
    Kind.TEXT: gettext_lazy("a text"),
}
ANSWERS = {
    Advice.LEAVE: (
        gettext_lazy("It is bad: do not open it, do not answer"),
        gettext_lazy("All practices refuse the same file, sender and links from now on."),
    ),
    Advice.ASK_SENDER: (
        gettext_lazy("Call the sender, at the number you know"),
        gettext_lazy("For a request that may be genuine."),
    ),
    Advice.USE_COPY: (
        gettext_lazy("Work with the safe copy"),
        gettext_lazy("The original stays closed."),
    ),
    Advice.WILL_CALL: (
        gettext_lazy("Wait, I will call you"),
        gettext_lazy("When it takes a word or two."),
    ),
    Advice.HARMLESS: (
        gettext_lazy("It is what it says it is"),
        gettext_lazy("What the machine itself closed stays closed: opening it takes an order."),
    ),
}


def line(question: Question, now: datetime) -> dict[str, object]:
    """Return one question as a line."""
    zone = question.practice.timezone
    given = getattr(question, "advice", None)
    return {
        "question": question,
        "kind": KINDS[Kind(question.kind)],
        "at": moments.moment(question.at, zone, now),
        "promised": moments.moment(question.promised, zone, now),
        "late": given is None and question.promised < now,
        "answer": given and ANSWERS[Advice(given.answer)][0],
        "answered": given and moments.moment(given.at, zone, now),
        "by": str(given.by) if given and given.by else "",
    }


def page(question: Question, now: datetime) -> dict[str, object]:
    """Return what the page of one question shows."""
    facts = [words.fact(question.danger, each["fact"], each["numbers"]) for each in question.facts]
    return {
        **line(question, now),
        "facts": list(dict.fromkeys(facts)) or [_("The machine found nothing against it.")],
        "answers": [(advice.value, said, so) for advice, (said, so) in ANSWERS.items()],
    }
