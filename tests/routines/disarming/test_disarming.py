"""The disarmed copy: readable, harmless, and honest about what was taken out or replaced."""

import email
import email.policy
from collections.abc import Iterator
from email.message import EmailMessage

import pytest

from vigie.domain.practice import Language
from vigie.readers.mail.extracting import attachments
from vigie.readers.mail.reader import MailReader
from vigie.routines.disarming.disarming import Disarmer, words

PROGRAM = b"MZ" + bytes(3_000)
PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(40)
SCRIPTED = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R/OpenAction<</S/Launch/F(cmd.exe)>>>>endobj\n"
    b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj\n"
    b"trailer<</Root 1 0 R>>\n%%EOF\n"
)


@pytest.fixture(scope="module")
def reader() -> Iterator[MailReader]:
    with MailReader() as reader:
        yield reader


@pytest.fixture(scope="module")
def disarmer() -> Iterator[Disarmer]:
    disarmer = Disarmer(Language.FR)
    yield disarmer
    disarmer.close()


def letter(*files: tuple[str, bytes], html: bool = False) -> bytes:
    message = EmailMessage(policy=email.policy.SMTP)
    message["From"] = "Labo Rhône <labo@biorhone.example>"
    message["To"] = "dr@cabinet.example"
    message["Subject"] = "Facture du mois de décembre"
    message["Message-ID"] = "<7@biorhone.example>"
    message.set_content("Bonjour,\nvoici la facture.")
    if html:
        message.add_alternative(
            "<p>Bonjour, <b>voici</b> la facture.</p><script>evil()</script>", subtype="html"
        )
    for name, content in files:
        message.add_attachment(
            content, maintype="application", subtype="octet-stream", filename=name
        )
    return message.as_bytes()


def copied(disarmer: Disarmer, reader: MailReader, content: bytes) -> EmailMessage:
    copy = disarmer.copy(content, reader.read(content))
    parsed = email.message_from_bytes(copy, policy=email.policy.default)
    assert isinstance(parsed, EmailMessage)
    return parsed


def text_of(copy: EmailMessage) -> str:
    body = copy.get_body()
    assert body is not None
    return str(body.get_content())


def test_a_program_is_taken_out_and_named_and_everything_else_can_be_read(
    disarmer: Disarmer, reader: MailReader
) -> None:
    copy = copied(disarmer, reader, letter(("facture.exe", PROGRAM), ("photo.png", PICTURE)))
    assert copy["Subject"] == "Facture du mois de décembre"
    assert copy["Message-ID"] == "<7@biorhone.example>"
    said = text_of(copy)
    assert words(Language.FR)["gone"].format(name="facture.exe") in said
    assert "voici la facture." in said
    assert PROGRAM not in copy.as_bytes()
    (kept,) = copy.iter_attachments()
    assert kept.get_filename() == "photo.png"
    assert kept.get_content() == PICTURE


def test_a_document_that_would_act_is_replaced_or_taken_out_never_kept(
    disarmer: Disarmer, reader: MailReader
) -> None:
    copy = copied(disarmer, reader, letter(("formulaire.pdf", SCRIPTED)))
    assert "formulaire.pdf" in text_of(copy)
    for part in copy.iter_attachments():
        assert b"/Launch" not in part.get_content()


def test_of_a_page_only_its_words_are_in_the_copy(disarmer: Disarmer, reader: MailReader) -> None:
    copy = copied(disarmer, reader, letter(("facture.exe", PROGRAM), html=True))
    assert copy.get_body(preferencelist=("html",)) is None
    assert "evil" not in text_of(copy)
    assert "voici" in text_of(copy)


def test_a_name_that_turns_round_is_shown_without_its_trick(
    disarmer: Disarmer, reader: MailReader
) -> None:
    copy = copied(disarmer, reader, letter(("facture\u202efdp.exe", PROGRAM)))
    assert "\u202e" not in text_of(copy)


def test_a_broken_letter_has_a_copy_too(disarmer: Disarmer, reader: MailReader) -> None:
    broken = letter(("facture.exe", PROGRAM))[:-700]
    assert text_of(copied(disarmer, reader, broken))


def test_an_attachment_is_given_under_its_own_digest_alone(reader: MailReader) -> None:
    content = letter(("a.bin", PROGRAM), ("b.png", PICTURE))
    digests = [each.digest for each in reader.read(content).attachments]
    found = attachments(content, digests)
    assert sorted(found.values()) == sorted([PROGRAM, PICTURE])
    assert attachments(content, ["0" * 64]) == {}
    assert attachments(b"\xff\x00 nothing", digests) == {}
