import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from random import Random

import pytest
from cluster import cluster
from hostile_files import inflating_docx, inflating_pdf
from hypothesis import given
from hypothesis import strategies as st
from tests.routines.conftest import Stage

from vigie.domain.danger import Danger
from vigie.domain.proof import Standing, standing
from vigie.phrasebook import vocabulary
from vigie.routines.backups.manifest import Manifest
from vigie.routines.restore_proofs.apart import open_apart
from vigie.routines.restore_proofs.proving import (
    MONTHLY,
    TRIAL,
    WEEKLY,
    NothingToProve,
    Prover,
    holds,
)
from vigie.tools.confinement import Limits
from vigie.tools.journal import Journal, latest_proofs


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    with closing(Journal(tmp_path / "journal.sqlite")) as book:
        yield book


def prover(stage: Stage, journal: Journal) -> Prover:
    return Prover(
        room=stage.room,
        journal=journal,
        machine="accueil",
        opener=open_apart,
        chance=Random(7),  # noqa: S311  (a sample drawn alike at each run of the test)
    )


def test_a_sound_backup_is_proven_in_the_journal(stage: Stage, journal: Journal) -> None:
    stage.back_up()
    proven = prover(stage, journal).run(stage.place, files=MONTHLY, all_databases=True)
    numbers = proven.proof.numbers
    assert proven.proof.held
    assert numbers["files"] == numbers["same"] == numbers["of"] == stage.count
    assert numbers["opened"] > 20
    assert numbers["unopened"] == numbers["damaged"] == numbers["missing"] == 0
    assert numbers["databases"] == 1
    assert latest_proofs(journal) == {Danger.RANSOMWARE: proven.proof}
    assert journal.verify() is None
    assert list(stage.room.folder.glob("scratch-*")) == []
    now = proven.proof.at
    assert standing(proven.proof, now=now) is Standing.PROVEN
    assert standing(proven.proof, now=proven.proof.expires) is Standing.BLIND


def test_a_whole_database_is_always_in_the_sample(stage: Stage, journal: Journal) -> None:
    stage.back_up()
    numbers = prover(stage, journal).run(stage.place, files=2).proof.numbers
    assert (numbers["files"], numbers["databases"]) == (3, 1)


def test_a_pack_that_is_lost_is_a_proof_that_did_not_hold(stage: Stage, journal: Journal) -> None:
    stage.back_up()
    packs = [p for p in (stage.repository / "data").rglob("*") if p.is_file()]
    largest = max(packs, key=lambda p: p.stat().st_size)
    damaged = bytearray(largest.read_bytes())
    damaged[1000:200_000] = bytes(199_000)
    largest.chmod(0o600)
    largest.write_bytes(damaged)
    proven = prover(stage, journal).run(stage.place, files=MONTHLY)
    assert not proven.proof.held
    assert proven.findings[0].fact == "restore_not_proven"
    assert proven.proof.numbers["same"] < proven.proof.numbers["files"]
    assert standing(latest_proofs(journal)[Danger.RANSOMWARE], now=proven.proof.at) is (
        Standing.TO_DO
    )


def test_a_restored_file_other_than_recorded_is_damage(stage: Stage, journal: Journal) -> None:
    stage.back_up()
    name = stage.room.place(stage.place).manifest
    with closing(sqlite3.connect(stage.room.manifest(name))) as manifest:
        manifest.execute(
            "UPDATE files SET sha256 = ? WHERE CAST(path AS TEXT) LIKE '%.docx'", ("0" * 64,)
        )
        manifest.commit()
    with closing(Manifest(stage.room.manifest(name))) as rows:
        wrong = sum(path.suffix == ".docx" for path in rows.known())
    proof = prover(stage, journal).run(stage.place, files=MONTHLY).proof
    assert not proof.held
    assert proof.numbers["damaged"] == wrong > 0


def test_documents_that_came_back_scrambled_do_not_open_and_prove_nothing(
    stage: Stage, journal: Journal
) -> None:
    for path in stage.documents.rglob("*.docx"):
        path.write_bytes(bytes(range(256)) * 40)
    stage.back_up()
    proof = prover(stage, journal).run(stage.place, files=MONTHLY).proof
    assert proof.numbers["same"] == proof.numbers["files"]
    assert proof.numbers["unopened"] > 0
    assert not proof.held


def test_files_that_fell_their_readers_are_said_and_never_green(
    stage: Stage, journal: Journal
) -> None:
    letters = stage.documents / "Courrier reçu"
    letters.mkdir()
    inflating_docx(letters / "formulaire.docx", 600)
    inflating_pdf(letters / "facture.pdf", 600)
    whole = next(stage.documents.rglob("*.xlsx")).read_bytes()
    (letters / "tarifs.xlsx").write_bytes(whole[: len(whole) // 2])
    stage.back_up()
    narrow = Limits(time=timedelta(seconds=5), memory=400 << 20)
    proven = replace(prover(stage, journal), opener=partial(open_apart, limits=narrow)).run(
        stage.place, files=MONTHLY
    )
    assert proven.proof.numbers["same"] == proven.proof.numbers["files"]
    assert proven.proof.numbers["unopened"] == 3
    assert not proven.proof.held
    assert proven.findings[0].fact == "restore_not_proven"


@pytest.mark.parametrize("sound", [True, False])
def test_postgresql_s_dump_is_read_by_its_own_program(
    stage: Stage, journal: Journal, *, sound: bool
) -> None:
    with cluster() as address:
        plan = replace(stage.plan, databases=(address,))
        replace(stage.maker(), plan=plan).run()
    if not sound:
        dump = stage.room.dumps / "1.dump"
        dump.write_bytes(b"PGDMP" + bytes(3000))
        replace(stage.maker(), plan=stage.plan).run()
    numbers = prover(stage, journal).run(stage.place, files=1, all_databases=True).proof.numbers
    assert numbers["databases"] == 2
    assert numbers["unopened"] == (0 if sound else 1)


def test_without_a_backup_there_is_nothing_to_prove(stage: Stage, journal: Journal) -> None:
    with pytest.raises(NothingToProve):
        prover(stage, journal).run(stage.place)
    assert journal.head() is None


def test_the_numbers_of_the_proof_are_the_vocabulary_s(stage: Stage, journal: Journal) -> None:
    stage.back_up()
    proof = prover(stage, journal).run(stage.place, files=1).proof
    assert set(proof.numbers) == vocabulary(Danger.RANSOMWARE).trials[TRIAL]


def test_the_sample_sizes_find_what_they_promise() -> None:
    assert 1 - 0.99**MONTHLY >= 0.95 > 1 - 0.99 ** (MONTHLY - 1)
    assert 1 - 0.95**WEEKLY >= 0.95


@given(
    st.fixed_dictionaries(
        {
            key: st.integers(0, 300)
            for key in ("same", "damaged", "missing", "changed", "opened", "unopened")
        }
    )
)
def test_nothing_damaged_or_missing_is_ever_green(counts: dict[str, int]) -> None:
    counts["files"] = sum(counts[key] for key in ("same", "damaged", "missing", "changed"))
    if holds(counts):
        assert counts["damaged"] == counts["missing"] == 0 < counts["same"]
