from pathlib import Path
from xml.etree import ElementTree as ET

from vigie.tools.service import Charge
from vigie.tools.service.windows import TaskScheduler

CHARGE = Charge(
    command=("C:/Program Files/vigie.exe", "agent", "run"), home=Path("C:/My Vigie"), memory=1
)
SPACE = "{http://schemas.microsoft.com/windows/2004/02/mit/task}"


def told() -> ET.Element:
    text = TaskScheduler(Path("task.xml")).text(CHARGE)
    return ET.fromstring(text.partition("\n")[2])  # noqa: S314  (our own text)


def test_the_task_of_windows_starts_at_boot_as_the_system_and_again_when_it_ends() -> None:
    task = told()
    assert task.find(f"{SPACE}Triggers/{SPACE}BootTrigger") is not None
    assert task.findtext(f".//{SPACE}UserId") == "S-1-5-18"
    assert task.findtext(f".//{SPACE}RestartOnFailure/{SPACE}Interval") == "PT1M"
    assert task.findtext(f".//{SPACE}ExecutionTimeLimit") == "PT0S"


def test_paths_with_spaces_are_one_word_each() -> None:
    task = told()
    assert task.findtext(f".//{SPACE}Command") == "C:/Program Files/vigie.exe"
    assert task.findtext(f".//{SPACE}Arguments") == 'agent run --home "C:/My Vigie"'
