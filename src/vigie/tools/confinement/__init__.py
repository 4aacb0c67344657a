"""Confinement: what a process that reads untrusted bytes gives up before it reads the first one.

`enter` is called by the child itself, after it has imported what it needs and before it is handed
anything. One module per system behind the same two words; what a system cannot withhold is named,
so that it can be said aloud instead of being hoped for.
"""

import sys
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class Link(StrEnum):
    """One part of the confinement. The order is that of their worth: the first missing counts."""

    FILTER = "system_call_filter"
    NETWORK = "no_network"
    IDENTITY = "no_privileges"
    FILES = "empty_file_tree"
    LIMITS = "resource_limits"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What the child may use up. `memory` and `answer` are bytes; `time` is for one question.

    `life` bounds the processor time of the whole child, for the day its parent dies. `threads`:
    whether it may start threads of its own, which some decoders cannot do without; never processes.
    """

    time: timedelta = timedelta(seconds=2)
    life: timedelta = timedelta(hours=6)
    memory: int = 512 * 1024 * 1024
    answer: int = 64 * 1024
    files: int = 16
    threads: bool = False


def enter(limits: Limits) -> tuple[Link, ...]:
    """Give up everything but reading and answering, for good. Return the links that are missing.

    Call it in a process with one thread. Raise nothing: what could not be given up is returned.
    """
    if sys.platform == "linux":
        from vigie.tools.confinement import linux as system  # noqa: PLC0415  (one system's own)
    elif sys.platform == "darwin":
        from vigie.tools.confinement import macos as system  # noqa: PLC0415
    else:
        from vigie.tools.confinement import windows as system  # noqa: PLC0415
    return system.enter(limits)


def retreat() -> tuple[Link, ...]:
    """Give up network, files and privileges, and keep what it takes to fork. Linux only.

    What it forks must `seal` itself before it reads anything untrusted.
    """
    from vigie.tools.confinement import linux  # noqa: PLC0415  (one system's own)

    return linux.retreat()


def seal(limits: Limits) -> tuple[Link, ...]:
    """Give up the rest, in a child of a process that retreated. Return the missing links."""
    from vigie.tools.confinement import linux  # noqa: PLC0415  (one system's own)

    return linux.seal(limits)


def enter_talking(limits: Limits) -> tuple[Link, ...]:
    """Give up files, identity and more memory than `limits` says, and keep the network.

    For a process that talks to devices nobody trusts. Return the links that are missing, besides
    the network and the filter, which it cannot do without.
    """
    if sys.platform == "linux":
        from vigie.tools.confinement import linux  # noqa: PLC0415  (one system's own)

        return linux.enter_talking(limits)
    else:  # noqa: RET505  (each system is type-checked on its own)
        return (Link.IDENTITY, Link.FILES, Link.LIMITS)
