"""Little plays about documents and what becomes of them."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from vigie.domain.evidence.files import (
    CanaryTouched,
    FileEvidence,
    FileMended,
    FileRemoved,
    FileRewritten,
    Touch,
)
from vigie.domain.evidence.mail import (
    Acquaintance,
    Attachment,
    Inside,
    Mailbox,
    MailArrived,
    Message,
)
from vigie.domain.evidence.structure import Kind, Soundness, Structure
from vigie.domain.guard import Scene

_NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
_FOLDER = "/srv/documents"

LETTER = Structure(kind=Kind.OOXML, soundness=Soundness.SOUND, size=30_000)
RESULT = Structure(kind=Kind.PDF, soundness=Soundness.SOUND, size=90_000)
NOISE = Structure(kind=Kind.NOISE, soundness=Soundness.UNSURE, size=30_000)
CUT = Structure(kind=Kind.OOXML, soundness=Soundness.BROKEN, size=12_000, defect="cut_short")
LETTERS = Structure(kind=Kind.TEXT, soundness=Soundness.SOUND, size=40_540)
SEALED_PDF = Structure(kind=Kind.PDF, soundness=Soundness.SOUND, size=90_200, sealed=True)
ARCHIVE = Structure(kind=Kind.ZIP, soundness=Soundness.SOUND, size=500_000)
SEALED = Structure(kind=Kind.SEVEN_ZIP, soundness=Soundness.SOUND, size=500_000, sealed=True)
OPENPGP = Structure(kind=Kind.OPENPGP, soundness=Soundness.SOUND, size=28_000, sealed=True)


def _where(name: str, family: str, after: timedelta) -> dict[str, object]:
    return {
        "at": _NOON + after,
        "machine": "accueil",
        "path": f"{_FOLDER}/{name}",
        "folder": _FOLDER,
        "document": name,
        "family": family,
    }


def rewritten(
    name: str,
    after: Structure,
    *,
    before: Structure | None = LETTER,
    family: str = "4711-900",
    later: timedelta = timedelta(0),
) -> FileRewritten:
    """Return that a document has new content."""
    return FileRewritten(**_where(name, family, later), before=before, after=after, read=True)  # type: ignore[arg-type]  # the common fields by name


def removed(name: str, *, before: Structure = LETTER, family: str = "4711-900") -> FileRemoved:
    """Return that a document was deleted by who had read it."""
    return FileRemoved(**_where(name, family, timedelta(0)), before=before, read=True)  # type: ignore[arg-type]  # as above


def mended(name: str) -> FileMended:
    """Return that a document is sound again."""
    return FileMended(**_where(name, "12-1", timedelta(0)), after=LETTER)  # type: ignore[arg-type]  # as above


def canary(touch: Touch, *, alone: bool = True) -> CanaryTouched:
    """Return that a canary was touched."""
    return CanaryTouched(**_where("canary", "4711-900", timedelta(0)), touch=touch, alone=alone)  # type: ignore[arg-type]  # as above


def _names(count: int) -> list[str]:
    return [f"lettre-{number}.docx" for number in range(count)]


def invoice(name: str, *inside: Inside, kind: Kind = Kind.OTHER) -> MailArrived:
    """Return that a message with one attachment came in."""
    sender = Mailbox("compta@fournisseur-medical.example", "Comptabilité")
    attachment = Attachment(
        name=name, kind=kind, size=48_000, digest="0" * 64, inside=frozenset(inside)
    )
    message = Message(digest=name, size=70_000, sender=sender, attachments=(attachment,))
    writer = Acquaintance(box=sender)
    return MailArrived(at=_NOON, machine="accueil", message=message, writer=writer)


def _scene(
    title: str, seen: Sequence[FileEvidence | MailArrived], *facts: str
) -> Scene[FileEvidence | MailArrived]:
    return Scene(title=title, seen=seen, facts=frozenset(facts))


SCENES = (
    _scene(
        "three_letters_become_noise", [rewritten(n, NOISE) for n in _names(3)], "files_scrambled"
    ),
    _scene(
        "one_letter_a_week_becomes_noise",
        [rewritten(n, NOISE, later=timedelta(weeks=w)) for w, n in enumerate(_names(3))],
        "files_scrambled",
    ),
    _scene(
        "noise_in_place_of_letters",
        [e for n in _names(3) for e in (rewritten(f"{n}.x", NOISE, before=None), removed(n))],
        "files_scrambled",
    ),
    _scene(
        "base64_in_place_of_letters",
        [e for n in _names(3) for e in (rewritten(f"{n}.b64", LETTERS, before=None), removed(n))],
        "files_scrambled",
    ),
    _scene(
        "one_process_for_each_letter",
        [rewritten(n, NOISE, family=f"{i}-9") for i, n in enumerate(_names(5))],
        "files_scrambled_by_many",
    ),
    _scene(
        "three_letters_by_somebody_unknown",
        [rewritten(n, NOISE, family="") for n in _names(3)],
        "files_scrambled_by_many",
    ),
    _scene("a_canary_becomes_noise", [canary(Touch.WRITTEN)], "canary_touched"),
    _scene(
        "a_canary_goes_with_a_broken_letter",
        [rewritten("lettre.docx", NOISE), canary(Touch.REMOVED)],
        "canary_touched",
    ),
    _scene(
        "ten_letters_into_a_sealed_archive",
        [rewritten("tout.7z", SEALED, before=None), *(removed(n) for n in _names(10))],
        "files_locked_away",
    ),
    _scene(
        "forty_letters_moved_to_another_disk",
        [removed(n) for n in _names(40)],
        "files_deleted_after_reading",
    ),
    _scene(
        "an_invoice_with_a_program_in_its_archive",
        [invoice("Facture_2026-114.zip", Inside.SCRIPT, kind=Kind.ZIP)],
        "mail_carries_program",
    ),
    _scene(
        "an_invoice_in_an_image_of_a_disk",
        [invoice("Facture.pdf.iso", Inside.DISK_IMAGE, Inside.HIDDEN_NAME)],
        "mail_carries_program",
    ),
    _scene(
        "an_invoice_that_would_run_a_macro",
        [invoice("Relance.xlsm", Inside.MACRO, kind=Kind.OOXML)],
        "mail_carries_macro",
    ),
    _scene("an_invoice_as_a_letter", [invoice("Facture.pdf", kind=Kind.PDF)]),
    _scene(
        "a_form_that_computes_its_sums", [invoice("Cerfa.pdf", Inside.SCRIPT, kind=Kind.PDF)]
    ),
    _scene("two_saves_go_wrong", [rewritten(n, CUT) for n in _names(2)]),
    _scene(
        "three_saves_go_wrong_and_are_done_again",
        [e for n in _names(3) for e in (rewritten(n, CUT), mended(n))],
    ),
    _scene(
        "thirty_results_get_a_password",
        [rewritten(f"{i}.pdf", SEALED_PDF, before=RESULT) for i in range(30)],
    ),
    _scene(
        "five_letters_encrypted_and_deleted",
        [e for n in _names(5) for e in (rewritten(f"{n}.gpg", OPENPGP, before=None), removed(n))],
    ),
    _scene(
        "twenty_letters_into_an_archive",
        [rewritten("tout.zip", ARCHIVE, before=None), *(removed(n) for n in _names(20))],
    ),
    _scene("a_canary_goes_with_its_folder", [canary(Touch.REMOVED, alone=False)]),
    _scene("a_canary_is_renamed_with_everything", [canary(Touch.RENAMED)]),
)
