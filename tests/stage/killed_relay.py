"""The relay as a process of its own that can be killed, and is there again a moment later.

    python tests/stage/killed_relay.py FOLDER LISTEN PROVIDER

One process imports everything once and forks the relay; it prints the pid of each relay when its
door is open, and forks the next when that one has ended.
"""

import logging
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

from vigie.sensors.outbox.relay import Opening, Relay
from vigie.tools import keys
from vigie.tools.held import HeldStore
from vigie.tools.seal import Seal
from vigie.tools.smtp import Provider, Security


def live(folder: Path, listen: int, provider: int) -> None:
    """Be the relay, until killed."""
    relay = Relay(
        Opening(port=listen),
        Provider(host="127.0.0.1", port=provider, security=Security.NONE),
        HeldStore(folder / "held"),
        folder=folder / "outbox",
        seal=Seal(keys.make(folder / "machine.key"), "mail"),
        judge=lambda _held, _content, _sink: False,
        ready=lambda _: print(os.getpid(), flush=True),  # noqa: T201
    )
    relay.observe(lambda _: None, threading.Event())


def main() -> None:
    """Fork a relay again and again, until our own standard input is closed."""
    logging.basicConfig(level=logging.WARNING)
    folder, listen, provider = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    child = 0

    def leave() -> None:
        sys.stdin.read()
        os.kill(child, signal.SIGKILL)
        os._exit(0)

    threading.Thread(target=leave, daemon=True).start()
    while True:
        child = os.fork()
        if not child:
            live(folder, listen, provider)
        os.waitpid(child, 0)


class KilledRelay:
    """What a test sees of it: `kill` ends the relay of this moment; `pid` is the next one's."""

    def __init__(self, folder: Path, listen: int, provider: int) -> None:
        self.port = listen
        self._log = (folder / "relay.log").open("wb")
        self._process = subprocess.Popen(
            [sys.executable, __file__, str(folder), str(listen), str(provider)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
        )
        self.pid = self.opened()

    def opened(self) -> int:
        """Wait until a door is open; return whose it is."""
        assert self._process.stdout is not None
        return int(self._process.stdout.readline())

    def kill(self) -> None:
        """Kill the relay with SIGKILL, and wait until the next one has opened its door."""
        os.kill(self.pid, signal.SIGKILL)
        self.pid = self.opened()

    def close(self) -> None:
        """End it all."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(20)
        self._process.stdout.close()
        self._log.close()


if __name__ == "__main__":
    main()
