import base64
import mmap
import random
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vigie.domain.evidence.structure import Kind, Soundness, Structure
from vigie.readers.structure import inspect, inspect_descriptor
from vigie.readers.structure.look import WORK

Harm = Callable[[bytes], bytes]


def noise(size: int) -> bytes:
    return random.Random(size).randbytes(size)  # noqa: S311  (the same at each run)


def alternate(whole: bytes, first: int) -> bytes:
    harmed = bytearray(whole)
    for start in range(first, len(harmed), 8192):
        stop = min(start + 4096, len(harmed))
        harmed[start:stop] = noise(stop - start)
    return bytes(harmed)


# How encryptors work, at once or to be quicker. What a kind cannot show is named beside it.
HARMS: dict[str, tuple[Harm, frozenset[str]]] = {
    "all": (lambda whole: noise(len(whole)), frozenset()),
    "all and a mark": (lambda whole: noise(len(whole)) + b"LOCKED" * 20, frozenset()),
    "the head": (lambda whole: noise(4096) + whole[4096:], frozenset()),
    "every other page": (lambda whole: alternate(whole, 0), frozenset()),
    "into base64": (lambda whole: base64.b64encode(noise(len(whole))), frozenset()),
    "all, with zeros": (lambda whole: bytes(len(whole)), frozenset()),
    "every other page, the first one left": (
        lambda whole: alternate(whole, 4096),
        frozenset({"photo.webp", "archive.7z"}),  # no structure after their first page
    ),
    "the tail": (
        lambda whole: whole[:-4096] + noise(4096),
        frozenset({"photo.webp"}),
    ),
    "the second half, with zeros": (
        lambda whole: whole[: len(whole) // 2] + bytes(len(whole) - len(whole) // 2),
        frozenset({"photo.webp", "irm.dcm", "photo.tif"}),  # black pixels are pixels
    ),
    "cut in half": (
        lambda whole: whole[: len(whole) // 2],
        frozenset({"utf8.txt", "ancien.txt", "large.txt", "export.csv"}),  # half a text is a text
    ),
}


def every(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.iterdir()) if path.is_file())


def test_sound_documents_are_sound(documents: Path) -> None:
    kinds = set()
    for path in every(documents):
        seen = inspect(path.read_bytes(), name=path.name)
        assert (path.name, seen.soundness, seen.defect) == (path.name, Soundness.SOUND, "")
        assert not seen.sealed
        kinds.add(seen.kind)
    assert kinds >= {
        Kind.OOXML, Kind.PDF, Kind.RTF, Kind.TEXT, Kind.ZIP, Kind.SEVEN_ZIP, Kind.GZIP,
        Kind.SQLITE, Kind.DICOM, Kind.PNG, Kind.GIF, Kind.TIFF, Kind.WEBP, Kind.JPEG,
    }  # fmt: skip


@pytest.mark.parametrize("harm", HARMS)
def test_harmed_documents_are_broken(documents: Path, harm: str) -> None:
    do, unseen = HARMS[harm]
    missed = set()
    for path in every(documents):
        whole = path.read_bytes()
        harmed = do(whole)
        seen = inspect(harmed, name=path.name)
        if harmed != whole and seen.soundness is not Soundness.BROKEN:
            missed.add(path.name)
    assert missed <= unseen


def test_what_a_person_put_under_a_password_is_sound_and_sealed(sealed: Path) -> None:
    for path in every(sealed):
        seen = inspect(path.read_bytes(), name=path.name)
        assert (path.name, seen.soundness, seen.sealed) == (path.name, Soundness.SOUND, True)


def test_an_encrypted_office_document_is_sealed() -> None:
    stream = "EncryptedPackage".encode("utf-16-le").ljust(64, b"\0") + (34).to_bytes(2, "little")
    whole = _container(stream)
    seen = inspect(whole, name="lettre.docx")
    assert (seen.kind, seen.soundness, seen.sealed) == (Kind.OLE, Soundness.SOUND, True)


def _container(entry_name: bytes) -> bytes:
    """Return an OLE file of one sector table, one directory sector and one stream."""
    free, end, table = (n.to_bytes(4, "little") for n in (0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD))
    header = (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
        + b"\x3e\0\x03\0\xfe\xff\x09\0\x06\0" + bytes(10)
        + (1).to_bytes(4, "little") + (1).to_bytes(4, "little") + bytes(4)
        + (4096).to_bytes(4, "little") + end + bytes(4) + end + bytes(4)
        + bytes(4) + free * 108
    )  # fmt: skip
    chain = b"".join((n + 3).to_bytes(4, "little") for n in range(7)) + end
    fat = (table + end + chain).ljust(512, b"\xff")
    none = b"\xff" * 12 + bytes(36)
    root = (
        "Root Entry".encode("utf-16-le").ljust(64, b"\0") + b"\x16\0\x05\1" + none + end + bytes(8)
    )
    stream = (
        entry_name + b"\x02\1" + none + (2).to_bytes(4, "little") + (4096).to_bytes(8, "little")
    )
    return header + fat + (root + stream).ljust(512, b"\0") + noise(4096)


@pytest.fixture(scope="module")
def older(documents: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the letter and the table as LibreOffice saves them in other formats."""
    folder = tmp_path_factory.mktemp("older")
    profile = folder / ".profile"
    for name, kinds in (
        ("lettre.docx", ("doc", "odt", "rtf", "pdf")),
        ("table.xlsx", ("xls", "ods")),
    ):
        for kind in kinds:
            subprocess.run(
                [
                    *("soffice", f"-env:UserInstallation=file://{profile}", "--headless"),
                    *("--convert-to", kind, "--outdir", folder, documents / name),
                ],
                check=True,
                capture_output=True,
                timeout=120,
            )
    return folder


def test_what_libreoffice_writes_is_sound_and_its_harm_is_seen(older: Path) -> None:
    for path in every(older):
        whole = path.read_bytes()
        assert inspect(whole, name=path.name).soundness is Soundness.SOUND, path.name
        for harm in ("all", "the head", "every other page", "every other page, the first one left"):
            seen = inspect(HARMS[harm][0](whole), name=path.name)
            assert seen.soundness is Soundness.BROKEN, (path.name, harm)


def test_noise_without_a_promise_is_noise_and_nothing_more() -> None:
    seen = inspect(noise(20_000), name="a1b2c3")
    assert (seen.kind, seen.soundness) == (Kind.NOISE, Soundness.UNSURE)


def test_an_empty_file_is_empty_whatever_its_name() -> None:
    seen = inspect(b"", name="lettre.docx")
    assert (seen.kind, seen.soundness, seen.size) == (Kind.EMPTY, Soundness.UNSURE, 0)


@pytest.mark.parametrize(
    ("name", "untrusted"),
    [
        ("photo.png", b"\xff\xd8\xff"),
        ("compte rendu.doc", "<html><body>Cher confrère</body></html>".encode()),
        ("export.xls", b"nom;prenom\r\n" * 30),
        ("lettre.doc", b"{\\rtf1 Bonjour}"),
    ],
)
def test_careless_names_are_forgiven(name: str, untrusted: bytes, documents: Path) -> None:
    if untrusted == b"\xff\xd8\xff":
        untrusted = (documents / "photo.jpg").read_bytes()
    assert inspect(untrusted, name=name).soundness is Soundness.SOUND


def test_a_page_saved_as_a_report_is_not_one() -> None:
    seen = inspect(b"<html>404 Not Found</html>" * 9, name="compte rendu.pdf")
    assert (seen.soundness, seen.defect) == (Soundness.BROKEN, "not_its_kind")


def test_a_film_of_many_gigabytes_is_sampled(tmp_path: Path) -> None:
    path = tmp_path / "immense.bin"
    with path.open("wb") as file:
        file.write(b"\x01\x02\x03")
        file.truncate(5 << 30)
    with path.open("rb") as file:
        assert inspect_descriptor(file.fileno(), name=path.name).size == 5 << 30


def test_memory_mapping_and_descriptor_see_the_same(documents: Path) -> None:
    for path in every(documents):
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ) as mapped:
            by_bytes = inspect(path.read_bytes(), name=path.name)
            assert inspect(mapped, name=path.name) == by_bytes
            assert inspect(memoryview(path.read_bytes()), name=path.name) == by_bytes
            assert inspect_descriptor(file.fileno(), name=path.name) == by_bytes
            # A budget of a few pages, as if the file were large: judged by a sample.
            seen = inspect_descriptor(file.fileno(), name=path.name, work=WORK // 64)
            assert seen.soundness is not Soundness.BROKEN, path.name


STARTS = (
    b"", b"PK\3\4", b"PK\5\6", b"\xff\xd8\xff", b"%PDF-1.7\n", b"\x89PNG\r\n\x1a\n", b"GIF89a",
    b"II*\0", b"MM\0*", b"RIFF\x10\0\0\0WEBP", b"\0\0\0\x18ftypheic", b"{\\rtf1 ",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"SQLite format 3\0", bytes(128) + b"DICM",
    b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b\x08", b"-----BEGIN PGP MESSAGE", b"\x8c\x0d\x04\x09",
    b"\xff\xfe", b"\xfe\xff",
)  # fmt: skip
NAMES = (
    "a.docx",
    "a.pdf",
    "a.jpg",
    "a.txt",
    "a.doc",
    "a.tif",
    "a.sqlite",
    "a",
    "a.gpg",
    "~$a.docx",
)


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(STARTS), st.binary(max_size=3000), st.sampled_from(NAMES))
def test_any_bytes_get_an_answer(start: bytes, rest: bytes, name: str) -> None:
    seen = inspect(start + rest, name=name)
    assert isinstance(seen, Structure)
    assert bool(seen.defect) == (seen.soundness is Soundness.BROKEN or seen.defect == "encoded")


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_any_damage_to_real_documents_gets_an_answer(documents: Path, data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(list(every(documents))))
    whole = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(whole) - 1))
        patch = data.draw(st.binary(min_size=1, max_size=16))
        whole[at : at + len(patch)] = patch
    cut = bytes(whole[: data.draw(st.integers(0, len(whole)))])
    seen = inspect(cut, name=path.name)
    assert bool(seen.defect) == (seen.soundness is Soundness.BROKEN or seen.defect == "encoded")


@settings(max_examples=60, deadline=None)
@given(st.integers(512, 60_000), st.randoms(use_true_random=False))
def test_noise_never_passes_for_a_document(size: int, rng: random.Random) -> None:
    untrusted = rng.randbytes(size)
    for name in ("a.docx", "a.pdf", "a.jpg", "a.txt", "a.rtf", "a.gz", "a.gpg", "a.csv"):
        assert inspect(untrusted, name=name).soundness is Soundness.BROKEN
