from vigie.domain.evidence.documents import Act, Sight
from vigie.domain.finding import Gravity
from vigie.guards.trojan_document.guard import judge, light
from vigie.guards.trojan_document.lights import MEANINGS
from vigie.guards.trojan_document.scenes import arrived, letter


def test_every_act_has_a_meaning() -> None:
    assert set(MEANINGS) == set(Act)


def test_a_fact_has_one_gravity() -> None:
    gravities: dict[str, set[Gravity]] = {}
    for meaning in MEANINGS.values():
        gravities.setdefault(meaning.fact, set()).add(meaning.gravity)
    assert [fact for fact, found in gravities.items() if len(found) > 1] == []


def test_what_could_not_be_read_is_never_green() -> None:
    unread = (Act.UNREAD, Act.DAMAGED, Act.NOT_OPENED, Act.SEALED)
    assert all(MEANINGS[act].gravity is Gravity.CONCERN for act in unread)


def test_the_gravest_is_said_first_and_each_fact_once() -> None:
    sights = (Sight(Act.MACRO), Sight(Act.MACRO_HIDDEN), Sight(Act.MACRO, "a › b"))
    findings = list(judge([arrived("a.docx", *sights)]))
    assert [finding.fact for finding in findings] == ["macro_hidden", "macro_carried"]
    assert findings[1].numbers == {"times": 2}
    assert light(findings) is Gravity.ALARM


def test_a_file_without_a_sight_is_green() -> None:
    assert light(list(judge([arrived("a.pdf")]))) is Gravity.NOTE


def test_of_a_letter_only_what_is_red_is_said_and_the_letter_is_its_subject() -> None:
    trap = letter("a.pdf", Sight(Act.PDF_LAUNCHES, "", "cmd.exe"), Sight(Act.PDF_SCRIPT))
    findings = list(judge([trap]))
    assert [finding.fact for finding in findings] == ["pdf_attacks"]
    assert findings[0].subject == trap.message.digest
