"""What a file's name promises: which kinds of bytes its extension allows."""

from pathlib import PurePath

from vigie.domain.evidence.structure import Kind

_EVERYTHING = frozenset(Kind)

# Phones and web pages name pictures carelessly: a JPEG called .png opens everywhere.
_PICTURE = frozenset({Kind.JPEG, Kind.PNG, Kind.GIF, Kind.TIFF, Kind.WEBP, Kind.HEIC})
# An office file under a password is an OLE container, whatever its extension.
_OFFICE = frozenset({Kind.OOXML, Kind.OLE})
# Practice software has exported HTML, CSV and RTF under Word's and Excel's old names for decades.
_OLD_OFFICE = frozenset({Kind.OLE, Kind.OOXML, Kind.RTF, Kind.TEXT})
_TEXT = frozenset({Kind.TEXT})

_PROMISES: tuple[tuple[frozenset[Kind], str], ...] = (
    (_TEXT, "txt csv tsv xml html htm xhtml json md ics vcf eml log ini cfg conf yaml yml sql"),
    (_TEXT, "hl7 hpr hprim svg css tex toml rst"),
    (_OFFICE, "docx docm dotx dotm xlsx xlsm xltx xltm pptx pptm potx ppsx"),
    (_OFFICE, "ppt pps vsd"),
    (frozenset({Kind.OLE, Kind.TEXT}), "msg"),
    (_OLD_OFFICE, "doc dot xls xlt"),
    (frozenset({Kind.OPENDOCUMENT}), "odt ott ods ots odp otp odg odf"),
    (frozenset({Kind.RTF, Kind.TEXT}), "rtf"),
    (frozenset({Kind.PDF}), "pdf"),
    (_PICTURE, "jpg jpeg jpe jfif png gif tif tiff webp heic heif avif"),
    (frozenset({Kind.DICOM}), "dcm dicom"),
    (frozenset({Kind.SQLITE}), "sqlite sqlite3"),
    (frozenset({Kind.ZIP, Kind.OOXML, Kind.OPENDOCUMENT}), "zip epub jar"),
    (frozenset({Kind.SEVEN_ZIP}), "7z"),
    (frozenset({Kind.GZIP}), "gz tgz"),
    (frozenset({Kind.OPENPGP}), "gpg pgp"),
    (frozenset({Kind.OPENPGP, Kind.TEXT}), "asc"),
    (frozenset({Kind.MEDIA}), "mp4 m4v mov m4a avi wav mp3 flac ogg opus mkv webm"),
)
_BY_EXTENSION = {
    extension: kinds for kinds, extensions in _PROMISES for extension in extensions.split()
}

# Owner files of Office and side files of macOS carry a document's name without being one.
_SIDE_FILES = ("~$", "._")


def kinds_allowed(name: str) -> frozenset[Kind]:
    """Return the kinds of content that `name` (a file name or path) leaves people to expect.

    All kinds when the name promises nothing. An empty file is allowed under any name.
    """
    file = PurePath(name).name
    if file.startswith(_SIDE_FILES):
        return _EVERYTHING
    extension = PurePath(file).suffix[1:].lower()
    return _BY_EXTENSION.get(extension, _EVERYTHING)


# Files that programs make for themselves beside a document, and remake at every turn.
_PASSING_ENDS = ("-journal", "-wal", "-shm", ".lock", ".part", ".crdownload", ".swp")
_PASSING_STARTS = (".~lock.", "~$", ".vigie-")


def passing(name: str) -> bool:
    """Return whether a file is a program's own passing matter, not a document."""
    file = PurePath(name).name
    return file.startswith(_PASSING_STARTS) or file.endswith(_PASSING_ENDS)
