"""Little plays about messages on their way out, from a practice in Lyon."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from vigie.domain.evidence.mail import (
    Acquaintance,
    Attachment,
    Circle,
    Mailbox,
    MailLeaving,
    Message,
)
from vigie.domain.evidence.structure import Kind
from vigie.domain.guard import Scene

_FOUR = datetime(2026, 11, 23, 16, tzinfo=UTC)
DOCTOR = Mailbox("dr.leroy@cabinet-leroy.example", "Dr Anne Leroy")
DURAND = Mailbox("paul.durand@clinique-lilas.example", "Paul Durand")
MARTIN = Mailbox("claire.martin@chu-lyon.example", "Claire Martin")
REPORT = (
    "Veuillez trouver le compte rendu de consultation de Mme Jeanne PETIT, née le 12/03/1960.\n"
    "Diagnostic : diabète de type 2. Traitement : metformine 500 mg."
)


def known(
    box: Mailbox, *, sent: int = 8, received: int = 5, together: int = 0, entrusted: int = 0
) -> Acquaintance:
    """Return somebody the practice writes to."""
    return Acquaintance(
        box=box, sent=sent, received=received, together=together, entrusted=entrusted
    )


def greeted(box: Mailbox, *, times: int, alike: int) -> Acquaintance:
    """Return somebody alone in several messages, some of which began as this one does."""
    return replace(known(box), greeted=times, greeted_alike=alike)


def new(address: str, name: str = "") -> Acquaintance:
    """Return somebody nobody wrote to yet."""
    return Acquaintance(box=Mailbox(address, name))


def message(
    to: Sequence[Acquaintance],
    text: str = "Bonjour,\nÀ demain.",
    *,
    subject: str = "",
    attachments: tuple[Attachment, ...] = (),
) -> Message:
    """Return a message of the doctor's."""
    return Message(
        digest="0" * 64,
        size=2_000,
        sender=DOCTOR,
        identity="1@cabinet-leroy.example",
        subject=subject,
        text=text,
        to=tuple(who.box for who in to),
        attachments=attachments,
    )


def paper(name: str, text: str = "") -> Attachment:
    """Return an attached PDF."""
    return Attachment(name=name, kind=Kind.PDF, size=90_000, digest="1" * 64, text=text)


def leaving(  # noqa: PLR0913  (what a play is made of)
    *to: Acquaintance,
    text: str = "Bonjour,\nÀ demain.",
    subject: str = "",
    attachments: tuple[Attachment, ...] = (),
    similar: tuple[Acquaintance, ...] = (),
    patients: tuple[tuple[str, str], ...] = (),
    talking: tuple[Mailbox, ...] = (),
    to_impersonator: bool = False,
) -> MailLeaving:
    """Return that a message of the doctor's is about to leave."""
    return MailLeaving(
        at=_FOUR,
        machine="accueil",
        message=message(to, text, subject=subject, attachments=attachments),
        recipients=to,
        circle=Circle(
            own=frozenset({DOCTOR.domain}),
            staff=(DOCTOR,),
            similar=similar,
            patients=patients,
            talking=talking,
        ),
        to_impersonator=to_impersonator,
        place="held-1",
    )


def _scene(title: str, seen: MailLeaving, *facts: str) -> Scene[MailLeaving]:
    return Scene(title=title, seen=[seen], facts=frozenset(facts))


_TEAM = [
    known(Mailbox(f"{name}@chu-lyon.example"), together=3)
    for name in ("anne.roux", "luc.faure", "eva.blanc", "max.noir")
]

SCENES = (
    _scene(
        "one_letter_missing",
        leaving(new("paul.duran@clinique-lilas.example"), similar=(known(DURAND),)),
        "recipient_mistyped",
    ),
    _scene(
        "the_wrong_ending",
        leaving(new("paul.durand@clinique-lilas.test"), similar=(known(DURAND),)),
        "recipient_mistyped",
    ),
    _scene(
        "the_same_name_before_the_at",
        leaving(new("paul.durand@hopital-nord.example"), similar=(known(DURAND),)),
        "recipient_elsewhere",
    ),
    _scene(
        "a_namesake",
        leaving(new("durand.p@gmail.com", "Paul Durand"), similar=(known(DURAND),)),
        "recipient_namesake",
    ),
    _scene(
        "a_slip_in_a_well_known_provider",
        leaving(new("jeanne.petit@gmial.com")),
        "domain_mistyped",
    ),
    _scene(
        "dear_paul_to_claire",
        leaving(known(MARTIN), text="Cher Paul,\nVoici.", similar=(known(DURAND),)),
        "salutation_elsewhere",
    ),
    _scene(
        "a_stranger_in_a_team",
        leaving(*_TEAM, known(Mailbox("vente@materiel.example"))),
        "unusual_in_group",
    ),
    _scene(
        "an_answer_to_paul_goes_to_another_paul",
        leaving(
            known(Mailbox("paul.mercier@logiciel.example", "Paul Mercier")),
            text="D’accord.\n\nDe : Paul Durand <paul.durand@clinique-lilas.example>\n"
            "Envoyé : lundi 23 novembre 2026 10:02\nÀ : Dr Anne Leroy\nObjet : La réunion\n"
            "\nÀ 19 h ?",
            subject="RE: La réunion",
        ),
        "answer_elsewhere",
    ),
    _scene(
        "a_subject_that_went_to_another_paul",
        leaving(
            known(Mailbox("paul.mercier@logiciel.example", "Paul Mercier")),
            subject="TR: Planning de décembre",
            talking=(DURAND,),
        ),
        "answer_elsewhere",
    ),
    _scene(
        "the_greeting_of_another_paul",
        leaving(
            greeted(Mailbox("paul.mercier@logiciel.example", "Paul Mercier"), times=2, alike=0),
            text="Cher ami,\nVoici les photos de dimanche.",
            similar=(greeted(DURAND, times=9, alike=8),),
        ),
        "greeted_as_another",
    ),
    _scene(
        "a_friend_among_people_greeted_as_friends",
        leaving(
            greeted(Mailbox("paul.mercier@logiciel.example", "Paul Mercier"), times=5, alike=1),
            text="Cher ami,\nÀ dimanche.",
            similar=(greeted(DURAND, times=9, alike=8),),
        ),
    ),
    _scene(
        "good_day_as_to_anybody",
        leaving(
            greeted(Mailbox("paul.mercier@logiciel.example", "Paul Mercier"), times=5, alike=0),
            similar=(greeted(DURAND, times=9, alike=9),),
        ),
    ),
    _scene(
        "an_answer_to_whoever_wrote",
        leaving(
            known(DURAND),
            text="D’accord.\n\nLe 23 nov. 2026 à 10:02, Paul Durand a écrit :\n> À 19 h ?",
            subject="Re: La réunion",
        ),
    ),
    _scene(
        "six_patients_who_would_see_one_another",
        leaving(*(new(f"patient.nomm{n}@gmail.com") for n in "abcdef")),
        "recipients_visible",
    ),
    _scene(
        "a_report_to_somebody_new",
        leaving(new("secretariat@cabinet-vidal.example"), text=REPORT),
        "first_contact_with_patient_data",
    ),
    _scene(
        "a_report_to_a_private_mailbox",
        leaving(known(Mailbox("jpetit60@orange.fr"), sent=1), text=REPORT),
        "patient_data_to_webmail",
    ),
    _scene(
        "a_report_by_an_open_way",
        leaving(known(MARTIN, sent=1), text=REPORT),
        "patient_data_unsecured",
    ),
    _scene(
        "a_report_by_an_open_way_as_every_week",
        leaving(known(MARTIN, entrusted=5), text=REPORT),
        "patient_data_by_habit",
    ),
    _scene(
        "the_report_of_another_patient",
        leaving(
            known(Mailbox("dr.faure@hopital.mssante.fr")),
            text=REPORT,
            attachments=(paper("CR_BERNARD_Louis.pdf"),),
            patients=(("Jeanne PETIT", ""), ("BERNARD Louis", "CR_BERNARD_Louis.pdf")),
        ),
        "attachment_about_another",
    ),
    _scene(
        "an_answer_to_an_impostor",
        leaving(known(MARTIN), to_impersonator=True),
        "reply_to_impersonator",
    ),
    _scene("a_colleague_as_every_day", leaving(known(DURAND), text="Cher Paul,\nÀ demain.")),
    _scene(
        "a_report_by_the_secure_way",
        leaving(known(Mailbox("paul.durand@lyon.mssante.fr", "Paul Durand")), text=REPORT),
    ),
    _scene("somebody_new_and_nothing_about_a_patient", leaving(new("contact@plombier.example"))),
    _scene(
        "another_initial_is_another_person",
        leaving(
            new("m.durand@clinique-lilas.example"),
            similar=(known(Mailbox("p.durand@clinique-lilas.example")),),
        ),
    ),
    _scene(
        "the_report_of_the_same_patient",
        leaving(
            known(Mailbox("dr.faure@hopital.mssante.fr")),
            text=REPORT,
            attachments=(paper("CR_PETIT_Jeanne.pdf"),),
            patients=(("Jeanne PETIT", ""), ("PETIT Jeanne", "CR_PETIT_Jeanne.pdf")),
        ),
    ),
    _scene("the_whole_team", leaving(*_TEAM)),
)
