"""A real S3 server in a temporary folder: OpenStack Swift with its S3 door, from Debian.

The same program that hosters run, made small: one disk, one replica, one process for each of its
four servers, all on loopback, over TLS as everywhere. Debian's own Python runs it, since it is no
package of ours.
"""

import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

PYTHON = "/usr/bin/python3"  # Debian's, which has python3-swift
STORAGE = "account", "container", "object"
DOORS = "catch_errors gatekeeper memory listing_formats s3api tempauth bulk slo"
ACCOUNT, SECRET = "cabinet:vigie", "secret-de-cabinet"

_CERTIFICATE = (
    *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"),
    *("-nodes", "-days", "2", "-subj", "/CN=essai", "-addext", "subjectAltName=IP:127.0.0.1"),
)
_RINGS = """
import sys
from swift.common.ring.builder import RingBuilder
for name, port in zip(("account", "container", "object"), sys.argv[2:]):
    ring = RingBuilder(2, 1, 0)
    ring.add_dev(dict(id=0, region=1, zone=1, ip="127.0.0.1", port=int(port), device="disk",
        weight=1, meta="", replication_ip="127.0.0.1", replication_port=int(port)))
    ring.rebalance()
    ring.get_ring().save(f"{sys.argv[1]}/{name}.ring.gz")
"""
_SERVE = """
import sys
from swift.common.utils import set_swift_dir
set_swift_dir(sys.argv[1])
from swift.common.wsgi import run_wsgi
sys.exit(run_wsgi(f"{sys.argv[1]}/{sys.argv[2]}.conf", f"{sys.argv[2]}-server"))
"""


@dataclass(frozen=True, slots=True)
class ObjectStore:
    """The address of one S3 server, what opens it, and the certificate that it shows."""

    port: int
    certificate: Path
    access: str = ACCOUNT
    secret: str = SECRET

    def location(self, bucket: str) -> str:
        """Return a bucket as restic names it."""
        return f"s3:https://127.0.0.1:{self.port}/{bucket}"

    def credentials(self, file: Path) -> Path:
        """Write an AWS credentials file, readable by its owner alone, and return it."""
        file.touch(mode=0o600)
        file.write_text(
            f"[default]\naws_access_key_id = {self.access}\naws_secret_access_key = {self.secret}\n"
        )
        return file


@contextmanager
def object_store() -> Iterator[ObjectStore]:
    """Run the four servers until the test has ended."""
    with tempfile.TemporaryDirectory(prefix="vigie-s3-") as name:
        folder = Path(name)
        (folder / "devices" / "disk").mkdir(parents=True)
        ports = [_free_port() for _ in (*STORAGE, "proxy")]
        _write(folder, ports)
        rings = [PYTHON, "-c", _RINGS, name, *map(str, ports[:-1])]
        subprocess.run(rings, check=True, capture_output=True)
        certificate = ["-keyout", folder / "key.pem", "-out", folder / "certificate.pem"]
        subprocess.run([*_CERTIFICATE, *certificate], check=True, capture_output=True)
        servers = []
        try:
            for server in (*STORAGE, "proxy"):
                with (folder / f"{server}.log").open("wb") as log:
                    argv = [PYTHON, "-c", _SERVE, name, server]
                    servers.append(subprocess.Popen(argv, stdout=log, stderr=log))
            for server, port in zip((*STORAGE, "proxy"), ports, strict=True):
                _wait_until_it_listens(port, folder / f"{server}.log")
            yield ObjectStore(ports[-1], folder / "certificate.pem")
        finally:
            for server in servers:
                server.terminate()
            for server in servers:
                server.wait(30)


def _write(folder: Path, ports: list[int]) -> None:
    (folder / "swift.conf").write_text("[swift-hash]\nswift_hash_path_suffix = essai\n")
    # Without workers a server stays one process, which ends when it is asked to.
    common = (
        f"[DEFAULT]\nswift_dir = {folder}\ndevices = {folder}/devices\nmount_check = false\n"
        "workers = 0\nbind_ip = 127.0.0.1\nuser = root\nlog_address = /nowhere\n"
        "fallocate_reserve = 0\ndisable_fallocate = true\n"
    )
    for name, port in zip(STORAGE, ports, strict=False):
        (folder / f"{name}.conf").write_text(
            f"{common}bind_port = {port}\n[pipeline:main]\npipeline = {name}-server\n"
            f"[app:{name}-server]\nuse = egg:swift#{name}\n"
        )
    uses = {door: f"use = egg:swift#{door}" for door in DOORS.split()}
    uses["memory"] = "use = egg:swift#memcache\nmemcache_servers = 127.0.0.1:1"
    uses["s3api"] += "\ns3_acl = no\ncheck_bucket_owner = no\nlocation = us-east-1"
    uses["tempauth"] += f"\nuser_{ACCOUNT.replace(':', '_')} = {SECRET} .admin"
    filters = "".join(f"[filter:{door}]\n{text}\n" for door, text in uses.items())
    (folder / "proxy.conf").write_text(
        f"{common}bind_port = {ports[-1]}\n"
        f"cert_file = {folder}/certificate.pem\nkey_file = {folder}/key.pem\n"
        f"[pipeline:main]\npipeline = {DOORS} proxy-server\n"
        "[app:proxy-server]\nuse = egg:swift#proxy\naccount_autocreate = true\n"
        f"allow_account_management = true\n{filters}"
    )


def _wait_until_it_listens(port: int, log: Path) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with suppress(OSError):
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        time.sleep(0.05)
    raise TimeoutError(log.read_text())


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
