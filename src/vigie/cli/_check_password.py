"""`vigie check password`: one password from standard input, measured, and forgotten."""

import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import click

from vigie.agent import settings
from vigie.cli._answers import Answers
from vigie.domain.danger import Danger
from vigie.domain.practice import Language, Reader
from vigie.guards.exposed_password.guard import judge
from vigie.policy.orders import decide
from vigie.sensors.passwords import Measure, text_of
from vigie.tools.home import home
from vigie.tools.leaks import LEAKS, Leaks, LeaksBroken
from vigie.tools.reuse import FOLDER, Reuse

_LONGEST = 4096  # bytes: longer is a file, not a password
_GOOD = {
    Language.FR: "Rien ne contredit ce mot de passe\u202f; il n’a été ni gardé ni montré.",
    Language.DE: "Nichts spricht gegen dieses Passwort; es wurde weder behalten noch gezeigt.",
    Language.EN: "Nothing speaks against this password; it was neither kept nor shown.",
}


def check_password(
    *, names: Sequence[str], leaks: Path | None, place: str, language: str, as_json: bool
) -> int:
    """Answer about the password on standard input; return the exit status.

    With `place`, a keyed mark of it is remembered, so that the same one is recognised elsewhere.
    Raise ClickException where nothing can be checked.
    """
    answers = Answers(as_json=as_json, language=Language(language), reader=Reader.SECRETARY)
    password = _password()
    began = time.perf_counter()
    with ExitStack() as open_:
        reuse = Reuse(home() / FOLDER)
        measure = Measure(
            names=[*names, *known_names()], leaks=known_leaks(leaks, open_), reuse=reuse
        )
        measured = measure.take(password, at=datetime.now(UTC), machine="check", besides=place)
    findings = list(judge([measured]))
    if place:
        reuse.remember(text_of(password), place)
    good = all(finding.fact == "leaks_unknown" for finding in findings)
    return answers.answer(
        "-",
        [(Danger.EXPOSED_PASSWORD, finding) for finding in findings],
        responses=decide(Danger.EXPOSED_PASSWORD, findings),
        sentence=_GOOD[answers.language] if good else "",
        seconds=time.perf_counter() - began,
    )


def _password() -> bytes:
    """Return the one password on standard input, without the end of its line."""
    if sys.stdin.isatty():
        typed: str = click.prompt("Mot de passe à examiner", hide_input=True, err=True)
        return typed.encode()
    untrusted = sys.stdin.buffer.read(_LONGEST + 1)
    password = untrusted.removesuffix(b"\n").removesuffix(b"\r")
    if not password:
        raise click.ClickException("Il n’y a pas de mot de passe sur l’entrée standard.")
    if len(untrusted) > _LONGEST or b"\n" in password:
        raise click.ClickException("Un seul mot de passe à la fois, sur une seule ligne.")
    return password


def known_names() -> Iterator[str]:
    """Yield what people know of the practice, where this machine is an agent's."""
    file = home() / "agent.toml"
    if not file.exists():
        return
    try:
        said = settings.read(file)
    except settings.BadSettings:
        return
    yield from (said.practice.name, said.practice.caretaker, said.machine.name)
    yield from said.passwords.names


def known_leaks(named: Path | None, open_: ExitStack) -> Leaks | None:
    """Return the known leaks of this machine, or those named; None where there are none."""
    path = named or home() / LEAKS
    if named is None and not path.exists():
        return None
    try:
        return open_.enter_context(Leaks(path))
    except (OSError, LeaksBroken) as trouble:
        raise click.ClickException(
            f"{path} n’est pas une liste de fuites installée. Refaites-la avec «\u00a0vigie "
            "passwords leaks\u00a0»."
        ) from trouble
