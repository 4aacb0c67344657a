"""The notice that a message did not leave: a delivery status notification (RFC 3464)."""

from collections.abc import Mapping
from datetime import datetime
from email.message import Message
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.utils import format_datetime

from vigie.sensors.outbox.leaving import Envelope
from vigie.tools.letters import identity, split_head
from vigie.tools.smtp import Refused

_LONGEST_HEAD = 20_000  # bytes of the header that is given back

SENTENCE = (
    "Votre message n’a pas pu être remis à\u00a0: {whom}.\n"
    "Il reste gardé sur ce poste. Vérifiez l’adresse, ou téléphonez.\n\n"
    "Réponse du serveur de messagerie\u00a0:\n{answers}\n"
)


def returned(
    content: bytes, envelope: Envelope, refused: Mapping[str, Refused], now: datetime
) -> bytes:
    """Return the notice to the sender of `content` about whom it did not reach, with CRLF."""
    notice = MIMEMultipart("report", report_type="delivery-status")
    notice["From"] = envelope.sender
    notice["To"] = envelope.sender
    notice["Subject"] = "Message non remis"
    notice["Date"] = format_datetime(now)
    notice["Message-ID"] = f"<{now.timestamp():.6f}.returned@vigie.invalid>"
    notice["Auto-Submitted"] = "auto-replied"
    if known := identity(content):
        notice["In-Reply-To"] = known
    answers = "\n".join(f"  {whom}\u00a0: {no}" for whom, no in refused.items())
    said = SENTENCE.format(whom=", ".join(refused), answers=answers)
    notice.attach(MIMEText(said, "plain", "utf-8"))
    notice.attach(_status(refused))
    original = MIMEText(
        split_head(content)[0][:_LONGEST_HEAD].decode("utf-8", "replace") + "\n",
        "rfc822-headers",
        "utf-8",
    )
    notice.attach(original)
    return notice.as_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def _status(refused: Mapping[str, Refused]) -> Message:
    status = Message()
    status["Content-Type"] = "message/delivery-status"
    parts: list[Message | str] = [_block({"Reporting-MTA": "dns; vigie.invalid"})]
    for whom, no in refused.items():
        answer = f"smtp; {no.code} {no.text}".encode("ascii", "replace").decode()
        parts.append(
            _block(
                {
                    "Final-Recipient": f"rfc822; {whom}",
                    "Action": "failed",
                    "Status": "4.4.7" if no.for_now else "5.0.0",
                    "Diagnostic-Code": " ".join(answer.split())[:400],
                }
            )
        )
    status.set_payload(parts)
    return status


def _block(fields: Mapping[str, str]) -> Message:
    block = Message()
    for name, value in fields.items():
        block[name] = value
    return block
