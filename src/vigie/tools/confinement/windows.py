"""Windows: a job object that holds the child alone, with little memory. Not yet run.

A process may put itself into a job (AssignProcessToJobObject, Windows 8 and later). The job
forbids further processes and bounds memory; the network and the file tree stay within reach, and
that is said: they need an AppContainer, which the parent has to make.
"""

import ctypes
from typing import Any

from vigie.tools.confinement import Limits, Link

# JOBOBJECT_EXTENDED_LIMIT_INFORMATION, winnt.h
_EXTENDED_LIMITS = 9
_ONE_PROCESS, _PROCESS_MEMORY, _END_ON_CRASH, _END_ON_CLOSE = 0x8, 0x100, 0x400, 0x2000


class _Counters(ctypes.Structure):
    _fields_ = tuple((f"counter_{n}", ctypes.c_uint64) for n in range(6))


class _BasicLimits(ctypes.Structure):
    _fields_ = (
        ("process_time", ctypes.c_int64),
        ("job_time", ctypes.c_int64),
        ("flags", ctypes.c_uint32),
        ("smallest_working_set", ctypes.c_size_t),
        ("largest_working_set", ctypes.c_size_t),
        ("processes", ctypes.c_uint32),
        ("affinity", ctypes.c_size_t),
        ("priority", ctypes.c_uint32),
        ("scheduling", ctypes.c_uint32),
    )


class _ExtendedLimits(ctypes.Structure):
    _fields_ = (
        ("basic", _BasicLimits),
        ("counters", _Counters),
        ("process_memory", ctypes.c_size_t),
        ("job_memory", ctypes.c_size_t),
        ("peak_process_memory", ctypes.c_size_t),
        ("peak_job_memory", ctypes.c_size_t),
    )


def enter(limits: Limits) -> tuple[Link, ...]:
    """Enter a job of one process with bounded memory. Return what Windows leaves open."""
    missing = {Link.FILTER, Link.NETWORK, Link.IDENTITY, Link.FILES}
    # `windll` exists on Windows alone, and the type checker looks from elsewhere.
    system: Any = getattr(ctypes, "windll").kernel32  # noqa: B009
    wanted = _ExtendedLimits(
        basic=_BasicLimits(
            flags=_ONE_PROCESS | _PROCESS_MEMORY | _END_ON_CRASH | _END_ON_CLOSE, processes=1
        ),
        process_memory=limits.memory,
    )
    job = system.CreateJobObjectW(None, None)
    held = job and system.SetInformationJobObject(
        job, _EXTENDED_LIMITS, ctypes.byref(wanted), ctypes.sizeof(wanted)
    )
    if not (held and system.AssignProcessToJobObject(job, system.GetCurrentProcess())):
        missing.add(Link.LIMITS)
    return tuple(link for link in Link if link in missing)
