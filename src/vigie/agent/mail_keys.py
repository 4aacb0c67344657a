"""The sections of agent.toml about mail: `[mail]`, each `[[mailbox]]`, and `[relay]`."""

from dataclasses import dataclass, field
from pathlib import Path

from vigie.agent import toml_values
from vigie.agent.toml_values import key
from vigie.tools.smtp import Security


@dataclass(frozen=True, slots=True, kw_only=True)
class MailKeys:
    """`[mail]`: what holds for both directions."""

    calibration_days: int = field(
        default=14,
        metadata=key(toml_values.days, "days at the start in which mail is judged and never held"),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class MailboxKeys:
    """`[[mailbox]]`: one account whose incoming mail is watched over IMAP."""

    host: str = field(metadata=key(toml_values.text, "the IMAP server"))
    login: str = field(metadata=key(toml_values.text, "the account's login there"))
    port: int = field(default=993, metadata=key(toml_values.count, "its port"))
    security: Security = field(
        default=Security.TLS,
        metadata=key(toml_values.choice(Security), "how the connection is encrypted"),
    )
    ca: Path | None = field(
        default=None, metadata=key(toml_values.path, "a file with the one authority to trust")
    )
    password_file: Path | None = field(
        default=None, metadata=key(toml_values.path, "a file with the account's password")
    )
    token_address: str | None = field(
        default=None,
        metadata=key(toml_values.address, "where access tokens are renewed (XOAUTH2)"),
    )
    device_address: str | None = field(
        default=None,
        metadata=key(toml_values.address, "where a person's consent is asked for, once"),
    )
    scope: str = field(
        default="", metadata=key(toml_values.text, "what the provider calls access to mail")
    )
    client: str | None = field(
        default=None, metadata=key(toml_values.text, "the practice's own client id there")
    )
    client_secret_file: Path | None = field(
        default=None, metadata=key(toml_values.path, "a file with the client's secret")
    )
    refresh_token_file: Path | None = field(
        default=None, metadata=key(toml_values.path, "a file with the refresh token; it is renewed")
    )
    folder: str = field(
        default="INBOX", metadata=key(toml_values.text, "the folder that new mail comes into")
    )
    banner: bool = field(
        default=False,
        metadata=key(toml_values.yes, "show a doubtful message as a copy with a warning above it"),
    )
    disarmed_copy: bool = field(
        default=True,
        metadata=key(
            toml_values.yes, "show a copy without its dangerous attachments of a message set aside"
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class RelayKeys:
    """`[relay]`: the practice's outgoing mail, on its way to its provider."""

    provider: str | None = field(
        default=None, metadata=key(toml_values.text, "the provider's submission server")
    )
    provider_port: int = field(default=465, metadata=key(toml_values.count, "its port"))
    provider_security: Security = field(
        default=Security.TLS,
        metadata=key(toml_values.choice(Security), "how the way to it is encrypted"),
    )
    provider_ca: Path | None = field(
        default=None, metadata=key(toml_values.path, "a file with the authority to trust for it")
    )
    address: str = field(
        default="127.0.0.1", metadata=key(toml_values.text, "the address mail programs send to")
    )
    port: int = field(default=1587, metadata=key(toml_values.count, "the port they send to"))
    certificate: Path | None = field(
        default=None, metadata=key(toml_values.path, "a certificate, needed beyond this machine")
    )
    certificate_key: Path | None = field(
        default=None, metadata=key(toml_values.path, "the certificate's key")
    )
    tls_at_once: bool = field(
        default=False, metadata=key(toml_values.yes, "encrypt from the first word, not by STARTTLS")
    )
