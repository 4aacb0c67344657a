from pathlib import Path
from typing import TYPE_CHECKING

import own_clamd
import pytest

from vigie.agent.document_checkers import document_checker, rules_at_hand
from vigie.agent.loop import Agent
from vigie.agent.settings import parse
from vigie.domain.evidence.blindness import SensorWentBlind
from vigie.domain.evidence.documents import Act
from vigie.domain.finding import Gravity
from vigie.readers.mail.reader import MailReader
from vigie.tools import clamd

if TYPE_CHECKING:
    from vigie.domain.evidence import Evidence

RULE = 'rule Cabinet { strings: $a = "formulaire-piege-2026" condition: $a }'
LETTER = b"Veuillez remplir formulaire-piege-2026.\n"
pytestmark = pytest.mark.kernel


class Watched:
    def __init__(self, home: Path) -> None:
        settings = parse('[practice]\nname = "Cabinet"\ncaretaker = "Karim"\n')
        self.agent = Agent(settings, home)
        self.seen: list[Evidence] = []

    def blind(self) -> list[str]:
        return [each.sensor for each in self.seen if isinstance(each, SensorWentBlind)]


@pytest.fixture
def watched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Watched:
    watched = Watched(tmp_path)
    monkeypatch.setattr(watched.agent, "see", watched.seen.append)
    return watched


def ruled(home: Path, rule: str) -> None:
    (home / "rules").mkdir()
    (home / "rules" / "cabinet.yar").write_text(rule)


def test_a_rule_of_the_caretaker_condemns_what_arrives(watched: Watched, tmp_path: Path) -> None:
    ruled(tmp_path, RULE)
    with document_checker(watched.agent, tmp_path) as checker:
        assert checker.check_bytes(LETTER, "a.txt").light is Gravity.ALARM
        assert checker.check_bytes(b"Bonjour\n", "a.txt").light is Gravity.NOTE


def test_a_rule_of_the_caretaker_condemns_what_is_attached_to_a_letter(
    watched: Watched, tmp_path: Path
) -> None:
    ruled(tmp_path, RULE)
    letter = (
        b"From: a@b.invalid\nTo: c@d.invalid\nSubject: x\nMIME-Version: 1.0\n"
        b"Content-Type: text/plain; name=a.txt\nContent-Disposition: attachment; filename=a.txt\n\n"
    )
    with MailReader(cells=1, rules=rules_at_hand(watched.agent, tmp_path)) as reader:
        (attachment,) = reader.read(letter + LETTER).attachments
    assert any(sight.act is Act.KNOWN_BAD for sight in attachment.sights)


def test_a_rule_that_nobody_understands_is_blindness_and_the_rest_goes_on(
    watched: Watched, tmp_path: Path
) -> None:
    ruled(tmp_path, "rule { this is none")
    with document_checker(watched.agent, tmp_path) as checker:
        assert checker.check_bytes(b"Bonjour\n", "a.txt").light is Gravity.NOTE
    assert watched.blind() == ["document_rules"]


@pytest.mark.skipif(own_clamd.PROGRAM is None, reason="needs clamd")
def test_a_second_opinion_that_falls_silent_is_reported_once(
    watched: Watched, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with own_clamd.daemon(tmp_path / "clamd") as place:
        monkeypatch.setattr(clamd, "found", lambda: place)
        checker = document_checker(watched.agent, tmp_path)
        marked = checker.check_bytes(b"x " + own_clamd.MARK, "a.txt")
        assert marked.light is Gravity.ALARM
        assert watched.blind() == []
    with checker:
        for _ in range(3):
            assert checker.check_bytes(b"Bonjour\n", "a.txt").light is Gravity.NOTE
    assert watched.blind() == ["second_opinion"]
