import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from vigie.tools import dummy_ups
from vigie.tools.loopback import free_port
from vigie.tools.nut import Nut, NutFailed

needs_nut = pytest.mark.skipif(not dummy_ups.installed(), reason="needs nut-server")


@pytest.mark.kernel
@needs_nut
def test_a_real_upsd_is_understood(tmp_path: Path) -> None:
    with dummy_ups.running(tmp_path / "nut") as ups:
        said = ups.nut.read()
        assert (said.status, said.runtime, said.charge) == ({"OL"}, 900, 100)
        assert not said.on_battery
        assert Nut(port=ups.nut.port).read() == said  # the first it knows
        with pytest.raises(NutFailed, match="no_ups"):
            Nut(port=ups.nut.port, name="another").read()


@contextmanager
def answering(raw: bytes) -> Iterator[Nut]:
    """Answer every question with these bytes, and hang up."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            while True:
                try:
                    line, _ = server.accept()
                except OSError:
                    return
                with line:
                    line.recv(4096)
                    line.sendall(raw)

        threading.Thread(target=serve, daemon=True).start()
        yield Nut(port=server.getsockname()[1], name="ups")
        server.shutdown(socket.SHUT_RDWR)


def test_nobody_there_is_no_answer() -> None:
    with pytest.raises(NutFailed, match="no_answer"):
        Nut(port=free_port()).read()


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"ERR DATA-STALE\n", "stale"),
        (b"ERR UNKNOWN-UPS\n", "no_ups"),
        (b"BEGIN LIST VAR ups\nEND LIST VAR ups\n", "stale"),
        (b'BEGIN LIST VAR ups\nVAR ups ups.status "WAIT"\nEND LIST VAR ups\n', "stale"),
        (b"x" * 200_000, "no_answer"),
        (b'VAR ups ups.status "OL', "no_answer"),
    ],
)
def test_what_is_no_reading_is_never_green(raw: bytes, reason: str) -> None:
    with answering(raw) as nut, pytest.raises(NutFailed, match=reason):
        nut.read()


def test_only_numbers_and_known_words_are_believed() -> None:
    lines = ('VAR ups ups.status "OB LB EXPLODE"', 'VAR ups battery.runtime "1e9"', "VAR ups x",
             'VAR ups battery.charge "12.6"', 'VAR ups "unclosed')  # fmt: skip
    raw = "\n".join(["BEGIN LIST VAR ups", *lines, "END LIST VAR ups", ""]).encode()
    with answering(raw) as nut:
        said = nut.read()
    assert (said.status, said.runtime, said.charge) == ({"OB", "LB"}, None, 13)


@pytest.mark.parametrize(
    ("address", "nut"),
    [
        ("ups@serveur:3500", Nut(host="serveur", port=3500, name="ups")),
        ("ups@", Nut(name="ups")),
        ("serveur", Nut(host="serveur")),
        ("ups@127.0.0.1", Nut(name="ups")),
    ],
)
def test_a_ups_is_named_as_nut_does(address: str, nut: Nut) -> None:
    assert Nut.at(address) == nut
