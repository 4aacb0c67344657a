import fcntl
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from tests.tools.test_databases import POSTGRESQL, cluster

from vigie.tools.power import PowerFailed
from vigie.tools.power.linux import (
    LinuxPower,
    idle_since,
    inhibitors_in,
    installing,
    servers_in,
    stop_servers,
)

INHIBITORS = """[
 {"who":"ModemManager","uid":0,"user":"root","pid":1,"comm":"m","what":"sleep","why":"","mode":"delay"},
 {"who":"Impress","uid":1,"user":"c","pid":2,"comm":"s","what":"idle:sleep","why":"","mode":"block"},
 {"who":"logind","uid":0,"user":"root","pid":3,"comm":"l","what":"handle-lid-switch","why":"","mode":"block"}
]"""


def test_only_who_blocks_a_shutdown_or_a_sleep_is_an_inhibitor() -> None:
    assert inhibitors_in(INHIBITORS) == ["Impress"]
    assert inhibitors_in("") == []
    with pytest.raises(PowerFailed):
        inhibitors_in("Interactive authentication required")


def test_a_session_in_use_is_idle_since_now() -> None:
    shown = "IdleHint=no\nIdleSinceHint=0\nClass=user\nType=x11\n"
    assert idle_since(shown)[0] == pytest.approx(time.time(), abs=5)


def test_an_idle_session_says_since_when_and_a_service_says_nothing() -> None:
    idle = "IdleHint=yes\nIdleSinceHint=1795800000000000\nClass=user\nType=wayland\n"
    assert idle_since(idle) == [1_795_800_000.0]
    assert idle_since(idle.replace("Class=user", "Class=manager")) == []
    assert idle_since(idle.replace("wayland", "unspecified")) == []


def test_a_lock_that_an_installation_holds_is_seen(tmp_path: Path) -> None:
    lock = tmp_path / "lock-frontend"
    assert not installing([lock])
    lock.touch()
    assert not installing([lock])
    code = "import fcntl, sys; f = open(sys.argv[1], 'w'); fcntl.lockf(f, fcntl.LOCK_EX)"
    code += "; print(1, flush=True); sys.stdin.read()"
    holder = subprocess.Popen(
        [sys.executable, "-c", code, lock], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert holder.stdout
    holder.stdout.readline()
    assert installing([lock])
    holder.communicate()
    with lock.open("w") as free:
        fcntl.lockf(free, fcntl.LOCK_EX | fcntl.LOCK_NB)


@pytest.mark.skipif(Path("/run/systemd/system").is_dir(), reason="only where systemd does not run")
def test_a_container_stops_nobodys_databases_and_no_machine() -> None:
    with pytest.raises(PowerFailed, match="not_supported"):
        LinuxPower().stop_databases()


@pytest.mark.kernel
@pytest.mark.skipif(not POSTGRESQL or os.geteuid() != 0, reason="needs PostgreSQL, and root")
def test_a_server_in_the_middle_of_its_work_ends_with_a_checkpoint(tmp_path: Path) -> None:
    assert POSTGRESQL
    with cluster(tmp_path / "pg") as conninfo:
        sql = "CREATE TABLE t AS SELECT i, md5(i::text) FROM generate_series(1, 20000) i;"
        subprocess.run(["psql", "-q", conninfo, "-c", sql], check=True)
        waiting = subprocess.Popen(["psql", "-q", conninfo, "-c", "SELECT pg_sleep(60)"],
                                   stderr=subprocess.DEVNULL)  # fmt: skip
        data = tmp_path / "pg" / "data"
        pid = int((data / "postmaster.pid").read_text().splitlines()[0])
        mine = [p for p in psutil.process_iter(["name", "ppid"])
                if p.pid == pid or p.info["ppid"] == pid]  # fmt: skip
        servers = servers_in(mine)
        assert [server.pid for server in servers] == [pid]
        assert stop_servers(servers) == ["postgres"]
        waiting.wait(20)
        state = subprocess.run([POSTGRESQL / "pg_controldata", data], capture_output=True,
                               text=True, check=True, env=os.environ | {"LC_ALL": "C"})  # fmt: skip
        assert "Database cluster state:               shut down\n" in state.stdout
        how = f"-c listen_addresses='' -k {tmp_path}/pg"
        control = ["runuser", "-u", "postgres", "--", POSTGRESQL / "pg_ctl", "-D", data, "-w",
                   "-l", tmp_path / "pg" / "log", "-o", how]  # fmt: skip
        subprocess.run([*control, "start"], check=True, stdout=subprocess.DEVNULL, cwd="/")


def test_a_server_that_does_not_end_is_not_said_to_have() -> None:
    from datetime import timedelta  # noqa: PLC0415

    code = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN)"
    stubborn = subprocess.Popen(
        [sys.executable, "-c", code + "; print(1, flush=True); time.sleep(60)"],
        stdout=subprocess.PIPE,
    )
    assert stubborn.stdout
    stubborn.stdout.readline()
    assert stop_servers([psutil.Process(stubborn.pid)], timedelta(seconds=0.3)) == []
    stubborn.send_signal(signal.SIGKILL)
    stubborn.communicate()
