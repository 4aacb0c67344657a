"""Volumes: which file system begins here, by the marks its makers put at its start."""

from enum import StrEnum

HEAD = 0x8800  # bytes needed: the mark of a disc image lies furthest in


class Volume(StrEnum):
    """A file system, or what hides one."""

    FAT = "fat"
    EXFAT = "exfat"
    NTFS = "ntfs"
    EXT = "ext"
    DISC = "disc"
    ENCRYPTED = "encrypted"
    UNKNOWN = "unknown"


# LUKS, BitLocker, FileVault's Core Storage. What VeraCrypt makes looks like nothing at all.
_ENCRYPTED = ((0, b"LUKS\xba\xbe"), (3, b"-FVE-FS-"), (88, b"CS"))
_MARKS: tuple[tuple[int, bytes, Volume], ...] = (
    (3, b"EXFAT   ", Volume.EXFAT),
    (3, b"NTFS    ", Volume.NTFS),
    (0x438, b"\x53\xef", Volume.EXT),
    (0x8001, b"CD001", Volume.DISC),
)
_SIGNATURE = (510, b"\x55\xaa")
_JUMPS = frozenset({0xEB, 0xE9})  # the first byte of a FAT volume
_SECTORS = frozenset({512, 1024, 2048, 4096})


def volume(untrusted_head: bytes) -> Volume:
    """Given the first `HEAD` bytes of a volume, return what it is."""
    if any(untrusted_head.startswith(mark, at) for at, mark in _ENCRYPTED):
        return Volume.ENCRYPTED
    for at, mark, kind in _MARKS:
        if untrusted_head.startswith(mark, at):
            return kind
    return Volume.FAT if _fat(untrusted_head) else Volume.UNKNOWN


def _fat(untrusted: bytes) -> bool:
    at, mark = _SIGNATURE
    if not untrusted.startswith(mark, at) or untrusted[0] not in _JUMPS:
        return False
    sector, cluster = int.from_bytes(untrusted[11:13], "little"), untrusted[13]
    reserved, copies = int.from_bytes(untrusted[14:16], "little"), untrusted[16]
    whole = cluster and not cluster & (cluster - 1)
    return sector in _SECTORS and bool(whole) and reserved > 0 and copies in {1, 2}


_MBR_ENTRIES, _ENTRY, _MOST_PARTITIONS = 446, 16, 32
_EMPTY, _PROTECTIVE = 0x00, 0xEE
_EXTENDED = frozenset({0x05, 0x0F, 0x85})
_GPT_MARK, _SECTOR = b"EFI PART", 512


def starts(untrusted_head: bytes, size: int) -> tuple[int, ...]:
    """Given the first `HEAD` bytes of a whole disk, return where its volumes begin, in bytes.

    A disk that is one volume without a partition table begins at 0. Logical partitions inside an
    extended one are not followed: no key has them.
    """
    if volume(untrusted_head) is not Volume.UNKNOWN:
        return (0,)
    at, mark = _SIGNATURE
    if not untrusted_head.startswith(mark, at):
        return (0,)
    rows = [
        untrusted_head[_MBR_ENTRIES + _ENTRY * n : _MBR_ENTRIES + _ENTRY * (n + 1)]
        for n in range(4)
    ]
    if any(row[4] == _PROTECTIVE for row in rows) and untrusted_head.startswith(_GPT_MARK, _SECTOR):
        found = _gpt(untrusted_head)
    else:
        found = [
            int.from_bytes(row[8:12], "little")
            for row in rows
            if row[4] != _EMPTY and row[4] not in _EXTENDED
        ]
    inside = sorted({sector * _SECTOR for sector in found if 0 < sector * _SECTOR < size})
    return tuple(inside[:_MOST_PARTITIONS]) or (0,)


def _gpt(untrusted: bytes) -> list[int]:
    header = untrusted[_SECTOR : 2 * _SECTOR]
    first = int.from_bytes(header[72:80], "little") * _SECTOR
    count, length = (int.from_bytes(header[at : at + 4], "little") for at in (80, 84))
    if length < 128 or length > _SECTOR:  # noqa: PLR2004  (UEFI 2.10, 5.3.2)
        return []
    rows = (
        untrusted[first + length * n : first + length * (n + 1)]
        for n in range(min(count, _MOST_PARTITIONS * 4))
    )
    return [
        int.from_bytes(row[32:40], "little") for row in rows if len(row) == length and any(row[:16])
    ]
