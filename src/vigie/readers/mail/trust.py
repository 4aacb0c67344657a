"""What servers wrote into the head: Authentication-Results (RFC 8601), and verdicts on spam."""

import re
from email.message import Message as Parsed

from vigie.domain.evidence.mail import Authentication

_MOST = 12
_LONGEST = 4_000
_COMMENT = re.compile(r"\([^()]*\)")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')
_RESULT = re.compile(r"([a-z][a-z0-9-]*)(?:/\d+)?\s*=\s*([a-z]+)", re.IGNORECASE)
_PROPERTY = re.compile(r"([a-z]+)\.([a-z][a-z0-9_-]*)\s*=\s*([^\s;]+)", re.IGNORECASE)
_WORDS = frozenset(
    {
        "pass",
        "fail",
        "softfail",
        "neutral",
        "none",
        "temperror",
        "permerror",
        "policy",
        "bestguesspass",
    }
)
_BAD_AT_LEAST = 5  # Microsoft's confidence that it is spam, from -1 to 9


def authentications(parsed: Parsed) -> tuple[Authentication, ...]:
    """Return the Authentication-Results in the order of the head; else what Received-SPF says."""
    raw = [str(v) for k, v in parsed.raw_items() if k.lower() == "authentication-results"]
    found = tuple(authentication(value) for value in raw[:_MOST])
    if not found:
        spf = [str(v) for k, v in parsed.raw_items() if k.lower() == "received-spf"]
        word = spf[0].split()[0].lower() if spf and spf[0].split() else ""
        found = (Authentication(checker="", spf=word),) if word in _WORDS else ()
    return found


def authentication(untrusted: str) -> Authentication:
    """Return one header's results. Some providers leave their own name out."""
    text = " ".join(untrusted[:_LONGEST].split())
    text = _QUOTED.sub(lambda m: re.sub(r"[\s;]", "", m[1]), text)
    for _ in range(4):
        text = _COMMENT.sub(" ", text)
    pieces = [piece.strip() for piece in text.split(";")]
    checker = ""
    if pieces and not _RESULT.match(pieces[0]):
        checker = pieces.pop(0).split(" ")[0].lower()
    results: dict[str, str] = {}
    signers: dict[str, None] = {}
    envelope = ""
    for piece in pieces:
        properties = {f"{a}.{b}".lower(): v.lower() for a, b, v in _PROPERTY.findall(piece)}
        # One piece is one result; a provider that forgets the semicolon is read all the same.
        for method, word in _RESULT.findall(re.sub(_PROPERTY, " ", piece)):
            method, word = method.lower(), word.lower()
            if method not in {"spf", "dkim", "dmarc"} or word not in _WORDS:
                continue
            if results.get(method) != "pass":
                results[method] = word
            if method == "dkim" and word == "pass":
                signer = properties.get("header.d") or properties.get("header.i", "")
                signers[signer.rpartition("@")[2].strip(".")] = None
            if method == "spf":
                envelope = properties.get("smtp.mailfrom", envelope).rpartition("@")[2].strip("<>.")
    return Authentication(
        checker=checker[:253],
        spf=results.get("spf", ""),
        dkim=results.get("dkim", ""),
        dmarc=results.get("dmarc", ""),
        signers=tuple(s[:253] for s in signers if s and s != "none")[:8],
        envelope=envelope[:253],
    )


def judged_spam(parsed: Parsed) -> bool | None:
    """Return the provider's own verdict, None where there is none.

    A sender can write such a header as well: it may accuse, and is never taken for a good word.
    """
    heads = {key.lower(): str(value).strip().lower() for key, value in parsed.raw_items()}
    said: list[bool] = []
    if re.fullmatch(r"-?\d", scl := heads.get("x-ms-exchange-organization-scl", "")):
        said.append(int(scl) >= _BAD_AT_LEAST)
    if found := re.search(r"\bscl:(-?\d)", heads.get("x-forefront-antispam-report", "")):
        said.append(int(found[1]) >= _BAD_AT_LEAST)
    said += [heads[name][:3] == "yes" for name in _FLAGS if heads.get(name, "")[:2] in {"ye", "no"}]
    return any(said) if said else None


_FLAGS = ("x-spam-flag", "x-spam-status", "x-spam", "x-ovh-spam", "x-spam-result", "x-rspamd-spam")
