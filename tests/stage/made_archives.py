"""Archives, images of disks and programs for tests: the smallest that are what they say."""

import io
import struct
import subprocess
import tempfile
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


def program() -> bytes:
    """Return a Windows program of one kilobyte whose only instruction is to return."""
    dos = b"MZ\x90\0\3\0\0\0\4\0\0\0\xff\xff\0\0" + b"\xb8".ljust(8, b"\0") + b"@".ljust(36, b"\0")
    dos = dos[:60] + struct.pack("<I", 0x80)
    pe = b"PE\0\0" + struct.pack("<HHIIIHH", 0x14C, 1, 0, 0, 0, 0xE0, 0x10F)
    return (dos.ljust(0x80, b"\0") + pe).ljust(0x200, b"\0") + b"\xc3".ljust(0x200, b"\0")


def zipped(files: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return a ZIP of these files."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def locked(name: str, content: bytes, password: str) -> bytes:
    """Return a ZIP under a password, as the old programs lock it (no library writes it)."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / name).write_bytes(content)
        subprocess.run(
            ["7z", "a", "-tzip", f"-p{password}", "-mem=ZipCrypto", "a.zip", name],
            cwd=folder, check=True, capture_output=True,
        )  # fmt: skip
        return (Path(folder) / "a.zip").read_bytes()


def with_seven(kind: str, files: Mapping[str, bytes], *options: str) -> bytes:
    """Return an archive that 7z makes of these files."""
    with tempfile.TemporaryDirectory() as folder:
        for name, content in files.items():
            (Path(folder) / name).write_bytes(content)
        command = ["7z", "a", f"-t{kind}", *options, "out.bin", *files]
        subprocess.run(command, cwd=folder, check=True, capture_output=True)
        return (Path(folder) / "out.bin").read_bytes()


def cd(files: Mapping[str, bytes]) -> bytes:
    """Return the image of a CD with these files."""
    with tempfile.TemporaryDirectory() as folder:
        inside = Path(folder) / "in"
        inside.mkdir()
        for name, content in files.items():
            (inside / name).write_bytes(content)
        subprocess.run(
            ["genisoimage", "-quiet", "-J", "-R", "-o", "out.iso", "in"],
            cwd=folder, check=True, capture_output=True,
        )  # fmt: skip
        return (Path(folder) / "out.iso").read_bytes()


def floppy(files: Mapping[str, bytes], size: int = 1_474_560) -> bytes:
    """Return the image of a disk with a FAT file system and these files."""
    with tempfile.TemporaryDirectory() as folder:
        image = Path(folder) / "out.img"
        image.write_bytes(b"\0" * size)
        subprocess.run(["mkfs.fat", str(image)], check=True, capture_output=True)
        for name, content in files.items():
            (Path(folder) / "one").write_bytes(content)
            subprocess.run(
                ["mcopy", "-i", str(image), str(Path(folder) / "one"), f"::{name}"],
                check=True, capture_output=True,
            )  # fmt: skip
        return image.read_bytes()


def fixed_disk(raw: bytes) -> bytes:
    """Return a virtual disk of fixed size: the image, and the footer that makes it one."""
    footer = struct.pack(
        ">8sIIQI4sI4sQQHBBII16sB", b"conectix", 2, 0x10000, 0xFFFFFFFFFFFFFFFF, 0, b"vig ", 1,
        b"Wi2k", len(raw), len(raw), 1, 4, 17, 2, 0, b"\0" * 16, 0,
    )  # fmt: skip
    return raw + footer.ljust(512, b"\0")


def growing_disk(raw: bytes, block: int = 2 << 20) -> bytes:
    """Return the same image as a virtual disk that grows by blocks."""
    count = -(-len(raw) // block)
    table_at, data_at = 1536, 1536 + -(-4 * count // 512) * 512
    footer = struct.pack(
        ">8sIIQI4sI4sQQHBBII16sB", b"conectix", 2, 0x10000, 512, 0, b"vig ", 1, b"Wi2k",
        len(raw), len(raw), 1, 4, 17, 3, 0, b"\0" * 16, 0,
    ).ljust(512, b"\0")  # fmt: skip
    header = struct.pack(
        ">8sQQIII", b"cxsparse", 0xFFFFFFFFFFFFFFFF, table_at, 0x10000, count, block
    )
    bitmap = -(-block // 512 // 8 // 512) * 512
    places, body, at = [], b"", data_at // 512
    for index in range(count):
        places.append(at)
        body += b"\xff" * bitmap + raw[index * block : (index + 1) * block].ljust(block, b"\0")
        at += (bitmap + block) // 512
    table = struct.pack(f">{count}I", *places).ljust(data_at - table_at, b"\xff")
    return footer + header.ljust(1024, b"\0") + table + body + footer


def newer_disk(raw: bytes, block: int = 1 << 20) -> bytes:
    """Return the image as a VHDX: identifier, region table, metadata, block table, blocks."""
    count = -(-len(raw) // block)
    facts_at, table_at, data_at = 0x100000, 0x200000, 0x300000
    out = bytearray(data_at + count * block)
    out[0:8] = b"vhdxfile"
    regions = struct.pack("<4sIII", b"regi", 0, 2, 0)
    regions += struct.pack(
        "<16sQII", bytes.fromhex("6677c22d23f600429d64115e9bfd4a08"), table_at, 0x100000, 1
    )
    regions += struct.pack(
        "<16sQII", bytes.fromhex("06a27c8b90479a4bb8fe575f050f886e"), facts_at, 0x100000, 1
    )
    out[0x30000 : 0x30000 + len(regions)] = regions
    facts = struct.pack("<8sHH20s", b"metadata", 0, 1, b"")
    facts += struct.pack(
        "<16sIIII", bytes.fromhex("3767a1caFA36434DB3B633F0AA44E76B"), 0x10000, 8, 4, 0
    )
    out[facts_at : facts_at + len(facts)] = facts
    struct.pack_into("<II", out, facts_at + 0x10000, block, 0)
    for index in range(count):
        struct.pack_into("<Q", out, table_at + 8 * index, (data_at + index * block) | 6)
        out[data_at + index * block : data_at + (index + 1) * block] = raw[
            index * block : (index + 1) * block
        ].ljust(block, b"\0")
    return bytes(out)


def notebook(name: str, content: bytes) -> bytes:
    """Return a notebook that carries a file."""
    head = bytes.fromhex("e4525c7b8cd8a74daeb15378d02996d3").ljust(1024, b"\0")
    blob = bytes.fromhex("e716e3bd65261145a4c48d4d0b7a9eac") + struct.pack(
        "<QIQ", len(content), 0, 0
    )
    return head + name.encode("utf-16-le") + b"\0" * 64 + blob + content + b"\0" * 64


def shortcut(
    arguments: str, target: str = "..\\..\\Windows\\System32\\cmd.exe", icon: str = ""
) -> bytes:
    """Return a Windows shortcut."""
    flags = 0x80 | 8 | (32 if arguments else 0) | (64 if icon else 0)
    head = b"L\0\0\0" + bytes.fromhex("0114020000000000c000000000000046") + struct.pack("<I", flags)
    words = [target, *([arguments] if arguments else []), *([icon] if icon else [])]
    body = b"".join(struct.pack("<H", len(word)) + word.encode("utf-16-le") for word in words)
    return head.ljust(76, b"\0") + body + b"\0" * 4


def overlapping(copies: int = 200, size: int = 2_000_000) -> bytes:
    """Return a ZIP whose entries share one body: a bomb without layers."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    body = packer.compress(b"\0" * size) + packer.flush()
    crc = zlib.crc32(b"\0" * size)
    local = (
        struct.pack("<4sHHHHHIIIHH", b"PK\3\4", 20, 0, 8, 0, 33, crc, len(body), size, 1, 0) + b"a"
    )
    central = b"".join(
        struct.pack(
            "<4sHHHHHHIIIHHHHHII",
            b"PK\1\2",
            20,
            20,
            0,
            8,
            0,
            33,
            crc,
            len(body),
            size,
            1,
            0,
            0,
            0,
            0,
            0,
            0,
        )
        + b"a"
        for _ in range(copies)
    )
    start = len(local) + len(body)
    end = struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, copies, copies, len(central), start, 0)
    return local + body + central + end
