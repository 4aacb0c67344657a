"""One real pane on a free port, its agent's parts, and a person who sits before it."""

import http.client
import re
import socket
import urllib.parse
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from vigie.agent import settings
from vigie.agent.loop import Agent
from vigie.agent.pane import way_in
from vigie.agent.pane.way_in import WayIn
from vigie.agent.pane_watch import pane_watch

SETTINGS = """\
[practice]
name = "Cabinet des Tilleuls"
caretaker = "Karim"
language = "{language}"

[practice.hours]
monday = ["08:00-12:00", "14:00-19:00"]

[machine]
name = "Accueil"

[usb]
watch = false

[arrivals]
watch = false

[pane]
port = {port}
"""


@dataclass
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: str
    raw: bytes


@dataclass
class Room:
    """A pane, its agent, and the browser of whoever sits here (`cookie`)."""

    home: Path
    agent: Agent
    way: WayIn
    cookie: str = ""
    form: str = ""
    _parts: list[object] = field(default_factory=list)

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.way.port}"

    @property
    def root(self) -> str:
        return self.way.address.removeprefix(self.origin)

    def ask(
        self, path: str, *, method: str = "GET", body: bytes = b"", **headers: str | None
    ) -> Answer:
        """Ask as our own page would; a header given as None is left out."""
        own: dict[str, str | None] = {
            "Host": f"127.0.0.1:{self.way.port}",
            "Cookie": self.cookie or None,
            "Sec-Fetch-Site": "same-origin",
        }
        if method == "POST":
            own |= {"Origin": self.origin, "Content-Type": "application/x-www-form-urlencoded"}
        own |= {name.replace("_", "-"): value for name, value in headers.items()}
        line = http.client.HTTPConnection("127.0.0.1", self.way.port, timeout=30)
        try:
            line.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
            for name, value in own.items():
                if value is not None:
                    line.putheader(name, value)
            line.putheader("Content-Length", str(len(body)))
            line.endheaders(body)
            got = line.getresponse()
            raw = got.read()
            return Answer(
                got.status, dict(got.headers.items()), raw.decode("utf-8", "replace"), raw
            )
        finally:
            line.close()

    def enter(self) -> None:
        """Open the pane as `vigie pane open` does."""
        came = self.ask(urllib.parse.urlsplit(self.way.opening()).path)
        assert came.status == 200, came
        self.cookie = came.headers["Set-Cookie"].partition(";")[0]
        found = re.search(r'name="form" value="(\w+)"', self.ask(f"{self.root}/").body)
        assert found
        self.form = found[1]

    def post(self, path: str, **fields: str) -> Answer:
        """Send one of the small forms."""
        body = urllib.parse.urlencode({"form": self.form, **fields}).encode()
        return self.ask(f"{self.root}{path}", method="POST", body=body)

    def show(self, name: str, content: bytes, field_name: str = "thing") -> Answer:
        """Show something, as a browser sends a form with a file."""
        edge = b"----edge"
        parts = [
            b'--%s\r\nContent-Disposition: form-data; name="form"\r\n\r\n%s\r\n'
            % (edge, self.form.encode()),
            b'--%s\r\nContent-Disposition: form-data; name="%s"; filename="%s"\r\n\r\n%s\r\n'
            % (edge, field_name.encode(), name.encode(), content),
            b"--%s--\r\n" % edge,
        ]
        kind = f"multipart/form-data; boundary={edge.decode()}"
        return self.ask(
            f"{self.root}/doute", method="POST", body=b"".join(parts), Content_Type=kind
        )


@contextmanager
def room(home: Path, *, language: str = "fr", port: int = 0) -> Iterator[Room]:
    """Open a pane under `home`, at a free port where none is wanted."""
    if not port:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
    read = settings.parse(SETTINGS.format(language=language, port=port))
    agent = Agent(read, home)
    watch = pane_watch(agent, home)
    assert watch is not None
    try:
        watch.start()
        opened = Room(home, agent, way_in.read_file(home))
        opened.enter()
        yield opened
    finally:
        watch.close()
        agent.spool.close()
        agent.undo.close()
        agent.known_bad.close()
        agent._single.release()
