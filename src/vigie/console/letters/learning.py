"""Which lesson a letter brings along: at most one a month, by the rule of `knowledge.lessons`."""

from vigie.console.letters.counting import Figures
from vigie.console.letters.models import Letter
from vigie.console.letters.months import Month
from vigie.console.letters.telling import Lesson, covered
from vigie.console.practices.models import Practice
from vigie.domain.danger import Danger
from vigie.domain.practice import Language
from vigie.knowledge import lessons


def lesson_for(practice: Practice, month: Month, figures: Figures) -> Danger | None:
    """Return the lesson of a month, or None where the team has had enough."""
    before = Letter.objects.filter(practice=practice, month__lt=month.first).exclude(lesson="")
    given = [
        lessons.Given(danger=Danger(lesson), day=first)
        for first, lesson in before.values_list("month", "lesson")
    ]
    happened = [Danger(slug) for slug in covered(figures)]
    return lessons.next_lesson(given, happened, today=month.first)


def said(danger: Danger, language: Language) -> Lesson:
    """Return the lesson as the letter says it: its title, and what to do."""
    card = lessons.card(danger, language)
    return Lesson(title=card.title, text=card.do)
