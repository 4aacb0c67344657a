import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from urllib.parse import parse_qs

import pytest

from vigie.tools.oauth import Tokens
from vigie.tools.smtp import NoAnswer, Refused


@contextmanager
def endpoint(answers: list[tuple[int, object]]) -> Iterator[tuple[str, list[dict[str, list[str]]]]]:
    asked: list[dict[str, list[str]]] = []

    class Answering(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.append(parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode()))
            status, body = answers.pop(0)
            self.send_response(status)
            self.end_headers()
            self.wfile.write(json.dumps(body).encode())

        def log_message(self, *_: object) -> None:
            return

    server = HTTPServer(("127.0.0.1", 0), Answering)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/token", asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def tokens(place: Path, address: str) -> Tokens:
    (place / "refresh").write_text("r1\n")
    return Tokens(address=address, client="own", login="dr", refresh_file=place / "refresh")


def test_a_token_is_renewed_when_it_ends_and_the_new_refresh_token_is_kept(tmp_path: Path) -> None:
    said: list[tuple[int, object]] = [
        (200, {"access_token": "a1", "expires_in": 3600, "refresh_token": "r2"}),
        (200, {"access_token": "a2", "expires_in": 3600}),
    ]
    with endpoint(said) as (address, asked):
        source = tokens(tmp_path, address)
        assert source.credentials().secret == source.credentials().secret == "a1"
        assert asked == [
            {"grant_type": ["refresh_token"], "client_id": ["own"], "refresh_token": ["r1"]}
        ]
        source._ends = 0.0
        assert source.credentials().secret == "a2"
        assert asked[1]["refresh_token"] == ["r2"]


@pytest.mark.parametrize(
    ("status", "body", "trouble"),
    [(400, {"error": "invalid_grant"}, Refused), (503, {}, NoAnswer), (200, {}, NoAnswer)],
)
def test_what_is_no_token_is_told_apart(
    tmp_path: Path, status: int, body: object, trouble: type[Exception]
) -> None:
    with endpoint([(status, body)]) as (address, _), pytest.raises(trouble):
        tokens(tmp_path, address).credentials()


DEVICE = {
    "verification_uri": "https://provider.example/device",
    "user_code": "ABCD-EFGH",
    "device_code": "d1",
    "expires_in": 900,
    "interval": 1,
}


def test_a_person_agrees_and_their_refresh_token_is_kept(tmp_path: Path) -> None:
    said: list[tuple[int, object]] = [
        (200, DEVICE),
        (400, {"error": "authorization_pending"}),
        (400, {"error": "slow_down"}),
        (200, {"access_token": "a1", "expires_in": 3600, "refresh_token": "r9"}),
    ]
    waited: list[float] = []
    with endpoint(said) as (address, asked):
        source = tokens(tmp_path, address)
        consent = source.ask_consent(address)
        assert (consent.page, consent.code) == ("https://provider.example/device", "ABCD-EFGH")
        assert "d1" not in repr(consent)
        source.await_consent(consent, waited.append)
        assert waited == [1, 1, 6]
        assert (tmp_path / "refresh").read_text() == "r9"
        assert source.credentials().secret == "a1"
        assert [one.get("device_code") for one in asked] == [None, ["d1"], ["d1"], ["d1"]]


@pytest.mark.parametrize(
    ("answer", "trouble"),
    [
        ((400, {"error": "access_denied"}), Refused),
        ((400, {"error": "expired_token"}), Refused),
        ((200, {"access_token": "a1", "expires_in": 3600}), NoAnswer),
    ],
)
def test_without_consent_the_old_refresh_token_stays(
    tmp_path: Path, answer: tuple[int, object], trouble: type[Exception]
) -> None:
    with endpoint([(200, DEVICE), answer]) as (address, _):
        source = tokens(tmp_path, address)
        consent = source.ask_consent(address)
        with pytest.raises(trouble):
            source.await_consent(consent, lambda _: None)
        assert (tmp_path / "refresh").read_text() == "r1\n"


def test_nobody_is_waited_for_beyond_the_end_of_their_code(tmp_path: Path) -> None:
    with endpoint([(200, DEVICE | {"expires_in": 0})]) as (address, _):
        source = tokens(tmp_path, address)
        with pytest.raises(Refused):
            source.await_consent(source.ask_consent(address), lambda _: None)
