"""Text and noise: what has no structure of its own."""

import codecs
import re
from collections import Counter
from collections.abc import Callable
from operator import mul, sub

from vigie.domain.evidence.structure import Kind
from vigie.readers.structure.look import Broken, Look, spread

BLOCK = 4096  # what intermittent encryption works in, and a page of the file system
SAMPLED_BLOCKS = 64  # of a long text: a quarter of a megabyte

# 256 values, 255 degrees of freedom: uniform bytes score 255 ± 22.6. 400 is more than six
# deviations above, so noise passes for something else less than once in 10⁸ blocks; deflated
# data and JPEG are seldom under 450, and are judged by their own structure anyway.
UNIFORM = 400.0
# Half of all bits are ones, give or take six deviations: a thousandth of the time of the full test,
# and enough for nearly all that is no noise.
_BITS = 6 * 0.5
# A smooth picture can have as many pixels of each shade; but its neighbours are alike. Strides of
# one byte (grey) and three (colour): deeper pixels and transparency are not uniform to begin with.
_STRIDES = (1, 3)
FEWEST = 512  # bytes: below two per value on average the test says nothing

# Real texts hold tabs, line ends, page breaks, shifts of alphabet (0e, 0f, 1b), the DOS end mark
# (1a) and the block marks of HL7 and HPRIM exchanges (0b, 1c). One byte in eleven of noise is none
# of these.
_TEXT_BYTES = bytes({*range(0x20, 0x7F), *range(0x80, 0x100), *range(0x09, 0x10), 0x1A, 0x1B, 0x1C})
MOST_CONTROLS = 0.02  # of a block: five times fewer than in noise, some for old printer codes
# French in Latin-1 has one accent in twenty letters, and Greek or Cyrillic text only accents
# but no controls. Half of the bytes of noise are above 7f.
_EMPTIED = re.compile(rb"\0{64}")  # a power cut or a wiper leaves zeros, an author never does

# Noise written as letters (base64): 64 values, 63 degrees of freedom, 63 ± 11.2; again six
# deviations. Prose, tables and hexadecimal score thousands.
UNIFORM_LETTERS = 130.0
_BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_="


def noise(block: bytes) -> bool:
    """Return whether the bytes are uniform: encrypted, or compressed beyond recognition."""
    return _uniform(block) and _restless(block)


def _uniform(block: bytes) -> bool:
    size = len(block)
    if size < FEWEST:
        return False
    bits = int.from_bytes(block, "little").bit_count()
    if abs(bits - 4 * size) > _BITS * (8 * size) ** 0.5:
        return False
    return _chi_square(block, 256) < UNIFORM


def _restless(block: bytes) -> bool:
    """Return whether the steps from byte to byte are uniform as well."""
    start = block[:FEWEST]
    steps = (map(sub, start[stride:], start) for stride in _STRIDES)
    return all(_chi_square(bytes(map((0xFF).__and__, walk)), 256) < UNIFORM for walk in steps)


def _chi_square(sample: bytes, values: int) -> float:
    counts = Counter(sample).values()
    squares: int = sum(map(mul, counts, counts))
    return values / len(sample) * squares - len(sample)


def unknown(look: Look, *, promised: bool) -> None:
    """Tell text, noise and other bytes apart, by blocks spread over the file.

    Raise Broken for a text that holds zeros or noise, if a text was `promised`: programs put
    letters in front of other things (fonts, mail boxes with attachments).
    """
    if _wide(look) or _narrow(look, promised=promised):
        look.kind = Kind.TEXT
        return
    # A last block of a few bytes says nothing of its own: whole ones only, where there are any.
    if promised and not look.upto(0, BLOCK).strip(b"\0"):
        look.kind = Kind.OTHER
        raise Broken("zeroed")
    blocks = [look.upto(i * BLOCK, BLOCK) for i in spread(max(look.size // BLOCK, 1), 3)]
    look.kind = Kind.NOISE if all(map(_uniform, blocks)) and _restless(blocks[0]) else Kind.OTHER


def encoded(look: Look) -> bool:
    """Return whether a text is nothing but noise written in letters (base64)."""
    letters = b"".join(look.upto(0, BLOCK).split())
    if len(letters) < FEWEST or letters.translate(None, _BASE64):
        return False
    return _chi_square(letters, 64) < UNIFORM_LETTERS


_WIDE_READ = 64 * BLOCK
# Looked up at import: a confined process finds no codec any more.
_ORDERS = tuple(
    map(codecs.getincrementaldecoder, ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"))
)
# Western letters are half or three quarters zeros in the wide encodings.
_ZEROS = 0.2


def _wide(look: Look) -> bool:
    """Return whether the bytes are UTF-16 or UTF-32, with their mark or without."""
    head = look.upto(0, BLOCK)
    marked = head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_BE))
    if not marked and head.count(0) < _ZEROS * len(head):
        return False
    untrusted = look.upto(0, min(look.size, _WIDE_READ)) if look.size > BLOCK else head
    for order in _ORDERS:
        text, used = _decoded(untrusted, order)
        if used > len(untrusted) - 4 and "\0" not in text[:-1]:
            return True
    return False


def _decoded(untrusted: bytes, order: Callable[[], codecs.IncrementalDecoder]) -> tuple[str, int]:
    try:
        return order().decode(untrusted), len(untrusted)
    except UnicodeDecodeError as error:
        return "", error.start


def _narrow(look: Look, *, promised: bool) -> bool:
    """Return whether the bytes are ASCII, UTF-8 or one of the eight-bit alphabets."""
    total = -(-look.size // BLOCK)
    first = look.upto(0, BLOCK)
    if not _legible(first):
        return False
    if look.size <= SAMPLED_BLOCKS * BLOCK:
        whole = look.upto(0, look.size)
        if not _odd(whole):
            return True
        rest = [whole[start : start + BLOCK] for start in range(0, look.size, BLOCK)]
    else:
        rest = [look.upto(index * BLOCK, BLOCK) for index in spread(total, SAMPLED_BLOCKS)]
    for block in rest:
        if not _legible(block):
            if not promised:
                return False
            look.kind = Kind.TEXT
            raise Broken("zeroed" if _EMPTIED.search(block) else "illegible")
    return True


def _legible(block: bytes) -> bool:
    odd = _odd(block)
    return not odd or (odd <= MOST_CONTROLS * len(block) and not _EMPTIED.search(block))


def _odd(block: bytes) -> int:
    """Return how many bytes stand in no text."""
    return len(block.translate(None, _TEXT_BYTES))
