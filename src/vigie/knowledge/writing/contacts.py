"""Ways to reach somebody: mail, pages, accounts, telephones."""

import re
from collections.abc import Iterator

import phonenumbers
from phonenumbers import PhoneMetadata

from vigie.domain.evidence.writing import Kind, Mark

REGIONS = ("FR", "CH", "BE", "LU", "DE")
# Loaded now: a cell can open no file later.
for _region in (*REGIONS, "MC", "GB", "IT", "ES", "PT", "NL", "AT", "RE", "GP", "MQ", "GF", "MA"):
    PhoneMetadata.metadata_for_region(_region)

_AT = r"(?:@|＠| ?[(\[{] ?(?:at|arobase|chez|a|@) ?[)\]}] ?| (?:at|arobase|arobas) )"
_DOT = r"(?:\.| ?[(\[{] ?(?:dot|point|punkt|\.) ?[)\]}] ?| (?:dot|point|punkt) )"
_MAIL = re.compile(
    rf"(?i)(?<![\w.])[\w][\w.+\-]{{0,63}}{_AT}[a-z0-9][a-z0-9\-]{{0,62}}"
    rf"(?:{_DOT}[a-z0-9\-]{{1,62}}){{0,3}}{_DOT}[a-z]{{2,12}}(?![\w@])"
)
_URL = re.compile(
    r"(?i)(?:\bhttps?://|\bhxxps?://|\bwww\.)[^\s<>\"'()\[\]{}«»]{2,500}"
    r"|(?<![\w.@/])(?:[a-z0-9\-]{1,40}\.){1,3}(?:fr|com|org|net|ch|be|lu|de|eu|io|info|care|me|app|link)"
    r"/[^\s<>\"'()\[\]{}«»]{1,300}"
)
_ACCOUNT = re.compile(r"(?<![\w@./])@[A-Za-z0-9_][A-Za-z0-9_.]{2,29}(?<!\.)(?![\w@])")
# A telephone as people write it. What it is, phonenumbers says.
_SEPARATOR = r"[ .\-/_()]{0,2}"
_PHONE = re.compile(
    rf"(?<![\w.,/\-])(?:(?:\+|00){_SEPARATOR}\d{{1,3}}{_SEPARATOR}(?:\(0\){_SEPARATOR})?|[0OoQ]|\(0\))"
    rf"{_SEPARATOR}[1-9lI](?:{_SEPARATOR}[0-9OoIl]){{6,11}}(?![\w]|[.,]\d)"
)
_DIGITS = str.maketrans("OoQIl", "00011")
_SAID = re.compile(
    r"(?i)\b(?:t[ée]l(?:[ée]phone)?s?|portable|mobile|fixe|num[ée]ro|joindre|joignable|appel\w*|rappel\w*|fax|"
    r"gsm|natel|sms|whatsapp|phone|call|reach|handy|telefon|nr|num|tel)\b[^\d\n]{0,25}$"
)
_EVERYBODYS = re.compile(r"(?:0|0033|33)8[0-9]{8}$")  # free and premium numbers of services
_LOOSE = re.compile(r"(?<![\w.,/])\d(?:[ .\-/]?\d){7,11}(?!\w)")


def contacts(text: str) -> Iterator[Mark]:
    """Yield the mail addresses, pages, accounts and telephones of a plain text."""
    for found in (
        _MAIL.finditer(text)
        if "@" in text or re.search(r"(?i)arobas|[(\[ ]at[ )\]]|chez\)", text)
        else ()
    ):
        if "@" in found[0] or re.search(r"[(\[{]|arobas", found[0]) or _provider(found[0]):
            start = found.start()
            if said := re.search(
                r"(?i)(?:\b[\w+\-]{1,30} (?:point|dot) ){1,3}$", text[max(0, start - 80) : start]
            ):
                start -= len(said[0])
            yield Mark(kind=Kind.MAIL, start=start, end=found.end())
    for found in _URL.finditer(text):
        end = found.start() + len(found[0].rstrip(".,;:!?…"))
        yield Mark(kind=Kind.URL, start=found.start(), end=end)
    for found in _ACCOUNT.finditer(text):
        yield Mark(kind=Kind.ACCOUNT, start=found.start(), end=found.end())
    yield from _phones(text)


def _provider(written: str) -> bool:
    return (
        re.search(r"(?i)gmail|orange|free|hotmail|outlook|yahoo|sfr|laposte|bluewin", written)
        is not None
    )


def _phones(text: str) -> Iterator[Mark]:
    at = 0
    while found := _PHONE.search(text, at):
        said = _SAID.search(text[max(0, found.start() - 40) : found.start()]) is not None
        if length := _length(found[0], said=said):
            yield Mark(kind=Kind.PHONE, start=found.start(), end=found.start() + length)
        at = found.start() + length + 1 if length else found.end()
    for found in _LOOSE.finditer(text):
        if found[0][0] != "0" and _SAID.search(text[max(0, found.start() - 40) : found.start()]):
            yield Mark(kind=Kind.PHONE, start=found.start(), end=found.end())


def _length(written: str, *, said: bool) -> int:
    """Return how much of a run of digits is a telephone: « 06 12 34 56 78 34 ans » is not all."""
    if telephone(written):
        return len(written)
    if _EVERYBODYS.match(re.sub(r"\D", "", written)):
        return 0
    for gap in reversed(list(re.finditer(r"[ .\-/_()]+", written))):
        if sum(c.isalnum() for c in written[: gap.start()]) < 8:
            break
        if telephone(written[: gap.start()]):
            return gap.start()
    return len(written) if said else 0


def telephone(written: str) -> bool:
    """Return whether a number is one that a country of ours, or any with its code, has."""
    tidy = written.translate(_DIGITS).replace("(0)", "")
    if _EVERYBODYS.match(re.sub(r"\D", "", tidy)):
        return False
    if tidy.lstrip().startswith("00"):
        tidy = "+" + tidy.lstrip()[2:]
    regions = ("ZZ",) if tidy.startswith("+") else REGIONS
    return any(_possible(tidy, region) for region in regions)


def _possible(tidy: str, region: str) -> bool:
    try:
        number = phonenumbers.parse(tidy, None if region == "ZZ" else region)
    except phonenumbers.NumberParseException:
        return False
    if region == "DE" and not re.match(r"0[ ]?(?:1[567]|[2-9]\d{1,3}[ /\-])", tidy):
        return False  # German numbers have any length: only as people write them
    return phonenumbers.is_possible_number(number) and (
        region == "ZZ" or phonenumbers.is_valid_number(number)
    )
