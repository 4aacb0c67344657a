"""One password, by what it resisted: known leaks, factory settings, reuse, and guessing."""

from collections.abc import Iterator, Mapping

from vigie.domain.evidence.passwords import PasswordMeasured
from vigie.domain.finding import Finding, Gravity

# A stolen file of passwords is tried 10^10 times in an afternoon, even where each try is slow.
GUESSABLE = 10


def judge_strength(measured: PasswordMeasured) -> Iterator[Finding]:
    """Say what is known against one password, the gravest first; nothing else is ever said of it.

    Whoever has it already needs not guess: a leaked or delivered one is not called short as well.
    """
    if measured.leaks:
        yield _finding("password_leaked", Gravity.ALARM, {"times": measured.leaks})
    if measured.product:
        yield _finding("password_default", Gravity.ALARM, clues={"product": measured.product})
    if measured.places:
        yield _finding("password_reused", Gravity.CONCERN, {"places": measured.places})
    if not measured.leaks and not measured.product:
        yield from _guessed(measured)
    if measured.leaks is None:
        yield _finding("leaks_unknown", Gravity.NOTE)


def _guessed(measured: PasswordMeasured) -> Iterator[Finding]:
    if measured.short:
        yield _finding("password_short", Gravity.CONCERN, {"least": measured.least})
    if measured.magnitude < GUESSABLE:
        fact = "password_from_practice" if measured.from_practice else "password_guessable"
        yield _finding(fact, Gravity.CONCERN, {"magnitude": measured.magnitude})


def _finding(
    fact: str,
    gravity: Gravity,
    numbers: Mapping[str, int] | None = None,
    clues: Mapping[str, str] | None = None,
) -> Finding:
    return Finding(gravity=gravity, fact=fact, numbers=numbers or {}, clues=clues or {})
