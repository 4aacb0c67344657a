"""Months of a practice, written straight into the console's tables: eventful, quiet, bad, first.

The rows are not sealed in the journal: letters count rows, and the seal has its own tests.
"""

import itertools
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from vigie.console.alerts.models import Alert, Kind
from vigie.console.intake.models import Backup, Item, Proof, Report
from vigie.console.letters.models import Addressee, Letterhead
from vigie.console.practices.models import Machine, Practice, State
from vigie.domain.danger import Danger
from vigie.domain.finding import Gravity
from vigie.domain.response import Deed, Result

_numbers = itertools.count(1)
TRIALS = {
    Danger.RANSOMWARE: "encryptor_stopped",
    Danger.POWER_LOSS: "documents_verified",
    Danger.IMPERSONATION: "imitation_set_aside",
    Danger.MISDIRECTED_MAIL: "leak_held",
}


@dataclass
class Ledger:
    """Rows of one practice in one month (UTC days), each kept as it is written."""

    practice: Practice
    year: int
    month: int
    machines: list[Machine] = field(default_factory=list)

    def at(self, day: int, hour: int = 2, minute: int = 0) -> datetime:
        return datetime(self.year, self.month, 1, hour, minute, tzinfo=UTC) + timedelta(
            days=day - 1
        )

    def machine(self, name: str, day: int = 1) -> Machine:
        n = next(_numbers)
        made = Machine.objects.create(
            practice=self.practice, name=name, key=f"{n:043}", system="linux",
            state=State.APPROVED, applied_at=self.at(day), approved_at=self.at(day),
        )  # fmt: skip
        self.machines.append(made)
        return made

    def row(self, model: type[Item], at: datetime, machine: Machine | None, **columns: Any) -> Any:
        received = columns.pop("received_at", at + timedelta(minutes=1))
        return model.objects.create(
            practice=self.practice, machine=machine or self.machines[0],
            item=f"{next(_numbers):032x}", at=at, received_at=received, entry=0, **columns,
        )  # fmt: skip

    def proof(
        self,
        day: int,
        danger: Danger,
        trial: str = "scenes_held",
        *,
        held: bool = True,
        days: int = 9,
        machine: Machine | None = None,
        hour: int = 2,
        **numbers: int,
    ) -> Proof:
        at, n = self.at(day, hour), next(_numbers)
        proof: Proof = self.row(
            Proof, at, machine, danger=danger.value, trial=trial, held=held,
            expires=at + timedelta(days=days), numbers=numbers, number=n, previous="0" * 64,
            digest=f"{n:064x}",
        )  # fmt: skip
        return proof

    def report(
        self,
        day: int,
        danger: Danger,
        fact: str,
        gravity: Gravity = Gravity.CONCERN,
        *deeds: Deed | tuple[Deed, Result],
        hour: int = 9,
        machine: Machine | None = None,
        **numbers: int,
    ) -> Report:
        at = self.at(day, hour)
        pairs = [each if isinstance(each, tuple) else (each, Result.DONE) for each in deeds]
        report: Report = self.row(
            Report, at, machine, danger=danger.value, gravity=gravity.value,
            facts=[{"fact": fact, "gravity": gravity.value, "numbers": numbers}],
            outcomes=[
                {"deed": d.value, "result": r.value, "at": at.isoformat(), "numbers": {},
                 "reason": None}
                for d, r in pairs
            ],
        )  # fmt: skip
        return report

    def backup(self, day: int, machine: Machine | None = None, missing: list[str] | None = None,
               *, saved: bool = True) -> Backup:  # fmt: skip
        at = self.at(day, 3)
        backup: Backup = self.row(
            Backup, at, machine, repository="lieu", kind="local", snapshots=30,
            latest=at if saved else None, missing=missing or [],
        )  # fmt: skip
        return backup

    def alert(self, day: int, kind: Kind, *, closed: int | None = None, fact: str = "",
              danger: str = "", machine: Machine | None = None) -> Alert:  # fmt: skip
        return Alert.objects.create(
            practice=self.practice, machine=machine, key=f"{next(_numbers)}", kind=kind,
            danger=danger, fact=fact, gravity=Gravity.CONCERN, opened_at=self.at(day),
            last_at=self.at(day), closed_at=self.at(closed) if closed else None,
        )  # fmt: skip

    def interruptions(self, day: int, shown: int, machine: Machine | None = None) -> Report:
        return self.report(day, Danger.RANSOMWARE, "interruptions_counted", Gravity.NOTE,
                           machine=machine, shown=shown)  # fmt: skip


def _at_rest(ledger: Ledger, days: int, *, nights: bool = True) -> None:
    """Write the trials and backups of an ordinary month."""
    for machine in ledger.machines:
        for day in range(1, days + 1):
            if nights:
                ledger.backup(day, machine, ["offline_copy"])
            if day % 7 == 2:
                ledger.proof(day, Danger.RANSOMWARE, "restore_proven", machine=machine,
                             files=240, same=240, opened=240)  # fmt: skip
                for danger in Danger:
                    ledger.proof(day, danger, TRIALS.get(danger, "scenes_held"), machine=machine)
            ledger.interruptions(day, 0, machine)


def eventful(practice: Practice, year: int = 2026, month: int = 10) -> Ledger:
    ledger = Ledger(practice, year, month)
    accueil, bureau = ledger.machine("Accueil", -90), ledger.machine("Bureau 2", -90)
    ledger.machine("Salle 1", -60)
    _at_rest(ledger, 31)
    Backup.objects.filter(machine=bureau, at=ledger.at(17, 3)).delete()
    for day in (2, 5, 5, 9, 12, 13, 19, 20, 22, 26, 27, 29):
        ledger.report(day, Danger.IMPERSONATION, "imitation_held", Gravity.CONCERN, Deed.HOLD)
    ledger.report(8, Danger.RANSOMWARE, "files_scrambled", Gravity.ALARM, Deed.FREEZE, Deed.BLOCK,
                  Deed.RESTORE, Deed.TELL, machine=accueil, files=31)  # fmt: skip
    for day in (6, 14, 28):
        ledger.report(day, Danger.MISDIRECTED_MAIL, "recipient_mistyped", Gravity.CONCERN,
                      Deed.HOLD, Deed.ASK)  # fmt: skip
    for day in (7, 21):
        ledger.report(day, Danger.STRAY_USB_KEY, "key_unknown", Gravity.CONCERN, Deed.BLOCK,
                      Deed.ASK, machine=bureau, key=7, vendor=1, product=2)  # fmt: skip
    ledger.report(16, Danger.TROJAN_DOCUMENT, "macro_at_opening", Gravity.CONCERN, Deed.HOLD,
                  times=1)  # fmt: skip
    ledger.report(22, Danger.FAILED_UPDATE, "update_rolled_back", Gravity.CONCERN,
                  Deed.ROLL_BACK, machine=bureau)  # fmt: skip
    ledger.report(24, Danger.OPEN_PRINTER, "prints_for_anybody", Gravity.CONCERN,
                  machine=accueil)  # fmt: skip
    ledger.proof(20, Danger.FAILED_UPDATE, held=False, machine=bureau, hour=3)
    ledger.proof(27, Danger.FAILED_UPDATE, machine=bureau)
    ledger.interruptions(8, 1, accueil)
    ledger.interruptions(22, 1, bureau)
    ledger.alert(24, Kind.REPORT, fact="prints_for_anybody", danger="open_printer",
                 machine=accueil)  # fmt: skip
    return ledger


def quiet(practice: Practice, year: int = 2026, month: int = 10) -> Ledger:
    ledger = Ledger(practice, year, month)
    ledger.machine("Accueil", -90)
    ledger.machine("Bureau 2", -90)
    _at_rest(ledger, 31)
    Backup.objects.filter(practice=practice).update(missing=[])
    return ledger


def bad(practice: Practice, year: int = 2026, month: int = 10) -> Ledger:
    ledger = Ledger(practice, year, month)
    accueil, bureau = ledger.machine("Accueil", -90), ledger.machine("Bureau 2", -90)
    for day in range(1, 12):
        ledger.backup(day, accueil, ["offsite_copy"])
        ledger.backup(day, bureau, ["offsite_copy"], saved=day < 6)
    ledger.proof(3, Danger.RANSOMWARE, "restore_proven", held=False, files=240, same=238)
    ledger.proof(3, Danger.RANSOMWARE, "encryptor_stopped")
    for danger in (Danger.POWER_LOSS, Danger.STRAY_USB_KEY, Danger.TROJAN_DOCUMENT):
        ledger.proof(3, danger, machine=accueil, days=20)
    ledger.proof(10, Danger.IMPERSONATION, held=False, days=40)
    ledger.proof(10, Danger.IMPERSONATION, held=False, days=40, machine=bureau)
    ledger.proof(10, Danger.PHOTO_LEAK, "not_played", held=False)
    ledger.proof(10, Danger.OPEN_PRINTER, "not_played", held=False)
    for day in (4, 11):
        ledger.report(day, Danger.IMPERSONATION, "sensor_blind", machine=bureau)
    ledger.report(9, Danger.RANSOMWARE, "canary_touched", Gravity.ALARM,
                  (Deed.FREEZE, Result.FAILED), Deed.BLOCK, Deed.TELL, files=1)  # fmt: skip
    ledger.report(11, Danger.POWER_LOSS, "documents_not_restored", Gravity.ALARM,
                  (Deed.RESTORE, Result.FAILED), machine=bureau, files=2)  # fmt: skip
    ledger.alert(15, Kind.SILENT_MACHINE, machine=bureau)
    ledger.alert(11, Kind.REPORT, fact="sensor_blind", danger="impersonation", machine=accueil)
    return ledger


def first(practice: Practice, year: int = 2026, month: int = 10) -> Ledger:
    ledger = Ledger(practice, year, month)
    Practice.objects.filter(pk=practice.pk).update(since=ledger.at(21, 9))
    practice.refresh_from_db()
    accueil = ledger.machine("Accueil", 21)
    for day in range(22, 32):
        ledger.backup(day, accueil, ["offsite_copy", "offline_copy"])
    for danger in Danger:
        if danger not in {Danger.OPEN_PRINTER, Danger.MISDIRECTED_MAIL}:
            ledger.proof(22, danger, TRIALS.get(danger, "scenes_held"), days=30)
    ledger.proof(29, Danger.RANSOMWARE, "restore_proven", files=240, same=240, opened=240)
    ledger.interruptions(23, 1, accueil)
    return ledger


def overfull(practice: Practice, year: int = 2026, month: int = 10) -> Ledger:
    """Everything at once, to see whether one page is still one page."""
    ledger = eventful(practice, year, month)
    accueil, bureau, _ = ledger.machines
    for danger in Danger:
        for deed in Deed:
            ledger.report(5, danger, "sensor_blind", Gravity.CONCERN, deed, (deed, Result.FAILED))
            ledger.proof(11, danger, "scenes_held", held=False, hour=4, machine=bureau)
            ledger.proof(11, danger, "not_played", held=False, machine=accueil)
    for fact in ("files_scrambled", "canary_touched", "files_scrambled_by_many"):
        ledger.report(30, Danger.RANSOMWARE, fact, Gravity.ALARM, Deed.FREEZE, files=31)
        ledger.report(31, Danger.RANSOMWARE, fact, Gravity.ALARM, Deed.FREEZE, files=31)
    ledger.alert(20, Kind.SILENT_MACHINE, machine=bureau)
    return ledger


MONTHS = {"eventful": eventful, "quiet": quiet, "bad": bad, "first": first, "overfull": overfull}


def introduce(practice: Practice) -> None:
    """Give the practice a doctor to write to, and its caretaker a letterhead."""
    doctor = {"fr": "Docteur Martin", "de": "Frau Dr. Favre", "en": "Dr Martin"}[practice.language]
    Addressee.objects.update_or_create(
        practice=practice, defaults={"doctor": doctor, "mail": "docteur@cabinet.example"}
    )
    person = practice.caretakers.order_by("id").first()
    Letterhead.objects.update_or_create(
        person=person,
        defaults={
            "name": "Karim Benali",
            "trade": {"fr": "Informatique des cabinets médicaux",
                      "de": "Informatik für Arztpraxen",
                      "en": "Computers of medical practices"}[practice.language],
            "telephone": "04 72 00 12 34",
            "mail": "karim@vigie.example",
        },
    )  # fmt: skip
