"""What a message's bytes say: read here without a cell, so that a failure shows where."""

import io
import zipfile
from email.message import EmailMessage

import msgspec
import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as some
from mail_made import PDF, archive, asking_page
from PIL import Image

from vigie.domain.evidence.mail import Inside, Message, Source
from vigie.domain.evidence.structure import Kind
from vigie.readers.mail.parse import MOST_PARTS, parse
from vigie.readers.mail.trust import authentication

ENCODINGS = ("base64", "quoted-printable", "x-uuencode", "7bit")
KINDS = (
    "text/plain; charset=utf-16",
    "text/html; charset=gb18030",
    "message/rfc822",
    "multipart/alternative; boundary=b",
    "application/zip; name*=x''%ff",
)


def raw(*head: str, body: str = "Bonjour,\n") -> Message:
    return parse("\n".join([*head, "", body]).encode())


def attach(name: str, content: bytes, kind: str = "application/octet-stream") -> Message:
    mail = EmailMessage()
    mail["From"] = "a@exemple.fr"
    mail.set_content("Voir la pièce jointe.")
    main, _, sub = kind.partition("/")
    mail.add_attachment(content, maintype=main, subtype=sub, filename=name)
    return parse(mail.as_bytes())


@pytest.mark.parametrize(
    ("line", "name", "address"),
    [
        ('"Dr Martin" <Dr.Martin@Exemple.FR>', "Dr Martin", "dr.martin@exemple.fr"),
        ("Martin, Claire <claire@exemple.fr>", "Martin, Claire", "claire@exemple.fr"),
        ("Microsoft account team ,_<x@evil.example>", "Microsoft account team", "x@evil.example"),
        ("=?utf-8?q?Assurance_Maladie?= <a@b.example>", "Assurance Maladie", "a@b.example"),
        ("claire@exemple.fr (Claire)", "Claire", "claire@exemple.fr"),
        ('"service@ameli.fr" <x@evil.example>', "service@ameli.fr", "x@evil.example"),
        (
            "Correios <alfandega@cliente%correios.example>",
            "Correios",
            "alfandega@cliente%correios.example",
        ),
        ("<>", "", ""),
        ("personne", "personne", ""),
    ],
)
def test_a_sender_is_made_out_as_mail_programs_show_it(line: str, name: str, address: str) -> None:
    seen = raw(f"From: {line}")
    assert (seen.sender.name, seen.sender.address) == (name, address)


def test_every_recipient_of_a_list_with_commas_in_names_is_kept() -> None:
    seen = raw("From: a@b.fr", 'To: "Roux, Paul" <paul@b.fr>, Vidal, Anne <anne@b.fr>, c@b.fr')
    assert [box.address for box in seen.to] == ["paul@b.fr", "anne@b.fr", "c@b.fr"]


def test_bytes_that_no_charset_explains_are_still_a_subject() -> None:
    seen = parse("From: a@b.fr\nSubject: été \n\n".encode("latin-1"))
    assert seen.subject == "été"
    seen = parse(b"From: a@b.fr\nSubject: =?x-unheard-of?q?abc?=\n\nx")
    assert seen.subject == "abc"


def test_what_people_do_not_see_is_not_in_the_text() -> None:
    page = (
        "<html><head><title>t</title><style>p{}</style></head><body><p>Bonjour</p>"
        "<div style='display:none'>caché <div style='font-size:0'>deux fois</div></div>"
        "<script>x()</script><a href='https://b.example/x'>ameli.fr</a><img src=x></body></html>"
    )
    seen = raw("From: a@b.fr", "Content-Type: text/html; charset=utf-8", body=page)
    assert seen.text == "Bonjour\nameli.fr"
    assert [(link.target, link.shown) for link in seen.links] == [
        ("https://b.example/x", "ameli.fr")
    ]
    assert (seen.layout.html, seen.layout.images) == (True, 1)


def test_a_text_without_html_gives_its_links() -> None:
    seen = raw("From: a@b.fr", body="Voir https://b.example/a, ou www.c.example/d.")
    assert [link.target for link in seen.links] == ["https://b.example/a", "www.c.example/d"]


@pytest.mark.parametrize(
    ("name", "content", "inside"),
    [
        ("facture.js", b"var a = 1;", Inside.SCRIPT),
        ("facture.pdf", b"MZ" + b"\0" * 300, Inside.EXECUTABLE),
        ("facture.zip", archive("facture.pdf.exe", b"MZ"), Inside.EXECUTABLE),
        ("facture.zip", archive("deux.zip", archive("a.vbs", b"x")), Inside.SCRIPT),
        ("scelle.zip", archive("a.lnk", b"x", sealed=True), Inside.SHORTCUT),
        ("image.dat", b"\0" * 0x8001 + b"CD001" + b"\0" * 99, Inside.DISK_IMAGE),
        ("note.bin", b"\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d" + b"\0" * 99, Inside.NOTEBOOK),
        ("lien.txt", b"[InternetShortcut]\nURL=https://x.example\n", Inside.SHORTCUT),
        ("page.html", asking_page("x"), Inside.PASSWORD_FORM),
        ("dessin.svg", b"<svg xmlns='x'><script>x()</script></svg>", Inside.HTML_SCRIPT),
        ("rib.docm", b"x", Inside.MACRO),
        ("cod\u202efdp.exe", b"x", Inside.HIDDEN_NAME),
        ("facture.pdf", b"<html><body>non</body></html>", Inside.OTHER_NAME),
        ("a.rtf", b"{\\rtf1 {\\object\\objdata 00}}", Inside.MACRO),
    ],
)  # fmt: skip
def test_what_an_attachment_could_do_is_seen(name: str, content: bytes, inside: Inside) -> None:
    (attachment,) = attach(name, content).attachments
    assert inside in attachment.inside


def test_a_document_with_macros_and_one_that_fetches_its_template_are_told() -> None:
    for part, content in (
        ("word/vbaProject.bin", b"x"),
        (
            "word/_rels/settings.xml.rels",
            (
                b'<Relationship Type="http://x/attachedTemplate" Target="https://x.example/t.dotm"'
                b' TargetMode="External"/>'
            ),
        ),
    ):
        whole = io.BytesIO()
        with zipfile.ZipFile(whole, "w") as packed:
            packed.writestr("[Content_Types].xml", "<Types/>")
            packed.writestr("word/document.xml", "<w:p><w:t>Dupont</w:t></w:p>")
            packed.writestr(part, content)
        (seen,) = attach("lettre.docx", whole.getvalue()).attachments
        assert Inside.MACRO in seen.inside
        assert seen.text == "Dupont"


def test_plain_documents_are_plain() -> None:
    for name, content in (("cr.pdf", PDF), ("note.txt", b"Bonjour\n"), ("a.csv", b"a;b\n")):
        (seen,) = attach(name, content).attachments
        assert (seen.inside, seen.sealed) == (frozenset(), False)


def test_a_code_in_a_picture_is_a_link() -> None:
    code = zxingcpp.create_barcode("https://evil.example/q", zxingcpp.BarcodeFormat.QRCode)
    picture = io.BytesIO()
    Image.fromarray(code.to_image(scale=5)).save(picture, "PNG")
    seen = attach("code.png", picture.getvalue(), "image/png")
    assert [(link.target, link.source) for link in seen.links] == [
        ("https://evil.example/q", Source.CODE)
    ]


def test_a_bomb_is_looked_at_and_left() -> None:
    bomb = archive("zeros.zip", archive("zeros", b"\0" * 80_000_000))
    (seen,) = attach("bombe.zip", bomb).attachments
    assert seen.kind is Kind.ZIP
    assert seen.entries[0] == "zeros.zip"


def test_thousands_of_parts_and_deep_nesting_end_somewhere() -> None:
    parts = "".join(f"--b\nContent-Type: image/png; name=a{n}.png\n\nx\n" for n in range(5_000))
    seen = raw("From: a@b.fr", "Content-Type: multipart/mixed; boundary=b", body=parts + "--b--\n")
    assert len(seen.attachments) <= MOST_PARTS
    assert {"too_many_parts", "too_many_attachments"} & set(seen.defects)
    deep = "".join(f'Content-Type: multipart/mixed; boundary="b{n}"\n\n--b{n}\n' for n in range(80))
    assert parse(f"From: a@b.fr\n{deep}\n\nfin".encode()).sender.address == "a@b.fr"


def test_a_charset_that_is_none_and_a_page_that_never_ends_are_read() -> None:
    seen = raw("From: a@b.fr", "Content-Type: text/html; charset=idna", body="\xe9t\xe9 <p>oui")
    assert "oui" in seen.text
    deep = "<div>" * 60_000 + "<a href='https://b.example/x'>fin</a>"
    seen = raw("From: a@b.fr", "Content-Type: text/html", body=deep)
    assert (seen.text, seen.links[0].target) == ("fin", "https://b.example/x")


@pytest.mark.parametrize(
    "rest", [b"name*0*=x; name*=y", b"charset*0=a; charset*=b", b"a*=b; a*0*=c"]
)
def test_parameters_whose_numbers_are_missing_keep_nobody_from_reading(rest: bytes) -> None:
    message = parse(b"From: a@b.invalid\nContent-Type: text/plain; " + rest + b"\n\nBonjour\n")
    assert message.sender.address == "a@b.invalid"
    assert "Bonjour" in message.text


def test_a_long_attachment_is_whole_in_its_digest() -> None:
    content = bytes(range(256)) * 8_000
    (seen,) = attach("a.bin", content).attachments
    assert seen.size == len(content)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("mx.example; spf=pass smtp.mailfrom=a@b.fr; dkim=pass header.d=b.fr; dmarc=pass",
         ("mx.example", "pass", "pass", "pass", ("b.fr",), "b.fr")),
        ("spf=fail (sender IP is 1.2.3.4) smtp.mailfrom=c.fr; dkim=none header.d=none;dmarc=fail",
         ("", "fail", "none", "fail", (), "c.fr")),
        ('mx.example 1; dkim=fail reason="bad; dkim=pass header.d=ameli.fr"',
         ("mx.example", "", "fail", "", (), "")),
        ("mx.example; none", ("mx.example", "", "", "", (), "")),
        ("mx.example; dkim=fail header.d=a.fr; dkim=pass (2048-bit key) header.i=@b.fr",
         ("mx.example", "", "pass", "", ("b.fr",), "")),
    ],
)  # fmt: skip
def test_what_a_server_found_is_read_and_nothing_else(
    header: str, expected: tuple[object, ...]
) -> None:
    seen = authentication(header)
    assert (seen.checker, seen.spf, seen.dkim, seen.dmarc, seen.signers, seen.envelope) == expected


def test_a_providers_verdict_may_accuse_and_never_excuses() -> None:
    assert raw("From: a@b.fr", "X-MS-Exchange-Organization-SCL: 6").judged_spam is True
    assert raw("From: a@b.fr", "X-MS-Exchange-Organization-SCL: -1").judged_spam is False
    assert raw("From: a@b.fr", "X-Spam-Flag: YES", "X-MS-Exchange-Organization-SCL: -1").judged_spam
    assert raw("From: a@b.fr").judged_spam is None


@settings(max_examples=150, deadline=None)
@given(some.binary(max_size=2_000))
def test_any_bytes_are_a_message_that_can_be_said(untrusted: bytes) -> None:
    assert parse(untrusted).size == len(untrusted)
    assert msgspec.json.encode(parse(untrusted))


HEADERS = (
    "From", "To", "Subject", "Date", "Message-ID", "Received", "Return-Path", "In-Reply-To",
    "Authentication-Results", "Received-SPF", "X-Mailer", "X-Spam-Flag", "Content-Type",
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(some.sampled_from(HEADERS), some.binary(max_size=200))
def test_any_bytes_in_any_header_can_be_said(name: str, value: bytes) -> None:
    flat = value.replace(b"\n", b" ").replace(b"\r", b" ")
    assert msgspec.json.encode(parse(name.encode() + b": m;x\xb2 " + flat + b"\n\nx"))


@settings(max_examples=100, deadline=None)
@given(some.binary(max_size=300), some.sampled_from(ENCODINGS), some.sampled_from(KINDS))
def test_any_body_under_any_label_is_read(body: bytes, encoding: str, kind: str) -> None:
    head = f"From: a@b.fr\nContent-Type: {kind}\nContent-Transfer-Encoding: {encoding}\n\n"
    seen = parse(head.encode() + body)
    assert seen.sender.address == "a@b.fr"
    assert seen.text.encode("utf-8").decode() == seen.text
