import smtplib
import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from mail_desk import Post, letter
from provider import until

from vigie.sensors.outbox.leaving import State


def certificate(place: Path) -> tuple[Path, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    own = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    (place / "cert.pem").write_bytes(own.public_bytes(serialization.Encoding.PEM))
    (place / "key.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return place / "cert.pem", place / "key.pem"


@pytest.mark.parametrize("at_once", [True, False])
def test_with_a_certificate_nobody_signs_in_before_the_line_is_encrypted(
    signed_post: Post, tmp_path: Path, *, at_once: bool
) -> None:
    post = signed_post
    pair = certificate(tmp_path)
    post.open(tls=pair, tls_at_once=at_once)
    trust = ssl.create_default_context(cafile=str(pair[0]))
    if at_once:
        client: smtplib.SMTP = smtplib.SMTP_SSL("127.0.0.1", post.port, context=trust, timeout=20)
    else:
        client = smtplib.SMTP("127.0.0.1", post.port, timeout=20)
        client.ehlo()
        assert "auth" not in client.esmtp_features
        assert client.docmd("AUTH", "PLAIN AGFAYgB4")[0] == 530
        client.starttls(context=trust)
    with client:
        client.login("dr@cabinet.example", "correct horse")
        client.sendmail("dr@cabinet.example", ["a@b.example"], letter(1))
    assert until(lambda: post.states() == [State.SENT])
    assert [t.content for t in post.provider.taken] == [letter(1)]
