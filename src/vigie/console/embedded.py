"""The console inside another process: `vigie start` and the command line come in here.

Call `prepare` first, once in a process; everything here may be called again and is quick then.
"""

import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from vigie.console import keys
from vigie.domain.practice import Country, Language

FOLDER = "console"


class UnwalledRole(Exception):
    """The PostgreSQL role is a superuser or bypasses row security: practices would not be apart."""


def prepare(home: Path, *, port: int | None = None, migrate: bool = True) -> None:
    """Make the console ready in `home`/console: keys, settings, tables. Safe to call again.

    The address in use is `VIGIE_CONSOLE_ADDRESS`, else http://127.0.0.1:`port`. Raise
    django.db.OperationalError when the database cannot be reached, UnwalledRole when its role
    would see every practice whatever the walls.
    """
    folder = home / FOLDER
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    keys.make(folder)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vigie.console.settings")
    os.environ["VIGIE_CONSOLE_HOME"] = str(folder)
    if port is not None:
        os.environ.setdefault("VIGIE_CONSOLE_ADDRESS", f"http://127.0.0.1:{port}")
    import django  # noqa: PLC0415  (Django reads the environment above)

    django.setup()
    if migrate:
        _migrate()
    from vigie.console.practices import scope  # noqa: PLC0415  (models are read after setup)

    if scope.walks_through_walls():
        raise UnwalledRole
    scope.see(scope.EVERYONE)  # this process is the console's own


def _migrate() -> None:
    from django.core.management import call_command  # noqa: PLC0415  (see `prepare`)
    from django.db import connection  # noqa: PLC0415
    from django.db.migrations.executor import MigrationExecutor  # noqa: PLC0415

    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        call_command("migrate", interactive=False, verbosity=0)
    if connection.vendor == "sqlite":
        Path(connection.settings_dict["NAME"]).chmod(0o600)


def ensure_caretaker(
    name: str, *, full_name: str = "", signing_key: str = "", role: str = ""
) -> str:
    """Make the caretaker `name` unless there is one, with the public key of their orders.

    `role` is theirs from now on, where one is given.
    Return a link for setting the first password, or an empty text when one is set already.
    """
    from vigie.console.accounts import admitting  # noqa: PLC0415  (see `prepare`)
    from vigie.console.accounts.models import SigningKey  # noqa: PLC0415

    person = admitting.caretaker(name, full_name=full_name)
    if role and person.role != role:
        person.role = role
        person.save(update_fields=["role"])
    if signing_key:
        SigningKey.objects.get_or_create(
            public=signing_key, defaults={"person": person, "added_at": datetime.now(UTC)}
        )
    return "" if person.has_usable_password() else admitting.first_password_link(person)


def forget_factors(name: str) -> None:
    """Take the second factors of a person away and end their sessions. Raise ObjectDoesNotExist."""
    from allauth.mfa.models import Authenticator  # noqa: PLC0415  (see `prepare`)

    from vigie.console.accounts.models import Person  # noqa: PLC0415
    from vigie.console.people import colleagues  # noqa: PLC0415

    person = Person.objects.get(username=name)
    Authenticator.objects.filter(user=person).delete()
    colleagues.end_sessions(person)


def ensure_practice(
    name: str,
    *,
    caretaker: str,
    language: Language = Language.FR,
    country: Country = Country.FR,
    timezone: str = "Europe/Paris",
) -> str:
    """Make the practice `name` in the care of `caretaker` unless there is one.

    Return its pseudonym.
    """
    from vigie.console.accounts import admitting  # noqa: PLC0415  (see `prepare`)
    from vigie.console.practices import scope  # noqa: PLC0415
    from vigie.console.practices.models import Practice  # noqa: PLC0415

    person = admitting.caretaker(caretaker)
    if practice := Practice.objects.visible_to(person).filter(name=name).first():
        return practice.pseudonym
    return scope.add_practice(
        [person], name, language=language.value, country=country.value, timezone=timezone
    ).pseudonym


def make_code(practice: str) -> str:
    """Given a practice's pseudonym, return a fresh one-use enrolment code."""
    from vigie.console.enrolment import joining  # noqa: PLC0415  (see `prepare`)
    from vigie.console.practices.models import Practice  # noqa: PLC0415

    return joining.make_code(Practice.objects.get(pseudonym=practice), datetime.now(UTC))


def approve(machine: str, *, name: str = "") -> bool:
    """Given a machine's pseudonym, let it in; False if it was not waiting."""
    from vigie.console.enrolment import joining  # noqa: PLC0415  (see `prepare`)
    from vigie.console.practices.models import Machine  # noqa: PLC0415

    waiting = Machine.objects.select_related("practice").get(pseudonym=machine)
    return joining.approve(waiting, datetime.now(UTC), name=name)


@dataclass(frozen=True, slots=True)
class JournalBreak:
    """A practice whose journal is not whole, and the first row that shows it."""

    practice: str
    number: int


def verify_journals() -> tuple[int, list[JournalBreak]]:
    """Read every journal, the rows it seals and the letters it binds.

    Return how many journals there are, and the breaks.
    """
    from vigie.console.intake import sealing  # noqa: PLC0415  (see `prepare`)
    from vigie.console.journal import chain  # noqa: PLC0415
    from vigie.console.letters import keeping  # noqa: PLC0415
    from vigie.console.practices.models import Practice  # noqa: PLC0415

    practices = list(Practice.objects.all())
    found = (
        chain.first_break(p) or sealing.first_break(p) or keeping.first_break(p) for p in practices
    )
    breaks = [JournalBreak(b.practice.name, b.number) for b in found if b is not None]
    return len(practices), breaks


def serve(port: int, *, address: str = "127.0.0.1", workers: int = 0, duties: bool = True) -> None:
    """Serve the console until interrupted (granian; see `vigie.console.serving`)."""
    from vigie.console import serving  # noqa: PLC0415  (granian is loaded when it serves)

    serving.serve(port, address=address, workers=workers, duties=duties)
