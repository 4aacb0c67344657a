"""The ways to reach a person: those of Apprise's that we let in, and what an address may ask.

Apprise also runs programs, reads local files as templates and talks to the desktop it runs on:
nothing of that is an address of a person. So schemes and their options are two closed lists. No
plugin among them starts a thread or a program (a test looks): what watches their connections
watches the one thread that sends.
"""

from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

from apprise import Apprise, AppriseAsset, NotifyBase, NotifyFormat, NotifyType
from apprise.common import PersistentStoreMode

from vigie.console import outgoing
from vigie.domain.finding import Gravity

LONGEST = 1_000  # characters of an address; a webhook of Teams has about 300
LIMIT = 20.0  # seconds for one connection, and for one answer

HOST_MAIL = "e-mail"  # by the host's mail server, where it names one

# scheme → what people call it. Each is encrypted on its way.
SAFE = {
    "mailtos": "E-mail",
    "ntfys": "ntfy",
    "signals": "Signal",
    "workflows": "Microsoft Teams",
    "jsons": "Webhook (JSON)",
    "gotifys": "Gotify",
    "mmosts": "Mattermost",
    "rockets": "Rocket.Chat",
    "nctalks": "Nextcloud Talk",
    "zulip": "Zulip",
    "slack": "Slack",
    "discord": "Discord",
    "gchat": "Google Chat",
    "wxteams": "Webex",
    "tgram": "Telegram",
    "threema": "Threema",
    "pover": "Pushover",
    "freemobile": "SMS (Free Mobile)",
    "sfr": "SMS (SFR)",
    "octopush": "SMS (Octopush)",
    "46elks": "SMS (46elks)",
    "seven": "SMS (seven)",
    "smseagles": "SMS (SMSEagle)",
    "httpsms": "SMS (httpSMS)",
    "twilio": "SMS (Twilio)",
    "vonage": "SMS (Vonage)",
    "bulksms": "SMS (BulkSMS)",
    "clicksend": "SMS (ClickSend)",
    "msgbird": "SMS (MessageBird)",
}
# The same without encryption: only to receivers that stand on a network the host names.
PLAIN = {"mailto", "ntfy", "signal", "json", "gotify", "mmost", "rocket", "smseagle"}
# What an address may ask besides. Not `verify` (certificates are verified), not `redirect`, and
# nothing that names a file: `template`, `pgpkey`, `attach`.
OPTIONS = frozenset({
    "from", "to", "name", "smtp", "mode", "user", "pass", "reply", "cc", "bcc", "priority", "tags",
    "token", "auth", "key", "format", "sender", "apikey", "region", "method", "route", "batch",
})  # fmt: skip

_TYPES = {
    Gravity.NOTE: NotifyType.INFO,
    Gravity.CONCERN: NotifyType.WARNING,
    Gravity.ALARM: NotifyType.FAILURE,
}


def said(kind: str) -> str:
    """Return what people call a kind of address."""
    if kind == HOST_MAIL:
        return SAFE["mailtos"]
    return SAFE.get(kind) or SAFE.get(f"{kind}s", kind)


class NotAnAddress(ValueError):
    """The text is no address we take; the slug says why, and nothing of it is repeated."""

    def __init__(self, slug: str) -> None:
        super().__init__(slug)
        self.slug = slug


@dataclass(frozen=True, slots=True)
class Letter:
    """What is said: plain text, in the person's language, with nothing of a patient in it."""

    title: str
    body: str
    gravity: Gravity = Gravity.NOTE
    reference: str = ""


def scheme(untrusted_address: str, local: tuple[outgoing.Network, ...] = ()) -> str:
    """Given an address as somebody typed it, return its scheme. Raise NotAnAddress.

    Nothing is connected to: where a name leads is looked at when it is used.
    """
    if len(untrusted_address) > LONGEST or not untrusted_address.isprintable():
        raise NotAnAddress("malformed")
    try:
        parts = urlsplit(untrusted_address)
        host = parts.hostname or ""
        asked = parse_qsl(parts.query, keep_blank_values=True, max_num_fields=20)
    except ValueError:
        raise NotAnAddress("malformed") from None
    if parts.scheme not in SAFE and parts.scheme not in PLAIN:
        raise NotAnAddress("unknown_scheme")
    if any(name not in OPTIONS for name, _ in asked) or parts.fragment:
        raise NotAnAddress("unknown_option")
    hosts = {host, dict(asked).get("smtp", host)}
    if dict(asked).get("mode") == "insecure" or parts.scheme in PLAIN:
        if not all(_is_among(name, local) for name in hosts):
            raise NotAnAddress("not_encrypted")
    elif any(_is_inside(name) and not _is_among(name, local) for name in hosts):
        raise NotAnAddress("inside")
    if _made(untrusted_address) is None:
        raise NotAnAddress("malformed")
    return parts.scheme


def by_the_host(email: str) -> str:
    """Return how an e-mail address is kept that the host's own mail server reaches."""
    return f"{HOST_MAIL}:{email}"


def through(address: str, host_mail: str) -> str:
    """Given an address as it is kept, return one of Apprise's. Raise NotAnAddress.

    `host_mail` is the host's mail server as Apprise writes it; it may have changed since.
    """
    if not address.startswith(f"{HOST_MAIL}:"):
        return address
    if not host_mail:
        raise NotAnAddress("no_mail_server")
    receiver = quote(address.removeprefix(f"{HOST_MAIL}:"))
    return f"{host_mail}{'&' if '?' in host_mail else '?'}to={receiver}"


def tell(address: str, letter: Letter, local: tuple[outgoing.Network, ...] = ()) -> bool:
    """Send a letter to an address; return whether its receiver took it.

    The address was read by `scheme` when it came in, and is read again: what is allowed may have
    changed since. Raise NotAnAddress.
    """
    scheme(address, local)
    way = _made(address)
    if way is None:
        raise NotAnAddress("malformed")
    with outgoing.outward(local):
        return bool(
            way.notify(
                body=letter.body,
                title=letter.title,
                notify_type=_TYPES[letter.gravity],
                body_format=NotifyFormat.TEXT,
            )
        )


def _made(address: str) -> NotifyBase | None:
    asset = AppriseAsset(
        app_id="Vigie",
        app_desc="Vigie",
        app_url="",
        async_mode=False,
        http_redirects=False,
        pgp_autogen=False,
        pem_autogen=False,
        storage_mode=PersistentStoreMode.MEMORY,
        image_url_mask="",
        image_url_logo="",
    )
    way: Any = Apprise.instantiate(address, asset=asset)
    if way is None:
        return None
    way.socket_connect_timeout = way.socket_read_timeout = LIMIT
    made: NotifyBase = way
    return made


def _is_inside(host: str) -> bool:
    """Return whether `host` is an IP address that is not public."""
    try:
        ip_address(host)
    except ValueError:
        return host == "localhost"
    return not outgoing.may_reach(host)


def _is_among(host: str, local: tuple[outgoing.Network, ...]) -> bool:
    """Return whether `host` is an IP address on a network that the host of the console names."""
    return not outgoing.may_reach(host) and outgoing.may_reach(host, local)
