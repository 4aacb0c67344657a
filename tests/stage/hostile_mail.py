"""Broken and hostile messages, made from sound ones: the same ones for the same seed."""

import random
from collections.abc import Callable, Iterator, Sequence

_Blow = Callable[[bytes, random.Random], bytes]


def hostile(seeds: Sequence[bytes], count: int, seed: int = 7) -> Iterator[bytes]:
    """Yield `count` hostile messages."""
    chance = random.Random(seed)
    for number in range(count):
        untrusted = chance.choice(seeds)
        for _ in range(1 + number % 3):
            untrusted = _BLOWS[chance.randrange(len(_BLOWS))](untrusted, chance)
        yield untrusted


def _flip(raw: bytes, chance: random.Random) -> bytes:
    changed = bytearray(raw)
    for _ in range(chance.choice((1, 10, 200))):
        if changed:
            changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


def _cut(raw: bytes, chance: random.Random) -> bytes:
    return raw[: chance.randrange(len(raw) + 1)]


def _swap(raw: bytes, chance: random.Random) -> bytes:
    lines = raw.split(b"\n")
    chance.shuffle(lines)
    return b"\n".join(lines)


def _doubled(raw: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(raw) + 1)
    return raw[:at] + raw + raw[at:]


def _headers(raw: bytes, chance: random.Random) -> bytes:
    name = chance.choice((b"From", b"Subject", b"Content-Type", b"Received", b"Date"))
    value = chance.choice((b"=?utf-8?b?" + b"QUFB" * 900 + b"?=", b"(" * 3_000, b'"' * 999, b"\xff" * 2_000,
                           b"<" * 5_000, b"a@b," * 4_000, b"; name*0*=x" * 500))  # fmt: skip
    return b"".join(name + b": " + value + b"\n" for _ in range(chance.choice((1, 40)))) + raw


def _nested(raw: bytes, chance: random.Random) -> bytes:
    for depth in range(chance.choice((3, 30, 120))):
        mark = b"n%d" % depth
        raw = (
            b"From: a@b.fr\nContent-Type: multipart/mixed; boundary=" + mark + b"\n\n--" + mark
            + b"\nContent-Type: message/rfc822\n\n" + raw + b"\n--" + mark + b"--\n"
        )  # fmt: skip
    return raw


def _parts(raw: bytes, chance: random.Random) -> bytes:
    part = b"--p\nContent-Type: text/html; charset=" + chance.choice((b"utf-7", b"utf-16", b"x", b"idna"))
    part += b"\n\n<div style='display:none'><a href='http://x'>" * chance.choice((1, 50)) + b"\n"
    return b"From: a@b.fr\nContent-Type: multipart/mixed; boundary=p\n\n" + part * 1_500 + raw


def _page(_raw: bytes, chance: random.Random) -> bytes:
    tag = chance.choice((b"<div>", b"<table><tr><td>", b"<a href='http://x.example/", b"<b style='opacity:0'>", b"<svg>"))
    return b"From: a@b.fr\nContent-Type: text/html\n\n" + tag * chance.choice((100, 60_000))


def _attachment(_raw: bytes, chance: random.Random) -> bytes:
    start = chance.choice((b"%PDF-1.7\n", b"PK\3\4", b"\x89PNG\r\n\x1a\n", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
                           b"Rar!\x1a\x07", b"\x1f\x8b\x08", b"GIF89a", b"\xff\xd8\xff", b"{\\rtf", b"7z\xbc\xaf\x27\x1c"))  # fmt: skip
    content = start + chance.randbytes(chance.choice((30, 3_000, 60_000)))
    body = content.hex().encode()
    return (
        b"From: a@b.fr\nContent-Type: application/octet-stream; name=a.pdf\nContent-Transfer-Encoding: "
        + chance.choice((b"8bit\n\n" + content, b"base64\n\n" + body, b"quoted-printable\n\n" + content))
    )


_BLOWS: Sequence[_Blow] = (_flip, _cut, _swap, _doubled, _headers, _nested, _parts, _page, _attachment)
