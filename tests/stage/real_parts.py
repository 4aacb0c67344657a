"""The real programs of a practice LAN, each on a host of its own: printers, files, box, database."""

import os
import shutil
import subprocess
from pathlib import Path

from namespaces import Lan

_IPP = r"""
mkdir -p /run/dbus /run/avahi-daemon
dbus-daemon --system --nofork --nopidfile &
for i in $(seq 600); do [ -S /run/dbus/system_bus_socket ] && break; sleep 0.05; done
avahi-daemon --no-drop-root --no-chroot --no-rlimits -f /dev/null &
for i in $(seq 600); do [ -S /run/avahi-daemon/socket ] && break; sleep 0.05; done
exec ippeveprinter -v -k "$@"
"""


def ipp_printer(lan: Lan, host: str, *, maker: str, model: str, name: str, port: int = 631,
                password: bool = False) -> Path:  # fmt: skip
    """Start ippeveprinter; return the folder where its jobs would lie."""
    spool = lan.folder / f"{host}-spool"
    keys = lan.folder / f"{host}-keys"
    spool.mkdir()
    keys.mkdir()
    more = ["-A"] if password else []
    lan.run(
        host,
        ["bash", "-c", _IPP, "ipp", *more, "-p", str(port), "-d", str(spool), "-K", str(keys),
         "-M", maker, "-m", model, name],
        own_run=True,
    )  # fmt: skip
    lan.wait(host, port)
    return spool


def raw_printer(lan: Lan, host: str, number: int = 0) -> Path:
    """Start p910nd on 9100 + number; return the file that would hold what it prints."""
    paper = lan.folder / f"{host}-paper-{number}"
    paper.write_bytes(b"")
    (lan.folder / f"{host}-lock").mkdir(exist_ok=True)
    script = 'mkdir -p /run/lock/p910nd; exec p910nd -d -f "$1" "$2"'
    lan.run(host, ["sh", "-c", script, "raw", str(paper), str(number)], own_run=True)
    lan.wait(host, 9100 + number)
    return paper


def snmp_agent(lan: Lan, host: str, *, communities: tuple[str, ...], description: str,
               pages: int | None = None) -> None:  # fmt: skip
    """Start snmpd; without a community it speaks version 3 only."""
    rows = ["agentaddress udp:161", f"sysDescr {description}", "sysName poste"]
    rows += [f"rocommunity {name}" for name in communities if name != "private"]
    rows += [f"rwcommunity {name}" for name in communities if name == "private"]
    if pages is not None:
        rows.append(f"override .1.3.6.1.2.1.43.10.2.1.4.1.1 counter {pages}")
    if not communities:
        rows += ["createUser vigie SHA longpassword AES longpassword", "rouser vigie priv"]
    conf = lan.folder / f"{host}-snmpd.conf"
    conf.write_text("\n".join(rows) + "\n")
    state = lan.folder / f"{host}-snmp"
    state.mkdir()
    lan.run(
        host,
        ["env", f"SNMP_PERSISTENT_DIR={state}", "snmpd", "-f", "-C", "-c", str(conf), "-Lo",
         "-p", str(state / "pid")],
    )  # fmt: skip


def file_server(lan: Lan, host: str, *, guests: bool, old: bool, share: str = "Public",
                writes: bool = True) -> Path:  # fmt: skip
    """Start smbd; return the shared folder."""
    place = lan.folder / f"{host}-smb"
    shared = place / "shared"
    for folder in (shared, place / "state", place / "run"):
        folder.mkdir(parents=True)
    shared.chmod(0o777)
    for parent in (place, lan.folder):
        parent.chmod(0o755)
    conf = place / "smb.conf"
    conf.write_text(
        f"""[global]
workgroup = CABINET
server string = fichiers
map to guest = {"Bad User" if guests else "Never"}
restrict anonymous = {0 if guests else 2}
server min protocol = {"NT1" if old else "SMB2"}
smb ports = 445
disable netbios = yes
load printers = no
log level = 0
lock directory = {place}/state
state directory = {place}/state
cache directory = {place}/state
private dir = {place}/state
pid directory = {place}/run
ncalrpc dir = {place}/run
log file = {place}/smbd.log
[{share}]
path = {shared}
guest ok = {"yes" if guests else "no"}
read only = {"no" if writes else "yes"}
"""
    )
    lan.run(host, ["smbd", "--foreground", "--no-process-group", "-s", str(conf)])
    lan.wait(host, 445)
    return shared


def internet_box(lan: Lan, host: str, *, mappings: tuple[tuple[int, str, int], ...],
                 natpmp: bool = True, port: int = 5000) -> None:  # fmt: skip
    """Start miniupnpd with mappings (outside, address, inside)."""
    lan.wan(host, "81.2.69.142")
    lan.done(
        host,
        ["nft", "add table inet filter; add chain inet filter miniupnpd; "
         "add chain inet filter prerouting_miniupnpd; add chain inet filter postrouting_miniupnpd"],
    )  # fmt: skip
    leases = lan.folder / f"{host}-leases"
    leases.write_text("".join(f"TCP:{o}:{a}:{i}:0:salle\n" for o, a, i in mappings))
    conf = lan.folder / f"{host}-upnp.conf"
    conf.write_text(
        f"ext_ifname=wan\next_ip=81.2.69.142\nlistening_ip=eth0\nport={port}\n"
        f"enable_natpmp={'yes' if natpmp else 'no'}\nenable_upnp=yes\nsecure_mode=no\n"
        f"lease_file={leases}\nuuid=00000000-0000-0000-0000-000000000001\n"
        "allow 0-65535 0.0.0.0/0 0-65535\n"
    )
    lan.run(host, ["miniupnpd", "-d", "-f", str(conf), "-P", str(lan.folder / f"{host}-upnp.pid")])
    lan.wait(host, port)


def database(lan: Lan, host: str, *, trusts: bool) -> None:
    """Start PostgreSQL, trusting everybody or asking for a password."""
    place = lan.folder / f"{host}-pg"
    template = lan.folder.parent / "pg-template"
    binaries = Path("/usr/lib/postgresql/15/bin")
    if not template.exists():
        template.parent.chmod(0o755)
        template.mkdir()
        shutil.chown(template, "postgres", "postgres")
        _as_postgres([str(binaries / "initdb"), "-N", "-D", str(template / "data"), "-A", "trust"])
    lan.folder.chmod(0o755)
    subprocess.run(["cp", "-a", str(template / "data"), str(place)], check=True)
    way = "trust" if trusts else "scram-sha-256"
    (place / "pg_hba.conf").write_text(f"local all all trust\nhost all all 0.0.0.0/0 {way}\n")
    with (place / "postgresql.conf").open("a") as conf:
        conf.write(
            "listen_addresses='*'\nunix_socket_directories=''\nfsync=off\nshared_buffers=16MB\n"
        )
    lan.run(
        host,
        ["setpriv", "--reuid", "postgres", "--regid", "postgres", "--clear-groups",
         str(binaries / "postgres"), "-D", str(place)],
    )  # fmt: skip
    lan.wait(host, 5432)


def _as_postgres(command: list[str]) -> None:
    subprocess.run(
        ["setpriv", "--reuid", "postgres", "--regid", "postgres", "--clear-groups", *command],
        check=True,
        capture_output=True,
        cwd="/",
        env={**os.environ, "LC_ALL": "C"},
    )
