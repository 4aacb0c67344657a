"""From figures to a letter: sentences, a table, two pictures. Nothing is said that is no figure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from vigie import phrasebook
from vigie.console.letters import deciding, words
from vigie.console.letters.counting import CARE, Alarm, Figures, Seen, Strip
from vigie.console.letters.nights import MISSED, SAVED, UNKNOWN
from vigie.console.letters.promises import Promise
from vigie.console.letters.words import Words, counted
from vigie.domain.danger import Danger
from vigie.domain.practice import Language, Reader
from vigie.domain.proof import Standing
from vigie.domain.response import Deed
from vigie.phrasebook import Unspeakable

MOST_SUBJECTS = 5  # lines of what came up; the others are one line
MOST_ALARMS = 2  # sentences of what was grave: one page has room for these
MOST_NAMED = 2
_SPOKEN = frozenset({Deed.TELL, Deed.ASK})  # a word to somebody is no intervention


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """Who writes to whom. What is not known is empty, and left out."""

    practice: str
    language: Language
    doctor: str = ""
    caretaker: str = ""
    trade: str = ""
    telephone: str = ""
    mail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """The minute of the month."""

    title: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One of the eleven lines of the table."""

    danger: Danger
    incident: str
    standing: str
    word: str
    last: str
    strip: Strip
    said: str  # the strip in words, for whoever cannot see it


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A letter in words, ready to be set."""

    people: People
    labels: Mapping[str, str]
    legend: Mapping[str, str]
    subject: str
    month: str
    dated: str
    greeting: str
    draft: str
    sentences: Sequence[str]
    alarms: Sequence[str]
    came: Sequence[tuple[str, str]]
    nights: Sequence[str]
    restored_on: frozenset[int]
    nights_said: str
    lines: Sequence[Line]
    not_managed: Sequence[str]
    decision: str
    lesson: Lesson | None
    reach: str
    counted: str
    days: int


def tell(
    figures: Figures, people: People, *, journal: int = 0, lesson: Lesson | None = None
) -> Told:
    """Given the figures of a month, return its letter. `journal` is the last row counted."""
    said = words.words(people.language)
    own = said["letter"]
    written = figures.upto
    month = words.month(said, figures.month)
    dated = own["dated"].format(
        day=words.day(said, written, figures.zone), year=_year(figures)
    )  # fmt: skip
    return Told(
        people=people,
        labels=own,
        legend=said["legend"],
        subject=own["subject"].format(practice=people.practice, month=month),
        month=month,
        dated=dated,
        greeting=own["greeting"].format(doctor=people.doctor)
        if people.doctor
        else own["greeting_plain"],
        draft="" if figures.over else own["draft"],
        sentences=tuple(_sentences(figures, said)),
        alarms=tuple(_alarms(figures, said, people.language)),
        came=tuple(_came(figures, said)),
        nights=figures.nights,
        restored_on=figures.restored_on,
        nights_said=_backups(figures, said),
        lines=tuple(_line(p, figures, said, people.language) for p in figures.promises),
        not_managed=tuple(_not_managed(figures, said)) or (said["not_managed"]["none"],),
        decision=said["decisions"][
            deciding.decision(figures.open_facts, machines=figures.machines, silent=figures.silent)
        ],
        lesson=lesson,
        reach=_reach(people, own),
        counted=own["counted"].format(number=journal) if journal else own["uncounted"],
        days=figures.month.days,
    )


def _year(figures: Figures) -> int:
    month = figures.month.following if figures.over else figures.month
    return month.year


def _sentences(figures: Figures, said: Words) -> Iterator[str]:
    if figures.first:
        day = words.day(said, figures.first, figures.zone)
        yield said["letter"]["first"].format(day=day)
    if not figures.machines:
        yield said["no_machine"]["text"]
        return
    machines = counted(said["machines"], figures.machines)
    result = _result(figures, said["results"])
    yield counted(said["trials"], figures.tried, machines=machines, result=result)
    yield _seen(figures, said)
    yield _backups(figures, said)
    yield _interruptions(figures, said)


def _result(figures: Figures, results: Mapping[str, str]) -> str:
    held, failed = figures.held, figures.failed
    if held + failed == 1:
        return results["one_held" if held else "one_failed"]
    if not held or not failed:
        return results["all_held" if held else "all_failed"]
    return results["some_one" if held == 1 else "some"].format(held=held, failed=failed)


def _seen(figures: Figures, said: Words) -> str:
    table = said["seen"]
    if not figures.times:
        return str(table["none" if figures.knows_all else "none_blind"])
    deeds = sum(n for each in figures.seen for deed, n in each.done.items() if deed not in _SPOKEN)
    return counted(table, figures.times, done=counted(said["acted"], deeds))


def _backups(figures: Figures, said: Words) -> str:
    table, nights = said["backups"], figures.nights_there
    saved = figures.night(SAVED)
    restored = _restored(figures, said)
    if figures.night(UNKNOWN) == nights:
        return str(table["unknown"])
    if saved == nights:
        return str(table["all"].format(restored=restored))
    return counted(table, saved, nights=nights, restored=restored)


def _restored(figures: Figures, said: Words) -> str:
    parts = []
    if figures.restored or not figures.not_restored:
        parts.append(counted(said["restored"], figures.restored))
    if figures.not_restored:
        parts.append(counted(said["not_restored"], figures.not_restored))
    return ", ".join(parts)


def _within(name: str, said: Words) -> str:
    """Return a subject as it stands within a sentence: German keeps its capital."""
    return name if said is words.words(Language.DE) else name[0].lower() + name[1:]


def _interruptions(figures: Figures, said: Words) -> str:
    table, n = said["interruptions"], figures.interruptions
    if not figures.counted_by:
        return str(table["unknown"])
    if figures.counted_by == figures.machines:
        return counted(table, n)
    of = counted(said["posts"], figures.counted_by)
    part = {key.removeprefix("part_"): text for key, text in table.items() if "part_" in key}
    return counted(part, n, of=of)


def _alarms(figures: Figures, said: Words, language: Language) -> Iterator[str]:
    """Yield what was grave in the doctor's own words, with its day; what has none is counted.

    Those words say that it was dealt with: where a deed did not succeed, only that is said.
    """
    colon = "\u00a0: " if language is Language.FR else ": "
    spoken = 0
    for alarm in figures.alarms:
        sentence = _sentence(alarm, said, language)
        if not sentence:
            continue
        day = words.day(said, alarm.last, figures.zone)
        often = f" ({counted(said['times'], alarm.times)})" if alarm.times > 1 else ""
        yield f"{day}{often}{colon}{sentence}"
        spoken += 1
        if spoken == MOST_ALARMS:
            return


def _sentence(alarm: Alarm, said: Words, language: Language) -> str:
    if alarm.not_done:
        about = _within(said["subjects"][alarm.danger.value], said)
        return counted(said["not_succeeded"], alarm.not_done, about=about)
    if "doctor" not in phrasebook.words(alarm.danger.value, language).get(alarm.fact, {}):
        return ""
    try:
        return phrasebook.say(
            alarm.danger,
            alarm.fact,
            reader=Reader.DOCTOR,
            language=language,
            numbers=alarm.numbers,
        ).text
    except Unspeakable:
        return ""


def _came(figures: Figures, said: Words) -> Iterator[tuple[str, str]]:
    # What happened oftenest first; beyond the room of the page, the rest is one line.
    ranked = sorted(figures.seen, key=lambda each: (-each.times, each.subject))
    shown = ranked if len(ranked) <= MOST_SUBJECTS else ranked[: MOST_SUBJECTS - 1]
    for each in shown:
        yield said["subjects"][each.subject], _done(each, said)
    if rest := ranked[len(shown) :]:
        times = sum(each.times for each in rest)
        yield said["subjects"]["others"], counted(said["times"], times)


def _done(each: Seen, said: Words) -> str:
    deeds = sorted(
        ((deed, n) for deed, n in each.done.items() if deed is not Deed.TELL),
        key=lambda pair: (pair[0] is Deed.ASK, -pair[1], pair[0]),
    )
    parts = [counted(said["times"], each.times)]
    parts += [counted(said["deeds"][deed.value], n) for deed, n in deeds[:MOST_NAMED]]
    return ", ".join(parts)


def _line(promise: Promise, figures: Figures, said: Words, language: Language) -> Line:
    strip = figures.strips[promise.danger]
    days = {
        "held": len(strip.held), "failed": len(strip.failed), "seen": len(strip.seen)
    }  # fmt: skip
    parts = [f"{said['legend'][kind]} {n}" for kind, n in days.items() if n]
    last = promise.last
    return Line(
        danger=promise.danger,
        incident=phrasebook.incident(promise.danger, language),
        standing=promise.standing.value,
        word=said["states"][promise.standing.value],
        last=words.day(said, last, figures.zone) if last else said["letter"]["never"],
        strip=strip,
        said=", ".join(parts) or said["letter"]["never"],
    )


def _not_managed(figures: Figures, said: Words) -> Iterator[str]:
    table = said["not_managed"]
    if not figures.machines:
        return
    figure = {
        "failed": figures.failed,
        "not_done": figures.not_done,
        "silent": figures.silent,
        "blinded": figures.blinded,
        "missed": figures.night(MISSED),
        "unknown": figures.night(UNKNOWN),
        "unproven": figures.standing(Standing.BLIND),
        "untried": figures.untried,
    }
    which = [_within(said["subjects"][d.value], said) for d in Danger if figures.strips[d].failed]
    named = ", ".join([*which[:MOST_NAMED], *(["…"] if len(which) > MOST_NAMED else [])])
    for slug, n in figure.items():
        if n:
            yield counted(table[slug], n, which=named).replace("….", "…")


def _reach(people: People, own: Mapping[str, str]) -> str:
    how = ", ".join(part for part in (people.telephone, people.mail) if part)
    return own["reach"].format(how=how) if how else ""


def covered(figures: Figures) -> Sequence[str]:
    """Return what reports were about: what was grave first, then what came oftenest."""
    grave = {alarm.danger.value for alarm in figures.alarms}
    seen = [each for each in figures.seen if each.subject != CARE]
    ranked = sorted(seen, key=lambda each: (each.subject not in grave, -each.times))
    return [each.subject for each in ranked]
