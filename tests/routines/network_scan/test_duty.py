"""The night's look, for real: on a loopback of its own, with a door that is then closed."""

import json
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import namespaces
import pytest

from vigie.domain.danger import Danger
from vigie.routines.network_scan.duty import TRIAL
from vigie.sensors.network.inventory import INVENTORY, Inventory
from vigie.tools.journal import JOURNAL, Journal, latest_trials

NIGHTS = """
import json, socket, sys, threading
from pathlib import Path
from vigie.domain.practice import Language
from vigie.guards.open_printer.guard import judge
from vigie.routines.network_scan.duty import NetworkScanDuty
from vigie.routines.network_scan.seeing import Seeing
from vigie.tools.network.apart import alone

alone()
seen = []
duty = NetworkScanDuty(
    home=Path(sys.argv[1]), machine="m", networks=("127.77.0.0/30",),
    seeing=Seeing(machine="m", language=Language.FR),
    see=lambda sight: seen.append([f.fact for f in judge([sight])]),
)
door = socket.create_server(("127.77.0.1", 9100))
box = socket.create_server(("127.77.0.1", 22))
heard = []
def accept():
    while True:
        try:
            line, _ = door.accept()
        except OSError:
            return
        threading.Thread(target=lambda: heard.append(line.recv(1)), daemon=True).start()
threading.Thread(target=accept, daemon=True).start()
nights = []
for night in range(3):
    if night == 1:
        door.shutdown(socket.SHUT_RDWR)
        door.close()
    duty.run()
    said = sorted(fact for facts in seen for fact in facts)
    nights.append([fact for fact in said if not fact.startswith("network")])
    seen.clear()
print(json.dumps({"nights": nights, "bytes": sum(map(len, heard))}))
"""


@pytest.mark.kernel
@pytest.mark.skipif(not namespaces.possible(), reason="needs root and network namespaces")
def test_a_night_finds_a_door_the_next_proves_it_closed_and_the_third_is_silent(
    tmp_path: Path,
) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", NIGHTS, str(tmp_path)], capture_output=True, text=True, check=True
    )
    told = json.loads(ran.stdout.splitlines()[-1])
    # On a Monday everything is said again: the third night has nothing to say either way.
    assert told == {"nights": [["raw_printing_open"], ["door_closed"], []], "bytes": 0}
    with closing(Journal(tmp_path / JOURNAL)) as journal:
        proof = latest_trials(journal)[Danger.OPEN_PRINTER, TRIAL]
    assert (proof.held, proof.numbers["devices"], proof.numbers["doors"]) == (True, 1, 0)
    with closing(Inventory(tmp_path / INVENTORY)) as inventory:
        assert [device.ports for device in inventory.here("127.77.0.0/30")] == [(22,)]
