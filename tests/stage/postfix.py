"""A real Postfix on loopback that delivers every message into one Maildir; needs root."""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from vigie.tools.loopback import answers, free_port

_MAIN = """
compatibility_level = 3.6
queue_directory = {place}/queue
data_directory = {place}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
maillog_file = {place}/postfix.log
maillog_file_prefixes = {place}
myhostname = provider.example
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
smtpd_relay_restrictions = permit_mynetworks, reject
virtual_mailbox_domains = b.example, cabinet.example
virtual_mailbox_base = {place}/mail
virtual_mailbox_maps = static:all/
virtual_minimum_uid = 1
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{uid}
alias_maps =
alias_database =
"""
_MASTER = """
127.0.0.1:{port} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
error unix - - n - - error
retry unix - - n - - error
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
"""
_MAIL_UID = 8  # Debian's account `mail`


@dataclass
class Postfix:
    """A server that runs: its port, and what it has delivered."""

    port: int
    place: Path

    def delivered(self) -> list[bytes]:
        return [file.read_bytes() for file in (self.place / "mail" / "all" / "new").glob("*")]

    def log(self) -> str:
        log = self.place / "postfix.log"
        return log.read_text()[-2000:] if log.exists() else ""


@contextmanager
def postfix() -> Iterator[Postfix]:
    place = Path(tempfile.mkdtemp(prefix="vigie-smtp-"))
    place.chmod(0o755)
    port = free_port()
    for name in ("etc", "queue", "data", "mail"):
        (place / name).mkdir()
    shutil.chown(place / "data", "postfix")
    shutil.chown(place / "mail", "mail", "mail")
    (place / "etc" / "main.cf").write_text(_MAIN.format(place=place, uid=_MAIL_UID))
    (place / "etc" / "master.cf").write_text(_MASTER.format(port=port))

    def run(word: str) -> None:
        subprocess.run(
            ["postfix", "-c", str(place / "etc"), word],
            check=False,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=60,
        )

    try:
        run("start")
        server = Postfix(port, place)
        assert answers(port, timedelta(seconds=20)), server.log()
        yield server
    finally:
        run("stop")
        shutil.rmtree(place)
