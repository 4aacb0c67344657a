"""One hostile job in a process of its own, for readers whose libraries we would not trust twice."""

from typing import Any

from vigie.readers.sandbox.cell import Cell
from vigie.readers.sandbox.memory import in_memory
from vigie.tools.confinement import Limits


def read_once(
    reader: str, untrusted: bytes | int, *, limits: Limits | None = None, **options: object
) -> Any:  # noqa: ANN401  (the caller checks what it asked for)
    """Return what `reader` answers about untrusted bytes, read in a process used for nothing else.

    `reader` is the dotted name of a function `(descriptor, **options)` whose answer JSON can say;
    its module, and all it needs, is imported before the process is confined. `untrusted` is the
    bytes or an open descriptor, `options` must be plain values. The answer is still untrusted:
    whoever asked checks it. Raise ReadFailed when there is none (it died, was too slow, needed
    too much memory, tried something forbidden, answered at too great length).
    """
    cell = Cell(reader, limits or Limits())
    try:
        if isinstance(untrusted, int):
            return cell.ask(dict(options), untrusted)
        with in_memory(untrusted) as file:
            return cell.ask(dict(options), file.fileno())
    finally:
        cell.close()
