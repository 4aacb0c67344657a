"""Three engines on the same messages: Vigie as a command, SpamAssassin and rspamd from Debian.

Each gets the bytes of the message alone: an envelope line before it is taken off, because a
malformed one costs SpamAssassin ten points (BROKEN_HEADERS) that have nothing to do with it. No
network: no blocklist, no DNS. What a replay of old mail does to rspamd is left out of its score.
"""

import json
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from socket import create_server

import psutil

from benchmarks.mail.corpus import Case

_REPLAY = frozenset({"DATE_IN_PAST", "RDNS_NONE", "RDNS_DNSFAIL"})
_SA = r"""
use Mail::SpamAssassin; $| = 1;
my $sa = Mail::SpamAssassin->new({local_tests_only => 1, dont_copy_prefs => 1,
  userprefs_filename => '/dev/null', post_config_text => "use_bayes 0\nuse_auto_whitelist 0\n"});
$sa->init(1); print "ready\n";
while (my $f = <STDIN>) { chomp $f; local $/; open(my $h, '<', $f); my $raw = <$h>; close $h;
  $raw =~ s/\A>?From [^\n]*\n//; my $m = $sa->parse($raw); my $s = $sa->check($m);
  print $s->get_score(), "\n"; $s->finish(); $m->finish(); }
"""


@dataclass(slots=True)
class Played:
    """What one engine made of the messages: a score each, and what it cost."""

    name: str
    scores: list[float] = field(default_factory=list)
    decisions: list[str] = field(default_factory=list)
    seconds: float = 0.0
    megabytes: float = 0.0


def vigie(cases: Sequence[Case]) -> Played:
    """Run `vigie check mail --json` over the messages, in one process and its cells."""
    played = Played("Vigie")
    command = [sys.executable, "-m", "vigie.cli", "check", "mail", "--json"]
    with tempfile.TemporaryFile("w+") as out:
        begun = time.monotonic()
        process = subprocess.Popen([*command, *(str(case.path) for case in cases)], stdout=out)
        with _weighed(process.pid, played):
            process.wait()
        played.seconds = time.monotonic() - begun
        out.seek(0)
        rows = {row["input"]: row for row in map(json.loads, out)}
    for case in cases:
        row = rows[str(case.path)]
        played.scores.append(row["score"])
        played.decisions.append(row["decision"])
    return played


def spamassassin(cases: Sequence[Case]) -> Played:
    """Run SpamAssassin's own library over the messages, local tests only, no Bayes."""
    played = Played("SpamAssassin")
    process = subprocess.Popen(
        ["perl", "-e", _SA], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdin
    assert process.stdout
    process.stdout.readline()
    with _weighed(process.pid, played):
        begun = time.monotonic()
        for case in cases:
            process.stdin.write(f"{case.path}\n")
            process.stdin.flush()
            played.scores.append(float(process.stdout.readline()))
        played.seconds = time.monotonic() - begun
    process.stdin.close()
    process.wait()
    return played


def rspamd(cases: Sequence[Case]) -> Played:
    """Run rspamd's scanner on loopback, with a folder and settings of its own."""
    played = Played("rspamd")
    with _rspamd() as (port, pid), _weighed(pid, played):
        begun = time.monotonic()
        for case in cases:
            raw = case.path.read_bytes()
            if raw.startswith((b"From ", b">From ")):
                raw = raw[raw.find(b"\n") + 1 :]
            request = urllib.request.Request(f"http://127.0.0.1:{port}/checkv2", data=raw)
            with urllib.request.urlopen(request, timeout=60) as answer:
                seen = json.load(answer)
            replayed = (s["score"] for n, s in seen.get("symbols", {}).items() if n in _REPLAY)
            played.scores.append(seen.get("score", 0.0) - sum(replayed))
        played.seconds = time.monotonic() - begun
    return played


ENGINES: dict[str, Callable[[Sequence[Case]], Played]] = {
    "vigie": vigie,
    "spamassassin": spamassassin,
    "rspamd": rspamd,
}


@contextmanager
def _rspamd() -> Iterator[tuple[int, int]]:
    with create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory(prefix="vigie-rspamd-") as folder:
        own = Path(folder)
        for name in ("local.d", "override.d", "db", "run", "log"):
            (own / name).mkdir()
        override = own / "override.d"
        (override / "worker-normal.inc").write_text(f'bind_socket = "127.0.0.1:{port}";\ncount = 1;\n')
        (override / "worker-proxy.inc").write_text("enabled = false;\ncount = 0;\n")
        (override / "worker-controller.inc").write_text("enabled = false;\ncount = 0;\n")
        (override / "worker-fuzzy.inc").write_text("enabled = false;\ncount = 0;\n")
        (override / "options.inc").write_text(
            'filters = "chartable,dkim,regexp,fuzzy_check";\n'
            'dns { nameserver = ["127.0.0.1:9"]; timeout = 0.01s; retransmits = 1; }\n'
        )
        (override / "logging.inc").write_text(f'type = "file"; filename = "{own}/log/rspamd.log";\n')
        for module in ("fuzzy_check", "rbl", "asn", "greylist", "ratelimit", "phishing"):
            if module != "phishing":
                (override / f"{module}.conf").write_text("enabled = false;\n")
        command = ["rspamd", "-f", "-i", "-c", "/etc/rspamd/rspamd.conf"]
        places = {"LOCAL_CONFDIR": own, "DBDIR": own / "db", "RUNDIR": own / "run", "LOGDIR": own / "log"}
        process = subprocess.Popen(
            [*command, *(f"--var={name}={place}" for name, place in places.items())],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            _wait_for(port, process)
            yield port, process.pid
        finally:
            process.terminate()
            process.wait()


def _wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 40
    while time.monotonic() < deadline and process.poll() is None:
        with suppress(OSError):
            urllib.request.urlopen(f"http://127.0.0.1:{port}/ping", timeout=1).close()
            return
        time.sleep(0.2)
    raise SystemExit("rspamd did not start")


@contextmanager
def _weighed(pid: int, played: Played) -> Iterator[None]:
    """Note the most memory (proportional share) that a process and its children hold together."""
    done = threading.Event()

    def look() -> None:
        while not done.wait(0.3):
            with suppress(psutil.Error):
                top = psutil.Process(pid)
                family = [top, *top.children(recursive=True)]
                total = 0
                for one in family:
                    with suppress(psutil.Error):
                        total += one.memory_full_info().pss
                played.megabytes = max(played.megabytes, total / 1e6)

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
