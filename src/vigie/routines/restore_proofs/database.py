"""Check a SQLite database in a confined process, which can open no file: it is read into memory."""

import os
import sqlite3
from contextlib import closing

from vigie.routines.restore_proofs.apart import Opening
from vigie.tools.databases import connection_defect

VERSIONS = slice(18, 20)  # in the header: how the file is written, and read
LOGGED, PLAIN = b"\x02\x02", b"\x01\x01"  # a database in memory has no write-ahead log


def open_database(descriptor: int) -> Opening:
    """Return OPENED for a database that passes integrity_check, else UNOPENED."""
    untrusted = bytearray(os.fstat(descriptor).st_size)
    with os.fdopen(descriptor, "rb", buffering=0, closefd=False) as file:
        filled = 0
        while count := file.readinto(memoryview(untrusted)[filled:]):
            filled += count
    if untrusted[VERSIONS] == LOGGED:
        untrusted[VERSIONS] = PLAIN
    with closing(sqlite3.connect(":memory:")) as base:
        try:
            base.deserialize(untrusted)
            del untrusted
            defect = connection_defect(base)
        except (sqlite3.Error, OverflowError):
            return Opening.UNOPENED
    return Opening.UNOPENED if defect else Opening.OPENED
