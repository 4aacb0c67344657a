"""Exports of agendas and telephone lists, read in a real cell."""

import os
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import openpyxl
import pytest

from vigie.domain.evidence.agenda import Telephone
from vigie.readers.agenda.reader import Export, read_export
from vigie.readers.sandbox.cell import ReadFailed

PARIS = ZoneInfo("Europe/Paris")
FIRST, LAST = date(2026, 10, 23), date(2026, 10, 30)

ICS = """BEGIN:VCALENDAR\r
VERSION:2.0\r
PRODID:-//Essai//Agenda//FR\r
{events}END:VCALENDAR\r
"""


def event(*lines: str, uid: str = "1") -> str:
    return "\r\n".join(("BEGIN:VEVENT", f"UID:{uid}", *lines, "END:VEVENT", ""))


def look(tmp_path: Path, content: bytes | str, name: str) -> Export:
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with path.open("rb") as file:
        return read_export(file.fileno(), name, zone="Europe/Paris", first=FIRST, last=LAST)


def starts(export: Export) -> list[tuple[datetime, str]]:
    return [(a.starts, a.who) for a in sorted(export.appointments)]


def test_a_calendar_gives_the_days_that_are_asked_for(tmp_path: Path) -> None:
    events = "".join((
        event(
            "DTSTART;TZID=Europe/Paris:20261023T090000",
            "DTEND;TZID=Europe/Paris:20261023T091500",
            "SUMMARY:MARTIN Léa",
            uid="1",
        ),
        event("DTSTART:20261026T083000Z", "SUMMARY:Durand  Paul", uid="2"),
        event("DTSTART:20261028T140000", "SUMMARY:Petit Anna", uid="3"),
        event("DTSTART:20261028T150000", "SUMMARY:Annulé", "STATUS:CANCELLED", uid="4"),
        event("DTSTART:20261101T090000", "SUMMARY:Trop tard", uid="5"),
    ))  # fmt: skip
    export = look(tmp_path, ICS.format(events=events), "agenda.ics")
    assert starts(export) == [
        (datetime(2026, 10, 23, 9, 0, tzinfo=PARIS), "MARTIN Léa"),
        (datetime(2026, 10, 26, 9, 30, tzinfo=PARIS), "Durand Paul"),
        (datetime(2026, 10, 28, 14, 0, tzinfo=PARIS), "Petit Anna"),
    ]
    assert export.appointments[0].ends == datetime(2026, 10, 23, 9, 15, tzinfo=PARIS)


def test_what_repeats_keeps_its_hour_when_summer_ends_and_what_was_moved_is_moved(
    tmp_path: Path,
) -> None:
    zone = ";TZID=Europe/Paris:"
    events = event(
        f"DTSTART{zone}20260904T090000", "RRULE:FREQ=DAILY;UNTIL=20261029T080000Z",
        f"EXDATE{zone}20261027T090000", "SUMMARY:Pansement", uid="7",
    ) + event(
        f"RECURRENCE-ID{zone}20261028T090000", f"DTSTART{zone}20261028T110000",
        "SUMMARY:Pansement", uid="7",
    )  # fmt: skip
    export = look(tmp_path, ICS.format(events=events), "agenda.ics")
    assert [f"{moment:%d %H}" for moment, _ in starts(export)] == [
        "23 09", "24 09", "25 09", "26 09", "28 11", "29 09",
    ]  # fmt: skip


def test_one_broken_event_leaves_the_others(tmp_path: Path) -> None:
    events = event("DTSTART:20261024T090000", "RRULE:FREQ=SOMETIMES", "SUMMARY:x", uid="8") + event(
        "DTSTART:20261024T100000", "SUMMARY:Roux Jean", uid="9"
    )
    export = look(tmp_path, ICS.format(events=events), "agenda.ics")
    assert [who for _, who in starts(export)] == ["Roux Jean"]


@pytest.mark.parametrize(
    "table",
    [
        "Date;Heure;Nom;Prénom;Téléphone\n23/10/2026;9h15;Martin;Léa;04 72 00 00 01\n",
        "date,heure de début,patient,tél. portable\n2026-10-23,09:15,Martin Léa,04 72 00 00 01\n",
        "Datum\tBeginn\tName\tVorname\tTelefon\n23.10.2026\t09:15\tMartin\tLéa\t04 72 00 00 01\n",
        "Export du logiciel\n\nDate;Nom;Tel\n23/10/26 09:15;Martin Léa;04 72 00 00 01\n",
    ],
)
@pytest.mark.parametrize("charset", ["utf-8", "cp1252"])
def test_a_table_says_by_its_titles_what_it_holds(table: str, charset: str, tmp_path: Path) -> None:
    export = look(tmp_path, table.encode(charset), "agenda.csv")
    assert starts(export) == [(datetime(2026, 10, 23, 9, 15, tzinfo=PARIS), "Martin Léa")]
    assert list(export.telephones) == [Telephone(name="Martin Léa", number="04 72 00 00 01")]


def test_a_workbook_is_a_telephone_list_too(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (("Nom", "Prénom", "Téléphone"), ("Petit", "Anna", "04 72 00 00 02")):
        sheet.append(row)
    book.save(tmp_path / "liste.xlsx")
    export = look(tmp_path, (tmp_path / "liste.xlsx").read_bytes(), "liste.xlsx")
    assert list(export.telephones) == [Telephone(name="Petit Anna", number="04 72 00 00 02")]


@pytest.mark.parametrize(
    "hostile",
    [
        b"",
        b"a;b\n1;2\n",
        os.urandom(4096),
        b"BEGIN:VCALENDAR\r\nEND:NOTHING",
        b"PK\3\4" + b"\0" * 99,
    ],
)
def test_what_is_neither_has_no_answer(hostile: bytes, tmp_path: Path) -> None:
    with pytest.raises(ReadFailed):
        look(tmp_path, hostile, "agenda.csv")


OUTLOOK = """BEGIN:VTIMEZONE\r
TZID:Romance Standard Time\r
BEGIN:STANDARD\r
DTSTART:16010101T030000\r
TZOFFSETFROM:+0200\r
TZOFFSETTO:+0100\r
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\r
END:STANDARD\r
BEGIN:DAYLIGHT\r
DTSTART:16010101T020000\r
TZOFFSETFROM:+0100\r
TZOFFSETTO:+0200\r
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3\r
END:DAYLIGHT\r
END:VTIMEZONE\r
"""


@pytest.mark.parametrize("zone", ["Romance Standard Time", "Une Heure Maison"])
def test_zones_that_a_program_made_up_are_read_as_it_describes_them(
    zone: str, tmp_path: Path
) -> None:
    described = OUTLOOK.replace("Romance Standard Time", zone)
    events = described + event(f"DTSTART;TZID={zone}:20261023T090000", "SUMMARY:Roux Jean")
    export = look(tmp_path, ICS.format(events=events), "agenda.ics")
    assert starts(export) == [(datetime(2026, 10, 23, 9, 0, tzinfo=PARIS), "Roux Jean")]


def test_half_an_agenda_is_none(tmp_path: Path) -> None:
    whole = ICS.format(events=event("DTSTART:20261024T090000", "SUMMARY:x"))
    with pytest.raises(ReadFailed):
        look(tmp_path, whole[:-20], "agenda.ics")


def test_a_rule_that_never_ends_is_bounded(tmp_path: Path) -> None:
    events = event("DTSTART:20261023T000000", "RRULE:FREQ=SECONDLY", "SUMMARY:x")
    export = look(tmp_path, ICS.format(events=events), "agenda.ics")
    assert len(export.appointments) == 400
