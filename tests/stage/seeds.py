# ruff: noqa: PLC0415  (models are imported after `prepare`)
"""A console with a month behind it, for pictures and pages: three practices in Karim's care.

    python tests/stage/seeds.py HOME      seeds HOME/console, and prints the practices' pseudonyms

Everything goes in by the same door as a machine's words: received, sealed, journalled.
"""

import json
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from speaking import Speaker, backup, batch, heartbeat, now, report

from vigie.console import embedded
from vigie.domain.danger import Danger
from vigie.domain.finding import Gravity
from vigie.domain.practice import Country
from vigie.guards import built
from vigie.wire.enrolment import Application

if TYPE_CHECKING:
    from vigie.console.accounts.models import Person

PASSWORD = "sept lampes au phare"


def machine(practice: str, name: str) -> Speaker:
    """Let a machine into a practice, as a caretaker does."""
    from vigie.console.enrolment import joining

    speaker = Speaker()
    code = embedded.make_code(practice)
    joined = joining.apply(Application(code=code, key=speaker.public, system="linux"), now())
    embedded.approve(joined.pseudonym, name=name)
    speaker.pseudonym = joined.pseudonym
    return speaker


def tell(speaker: Speaker, body: bytes, at: datetime) -> None:
    """Let a machine say something at a moment of the past."""
    from vigie.console.intake.receiving import receive
    from vigie.console.practices.models import Machine

    machine = Machine.objects.select_related("practice").get(pseudonym=speaker.pseudonym)
    receive(machine, body, at)


def rehearsal(speaker: Speaker, at: datetime, built: frozenset[Danger]) -> bytes:
    """Return one rehearsal of the eleven incidents."""
    words = []
    for danger in Danger:
        if danger is Danger.RANSOMWARE:
            numbers = {"attacks": 19, "files": 240, "damaged": 3, "milliseconds": 14}
            words.append(speaker.proof("encryptor_stopped", danger=danger, at=at, numbers=numbers))
        elif danger in built:
            words.append(speaker.proof("scenes_held", danger=danger, at=at, numbers={"scenes": 12}))
        else:
            words.append(speaker.proof("not_built", danger=danger, at=at, held=False))
    return batch(*words, heartbeat(at=at))


def month(
    practice: str, names: tuple[str, ...], built: frozenset[Danger], missed: set[int]
) -> None:
    """Give a practice its machines and thirty nights, without the nights in `missed`."""
    tonight = now().replace(hour=1, minute=10, second=0, microsecond=0)
    for name in names:
        speaker = machine(practice, name)
        for back in range(26, -1, -1):
            night = tonight - timedelta(days=back)
            if back not in missed:
                tell(speaker, batch(backup(night, at=night), heartbeat(at=night)), night)
            if back % 7 == 2:
                restored = {"files": 60, "same": 60, "opened": 60}
                proof = speaker.proof(
                    "restore_proven", at=night, lasts=timedelta(days=10), numbers=restored
                )
                tell(speaker, batch(proof), night)
        played = tonight - timedelta(days=2, hours=-2)
        tell(speaker, rehearsal(speaker, played, built), played)
        tell(speaker, batch(heartbeat()), now())


def seed(home: Path) -> dict[str, str]:
    """Fill the console of `home`, and return the practices' pseudonyms by name."""
    embedded.prepare(home)
    from vigie.console.accounts.models import Person

    embedded.ensure_caretaker("karim", full_name="Karim")
    karim = Person.objects.get(username="karim")
    karim.set_password(PASSWORD)
    karim.save()
    embedded.ensure_caretaker("charlie", full_name="Charlie")
    own = [
        ("Cabinet Martin (Lyon)", Country.FR),
        ("Cabinet des Lilas", Country.FR),
        ("Dr Favre (Moudon)", Country.CH),
        ("Cabinet Roux", Country.FR),
    ]
    made = {
        name: embedded.ensure_practice(name, caretaker="karim", country=country)
        for name, country in own
    }
    # Cabinet Martin is in the README: it proves what Vigie can prove today, and nothing else.
    today = frozenset(built())
    month(made["Cabinet Martin (Lyon)"], ("Accueil", "Bureau 2"), today, {11})
    month(made["Cabinet Roux"], ("Serveur",), frozenset(Danger), set())
    month(made["Cabinet des Lilas"], ("Accueil",), frozenset(Danger), {4, 18})
    lilas = machine(made["Cabinet des Lilas"], "Bureau 1")
    tell(
        lilas,
        batch(lilas.proof("restore_proven", held=False, numbers={"files": 60, "same": 58})),
        now(),
    )
    blind = report("sensor_blind", danger=Danger.STRAY_USB_KEY, gravity=Gravity.CONCERN)
    tell(lilas, batch(blind, heartbeat(blind=("usb",))), now())
    _knock(made["Dr Favre (Moudon)"])
    _reach(karim)
    return made


def _reach(person: "Person") -> None:
    """Give Karim two ways to be told, a key for a program, and what began today."""
    from vigie.console.api import hooks, keys
    from vigie.console.api.scopes import Scope
    from vigie.console.notices import sealing
    from vigie.console.notices.duties import look_for_news
    from vigie.console.notices.models import Address

    for kind, name in (("ntfys", "Mon téléphone"), ("mailtos", "Messagerie")):
        Address.objects.create(
            person=person,
            kind=kind,
            name=name,
            sealed=sealing.seal(f"{kind}://ntfy.example/vigie"),
            made_at=now(),
            tested_at=now(),
            reached_at=now(),
        )
    look_for_news.call()
    reading = [scope for scope in Scope if scope.value.endswith(":read")]
    keys.make(person, "Tableau de bord", reading, now=now(), life=timedelta(days=90))
    hooks.make(person, "Logiciel de tickets", "https://tickets.example/vigie", now())


def _knock(practice: str) -> None:
    from vigie.console.enrolment import joining

    application = Application(
        code=embedded.make_code(practice), key=Speaker().public, system="windows"
    )
    joining.apply(application, now())


if __name__ == "__main__":
    sys.stdout.write(json.dumps(seed(Path(sys.argv[1]))))
