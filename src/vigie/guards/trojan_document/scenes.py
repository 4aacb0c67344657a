"""Little plays about files that arrive."""

from collections.abc import Sequence
from datetime import UTC, datetime

from vigie.domain.evidence.documents import Act, Document, DocumentArrived, Sight
from vigie.domain.evidence.mail import Acquaintance, Attachment, MailArrived, Mailbox, Message
from vigie.domain.evidence.structure import Kind
from vigie.domain.guard import Scene

_NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)


def arrived(name: str, *sights: Sight, form: str = "pdf") -> DocumentArrived:
    """Return that a file is there, and what its reader saw in it."""
    document = Document(name=name, digest=f"{name:0<64}"[:64], size=4096, form=form, sights=sights)
    return DocumentArrived(at=_NOON, machine="accueil", document=document, place=f"/srv/{name}")


def letter(name: str, *sights: Sight) -> MailArrived:
    """Return that a letter came in with one attachment."""
    sender = Mailbox("facturation@fournisseur.example")
    attachment = Attachment(name=name, kind=Kind.PDF, size=4096, digest="0" * 64, sights=sights)
    message = Message(digest="1" * 64, size=9000, sender=sender, attachments=(attachment,))
    return MailArrived(
        at=_NOON, machine="accueil", message=message, writer=Acquaintance(box=sender)
    )


def _scene(
    title: str, name: str, *sights: Sight, facts: Sequence[str] = ()
) -> Scene[DocumentArrived | MailArrived]:
    return Scene(title=title, seen=[arrived(name, *sights)], facts=frozenset(facts))


SCENES: Sequence[Scene[DocumentArrived | MailArrived]] = (
    _scene("an_ordinary_letter_opens", "Courrier.pdf"),
    _scene(
        "a_form_that_starts_commands_is_set_aside",
        "Remboursement S3125.docm",
        Sight(Act.MACRO_AT_OPENING, "", "AutoOpen Shell"),
        facts=["macro_at_opening"],
    ),
    _scene(
        "a_template_with_a_macro_is_offered_as_a_copy",
        "Ordonnancier.docm",
        Sight(Act.MACRO),
        facts=["macro_carried"],
    ),
    _scene(
        "an_opened_archive_says_so_beside_what_is_in_it",
        "dossier.zip",
        Sight(Act.UNSEALED),
        Sight(Act.SCRIPT_AT_A_CLICK, "dossier.zip › facture.js", "js"),
        facts=["sealed_seen", "script_runs"],
    ),
    _scene(
        "what_could_not_be_read_is_never_green",
        "scan.pdf",
        Sight(Act.UNREAD, "", "too_slow"),
        facts=["unread_whole"],
    ),
    _scene(
        "a_program_in_a_document_and_one_under_its_own_name_differ",
        "notice.one",
        Sight(Act.PROGRAM_INSIDE, "notice.one › ouvrir.hta", "ouvrir.hta"),
        facts=["program_inside"],
    ),
    Scene(
        title="a_letter_with_a_trap_is_put_aside",
        seen=[letter("Remboursement.pdf", Sight(Act.PDF_LAUNCHES, "", "cmd.exe"))],
        facts=frozenset({"pdf_attacks"}),
    ),
    Scene(
        title="a_letter_with_a_form_that_computes_more_is_left_alone",
        seen=[letter("Formulaire.pdf", Sight(Act.PDF_SCRIPT, "", "a = b"))],
        facts=frozenset(),
    ),
)
