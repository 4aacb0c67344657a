import hashlib
import io
import pickle
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pikepdf
import pytest
from django.db import DatabaseError, connection, transaction
from months_made import MONTHS, Ledger, introduce

from vigie.console.jobs import duties
from vigie.console.journal import chain
from vigie.console.journal.models import Entry
from vigie.console.letters import keeping, printing
from vigie.console.letters.models import Letter
from vigie.console.letters.months import Month
from vigie.console.practices.models import Practice
from vigie.domain.practice import Language

OCTOBER = Month(2026, 10)
MORNING = datetime(2026, 11, 1, 6, 30, tzinfo=UTC)  # 7:30 in Lyon


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("name", sorted(MONTHS))
def test_a_letter_is_one_sheet_of_a4(
    name: str, language: Language, lived: Callable[[str], Ledger], martin: Practice
) -> None:
    martin.language = language.value
    martin.save()
    introduce(martin)
    lived(name)
    martin.refresh_from_db()
    paper = printing.pdf(keeping.draft(martin, OCTOBER, MORNING).told)
    with pikepdf.open(io.BytesIO(paper)) as document:
        assert len(document.pages) == 1
        assert [round(float(side)) for side in document.pages[0].mediabox[2:]] == [595, 842]


def test_the_same_letter_is_the_same_bytes(
    lived: Callable[[str], Ledger], martin: Practice
) -> None:
    lived("eventful")
    twice = [printing.pdf(keeping.draft(martin, OCTOBER, MORNING).told) for _ in range(2)]
    assert twice[0] == twice[1]
    source = (
        "import sys, pickle, hashlib, django; django.setup();"
        "from vigie.console.letters import printing;"
        "told = pickle.load(sys.stdin.buffer);"
        "print(hashlib.sha256(printing.pdf(told)).hexdigest())"
    )
    told = pickle.dumps(keeping.draft(martin, OCTOBER, MORNING).told)
    done = subprocess.run([sys.executable, "-c", source], input=told, capture_output=True,
                          check=True)  # fmt: skip
    assert done.stdout.decode().strip() == hashlib.sha256(twice[0]).hexdigest()


def test_a_letter_fetches_nothing(lived: Callable[[str], Ledger], martin: Practice) -> None:
    martin.name = '<img src="http://example.org/x.png"> <link rel=stylesheet href=http://a.example>'
    martin.save()
    lived("quiet")
    told = keeping.draft(martin, OCTOBER, MORNING).told
    assert "<img" not in printing.sheet(told)
    assert "<img" not in printing.mail(told)
    with pytest.raises(printing.NoAddress):
        printing._refuse("http://example.org/x.png")
    assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)", printing.sheet(told).replace(
        "http://example.org/x.png", "").replace("http://a.example", ""))  # fmt: skip


def test_a_letter_is_written_once_and_bound_by_the_journal(
    lived: Callable[[str], Ledger], martin: Practice
) -> None:
    lived("eventful")
    letter = keeping.write(martin, OCTOBER, MORNING)
    assert keeping.write(martin, OCTOBER, MORNING).pk == letter.pk
    entries = Entry.objects.filter(practice=martin)
    assert [row.number for row in entries] == [letter.entry]
    assert letter.digest in entries[0].body
    assert chain.first_break(martin) is None
    assert keeping.sound(Letter.objects.get())


def test_the_database_refuses_to_change_or_drop_a_letter(
    lived: Callable[[str], Ledger], martin: Practice
) -> None:
    lived("quiet")
    keeping.write(martin, OCTOBER, MORNING)
    with pytest.raises(DatabaseError), transaction.atomic():
        Letter.objects.update(text="tout va bien")
    with pytest.raises(DatabaseError), transaction.atomic():
        Letter.objects.all()._raw_delete(Letter.objects.db)
    assert Letter.objects.count() == 1


def test_a_letter_that_says_something_else_is_noticed(
    lived: Callable[[str], Ledger], martin: Practice
) -> None:
    lived("quiet")
    letter = keeping.write(martin, OCTOBER, MORNING)
    assert keeping.first_break(martin) is None
    triggers = ["letters_letter_keeps_words", "letters_letter_keeps_rows"]
    with connection.cursor() as cursor:  # somebody with the database in their hands
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("ALTER TABLE letters_letter DISABLE TRIGGER letters_letter_keeps_rows")
        else:
            for trigger in triggers:
                cursor.execute(f"DROP TRIGGER {trigger}")
        cursor.execute("UPDATE letters_letter SET text = 'tout va bien'")
    assert not keeping.sound(Letter.objects.get())
    found = keeping.first_break(martin)
    assert found is not None
    assert found.number == letter.entry


def test_rows_that_come_later_do_not_change_a_letter_that_is_kept(
    lived: Callable[[str], Ledger], martin: Practice
) -> None:
    ledger = lived("quiet")
    before = keeping.write(martin, OCTOBER, MORNING).text
    ledger.backup(12, ledger.machines[0])
    assert keeping.write(martin, OCTOBER, MORNING).text == before


def test_letters_are_due_on_the_first_at_seven_and_only_for_who_was_there(
    lived: Callable[[str], Ledger], martin: Practice
) -> None:
    lived("first")
    early = datetime(2026, 11, 1, 5, 59, tzinfo=UTC)
    assert list(keeping.due(early)) == []
    assert list(keeping.due(early + timedelta(minutes=2))) == [(martin, OCTOBER)]
    assert keeping.write_due(MORNING, within=timedelta(minutes=1)) == 1
    assert list(keeping.due(MORNING)) == []
    with pytest.raises(ValueError, match="2026-09"):
        keeping.write(martin, OCTOBER.previous, MORNING)
    with pytest.raises(ValueError, match="2026-11"):
        keeping.write(martin, OCTOBER.following, MORNING)


def test_a_new_practice_is_told_of_the_month_it_is_in(martin: Practice) -> None:
    martin.since = MORNING
    assert keeping.latest_month(martin, MORNING + timedelta(days=2)) == Month(2026, 11)
    martin.since = MORNING - timedelta(days=20)
    assert keeping.latest_month(martin, MORNING + timedelta(days=2)) == OCTOBER


def test_the_job_writes_what_is_due(lived: Callable[[str], Ledger], martin: Practice) -> None:
    lived("quiet")
    last = Month.of(datetime.now(UTC), martin.timezone).previous
    assert duties.write_letters.call() == 1
    assert duties.write_letters.call() == 0
    assert Letter.objects.get().month == last.first


def test_a_mail_carries_its_styles_itself(lived: Callable[[str], Ledger], martin: Practice) -> None:
    lived("eventful")
    html = printing.mail(keeping.draft(martin, OCTOBER, MORNING).told)
    assert html.count("style=") >= 100
    assert "<script" not in html
    assert "<svg" not in html  # many mail programs show none


def test_a_letter_brings_one_lesson_about_what_happened(
    lived: Callable[[str], Ledger], martin: Practice
) -> None:
    lived("eventful")
    assert keeping.write(martin, OCTOBER, MORNING).lesson == "ransomware"
    november = datetime(2026, 12, 1, 7, tzinfo=UTC)
    assert keeping.write(martin, OCTOBER.following, november).lesson == ""


def test_the_style_sheet_names_nothing_to_fetch() -> None:
    assert not re.search(r"url\(|@import|@font-face", printing.style())
