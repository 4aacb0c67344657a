"""Files that programs rewrite in place: what is inside changes without a save, and legally so."""

from pathlib import PurePath

# Databases and mail boxes of practice software (WinDev's HyperFile: fic, ndx, mmo; Access: mdb,
# accdb; Firebird: fdb, gdb; MySQL and MariaDB: ibd, myd, myi, frm; dBase: dbf, fpt, cdx; Exchange
# and Outlook: edb, pst, ost), virtual disks, and encrypted containers, which keep their date on
# purpose (VeraCrypt's "preserve modification timestamp"). Names as their makers document them.
_ENDINGS = (
    "fic ndx mmo ftx mdb accdb laccdb ldb fdb gdb ibd myd myi frm ibdata dbf fpt cdx dbt mdx"
    " edb pst ost mdf ldf ndf nsf 4dd 4dr wdd qvd dat idx"
    " vhd vhdx vdi vmdk qcow2 img hc tc"
)

_LIVE = frozenset(_ENDINGS.split())


def live(name: str) -> bool:
    """Return whether a program may change this file in place, or without a new date."""
    return PurePath(name).suffix[1:].lower() in _LIVE
