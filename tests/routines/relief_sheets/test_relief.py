import io
import os
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from vigie.domain.danger import Danger
from vigie.domain.evidence.agenda import Appointment, Telephone
from vigie.domain.finding import Finding
from vigie.domain.practice import ConsultationHours, Language
from vigie.routines.relief_sheets import keeping, sheet
from vigie.routines.relief_sheets.duty import ReliefDuty
from vigie.tools.seal import Seal

EVENING = datetime(2026, 10, 23, 17, 0, tzinfo=UTC)
AGENDA = "Date;Heure;Nom;Prénom\n24/10/2026;09:00;MARTIN;Léa\n24/10/2026;09:15;Durand;Paul\n"
LIST = "Nom;Prénom;Téléphone\nMartin;Lea;04 72 00 00 01\nDurand;Paul;1\nDurand;Paul;2\n"


class Told(list[Finding]):
    def __call__(self, danger: Danger, findings: Sequence[Finding]) -> None:
        assert danger is Danger.FAILED_UPDATE
        self.extend(findings)

    @property
    def facts(self) -> list[tuple[str, dict[str, int]]]:
        return [(f.fact, dict(f.numbers)) for f in self]


@pytest.fixture
def seal() -> Seal:
    return Seal(Ed25519PrivateKey.generate(), keeping.PURPOSE)


@pytest.fixture
def exports(tmp_path: Path) -> list[Path]:
    paths = [tmp_path / "agenda.csv", tmp_path / "liste.csv"]
    for path, text in zip(paths, (AGENDA, LIST), strict=True):
        path.write_text(text, "utf-8")
        os.utime(path, (EVENING.timestamp() - 3600,) * 2)
    return paths


def duty(tmp_path: Path, exports: list[Path], seal: Seal, told: Told) -> ReliefDuty:
    return ReliefDuty(
        exports=exports, folder=tmp_path / "relief", seal=seal,
        consultations=ConsultationHours(), say=told, clock=lambda: EVENING,
    )  # fmt: skip


def test_the_evening_keeps_who_comes_and_how_to_reach_them(
    tmp_path: Path, exports: list[Path], seal: Seal
) -> None:
    told = Told()
    duty(tmp_path, exports, seal, told).run()
    assert told.facts == [("relief_kept", {"appointments": 2, "telephones": 3})]
    relief = keeping.opened(tmp_path / "relief", seal)
    assert relief is not None
    assert [(a.who, a.telephone) for a in relief.appointments] == [
        ("MARTIN Léa", "04 72 00 00 01"),
        ("Durand Paul", ""),  # two of that name: a wrong number is worse
    ]
    assert [t.number for t in relief.find("durand")] == ["1", "2"]
    assert relief.made == EVENING - timedelta(hours=1)


def test_nothing_of_it_lies_readable_on_the_disk(
    tmp_path: Path, exports: list[Path], seal: Seal
) -> None:
    duty(tmp_path, exports, seal, Told()).run()
    for file in (tmp_path / "relief").iterdir():
        assert file.stat().st_mode & 0o777 == 0o600
        assert not re.search(rb"(?i)martin|durand|72 00", file.read_bytes())
    assert keeping.opened(tmp_path / "relief", Seal(Ed25519PrivateKey.generate(), "x")) is None


def test_an_export_that_is_gone_leaves_the_last_sheet_and_is_said_once(
    tmp_path: Path, exports: list[Path], seal: Seal
) -> None:
    told = Told()
    routine = duty(tmp_path, exports, seal, told)
    routine.run()
    exports[0].unlink()
    exports[1].write_bytes(b"\0\1\2")
    told.clear()
    routine.run()
    routine.run()
    assert told.facts == [("relief_missing", {"days": 0})]
    relief = keeping.opened(tmp_path / "relief", seal)
    assert relief is not None
    assert len(relief.appointments) == 2


def test_an_old_export_is_kept_and_said_to_be_old(
    tmp_path: Path, exports: list[Path], seal: Seal
) -> None:
    old = (EVENING - timedelta(days=5)).timestamp()
    os.utime(exports[0], (old, old))
    told = Told()
    duty(tmp_path, exports, seal, told).run()
    assert told.facts == [("relief_missing", {"days": 5})]
    assert keeping.opened(tmp_path / "relief", seal) is not None


@pytest.mark.parametrize("language", list(Language))
def test_the_sheet_names_each_appointment_of_the_day(language: Language) -> None:
    appointments = [
        Appointment(starts=EVENING + timedelta(hours=15, minutes=10 * n), who=f"Patient {n}",
                    telephone=f"04 72 00 00 {n:02}")
        for n in range(60)
    ]  # fmt: skip
    relief = keeping.put_together(appointments, [], EVENING)
    paper = sheet.Paper(practice="Cabinet <Martin>", caretaker="Karim", timezone="Europe/Paris",
                        now=EVENING, days=3, language=language)  # fmt: skip
    written = sheet.draw(relief, paper)
    with pikepdf.open(io.BytesIO(written)) as document:
        assert 2 <= len(document.pages) <= 3
    document = pypdfium2.PdfDocument(written)
    text = "".join(page.get_textpage().get_text_bounded() for page in document)
    document.close()
    assert all(f"Patient {n}" in text for n in range(60))
    assert "Cabinet <Martin>" in text


names = st.sampled_from(["Martin Léa", "LEA MARTIN", "Durand Paul", "Petit Anna"])


@given(st.lists(st.tuples(names, st.sampled_from("123"))), st.lists(names))
def test_a_number_stands_beside_a_name_only_where_there_is_no_other(
    listed: list[tuple[str, str]], coming: list[str]
) -> None:
    numbers = [Telephone(name=name, number=number) for name, number in listed]
    asked = [Appointment(starts=EVENING, who=who) for who in coming]
    for one in keeping.put_together(asked, numbers, EVENING).appointments:
        same = {n for name, n in listed if keeping._key(name) == keeping._key(one.who)}
        assert one.telephone == (same.pop() if len(same) == 1 else "")
