"""Compound files (OLE) and packed macros, written from nothing: what the readers are tried on."""

import itertools
import struct
import uuid
from collections.abc import Mapping

END, FREE, FAT = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
SECTOR, SMALL = 512, 64
NOBODY = "00000000-0000-0000-0000-000000000000"


class _Node:
    def __init__(self, name: str, content: bytes | None, clsid: str = NOBODY) -> None:
        self.name, self.content, self.clsid = name, content, clsid
        self.children: dict[str, _Node] = {}
        self.number = self.start = 0


def compound(
    streams: Mapping[str, bytes], *, clsid: str = NOBODY, classes: Mapping[str, str] | None = None
) -> bytes:
    """Return a compound file: streams by their path with slashes, classes of storages likewise."""
    root = _Node("Root Entry", None, clsid)
    for path, content in streams.items():
        *folders, last = path.split("/")
        node = root
        for folder in folders:
            node = node.children.setdefault(folder, _Node(folder, None))
        node.children[last] = _Node(last, content)
    for path, known in (classes or {}).items():
        node = root
        for folder in path.split("/"):
            node = node.children.setdefault(folder, _Node(folder, None))
        node.clsid = known
    return _written(root)


def _listed(root: _Node) -> list[_Node]:
    nodes = [root]
    for node in nodes:
        nodes += node.children.values()
    for number, node in enumerate(nodes):
        node.number = number
    return nodes


def _written(root: _Node) -> bytes:
    nodes = _listed(root)
    table: list[int] = []
    sectors: list[bytes] = []

    def put(content: bytes) -> int:
        if not content:
            return END
        start, count = len(sectors), -(-len(content) // SECTOR)
        for index in range(count):
            sectors.append(content[index * SECTOR : (index + 1) * SECTOR].ljust(SECTOR, b"\0"))
            table.append(start + index + 1 if index + 1 < count else END)
        return start

    mini, small = b"", list[int]()
    for node in nodes:
        if node.content is None:
            continue
        if len(node.content) >= 4096:
            node.start = put(node.content)
            continue
        node.start = len(small) if node.content else END
        count = -(-len(node.content) // SMALL)
        small += [len(small) + index + 1 for index in range(count - 1)] + [END] * bool(count)
        mini += node.content.ljust(count * SMALL, b"\0")
    root.start = put(mini)
    small_at = put(b"".join(struct.pack("<I", n) for n in small))
    small_count = -(-len(small) * 4 // SECTOR)
    directory = b"".join(_entry(node, root, len(mini)) for node in nodes)
    directory_at = put(directory + _empty() * (-len(nodes) % 4))
    fats = 1
    while (len(sectors) + fats) > fats * 128:
        fats += 1
    fat_at = len(sectors)
    full = [*table, *[FAT] * fats]
    full += [FREE] * (fats * 128 - len(full))
    raw = struct.pack(f"<{len(full)}I", *full)
    places = [fat_at + n for n in range(fats)] + [FREE] * (109 - fats)
    header = struct.pack(
        "<8s16sHHHHHHIIIIIIIIII", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\0" * 16, 0x3E, 3, 0xFFFE,
        9, 6, 0, 0, 0, fats, directory_at, 0, 4096, small_at, small_count, END, 0,
    )  # fmt: skip
    return header + struct.pack("<109I", *places) + b"".join(sectors) + raw


def _entry(node: _Node, root: _Node, mini: int) -> bytes:
    children = list(node.children.values())
    siblings = _next_sibling(node, root)
    kind = 5 if node is root else 1 if node.content is None else 2
    size = mini if node is root else len(node.content or b"")
    start = node.start if kind != 1 else 0
    name = node.name.encode("utf-16-le")
    return struct.pack(
        "<64sHBBIII16sIQQIQ", name, len(name) + 2, kind, 1, FREE, siblings,
        children[0].number if children else FREE, uuid.UUID(node.clsid).bytes_le, 0, 0, 0, start, size,
    )  # fmt: skip


def _next_sibling(node: _Node, root: _Node) -> int:
    waiting = [root]
    for parent in waiting:
        children = list(parent.children.values())
        for left, right in itertools.pairwise(children):
            if left is node:
                return right.number
        waiting += children
    return FREE


def _empty() -> bytes:
    return struct.pack("<64sHBBIII16sIQQIQ", b"", 0, 0, 0, FREE, FREE, FREE, b"", 0, 0, 0, 0, 0)


def packed(source: bytes) -> bytes:
    """Return a compressed container of literals only ([MS-OVBA] 2.4.1)."""
    out = bytearray(b"\1")
    for at in range(0, len(source), 3600):
        piece = source[at : at + 3600]
        body = b"".join(b"\0" + piece[i : i + 8] for i in range(0, len(piece), 8))
        out += struct.pack("<H", 0xB000 | (len(body) - 1)) + body
    return bytes(out)


def module(source: str, name: str = "ThisDocument") -> bytes:
    """Return a module's stream: its performance cache, then its source."""
    text = f'Attribute VB_Name = "{name}"\r\n{source}'.replace("\n", "\r\n")
    return b"\1\x16\3\0\0" + b"\0" * 40 + packed(text.encode("latin-1"))


def project(source: str, folder: str = "VBA", name: str = "ThisDocument") -> dict[str, bytes]:
    """Return the streams of a project of macros."""
    return {
        f"{folder}/_VBA_PROJECT": b"\xcc\x61\xff\xff\0\0\0",
        f"{folder}/dir": packed(b"\1\0\4\0\0\0\1\0\0\0"),
        f"{folder}/{name}": module(source, name),
    }


def word(text: str = "Bonjour", extra: Mapping[str, bytes] | None = None, **more: str) -> bytes:
    """Return a Word 97 file with this text, and further streams."""
    fib = bytearray(512)
    struct.pack_into("<HH", fib, 0, 0xA5EC, 0xC1)
    content = bytes(fib) + text.encode("latin-1", "replace")
    streams = {"WordDocument": content.ljust(4096, b"\0"), "1Table": b"\0" * 512, **(extra or {})}
    return compound(streams, **more)  # type: ignore[arg-type]  # a class and nothing else


def record(kind: int, body: bytes = b"") -> bytes:
    """Return one record of Excel's."""
    return struct.pack("<HH", kind, len(body)) + body


def workbook(
    *records: bytes, extra: Mapping[str, bytes] | None = None, stream: str = "Workbook"
) -> bytes:
    """Return an Excel 97 file of these records."""
    begin = record(0x809, struct.pack("<HHHHII", 0x600, 5, 0xDBB, 0x7CC, 0, 6))
    content = begin + b"".join(records) + record(0x0A)
    return compound({stream: content.ljust(4096, b"\0"), **(extra or {})})


def sheet(name: str, kind: int = 0, hidden: int = 0) -> bytes:
    """Return the record that names a sheet."""
    raw = name.encode("latin-1")
    return record(0x85, struct.pack("<IBBBB", 0x800, hidden, kind, len(raw), 0) + raw)


def native(name: str, content: bytes, source: str = "C:\\\\Temp\\\\") -> bytes:
    """Return an Ole10Native stream that carries a file."""
    label = name.encode("latin-1") + b"\0"
    path = (source + name).encode("latin-1") + b"\0"
    body = struct.pack("<H", 2) + label + path + struct.pack("<HH", 0, 3)
    body += struct.pack("<I", len(path)) + path + struct.pack("<I", len(content)) + content
    return struct.pack("<I", len(body)) + body
