"""The accounts of a Linux machine, from the files that its own programs write."""

import shutil
import sqlite3
import subprocess
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from vigie.domain.evidence.passwords import Account
from vigie.sensors import SensorBlind
from vigie.sensors.accounts import generic, linux_desktops
from vigie.sensors.accounts.linux import Linux

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
pytestmark = [
    pytest.mark.kernel,
    pytest.mark.skipif(not shutil.which("useradd"), reason="useradd writes the files"),
]


def made(root: Path, *people: Sequence[str]) -> Path:
    """Let useradd itself write the accounts of a machine below `root`."""
    for folder in ("etc/default", "home", "var/log"):
        (root / folder).mkdir(parents=True)
    (root / "etc/passwd").write_text("root:x:0:0:root:/root:/bin/bash\n")
    (root / "etc/group").write_text("root:x:0:\nsudo:x:27:\nnopasswdlogin:x:900:\n")
    (root / "etc/shadow").write_text("root:*:19000:0:99999:7:::\n")
    (root / "etc/gshadow").write_text("root:*::\nsudo:*::\nnopasswdlogin:!::\n")
    shutil.copy("/etc/login.defs", root / "etc")
    for words in people:
        command = ["useradd", "--prefix", root, "--create-home", "--shell", "/bin/bash", *words]
        subprocess.run(command, check=True, capture_output=True)
    return root


def opened(root: Path, *sessions: tuple[str, str, str, datetime, datetime | None]) -> None:
    """Let utmpdump write the sessions: user, line, host, begin, end."""
    lines = []
    for number, (user, line, host, began, ended) in enumerate(sessions, 100):
        events = [(7, user, host, began), *([(8, "", "", ended)] if ended else [])]
        for kind, who, where, at in events:
            stamp = at.strftime("%Y-%m-%dT%H:%M:%S,000000+00:00")
            words = f"[{kind}] [{number:05}] [{line[-4:]:4}] [{who:8}] [{line:12}]"
            lines.append((at, f"{words} [{where:20}] [0.0.0.0        ] [{stamp}]\n"))
    text = "".join(line for _, line in sorted(lines, key=lambda each: each[0]))
    done = subprocess.run(["utmpdump", "-r"], input=text.encode(), capture_output=True, check=True)
    (root / "var/log/wtmp").write_bytes(done.stdout)


def account(root: Path, name: str, *, left: Sequence[str] = ()) -> Account:
    return {each.name: each for each in Linux(root).accounts(NOW, left)}[name]


def day(number: int, hour: int = 9) -> datetime:
    return NOW - timedelta(days=number) + timedelta(hours=hour - NOW.hour)


def test_an_account_without_password_is_seen(tmp_path: Path) -> None:
    made(tmp_path, ["--password", "", "stagiaire"], ["--password", "$y$x", "lea"])
    assert account(tmp_path, "stagiaire").without_password
    assert not account(tmp_path, "lea").without_password


def test_a_desktop_that_asks_for_none_is_the_same(tmp_path: Path) -> None:
    made(tmp_path, ["--password", "$y$x", "--groups", "nopasswdlogin", "lea"])
    assert account(tmp_path, "lea").without_password


def test_closed_accounts_are_nobodys(tmp_path: Path) -> None:
    made(
        tmp_path,
        ["marie"],  # useradd locks whom it gives no password
        ["--password", "$y$x", "--expiredate", "2026-06-30", "paul"],
        ["--password", "$y$x", "--expiredate", "2027-06-30", "anna"],
        ["--password", "$y$x", "--shell", "/usr/sbin/nologin", "fax"],
    )
    assert [each.name for each in Linux(tmp_path).accounts(NOW, ())] == ["anna"]


def test_who_administers_every_day_is_counted_by_days(tmp_path: Path) -> None:
    made(tmp_path, ["--password", "$y$x", "--groups", "sudo", "martin"])
    opened(tmp_path, *(("martin", "tty2", ":0", day(n), day(n, 18)) for n in range(1, 9)))
    seen = account(tmp_path, "martin")
    assert (seen.administrator, seen.days, seen.idle) == (True, 8, 1)


def test_one_account_at_two_screens_at_once_is_two_people(tmp_path: Path) -> None:
    made(tmp_path, ["--password", "$y$x", "lea"], ["--password", "$y$x", "paul"])
    opened(
        tmp_path,
        ("lea", "pts/1", "10.0.0.4", day(2), day(2, 17)),
        ("lea", "pts/2", "10.0.0.7", day(2, 10), day(2, 16)),
        ("paul", "tty2", ":0", day(2), day(2, 17)),
        ("paul", "pts/3", "10.0.0.9", day(2, 11), day(2, 12)),  # home, the screen left on
    )
    assert account(tmp_path, "lea").together == 2
    assert account(tmp_path, "paul").together == 1


def test_one_after_the_other_is_one_person(tmp_path: Path) -> None:
    made(tmp_path, ["--password", "$y$x", "lea"])
    opened(
        tmp_path,
        ("lea", "pts/1", "10.0.0.4", day(2), day(2, 10)),
        ("lea", "pts/2", "10.0.0.7", day(2, 11), day(2, 12)),
    )
    assert account(tmp_path, "lea").together == 1


def test_who_has_left_is_named_by_the_caretaker(tmp_path: Path) -> None:
    made(tmp_path, ["--password", "$y$x", "marie"])
    assert account(tmp_path, "marie", left=["Marie"]).left
    assert not account(tmp_path, "marie").left


def test_an_account_nobody_ever_opened_is_as_old_as_its_password(tmp_path: Path) -> None:
    made(tmp_path, ["--password", "$y$x", "remplacant"])
    shadow = tmp_path / "etc/shadow"
    set_on = (NOW.date() - timedelta(days=140) - datetime(1970, 1, 1, tzinfo=UTC).date()).days
    lines = [line.split(":") for line in shadow.read_text().splitlines()]
    for fields in lines:
        fields[2] = str(set_on)
    shadow.write_text("\n".join(":".join(fields) for fields in lines) + "\n")
    assert account(tmp_path, "remplacant").idle == 140


def test_newer_systems_keep_sessions_in_a_database(tmp_path: Path) -> None:
    made(tmp_path, ["--password", "$y$x", "lea"])
    (tmp_path / "var/lib/wtmpdb").mkdir(parents=True)
    with closing(sqlite3.connect(tmp_path / "var/lib/wtmpdb/wtmp.db")) as base:
        base.execute(
            "CREATE TABLE wtmp (ID INTEGER PRIMARY KEY, Type INTEGER, User TEXT, Login INTEGER,"
            " Logout INTEGER, TTY TEXT, RemoteHost TEXT, Service TEXT)"
        )
        for number in range(1, 4):
            began = int(day(number).timestamp() * 1e6)
            base.execute(
                "INSERT INTO wtmp (Type, User, Login, TTY) VALUES (3, 'lea', ?, 'tty2')", (began,)
            )
        base.commit()
    assert account(tmp_path, "lea").days == 3


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("etc/gdm3/daemon.conf", "[daemon]\nAutomaticLoginEnable = true\nAutomaticLogin = lea\n"),
        ("etc/lightdm/lightdm.conf", "[Seat:*]\nautologin-user=lea\n"),
        ("etc/lightdm/lightdm.conf.d/50.conf", "[Seat:*]\nautologin-user=lea\n"),
        ("etc/sddm.conf.d/a.conf", "[Autologin]\nUser=lea\nSession=plasma\n"),
        (
            "etc/systemd/system/getty@tty1.service.d/override.conf",
            "[Service]\nExecStart=-/sbin/agetty --autologin lea --noclear %I $TERM\n",
        ),
    ],
)
def test_a_session_that_opens_by_itself_is_seen(tmp_path: Path, file: str, text: str) -> None:
    made(tmp_path, ["--password", "$y$x", "lea"])
    assert not account(tmp_path, "lea").opens_alone
    (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / file).write_text(text)
    assert account(tmp_path, "lea").opens_alone


def test_automatic_login_that_is_switched_off_is_off(tmp_path: Path) -> None:
    made(tmp_path, ["--password", "$y$x", "lea"])
    (tmp_path / "etc/gdm3").mkdir()
    text = "[daemon]\n#AutomaticLoginEnable = true\nAutomaticLogin = lea\n"
    (tmp_path / "etc/gdm3/daemon.conf").write_text(text)
    assert not account(tmp_path, "lea").opens_alone


@pytest.mark.parametrize(
    ("text", "minutes"),
    [("", 5), ("[Daemon]\nAutolock=false\n", 0), ("[Daemon]\nTimeout=30\n", 30)],
)
def test_when_kde_locks_a_screen(tmp_path: Path, text: str, minutes: int) -> None:
    made(tmp_path, ["--password", "$y$x", "lea"])
    (tmp_path / "usr/bin").mkdir(parents=True)
    (tmp_path / "usr/bin/plasmashell").touch()
    (tmp_path / "home/lea/.config").mkdir()
    (tmp_path / "home/lea/.config/kscreenlockerrc").write_text(text)
    assert account(tmp_path, "lea").locks_after == minutes


XFCE = """<?xml version="1.0" encoding="UTF-8"?>
<channel name="xfce4-screensaver" version="1.0">
  <property name="saver" type="empty">
    <property name="enabled" type="bool" value="true"/>
    <property name="idle-activation" type="empty">
      <property name="delay" type="int" value="20"/>
    </property>
  </property>
  <property name="lock" type="empty"><property name="enabled" type="bool" value="LOCK"/></property>
</channel>
"""


@pytest.mark.parametrize(("lock", "minutes"), [("true", 20), ("false", 0)])
def test_when_xfce_locks_a_screen(tmp_path: Path, lock: str, minutes: int) -> None:
    made(tmp_path, ["--password", "$y$x", "lea"])
    file = tmp_path / "home/lea/.config/xfce4/xfconf/xfce-perchannel-xml/xfce4-screensaver.xml"
    file.parent.mkdir(parents=True)
    file.write_text(XFCE.replace("LOCK", lock))
    (tmp_path / "home/lea/.dmrc").write_text("[Desktop]\nSession=xfce\n")
    assert account(tmp_path, "lea").locks_after == minutes


def test_a_machine_without_a_desktop_has_no_screen_to_lock(tmp_path: Path) -> None:
    made(tmp_path, ["--password", "$y$x", "lea"])
    assert account(tmp_path, "lea").locks_after is None


def test_files_that_are_not_there_are_blindness(tmp_path: Path) -> None:
    with pytest.raises(SensorBlind):
        Linux(tmp_path).accounts(NOW, ())


def test_this_very_machine_answers() -> None:
    assert all(each.name for each in Linux().accounts(datetime.now(UTC), ()))


@pytest.mark.parametrize("name", ["accueil", "Poste-2", "secretariat1", "medecin", "Empfang"])
def test_names_of_places_and_tasks(name: str) -> None:
    assert generic(name)


@pytest.mark.parametrize("name", ["lea", "martin", "amartin", "dr.favre", "pcosta"])
def test_names_of_people(name: str) -> None:
    assert not generic(name)


@pytest.mark.skipif(
    not Path("/usr/share/glib-2.0/schemas/org.gnome.desktop.screensaver.gschema.xml").exists()
    or not shutil.which("gsettings"),
    reason="GNOME's own schemas say what it does when nobody has said anything",
)
def test_when_gnome_locks_a_screen_is_asked_of_gnome_itself(tmp_path: Path) -> None:
    home = tmp_path / "lea"
    home.mkdir()
    assert linux_desktops._gnome(Path("/"), 54321, home) == 5
