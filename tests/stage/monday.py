# ruff: noqa: PLC0415  (models are imported after `prepare`)
"""A bad Monday: forty practices in Karim's care, thirty-one of them proven, eight lines to see to.

python tests/stage/monday.py HOME      seeds HOME/console, and prints the practices' pseudonyms
"""

import json
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from seeds import PASSWORD, machine, rehearsal, tell
from speaking import Speaker, backup, batch, heartbeat, now, report

from vigie.console import embedded
from vigie.domain.danger import Danger
from vigie.domain.finding import Gravity

NAMES = """
Abadie Arnaud Barbier Baron Benoît Bertin Blanc Bonnet Boyer Brun Carpentier Chevalier Colin
David Dumas Faure Fontaine Fournier Garnier Gauthier Girard Guérin Henry Huet Joly Lacroix
Lambert Leroux Lucas Marchand Mercier Meunier Moreau Noël Perrin Picard Renard Rousseau Vidal
Zimmermann
""".split()  # noqa: SIM905  (names, told whole)
POINTS = 8  # lines: one outage over six practices is one of them


def quiet_weekend(name: str, machines: tuple[str, ...] = ("Accueil",)) -> list[Speaker]:
    """Give a practice its machines, all eleven promises proven on Saturday."""
    practice = embedded.ensure_practice(f"Cabinet {name}", caretaker="karim")
    speakers = [machine(practice, called) for called in machines]
    for speaker in speakers:
        played = now() - timedelta(days=1 + len(name) % 4, hours=3)
        tell(speaker, rehearsal(speaker, played, frozenset(Danger)), played)
        tell(speaker, batch(backup(now() - timedelta(hours=7)), heartbeat()), now())
    return speakers


def seed(home: Path) -> dict[str, str]:
    """Fill the console of `home`, and return the practices' pseudonyms by name."""
    embedded.prepare(home)
    from vigie.console.accounts.models import Person
    from vigie.console.practices.models import Practice

    embedded.ensure_caretaker("karim", full_name="Karim")
    karim = Person.objects.get(username="karim")
    karim.set_password(PASSWORD)
    karim.save()
    there = {name: quiet_weekend(name) for name in NAMES[:37]}
    there |= {name: quiet_weekend(name, ("Accueil", "Bureau 2")) for name in NAMES[37:]}
    for speakers in list(there.values())[:6]:  # the remote copy of six practices is down
        _say(speakers[0], "backup_unreachable", Danger.RANSOMWARE)
    _say(there["Colin"][0], "files_scrambled", Danger.RANSOMWARE, Gravity.ALARM, files=42)
    _say(there["Faure"][0], "sensor_blind", Danger.STRAY_USB_KEY)
    _say(there["Girard"][0], "device_new", Danger.OPEN_PRINTER)
    _say(there["Henry"][0], "update_rolled_back", Danger.FAILED_UPDATE)
    failed = there["Joly"][0]
    tell(
        failed,
        batch(failed.proof("restore_proven", held=False, numbers={"files": 60, "same": 58})),
        now(),
    )
    for speaker in there["Vidal"]:  # one matter on two machines of one practice
        _say(speaker, "antivirus_not_fresh", Danger.RANSOMWARE, signature_days=9)
    _silence(there["Zimmermann"])
    return dict(Practice.objects.values_list("name", "pseudonym"))


def _say(
    speaker: Speaker, fact: str, danger: Danger, gravity: Gravity = Gravity.CONCERN, **numbers: int
) -> None:
    tell(speaker, batch(report(fact, danger=danger, gravity=gravity, numbers=numbers)), now())


def _silence(speakers: list[Speaker]) -> None:
    """Let a whole practice have said nothing since Thursday, and the console have seen it."""
    from vigie.console.jobs import duties
    from vigie.console.practices.models import Machine

    machines = Machine.objects.filter(pseudonym__in=[s.pseudonym for s in speakers])
    machines.update(last_seen=datetime.now(UTC) - timedelta(days=4))
    duties.look_for_silence.call()


if __name__ == "__main__":
    sys.stdout.write(json.dumps(seed(Path(sys.argv[1]))))
