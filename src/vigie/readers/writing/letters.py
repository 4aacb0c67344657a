"""From bytes to letters, in the encodings that texts are saved in."""

LARGEST = 4 * 200_000  # bytes: four for each character that is searched
_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_CONTROLS = frozenset(chr(n) for n in range(32)) - frozenset("\t\n\r\f\x0b\x1b")
_MOST_CONTROLS = 0.01  # of the characters: a text has none, another file many


def decoded(untrusted: bytes) -> str:
    """Return the text of some bytes. Raise UnicodeError where they are none."""
    encoding = next((name for mark, name in _MARKS if untrusted.startswith(mark)), "")
    if encoding:
        text = untrusted.decode(encoding)
    else:
        try:
            text = untrusted.decode("utf-8")
        except UnicodeDecodeError:
            text = untrusted.decode("cp1252")
    controls = sum(text.count(c) for c in _CONTROLS)
    if controls > _MOST_CONTROLS * len(text):
        raise UnicodeError("not a text")
    return text
