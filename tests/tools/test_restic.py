"""Restic at places of every kind: a real sshd, and a real append-only server."""

import os
import pwd
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import urllib3

from vigie.tools.restic import Repository, Restic, literal, program
from vigie.tools.restic.failures import ResticFailed, Trouble, trouble_in


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(argv: list[str], port: int) -> Iterator[None]:
    """Run a server on loopback until the test has ended."""
    server = subprocess.Popen(argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 60
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                assert server.poll() is None
                assert time.monotonic() < deadline
                time.sleep(0.05)
        yield
    finally:
        server.terminate()
        server.wait(30)


def at(location: str, folder: Path, **more: object) -> Restic:
    (folder / "key").write_text("essai")
    return Restic(
        Repository(
            location=location,
            location_file=folder / "location",
            password_file=folder / "key",
            cache=folder / "cache",
            **more,  # type: ignore[arg-type]
        )
    )


@pytest.fixture
def documents(tmp_path: Path) -> Path:
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "lettre.txt").write_text("Chère consœur, cher confrère")
    return folder


def there_and_back(restic: Restic, documents: Path, out: Path) -> None:
    restic.init()
    saved = restic.backup([documents])
    restic.restore(saved.snapshot, out)
    back = out / documents.relative_to("/") / "lettre.txt"
    assert back.read_text() == "Chère consœur, cher confrère"
    restic.check(read="1/1")


def test_an_append_only_server_refuses_to_delete_and_to_overwrite(
    tmp_path: Path, documents: Path
) -> None:
    port, stored = free_port(), tmp_path / "stored"
    (tmp_path / "htpasswd").write_text(
        subprocess.run(
            ["openssl", "passwd", "-apr1", "secret"], capture_output=True, text=True, check=True
        ).stdout.join(["cabinet:", ""])
    )
    argv = ["rclone", "serve", "restic", "--append-only", "--private-repos",
            "--htpasswd", str(tmp_path / "htpasswd"), "--addr", f"127.0.0.1:{port}",
            "--config", "/dev/null", str(stored)]  # fmt: skip
    with serving(argv, port):
        location = f"rest:http://cabinet:secret@127.0.0.1:{port}/cabinet/"
        restic = at(location, tmp_path)
        assert restic.repository.kind == "rest"
        there_and_back(restic, documents, tmp_path / "out")
        web = urllib3.PoolManager(
            headers=urllib3.make_headers(basic_auth="cabinet:secret"), retries=False
        )
        address = f"http://127.0.0.1:{port}/cabinet"
        held = [
            p for p in (stored / "cabinet").rglob("*") if p.is_file() and p.parent.name != "locks"
        ]
        before = {path: path.read_bytes() for path in held}
        kinds = set()
        for path in held:
            kind = path.relative_to(stored / "cabinet").parts[0]
            name = f"{address}/{kind}" if kind == "config" else f"{address}/{kind}/{path.name}"
            kinds.add(kind)
            assert web.request("DELETE", name).status == 403
            assert web.request("POST", name, body=b"autre").status in {403, 404}
        assert kinds == {"config", "data", "index", "keys", "snapshots"}
        assert {path: path.read_bytes() for path in held} == before
        assert len(restic.snapshots()) == 1
        foreign = web.request("GET", f"http://127.0.0.1:{port}/voisin/config")
        assert foreign.status == 403
        restic.unlock()  # our own stale locks can go, or backups would end


@pytest.mark.kernel
def test_a_backup_goes_over_ssh_and_comes_back(tmp_path: Path, documents: Path) -> None:
    port, keys = free_port(), tmp_path / "ssh"
    keys.mkdir(mode=0o700)
    for name in ("host", "client"):
        subprocess.run(
            ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", keys / name], check=True
        )
    shutil.copy(keys / "client.pub", keys / "authorized")
    (keys / "config").write_text(
        f"Port {port}\nListenAddress 127.0.0.1\nHostKey {keys}/host\nPidFile none\n"
        f"AuthorizedKeysFile {keys}/authorized\nStrictModes no\nUsePAM no\n"
        "PermitRootLogin yes\nSubsystem sftp internal-sftp\n"
    )
    Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
    me = pwd.getpwuid(os.getuid()).pw_name
    command = (
        f"ssh -p {port} -i {keys}/client -o BatchMode=yes -o StrictHostKeyChecking=no"
        f" -o UserKnownHostsFile=/dev/null {me}@127.0.0.1 -s sftp"
    )
    with serving(["/usr/sbin/sshd", "-D", "-f", str(keys / "config")], port):
        restic = at(
            f"sftp:{me}@127.0.0.1:{tmp_path}/stored",
            tmp_path,
            options=(f"sftp.command={command}",),
        )
        there_and_back(restic, documents, tmp_path / "out")
    with pytest.raises(ResticFailed) as failure:
        restic.snapshots()
    assert failure.value.trouble is Trouble.UNREACHABLE


def test_a_server_that_does_not_answer_is_named(tmp_path: Path) -> None:
    restic = at(f"rest:http://127.0.0.1:{free_port()}/", tmp_path)
    with pytest.raises(ResticFailed) as failure:
        restic.snapshots()
    assert failure.value.trouble is Trouble.UNREACHABLE


def test_a_missing_folder_is_no_silent_success(tmp_path: Path) -> None:
    restic = at(str(tmp_path / "stored"), tmp_path)
    restic.init()
    with pytest.raises(ResticFailed) as failure:
        restic.backup([tmp_path / "absent"])
    assert failure.value.trouble is Trouble.NOTHING_TO_SAVE
    assert restic.snapshots() == ()


def test_without_restic_or_with_an_old_one_there_is_a_name_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = tmp_path / "restic"
    old.write_text("#!/bin/sh\necho 'restic 0.9.6 compiled with go1.13'\n")
    old.chmod(0o700)
    for name, value in (("VIGIE_RESTIC", str(old)), ("VIGIE_RESTIC", str(tmp_path / "absent"))):
        monkeypatch.setenv(name, value)
        with pytest.raises(ResticFailed) as failure:
            program.find()
        assert failure.value.trouble is Trouble.PROGRAM_MISSING


def test_the_newest_restic_on_the_path_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for folder, version in (("a", "0.9.6"), ("b", "0.16.4"), ("c", "0.14.0")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "restic").write_text(f"#!/bin/sh\necho 'restic {version} x'\n")
        (tmp_path / folder / "restic").chmod(0o700)
    folders = os.pathsep.join(str(tmp_path / folder) for folder in "abc")
    monkeypatch.delenv("VIGIE_RESTIC", raising=False)
    monkeypatch.setenv("PATH", f"{folders}{os.pathsep}{os.environ['PATH']}")
    assert program.find() == str(tmp_path / "b" / "restic")


@pytest.mark.parametrize(
    ("said", "status", "trouble"),
    [
        ("Fatal: wrong password or no key found", 1, Trouble.WRONG_PASSWORD),
        ("write /mnt/x: no space left on device", 1, Trouble.NO_SPACE),
        ("unable to create lock in backend: repository is already locked by PID 7", 1,
         Trouble.LOCKED),
        ("ciphertext verification failed", 1, Trouble.DAMAGED),
        ("Fatal: repository contains errors", 1, Trouble.DAMAGED),
        ("dial tcp 127.0.0.1:1: connect: connection refused", 1, Trouble.UNREACHABLE),
        ("server response unexpected: 403 Forbidden (403)", 1, Trouble.REFUSED),
        ("The request signature we calculated does not match the signature you provided.", 1,
         Trouble.REFUSED),
        ("read /mnt/x: input/output error", 1, Trouble.DISK_ABSENT),
        ("", 10, Trouble.REPOSITORY_MISSING),
        ("", 11, Trouble.LOCKED),
        ("", 12, Trouble.WRONG_PASSWORD),
        ("", -9, Trouble.INTERRUPTED),
        ("something else", 1, Trouble.UNKNOWN),
    ],
)  # fmt: skip
def test_restic_s_words_are_understood(said: str, status: int, trouble: Trouble) -> None:
    assert trouble_in(said, status) is trouble


def test_a_pattern_means_one_path_only() -> None:
    assert literal("/srv/a[1]*?.txt") == "/srv/a\\[1]\\*\\?.txt"
