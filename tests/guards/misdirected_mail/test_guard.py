"""The guard of outgoing mail: one question for one recipient, with the right address."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.domain.danger import Danger
from vigie.domain.evidence.mail import Acquaintance, Mailbox, MailLeaving
from vigie.domain.response import Deed
from vigie.guards.misdirected_mail.guard import SURENESS, judge, score
from vigie.guards.misdirected_mail.scenes import (
    DURAND,
    MARTIN,
    REPORT,
    SCENES,
    greeted,
    known,
    leaving,
    new,
    paper,
)
from vigie.phrasebook import vocabulary
from vigie.policy.orders import decide

SLIP = new("paul.duran@clinique-lilas.example")


def facts(seen: MailLeaving) -> list[str]:
    return [finding.fact for finding in judge([seen])]


def test_the_right_address_is_proposed() -> None:
    (finding,) = judge([leaving(SLIP, similar=(known(DURAND),))])
    assert finding.clues["recipient"] == SLIP.box.address
    assert finding.clues["known"] == DURAND.address


def test_one_message_is_held_once_whatever_does_not_match() -> None:
    seen = leaving(
        SLIP, known(Mailbox("x@gmail.com"), sent=0), text=REPORT, similar=(known(DURAND),)
    )
    found = list(judge([seen]))
    assert len(found) > 1
    deeds = [response.deed for response in decide(Danger.MISDIRECTED_MAIL, found)]
    assert deeds == [Deed.HOLD, Deed.ASK]


def test_who_resembles_somebody_is_not_also_asked_about_as_a_stranger() -> None:
    assert facts(leaving(SLIP, text=REPORT, similar=(known(DURAND),))) == ["recipient_mistyped"]


@pytest.mark.parametrize("scene", [s for s in SCENES if s.facts], ids=lambda s: str(s.title))
def test_what_a_person_settled_is_not_asked_again(scene: object) -> None:
    seen = scene.seen[-1]  # type: ignore[attr-defined]  # a scene
    settled = frozenset(vocabulary(Danger.MISDIRECTED_MAIL).facts)
    again = replace(seen, recipients=tuple(replace(w, settled=settled) for w in seen.recipients))
    about_a_recipient = {"recipients_visible", "attachment_about_another", "reply_to_impersonator"}
    assert set(facts(again)) <= about_a_recipient


def test_an_insurance_number_to_a_private_mailbox_is_always_asked_about() -> None:
    number = f"260037511608{'9'}"
    key = 97 - int(number) % 97
    old_friend = known(Mailbox("jeanne@orange.fr"), entrusted=9)
    text = f"Voici.\nNIR {number}{key:02d}"
    assert facts(leaving(old_friend, text=text)) == ["patient_data_to_webmail"]


def test_patients_who_wrote_first_get_their_own_papers() -> None:
    jeanne = known(Mailbox("jeanne.petit@orange.fr"), sent=0, received=1)
    seen = leaving(jeanne, text=REPORT, patients=(("Jeanne PETIT", ""),))
    assert facts(seen) == ["patient_data_by_habit"]


def test_the_paper_of_another_to_a_patient_is_seen_by_the_recipient() -> None:
    jeanne = known(Mailbox("jeanne.petit@orange.fr"), entrusted=5)
    seen = leaving(
        jeanne,
        text="Voici votre ordonnance.",
        attachments=(paper("ORDO_BERNARD_Louis.pdf"),),
        patients=(("BERNARD Louis", "ORDO_BERNARD_Louis.pdf"),),
    )
    assert "attachment_about_another" in facts(seen)


def test_a_second_address_somebody_wrote_from_is_theirs() -> None:
    second = Acquaintance(box=Mailbox("paul.durand@gmail.com"), received=1)
    assert facts(leaving(second, similar=(known(DURAND),))) == []


def test_two_alike_in_one_message_are_both_meant() -> None:
    assert facts(leaving(SLIP, known(DURAND), similar=(known(DURAND),))) == []


def test_a_nickname_that_was_used_before_is_no_surprise() -> None:
    claire = replace(known(MARTIN), salutations=("bibi",))
    assert facts(leaving(claire, text="Chère Bibi,\nVoici.")) == []


@pytest.mark.parametrize(
    ("times", "alike", "text"),
    [
        (2, 2, "Cher ami,\nVoici."),  # twice is no habit
        (9, 5, "Cher ami,\nVoici."),  # half of the time is none
        (9, 9, "Voici."),  # nobody is greeted
    ],
)
def test_what_is_no_habit_of_a_namesake_is_not_asked(times: int, alike: int, text: str) -> None:
    other = greeted(Mailbox("paul.mercier@logiciel.example"), times=3, alike=0)
    similar = (greeted(DURAND, times=times, alike=alike),)
    assert facts(leaving(other, text=text, similar=similar)) == []


def test_who_is_greeted_like_this_is_named_unless_nothing_is_known_or_no_name_is_shared() -> None:
    text, similar = "Cher ami,\nVoici.", (greeted(DURAND, times=4, alike=4),)
    other = greeted(Mailbox("paul.mercier@logiciel.example"), times=1, alike=0)
    (finding,) = judge([leaving(other, text=text, similar=similar)])
    assert finding.fact == "greeted_as_another"
    assert finding.clues["known"] == DURAND.address
    assert facts(leaving(replace(other, greeted=0), text=text, similar=similar)) == []
    claire = greeted(MARTIN, times=5, alike=0)
    assert facts(leaving(claire, text=text, similar=similar)) == []


@given(st.permutations([SLIP, known(MARTIN), new("x@gmial.com"), known(Mailbox("l@a.example"))]))
def test_the_order_of_recipients_does_not_matter(order: list[Acquaintance]) -> None:
    seen = leaving(*order, similar=(known(DURAND),))
    assert sorted(facts(seen)) == ["domain_mistyped", "recipient_mistyped"]


def test_every_fact_says_how_sure_it_makes_us() -> None:
    own = {"recipient_mistyped", *SURENESS}
    assert own <= vocabulary(Danger.MISDIRECTED_MAIL).facts.keys()
    for scene in SCENES:
        found = [f for seen in scene.seen for f in judge([seen])]
        assert (score(found) > 0) == bool(scene.facts)
