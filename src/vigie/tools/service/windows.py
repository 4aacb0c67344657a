"""Windows: a task of the system account that starts with the machine. Not yet run.

A true service has to answer the service control manager, which a Python program cannot do without
a wrapper; the Task Scheduler starts one at boot and again when it ends. Written against the Task
Scheduler schema 1.2 and the documentation of schtasks.
"""

import subprocess
from pathlib import Path
from xml.etree import ElementTree as ET

from vigie.tools.service import Charge, ask, put_back, write_with_undo

TASK = "Vigie agent"
_SPACE = "http://schemas.microsoft.com/windows/2004/02/mit/task"
_SYSTEM_ACCOUNT = "S-1-5-18"


class TaskScheduler:
    """The service of Windows; its description is kept at `file`."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def text(self, charge: Charge) -> str:
        """Return the task as XML: at boot, as SYSTEM, one at a time, again a minute after it ends.

        The task's environment has no place for VIGIE_HOME: `vigie agent run` is given `--home`.
        """
        task = ET.Element("Task", {"version": "1.2", "xmlns": _SPACE})
        triggers = ET.SubElement(task, "Triggers")
        ET.SubElement(ET.SubElement(triggers, "BootTrigger"), "Enabled").text = "true"
        who = ET.SubElement(ET.SubElement(task, "Principals"), "Principal", {"id": "Author"})
        ET.SubElement(who, "UserId").text = _SYSTEM_ACCOUNT
        ET.SubElement(who, "RunLevel").text = "HighestAvailable"
        settings = ET.SubElement(task, "Settings")
        ET.SubElement(settings, "MultipleInstancesPolicy").text = "IgnoreNew"
        ET.SubElement(settings, "DisallowStartIfOnBatteries").text = "false"
        ET.SubElement(settings, "StopIfGoingOnBatteries").text = "false"
        ET.SubElement(settings, "ExecutionTimeLimit").text = "PT0S"
        again = ET.SubElement(settings, "RestartOnFailure")
        ET.SubElement(again, "Interval").text = "PT1M"
        ET.SubElement(again, "Count").text = "999"
        deed = ET.SubElement(ET.SubElement(task, "Actions", {"Context": "Author"}), "Exec")
        program, *words = charge.command
        ET.SubElement(deed, "Command").text = program
        ET.SubElement(deed, "Arguments").text = subprocess.list2cmdline(
            [*words, "--home", str(charge.home)]
        )
        ET.indent(task)
        return '<?xml version="1.0" encoding="UTF-16"?>\n' + ET.tostring(task, encoding="unicode")

    def install(self, charge: Charge) -> None:
        """Create the task, replacing one of the same name, and start it."""
        write_with_undo(self.file, self.text(charge).encode("utf-16"), _former(charge))
        ask(["schtasks", "/Create", "/TN", TASK, "/XML", str(self.file), "/F"])
        ask(["schtasks", "/Run", "/TN", TASK])

    def remove(self, charge: Charge) -> None:
        """Stop and delete the task."""
        if self.file.exists():
            ask(["schtasks", "/End", "/TN", TASK])
            ask(["schtasks", "/Delete", "/TN", TASK, "/F"])
        put_back(self.file, _former(charge))


def _former(charge: Charge) -> Path:
    return charge.home / "agent" / "service.before"
