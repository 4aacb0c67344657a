"""The whole of a practice's backups at a real S3 server (OpenStack Swift's S3 door)."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from object_store import ObjectStore, object_store

from vigie.routines.rehearsals.sample import make_practice

pytestmark = [pytest.mark.kernel, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def store() -> Iterator[ObjectStore]:
    with object_store() as running:
        yield running


class Desk:
    """A practice whose only backup goes to a bucket of this store."""

    def __init__(self, folder: Path, store: ObjectStore, bucket: str) -> None:
        self.folder, self.documents, self.home = folder, folder / "cabinet", folder / "home"
        self.home.mkdir()
        make_practice(self.documents, files=40, bytes_total=3_000_000)
        self.credentials = store.credentials(self.home / "s3.credentials")
        (self.home / "agent.toml").write_text(
            '[practice]\nname = "Cabinet Moreau"\ncaretaker = "Karim"\n'
            f'[backup]\nfolders = ["{self.documents}"]\n[[backup.repositories]]\nname = "hds"\n'
            f'location = "{store.location(bucket)}"\ncredentials_file = "{self.credentials}"\n'
        )
        # The store's certificate is signed by nobody: this restic, and it alone, trusts it.
        trusting = folder / "restic"
        trusting.write_text(
            f'#!/bin/sh\nSSL_CERT_FILE="{store.certificate}" exec {shutil.which("restic")} "$@"\n'
        )
        trusting.chmod(0o700)
        self.env = {**os.environ, "VIGIE_HOME": str(self.home), "VIGIE_RESTIC": str(trusting)}

    def __call__(self, *argv: object) -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, "-m", "vigie.cli", "backup", *map(str, argv)]
        done = subprocess.run(command, capture_output=True, text=True, env=self.env, check=False)
        assert "Traceback" not in done.stderr
        return done

    def answer(self, *argv: object) -> Mapping[str, Any]:
        done = self(*argv, "--json")
        assert done.returncode == 0, done
        return dict(json.loads(done.stdout))


def test_a_practice_is_saved_at_s3_proven_and_brought_back(
    tmp_path: Path, store: ObjectStore
) -> None:
    vigie = Desk(tmp_path, store, "cabinet")
    assert vigie("init", "--sheet", tmp_path / "fiche.pdf").returncode == 0
    made = vigie.answer("now")
    assert (made["kind"], made["unread"]) == ("s3", 0)
    letter = next(vigie.documents.rglob("*.docx"))
    letter.write_bytes(letter.read_bytes() + b"\n")
    assert vigie.answer("now")["changed"] == 1
    assert vigie.answer("prove", "--files", 20)["held"] is True
    assert vigie.answer("check")["part"] == 1
    vigie.answer("restore", "--to", tmp_path / "retour")
    for path in vigie.documents.rglob("*"):
        if path.is_file() and path.suffix not in {".db", ".db-wal", ".db-shm"}:
            assert (tmp_path / "retour" / path.relative_to("/")).read_bytes() == path.read_bytes()


def test_credentials_that_do_not_open_are_one_sentence(tmp_path: Path, store: ObjectStore) -> None:
    vigie = Desk(tmp_path, store, "voisin")
    vigie.credentials.write_text(
        "[default]\naws_access_key_id = cabinet:vigie\naws_secret_access_key = faux\n"
    )
    done = vigie("init", "--sheet", tmp_path / "fiche.pdf")
    assert done.returncode == 2
    assert "refus" in done.stderr + done.stdout
    assert "faux" not in done.stderr + done.stdout
