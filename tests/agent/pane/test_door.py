"""Who is turned away: other sites, other programs, other names, other accounts."""

import grp
import http.server
import os
import stat
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from pane_room import Room, room

from vigie.agent.pane import secret, way_in
from vigie.agent.pane.way_in import NoWayIn, Place, WayIn

PAGES = ("/", "/regler", "/vitre", "/static/vigie.css", "/static/pane.js")


def test_it_listens_on_127_0_0_1_and_nowhere_else(pane: Room) -> None:
    ears = [
        c.laddr
        for c in psutil.Process().net_connections("inet")
        if c.status == "LISTEN" and c.laddr.port == pane.way.port
    ]
    assert [ear.ip for ear in ears] == ["127.0.0.1"]


def test_whoever_has_the_secret_comes_in(pane: Room) -> None:
    for page in PAGES:
        assert pane.ask(pane.root + page).status == 200


@pytest.mark.parametrize(
    "host",
    [
        "localhost:{port}",
        "evil.example",
        "evil.example:{port}",
        "127.0.0.1",
        "[::1]:{port}",
        "127.1:{port}",
    ],
)
def test_a_name_that_was_made_to_mean_this_machine_is_refused(pane: Room, host: str) -> None:
    for page in (pane.root + "/", "/bonjour/" + "ab" * 16):
        answer = pane.ask(page, Host=host.format(port=pane.way.port))
        assert answer.status == 421
        assert "Vigie" not in answer.body


def test_a_request_without_a_name_is_refused(pane: Room) -> None:
    assert pane.ask(f"{pane.root}/", Host=None).status in {400, 421}


@pytest.mark.parametrize(
    "claimed",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": None},
        {"Origin": "http://127.0.0.1:1"},
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
        {"Sec_Fetch_Site": "none"},
    ],
)
def test_nothing_is_changed_from_another_page(pane: Room, claimed: dict[str, str | None]) -> None:
    body = f"form={pane.form}".encode()
    path = f"{pane.root}/regler/soir"
    assert pane.ask(path, method="POST", body=body, **claimed).status == 403
    assert not (pane.home / "agent" / "evening.json").exists()


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_nothing_is_read_from_another_page(pane: Room, site: str) -> None:
    for page in PAGES:
        assert pane.ask(pane.root + page, Sec_Fetch_Site=site).status == 403


def test_another_origin_reads_nothing_even_where_the_browser_says_no_more(pane: Room) -> None:
    answer = pane.ask(f"{pane.root}/vitre", Origin="http://127.0.0.1:9", Sec_Fetch_Site=None)
    assert answer.status == 403


def test_a_form_without_the_token_of_its_session_changes_nothing(pane: Room) -> None:
    for token in ("", "0" * 32, pane.form[:-1]):
        body = f"form={token}".encode()
        assert pane.ask(f"{pane.root}/regler/soir", method="POST", body=body).status == 403


def test_the_token_of_another_session_is_not_ours(pane: Room) -> None:
    theirs = pane.form
    pane.enter()
    body = f"form={theirs}".encode()
    assert pane.ask(f"{pane.root}/regler/soir", method="POST", body=body).status == 403


@pytest.mark.parametrize("cookie", [None, "vigie=", "vigie=x", "vigie=1-a-" + "0" * 64])
def test_without_a_session_nothing_is_shown(pane: Room, cookie: str | None) -> None:
    for page in PAGES:
        answer = pane.ask(pane.root + page, Cookie=cookie)
        assert answer.status in {401, 403}
        assert "Tilleuls" not in answer.body
        assert "Accueil" not in answer.body


def test_a_session_ends_with_the_day(pane: Room) -> None:
    old = secret.session(pane.way.secret, time.time() - 13 * 3600)
    assert pane.ask(f"{pane.root}/", Cookie=f"vigie={old}").status == 401


def test_a_ticket_opens_once(pane: Room) -> None:
    path = pane.way.opening().removeprefix(pane.origin)
    assert pane.ask(path, Cookie=None).status == 200
    assert pane.ask(path, Cookie=None).status == 401


def test_an_old_ticket_opens_nothing(pane: Room) -> None:
    old = secret.ticket(pane.way.secret, time.time() - 61)
    assert pane.ask(f"{pane.root}/entrer/{old}").status == 401


def test_a_session_is_no_ticket_and_a_ticket_no_session(pane: Room) -> None:
    session = secret.session(pane.way.secret, time.time())
    assert pane.ask(f"{pane.root}/entrer/{session}").status == 401
    ticket = secret.ticket(pane.way.secret)
    assert pane.ask(f"{pane.root}/", Cookie=f"vigie={ticket}").status == 401


def test_outside_the_path_there_is_nothing(pane: Room) -> None:
    for path in ("/", "/vitre", f"{pane.root}x/", f"/{'0' * 32}/", "//", f"{pane.root}/../"):
        assert pane.ask(path).status == 404


def test_the_cookie_is_bound_to_the_path_and_hidden_from_scripts(pane: Room) -> None:
    said = pane.ask(pane.way.opening().removeprefix(pane.origin)).headers["Set-Cookie"]
    assert f"Path={pane.root}/" in said
    assert "HttpOnly" in said
    assert "SameSite=Strict" in said


def test_every_answer_forbids_scripts_of_others_and_frames(pane: Room) -> None:
    for path in (f"{pane.root}/", f"{pane.root}/static/pane.js", "/nothing"):
        headers = pane.ask(path).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"
        assert headers["Cache-Control"] == "no-store"
        assert headers["X-Frame-Options"] == "DENY"


def test_pages_hold_nothing_inline(pane: Room) -> None:
    for page in ("/", "/regler", "/vitre"):
        text = pane.ask(pane.root + page).body
        assert "<style" not in text
        assert " style=" not in text
        assert "onclick" not in text
        assert text.count("<script") == text.count("<script src=")


def test_only_our_own_files_are_given(pane: Room) -> None:
    for name in ("../pages.py", "..%2fpages.py", "%2e%2e/words.fr.toml", "other.css"):
        assert pane.ask(f"{pane.root}/static/{name}").status == 404


def test_the_pane_proves_that_it_is_the_pane(pane: Room) -> None:
    assert way_in.is_ours(pane.way)
    assert not way_in.is_ours(WayIn(port=pane.way.port, secret="00" * 32))


@pytest.fixture
def squatter() -> Iterator[int]:
    """Somebody who took a port and answers everything with a nice page."""

    class Nice(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"f" * 64)

        def log_message(self, *_: object) -> None:
            return

    server = http.server.HTTPServer(("127.0.0.1", 0), Nice)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()


def test_a_port_somebody_else_took_is_left_to_them(tmp_path: Path, squatter: int) -> None:
    with room(tmp_path, port=squatter) as opened:
        assert opened.way.port != squatter
        assert way_in.is_ours(opened.way)
    assert not way_in.is_ours(WayIn(port=squatter, secret="ab" * 32))


def test_the_secret_lasts_over_a_restart(tmp_path: Path) -> None:
    with room(tmp_path) as first:
        cookie, root = first.cookie, first.root
    with room(tmp_path) as second:
        assert second.ask(f"{root}/", Cookie=cookie).status == 200


def test_when_the_agent_ends_nobody_is_sent_to_its_port(tmp_path: Path) -> None:
    with room(tmp_path):
        assert (tmp_path / "pane.json").exists()
    assert not (tmp_path / "pane.json").exists()


@pytest.mark.kernel
@pytest.mark.skipif(os.geteuid() != 0, reason="gives a file to a group")
def test_the_file_is_for_the_group_alone(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    assert Place(folder=folder, group="nogroup").write(WayIn(port=1, secret="ab" * 32))
    file = folder / way_in.FILE
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    assert stat.S_IMODE(folder.stat().st_mode) == 0o750
    assert file.stat().st_gid == grp.getgrnam("nogroup").gr_gid


def test_without_the_group_the_file_is_the_agents_own(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    assert not Place(folder=folder, group="no-such-group").write(WayIn(port=1, secret="ab" * 32))
    assert stat.S_IMODE((folder / way_in.FILE).stat().st_mode) == 0o600


def test_nobody_is_told_where_there_is_no_pane(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VIGIE_HOME", str(tmp_path))
    with pytest.raises(NoWayIn, match="absent"):
        way_in.read(tmp_path)
