import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from vigie.routines.rehearsals.encryptors import BEHAVIOURS, ORDERS, listed
from vigie.routines.rehearsals.manifest import MARKER, Manifest
from vigie.routines.rehearsals.progress import Progress
from vigie.routines.rehearsals.sample import make_practice

FILES = 14
PATIENCE = 60  # seconds that a detached process may need on a busy machine


def attack(folder: Path, behaviour: str, *options: str) -> subprocess.CompletedProcess[str]:
    beside = folder.parent
    return subprocess.run(
        [
            *(sys.executable, "-m", "vigie.routines.rehearsals.encryptors"),
            *(str(folder), behaviour),
            *("--progress", str(beside / "progress"), "--elsewhere", str(beside / "elsewhere")),
            *options,
        ],
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )


def harmed(folder: Path) -> tuple[int, ...]:
    progress = Progress(folder.parent / "progress", FILES)
    done = progress.harmed()
    progress.close()
    return done


@pytest.fixture
def practice(tmp_path: Path) -> Path:
    make_practice(tmp_path / "cabinet", files=FILES, seed=5, bytes_total=700_000)
    return tmp_path / "cabinet"


@pytest.mark.parametrize("behaviour", BEHAVIOURS)
def test_each_behaviour_harms_every_document_and_says_so(practice: Path, behaviour: str) -> None:
    ended = attack(practice, behaviour, "--rate", "200")
    assert ended.returncode == 0, ended.stderr
    limit = time.monotonic() + PATIENCE
    while len(harmed(practice)) < FILES and time.monotonic() < limit:
        time.sleep(0.05)
    assert len(harmed(practice)) == FILES
    assert len(Manifest.of(practice).lost(practice)) == FILES


def test_there_are_more_behaviours_than_promised() -> None:
    assert len(BEHAVIOURS) >= 16


def test_each_order_takes_the_documents_in_its_own_way(practice: Path) -> None:
    (practice / ".canary.docx").write_bytes(b"PK")
    documents = Manifest.of(practice).documents
    taken = {order: listed(practice, order) for order in ORDERS}
    assert Counter(taken["canaries_avoided"]) == Counter(documents.keys())
    for order in ("random", "sorted", "newest_first"):
        assert Counter(taken[order]) == Counter({*documents, ".canary.docx"})
    assert list(taken["sorted"]) == sorted(taken["sorted"])
    assert taken["random"] not in {taken["sorted"], taken["newest_first"]}
    dates = [(practice / path).stat().st_mtime for path in taken["newest_first"]]
    assert dates == sorted(dates, reverse=True)


def test_a_folder_without_our_marker_is_refused_and_untouched(tmp_path: Path) -> None:
    own = tmp_path / "own"
    own.mkdir()
    (own / "à moi.txt").write_text("à moi")
    ended = attack(own, "in_place")
    assert ended.returncode == 1
    assert "is not a sample" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert (own / "à moi.txt").read_text() == "à moi"


def test_a_sample_in_which_somebody_put_a_file_is_refused_whole(practice: Path) -> None:
    (practice / "Courriers" / "à moi.txt").write_text("à moi")
    ended = attack(practice, "in_place")
    assert "à moi.txt" in ended.stderr
    assert ended.returncode == 1
    assert Manifest.of(practice).lost(practice) == ()


def test_a_link_out_of_the_sample_is_never_followed(practice: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "à moi.txt").write_text("à moi")
    (practice / ".lien").symlink_to(outside)
    (practice / ".lien.txt").symlink_to(outside / "à moi.txt")
    assert attack(practice, "in_place").returncode == 0
    assert (outside / "à moi.txt").read_text() == "à moi"


def test_the_marker_survives_so_that_what_was_lost_can_be_counted(practice: Path) -> None:
    before = (practice / MARKER).read_bytes()
    assert attack(practice, "in_place", "--most", "5").returncode == 0
    assert (practice / MARKER).read_bytes() == before
    assert len(Manifest.of(practice).lost(practice)) == 5
