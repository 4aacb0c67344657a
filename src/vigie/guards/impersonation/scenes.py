"""Little plays about messages: who they say they are from, and who they are from."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from vigie.domain.evidence.mail import (
    Acquaintance,
    Attachment,
    Authentication,
    Circle,
    Inside,
    Layout,
    Link,
    MailArrived,
    Mailbox,
    Message,
    Source,
)
from vigie.domain.evidence.structure import Kind
from vigie.domain.guard import Scene

_MORNING = datetime(2026, 11, 25, 8, 12, tzinfo=UTC)
_PRACTICE = Mailbox("secretariat@cabinet-exemple.fr")
_PROVIDER = "mx.hebergeur.example"
CIRCLE = Circle(
    own=frozenset({"cabinet-exemple.fr"}),
    staff=(Mailbox("claire.martin@cabinet-exemple.fr", "Claire Martin"),),
    provider=_PROVIDER,
)


def proven(domain: str, checker: str = _PROVIDER) -> Authentication:
    """Return what a provider writes of a message whose domain stands behind it."""
    return Authentication(
        checker=checker, spf="pass", dkim="pass", dmarc="pass", signers=(domain,), envelope=domain
    )


def refused(domain: str) -> Authentication:
    """Return what the provider writes of a message that its domain did not send."""
    return Authentication(
        checker=_PROVIDER, spf="softfail", dkim="none", dmarc="fail", envelope=domain
    )


def mail(  # noqa: PLR0913  (the fields of a message)
    sender: Mailbox,
    subject: str,
    text: str,
    *,
    links: Sequence[str] = (),
    attachments: Sequence[Attachment] = (),
    authentication: Authentication | None = None,
    reply_to: str = "",
    known: Acquaintance | None = None,
    circle: Circle = CIRCLE,
    source: Source = Source.HTML,
    defects: tuple[str, ...] = (),
) -> MailArrived:
    """Return that a message came in, proven by its own domain where nothing else is said."""
    message = Message(
        digest=f"{sender.address} {subject}",
        size=len(text) + 2_000,
        sender=sender,
        subject=subject,
        text=text,
        to=(_PRACTICE,),
        reply_to=(Mailbox(reply_to),) if reply_to else (),
        links=tuple(Link(target=target, source=source) for target in links),
        attachments=tuple(attachments),
        authentications=(authentication or proven(sender.domain),),
        layout=Layout(html=True, words=len(text.split())),
        defects=defects,
    )
    writer = known or Acquaintance(box=sender)
    return MailArrived(
        at=_MORNING, machine="accueil", message=message, writer=writer, circle=circle
    )


def page(name: str, *inside: Inside) -> Attachment:
    """Return an attached page."""
    return Attachment(
        name=name, kind=Kind.TEXT, size=9_000, digest="0" * 64, inside=frozenset(inside)
    )


def _scene(title: str, seen: MailArrived, *facts: str) -> Scene[MailArrived]:
    return Scene(title=title, seen=[seen], facts=frozenset(facts))


_RIB = "Nos coordonnées bancaires ont changé, merci de régler sur ce nouvel IBAN sous 48 heures."
_SUPPLIER = Mailbox("compta@fournimed.fr", "Fournimed")
_OLD_FRIEND = Acquaintance(box=_SUPPLIER, received=40, sent=22, authenticated=40)
_FORGED = Mailbox("compta@fournirned.fr", "Fournimed")
_HIN = Mailbox("noreply@hin.ch", "HIN Mail")
_SECURE = page("secure-email.html", Inside.PASSWORD_FORM, Inside.HTML_SCRIPT)
_OPENED = "Vous avez reçu un message protégé. Ouvrez la pièce jointe."

SCENES = (
    _scene(
        "the_health_insurance_from_an_estate_agency",
        mail(
            Mailbox("contact@roofandfloor-mail.com", "Assurance Maladie"),
            "Votre carte Vitale expire bientôt",
            "Mettez à jour vos informations sous 48 heures, sinon vos droits seront suspendus.",
            links=["https://carte-vitale.web.app/dossier"],
            authentication=refused("roofandfloor-mail.com"),
        ),
        "imitation_held",
        "body_imitated",
        "sender_unproven",
        "link_resembles",
        "presses",
        "asks_to_confirm",
        "sender_improvised",
    ),
    _scene(
        "the_health_insurance_itself",
        mail(
            Mailbox("assurance-maladie@info.ameli.fr", "Assurance Maladie"),
            "Votre carte Vitale : pensez à la mettre à jour",
            "Pensez à mettre à jour votre carte. Nous ne demandons jamais de données bancaires.",
            links=["https://www.ameli.fr/assure"],
        ),
    ),
    _scene(
        "the_post_from_a_domain_that_looks_forged_and_is_not",
        mail(
            Mailbox("notification@notif-colissimo-laposte.info", "La Poste - Colissimo"),
            "Votre colis est en attente de retrait",
            "Votre colis n’a pas pu être livré. Il vous attend jusqu’au 14.",
            links=["https://www.laposte.fr/outils/suivre-vos-envois"],
        ),
    ),
    _scene(
        "a_secure_page_from_hin_itself",
        mail(_HIN, "HIN : message protégé", _OPENED, attachments=[_SECURE]),
    ),
    _scene(
        "a_secure_page_from_somebody_who_says_hin",
        mail(
            _HIN,
            "HIN : message protégé",
            _OPENED,
            attachments=[_SECURE],
            authentication=refused("vps-8812.example"),
        ),
        "imitation_held",
        "page_asks_password",
        "sender_unproven",
    ),
    _scene(
        "a_pass_that_another_server_wrote",
        mail(
            _HIN,
            "HIN : message protégé",
            _OPENED,
            attachments=[_SECURE],
            authentication=proven("hin.ch", checker="mx.forger.example"),
        ),
        "message_doubtful",
        "page_asks_password",
    ),
    _scene(
        "the_doctor_from_a_webmail",
        mail(
            Mailbox("claire.martin.8841@gmail.com", "Dr Claire Martin"),
            "Disponible ?",
            "Je suis en réunion, j’ai besoin de cartes cadeaux, en toute confidentialité.",
        ),
        "imitation_held",
        "staff_imitated",
        "asks_for_favour",
        "presses",
    ),
    _scene(
        "the_doctor_from_her_own_mailbox",
        mail(
            Mailbox("claire.martin@cabinet-exemple.fr", "Claire Martin"),
            "Disponible ?",
            "Peux-tu rappeler le laboratoire ? Merci, Claire",
        ),
    ),
    _scene(
        "the_practice_itself_from_outside",
        mail(
            Mailbox("secretariat@cabinet-exemple.fr", "Secrétariat"),
            "Votre mot de passe expire",
            "Réactivez votre messagerie.",
            authentication=refused("vps-8812.example"),
        ),
        "imitation_held",
        "own_domain_unproven",
        "sender_unproven",
        "asks_to_confirm",
    ),
    _scene(
        "new_bank_details_from_one_letter_beside",
        mail(
            _FORGED,
            "Nouveau RIB",
            _RIB,
            circle=Circle(similar=(_OLD_FRIEND,), provider=_PROVIDER),
        ),
        "imitation_held",
        "contact_imitated",
        "bank_details_changed",
        "asks_for_papers",
        "presses",
    ),
    _scene(
        "an_invoice_from_a_supplier_of_years",
        mail(
            _SUPPLIER,
            "Facture impayée",
            "Sauf erreur de notre part, la facture reste impayée. Merci de régler sous 48 heures.",
            known=_OLD_FRIEND,
        ),
    ),
    _scene(
        "a_code_to_scan",
        mail(
            Mailbox("it@notif-o365.com", "Microsoft 365"),
            "Authentification renforcée",
            "Scannez ce code pour conserver votre accès.",
            links=["https://login-o365.top/q"],
            source=Source.CODE,
        ),
        "imitation_held",
        "body_imitated",
        "code_leads_elsewhere",
        "asks_to_confirm",
    ),
    _scene(
        "a_prize_from_a_sender_drawn_by_a_machine",
        mail(
            Mailbox("x7kq2vbn@otsh6rzxi2.click", "Leclerc"),
            "Félicitations, vous avez gagné un bon d’achat",
            "Vous avez été sélectionné.",
            links=["https://bit.ly/3x"],
        ),
        "imitation_held",
        "body_imitated",
        "promises_gain",
        "sender_improvised",
        "link_hides",
        "picture_for_text",
        "links_elsewhere",
    ),
    _scene(
        "what_a_caretaker_judged_bad_at_another_practice",
        replace(
            mail(Mailbox("sav@facture-avis.top", "Service"), "Avis", "Bonjour, voir le lien."),
            reported=frozenset({"facture-avis.top"}),
        ),
        "reported_elsewhere",
    ),
    _scene(
        "a_supplier_of_ours_whose_link_was_judged_bad",
        replace(
            mail(
                _SUPPLIER,
                "Facture",
                "Bonjour, la facture du mois.",
                known=Acquaintance(box=_SUPPLIER, received=9, sent=4),
            ),
            reported=frozenset({"partage-avis.top"}),
        ),
        "reported_contact",
    ),
    _scene(
        "a_message_that_could_not_be_read",
        mail(_SUPPLIER, "Facture", "", defects=("reader_too_slow",)),
        "message_unread",
    ),
    _scene(
        "a_patient_with_a_worn_card",
        mail(
            Mailbox("jeanne.perrin62@orange.fr", "Jeanne Perrin"),
            "Carte vitale",
            "Bonjour, ma carte Vitale ne marche plus, puis-je venir quand même ? J. Perrin",
        ),
    ),
)
