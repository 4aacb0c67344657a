import json
import shutil
import subprocess

import pytest

from vigie.tools.smartctl import Disk, disk_in, disks

ATA = {
    "smart_status": {"passed": True},
    "ata_smart_attributes": {
        "table": [
            {"id": 5, "name": "Reallocated_Sector_Ct", "raw": {"value": 8}},
            {"id": 9, "name": "Power_On_Hours", "raw": {"value": 42_000}},
            {"id": 197, "name": "Current_Pending_Sector", "raw": {"value": 3}},
        ]
    },
}
NVME = {
    "smart_status": {"passed": True},
    "nvme_smart_health_information_log": {"critical_warning": 4, "media_errors": 2},
}


def test_sectors_that_were_given_up_or_cannot_be_read_are_counted() -> None:
    assert disk_in(ATA, "/dev/sda") == Disk(device="/dev/sda", failing=False, sectors=11)


def test_a_disk_that_says_so_is_failing() -> None:
    failing = ATA | {"smart_status": {"passed": False}}
    assert disk_in(failing, "/dev/sda") == Disk(device="/dev/sda", failing=True, sectors=11)
    assert disk_in(NVME, "/dev/nvme0") == Disk(device="/dev/nvme0", failing=True, sectors=2)


def test_a_disk_that_says_nothing_is_not_called_sound() -> None:
    assert disk_in({}, "/dev/sda") is None
    assert disk_in({"smart_status": None}, "/dev/sda") is None


@pytest.mark.skipif(not shutil.which("smartctl"), reason="needs smartmontools")
def test_the_real_program_answers_in_json_and_its_disks_are_asked() -> None:
    said = subprocess.run(["smartctl", "--json", "--scan"], capture_output=True, check=False)
    assert "smartctl" in json.loads(said.stdout)
    assert all(disk.device.startswith("/dev/") for disk in disks())
