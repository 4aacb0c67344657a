"""`vigie check outgoing`, `vigie practice learn` and `vigie mail recall`, as people call them."""

import email
import email.policy
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest

SCHEMA = Path(__file__).parents[2] / "docs" / "operating" / "schemas" / "answer.schema.json"
CONTACTS = (
    "address,name,sent,received,salutations,group\n"
    "paul.durand@clinique.example,Paul Durand,12,4,Paul,\n"
    "claire.martin@chu.example,Claire Martin,9,9,Claire,\n"
)


def vigie(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "vigie.cli", *arguments],
        env=os.environ | {"VIGIE_HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
    )


def written(place: Path, to: str, text: str = "Bonjour,\n\nÀ demain.", more: str = "") -> Path:
    place.write_text(
        f"From: Dr Aubry <dr.aubry@cabinet.example>\nTo: {to}\nSubject: Suite\n"
        f"Date: Fri, 20 Nov 2026 16:00:00 +0000\nMessage-ID: <{place.stem}@cabinet.example>\n"
        f"{more}Content-Type: text/plain; charset=utf-8\n\n{text}\n",
        "utf-8",
    )
    return place


@pytest.fixture
def contacts(tmp_path: Path) -> Path:
    (tmp_path / "contacts.csv").write_text(CONTACTS)
    return tmp_path / "contacts.csv"


def answers(lines: str) -> list[dict[str, Any]]:
    schema = json.loads(SCHEMA.read_text("utf-8"))
    told = [json.loads(line) for line in lines.splitlines()]
    for answer in told:
        jsonschema.validate(answer, schema)
    return told


def test_each_message_gets_its_answer_and_the_gravest_is_the_status(
    tmp_path: Path, contacts: Path
) -> None:
    right = written(tmp_path / "right.eml", "paul.durand@clinique.example", "Cher Paul,\n\nOui.")
    slip = written(tmp_path / "slip.eml", "paul.duran@clinique.example")
    done = vigie(
        tmp_path, "check", "outgoing", str(right), str(slip), "--contacts", str(contacts), "--json"
    )
    told = answers(done.stdout)
    assert [answer["decision"] for answer in told] == ["allow", "hold"]
    finding = told[1]["findings"][0]
    assert (finding["danger"], finding["fact"]) == ("misdirected_mail", "recipient_mistyped")
    assert finding["clues"]["known"] == "paul.durand@clinique.example"
    assert told[1]["responses"] == ["HOLD", "ASK"]
    assert told[1]["score"] > told[0]["score"] == 0
    assert done.returncode == 1


def test_a_person_reads_one_sentence_that_names_both_addresses(
    tmp_path: Path, contacts: Path
) -> None:
    slip = written(tmp_path / "slip.eml", "paul.duran@clinique.example")
    done = vigie(tmp_path, "check", "outgoing", str(slip), "--contacts", str(contacts))
    assert done.stdout == (
        "Vous n’avez encore jamais écrit à paul.duran@clinique.example, très proche de "
        "paul.durand@clinique.example. Laquelle est la bonne\u202f?\n"
    )


def test_a_blind_copy_is_a_recipient_too(tmp_path: Path, contacts: Path) -> None:
    mail = written(
        tmp_path / "m.eml", "paul.durand@clinique.example", more="Bcc: claire.martn@chu.example\n"
    )
    done = vigie(tmp_path, "check", "outgoing", str(mail), "--contacts", str(contacts), "--json")
    assert answers(done.stdout)[0]["decision"] == "hold"


def test_one_bad_input_does_not_stop_the_others(tmp_path: Path, contacts: Path) -> None:
    right = written(tmp_path / "right.eml", "paul.durand@clinique.example")
    done = vigie(
        tmp_path, "check", "outgoing", str(tmp_path / "gone.eml"), str(right),
        "--contacts", str(contacts), "--json",
    )  # fmt: skip
    assert [Path(a["input"]).name for a in answers(done.stdout)][-1] == "right.eml"
    assert done.returncode == 2
    assert "gone.eml" in done.stderr
    assert "Traceback" not in done.stderr


def test_contacts_that_are_none_are_one_sentence(tmp_path: Path) -> None:
    mail = written(tmp_path / "m.eml", "a@x.example")
    (tmp_path / "bad.csv").write_bytes(b"\xff\xfe\x00nothing")
    for name in ("bad.csv", "missing.csv"):
        done = vigie(tmp_path, "check", "outgoing", str(mail), "--contacts", str(tmp_path / name))
        assert done.returncode == 2
        assert "Traceback" not in done.stderr
        assert name in done.stderr


def test_what_was_learned_is_what_is_asked(tmp_path: Path) -> None:
    box = tmp_path / "Sent"
    box.mkdir()
    for number in range(6):
        written(box / f"{number}.eml", f"p{number}@clinique.example, paul.durand@clinique.example")
    learned = vigie(tmp_path, "practice", "learn", str(box), "--json")
    told = json.loads(learned.stdout)
    assert (told["messages"], told["new"], told["decision"]) == (6, 6, "allow")
    assert learned.stderr == ""
    again = json.loads(vigie(tmp_path, "practice", "learn", str(box), "--json").stdout)
    assert again["new"] == 0
    slip = written(tmp_path / "slip.eml", "paul.durnad@clinique.example")
    assert vigie(tmp_path, "check", "outgoing", str(slip)).returncode == 1


def test_a_place_without_mail_is_one_sentence(tmp_path: Path) -> None:
    done = vigie(tmp_path, "practice", "learn", str(tmp_path / "gone"))
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert "gone" in done.stderr


@pytest.mark.parametrize(("country", "body"), [("FR", "CNIL"), ("CH", "PFPDT"), ("BE", "APD")])
def test_a_recall_drafts_the_request_and_opens_the_record(
    tmp_path: Path, country: str, body: str
) -> None:
    mail = written(tmp_path / "gone.eml", "a@x.example, paul.duran@clinique.example")
    done = vigie(
        tmp_path, "mail", "recall", str(mail), "--to", "paul.duran@clinique.example",
        "--country", country, "--signed", "Dr Aubry", "--json",
    )  # fmt: skip
    told = json.loads(done.stdout)
    request = email.message_from_bytes(
        Path(told["request"]).read_bytes(), policy=email.policy.default
    )
    record = json.loads(Path(told["record"]).read_text("utf-8"))
    assert request["To"] == "paul.duran@clinique.example"
    assert "a@x.example" not in request.as_string()
    assert "Dr Aubry" in request.get_content()
    assert told["authority"] == record["duty"]["body"] == body
    assert (told["deadline"] is None) == (country == "CH")
    assert record["duty"]["source"].startswith("https://")
    assert record["authority_told"] is None


def test_a_recall_of_a_message_to_many_asks_which(tmp_path: Path) -> None:
    mail = written(tmp_path / "gone.eml", "a@x.example, b@x.example")
    done = vigie(tmp_path, "mail", "recall", str(mail))
    assert done.returncode == 2
    assert "--to" in done.stderr
    assert not (tmp_path / "breaches").exists()
