"""What a cell is asked about a file: what it would do, or for the file without what acts."""

from collections.abc import Callable, Mapping
from typing import Any

from vigie.readers.document import disarming, parse, specimens
from vigie.readers.sandbox.memory import in_memory

prepare = parse.prepare  # what a cell of this reader may be prepared with
_TASKS: Mapping[str, Callable[..., object]] = {"look": parse.read, "disarm": disarming.read}


def read(descriptor: int, *, task: str, **options: Any) -> object:  # noqa: ANN401  (the task's own)
    """Return the answer to one task (`look`, `disarm`) about an open file."""
    return _TASKS[task](descriptor, **options)


def warm_up() -> None:
    """Do each task with papers of our own, before any other's (see `specimens`)."""
    parse.warm_up()
    for _, content in specimens.papers():
        with in_memory(content) as file:
            disarming.read(file.fileno())
