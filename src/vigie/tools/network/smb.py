"""SMB by smbprotocol: what a guest may do with the shared folders, asked for and never done.

Dialect 2.1 on purpose: as a guest, 3.1.1 is refused for want of a signature, and the hole stays
hidden. The right to write is asked for when a folder is opened, which is closed again.
"""

import contextlib
import socket
import struct
import uuid
from collections.abc import Iterator
from dataclasses import dataclass

from smbprotocol import Dialects
from smbprotocol.connection import Connection
from smbprotocol.exceptions import SMBException
from smbprotocol.open import (
    CreateDisposition,
    CreateOptions,
    DirectoryAccessMask,
    FileAttributes,
    FilePipePrinterAccessMask,
    ImpersonationLevel,
    Open,
    ShareAccess,
)
from smbprotocol.session import Session
from smbprotocol.tree import TreeConnect
from spnego.exceptions import SpnegoError

from vigie.tools.network.dialling import PATIENCE
from vigie.tools.network.shares import NotListed, bind, listing, names, opened

PORT = 445
_MOST_SHARES = 24
_SECONDS = 4
# Where a server lists nothing to guests, what people call such folders.
_USUAL = ("public", "partage", "commun", "documents", "scan", "scans", "share", "data", "echange")
_TROUBLES = (SMBException, SpnegoError, OSError, ValueError, LookupError, struct.error, TypeError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """What a guest may do in one shared folder."""

    name: str
    reads: bool
    writes: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Shares:
    """What a server shows to a guest. `guest` is None where it could not be found out."""

    guest: bool | None
    shares: tuple[Share, ...] = ()


def speaks_version_1(address: str, port: int = PORT) -> bool:
    """Return whether the server still agrees to SMB 1, offered alone ([MS-CIFS] 2.2.4.52)."""
    dialects = b"\x02NT LM 0.12\0"
    header = b"\xffSMB\x72" + b"\0" * 4 + b"\x18" + struct.pack("<H", 0x2801) + b"\0" * 12
    header += struct.pack("<HHHH", 0xFFFF, 1, 0, 1)
    body = header + b"\0" + struct.pack("<H", len(dialects)) + dialects
    try:
        with socket.create_connection((address, port), timeout=PATIENCE) as line:
            line.settimeout(_SECONDS / 2)
            line.sendall(struct.pack(">I", len(body)) + body)
            answer = _exactly(line, 4)
            (size,) = struct.unpack(">I", answer)
            if not 35 <= size <= 4096:
                return False
            answer = _exactly(line, size)
    except (OSError, EOFError):
        return False
    status, words, chosen = answer[5:9], answer[32], answer[33:35]
    return (
        answer.startswith(b"\xffSMB\x72")
        and status == b"\0" * 4
        and words > 1
        and (chosen != b"\xff\xff")
    )


def as_guest(address: str, port: int = PORT) -> Shares:
    """Return what a guest may do there: one session, with no password at all."""
    connection = Connection(uuid.uuid4(), address, port, require_signing=False)
    try:
        connection.connect(dialect=Dialects.SMB_2_1_0, timeout=_SECONDS)
    except _TROUBLES:
        with contextlib.suppress(*_TROUBLES):
            connection.disconnect(close=False)
        return Shares(guest=None)
    try:
        session = Session(connection, "guest", "", require_encryption=False, auth_protocol="ntlm")
        session.connect()
    except _TROUBLES:
        _hang_up(connection)
        return Shares(guest=False)
    try:
        return Shares(guest=True, shares=tuple(_shares(session, address)))
    finally:
        _hang_up(connection)


def _hang_up(connection: Connection) -> None:
    with contextlib.suppress(*_TROUBLES):
        connection.disconnect(close=False)


def _shares(session: Session, address: str) -> Iterator[Share]:
    try:
        found = _listed(session, address)
    except _TROUBLES:
        found = list(_USUAL)
    for name in found[:_MOST_SHARES]:
        reads = writes = False
        tree = TreeConnect(session, f"\\\\{address}\\{name}")
        try:
            tree.connect(require_secure_negotiate=False)
            reads = _may(tree, DirectoryAccessMask.FILE_LIST_DIRECTORY)
            writes = _may(tree, DirectoryAccessMask.FILE_ADD_FILE)
        except _TROUBLES:
            continue
        finally:
            with contextlib.suppress(*_TROUBLES):
                tree.disconnect()
        if reads or writes:
            yield Share(name=name, reads=reads, writes=writes)


def _may(tree: TreeConnect, right: int) -> bool:
    """Return whether the folder can be opened with this right; it is closed at once."""
    folder = Open(tree, "")
    try:
        folder.create(
            ImpersonationLevel.Impersonation,
            right,
            FileAttributes.FILE_ATTRIBUTE_DIRECTORY,
            ShareAccess.FILE_SHARE_READ
            | ShareAccess.FILE_SHARE_WRITE
            | ShareAccess.FILE_SHARE_DELETE,
            CreateDisposition.FILE_OPEN,
            CreateOptions.FILE_DIRECTORY_FILE,
        )
    except _TROUBLES:
        return False
    with contextlib.suppress(*_TROUBLES):
        folder.close(get_attributes=False)
    return True


def _listed(session: Session, address: str) -> list[str]:
    """Return the names of the shared folders, by the server service on IPC$ ([MS-SRVS])."""
    tree = TreeConnect(session, f"\\\\{address}\\IPC$")
    tree.connect(require_secure_negotiate=False)
    pipe = Open(tree, "srvsvc")
    pipe.create(
        ImpersonationLevel.Impersonation,
        FilePipePrinterAccessMask.GENERIC_READ | FilePipePrinterAccessMask.GENERIC_WRITE,
        FileAttributes.FILE_ATTRIBUTE_NORMAL,
        ShareAccess.FILE_SHARE_READ | ShareAccess.FILE_SHARE_WRITE,
        CreateDisposition.FILE_OPEN,
        0,
    )
    try:
        pipe.write(bind(), 0)
        if not opened(pipe.read(0, 4096)):
            raise NotListed
        pipe.write(listing(address), 0)
        return list(names(pipe.read(0, 65_536)))
    finally:
        with contextlib.suppress(*_TROUBLES):
            pipe.close(get_attributes=False)
        with contextlib.suppress(*_TROUBLES):
            tree.disconnect()


def _exactly(line: socket.socket, count: int) -> bytes:
    heard = bytearray()
    while len(heard) < count:
        piece = line.recv(count - len(heard))
        if not piece:
            raise EOFError
        heard += piece
    return bytes(heard)
