"""Linux: namespaces, an empty root, nobody's identity, limits, and libseccomp's filter.

The filter is built by libseccomp itself (its C interface is stable since 2.1; its Python bindings
are not on PyPI, and pyseccomp has had no release since 2021).
"""

import contextlib
import ctypes
import errno
import os
import resource
import signal
import tempfile
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

from vigie.tools.confinement import Limits, Link

_NOBODY = 65_534

# linux/sched.h
_NEW_MOUNTS, _NEW_NAMES, _NEW_IPC = 0x00020000, 0x04000000, 0x08000000
_NEW_USERS, _NEW_NETWORK = 0x10000000, 0x40000000

# linux/prctl.h
_DIES_WITH_PARENT, _NOT_DUMPABLE, _NO_NEW_PRIVILEGES = 1, 4, 38
_FILTERED, _BY_PROGRAM = 22, 2  # PR_SET_SECCOMP, SECCOMP_MODE_FILTER
_CAPABILITIES_VERSION_3 = 0x20080522

# seccomp.h of libseccomp
_REFUSE = 0x00050000 | errno.EPERM
_ALLOW = 0x7FFF0000
_NOT_THERE = 0x00050000 | errno.ENOSYS
_MASKED_EQUAL = 7

_PROT_EXEC, _MAP_SHARED, _EMPTY_PATH = 4, 1, 0x1000

# Reading from what was handed in, answering on a socket, memory, time, the end. No `write`: a
# descriptor handed in may be writable, and the answer goes by `sendmsg`.
_ALLOWED = (
    "read pread64 readv preadv lseek fstat recvmsg recvfrom sendmsg sendto close shutdown "
    "brk munmap mremap madvise futex rt_sigaction rt_sigprocmask rt_sigreturn sigaltstack "
    "getrandom clock_gettime gettimeofday clock_nanosleep nanosleep setitimer poll ppoll "
    "getpid gettid getuid geteuid getgid getegid sched_yield getrusage restart_syscall "
    "exit exit_group"
)
# No memory both mapped and executable, none shared with a file, no look at a path's attributes.
_ALLOWED_IF = (
    ("mmap", ((2, _PROT_EXEC, 0), (3, _MAP_SHARED, 0))),
    ("mprotect", ((2, _PROT_EXEC, 0),)),
    ("newfstatat", ((3, _EMPTY_PATH, _EMPTY_PATH),)),
)

# A thread shares everything with its process and cannot be anything else: only such a clone. What
# the newer call is asked for lies in memory, where a filter cannot look: it is not there, and the
# C library falls back to the older one.
_CLONE_THREAD = 0x00010000
_ALLOWED_FOR_THREADS = "set_robust_list rseq"
_MOST_THREADS = 512  # of all cells together: the limit counts by identity

_libc = ctypes.CDLL(None, use_errno=True)


def _loaded() -> ctypes.CDLL | None:
    try:
        return ctypes.CDLL("libseccomp.so.2", use_errno=True)
    except OSError:
        return None


_seccomp = _loaded()  # loaded now: there will be no file to load it from


class Comparison(ctypes.Structure):
    """`struct scmp_arg_cmp`."""

    _fields_ = (
        ("argument", ctypes.c_uint),
        ("operator", ctypes.c_int),
        ("mask", ctypes.c_uint64),
        ("value", ctypes.c_uint64),
    )


class Program(ctypes.Structure):
    """`struct sock_fprog` of linux/filter.h."""

    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))


_INSTRUCTION = 8  # bytes, of `struct sock_filter`
_Steps = tuple[tuple[Link, Callable[[], None]], ...]


def enter(limits: Limits) -> tuple[Link, ...]:
    """Give up the network, the file tree, the identity, and all but a few system calls."""
    with contextlib.suppress(OSError):  # the step itself says that there is no filter
        prepare(threads=limits.threads)
    return _in_turn((*_retreating(), *_sealing(limits)))


def retreat() -> tuple[Link, ...]:
    """Give up the network, the file tree and the identity."""
    return _in_turn(_retreating())


def seal(limits: Limits) -> tuple[Link, ...]:
    """Give up all but a few system calls, and die with the parent."""
    _call(_libc.prctl, _DIES_WITH_PARENT, signal.SIGKILL, 0, 0, 0)
    return _in_turn(_sealing(limits))


# In this order: each step needs what the next one takes away.
def _retreating() -> _Steps:
    return (
        (Link.NETWORK, _leave_namespaces),
        (Link.FILES, _leave_files),
        (Link.IDENTITY, _leave_identity),
    )


def _sealing(limits: Limits) -> _Steps:
    return (
        (Link.LIMITS, lambda: _limit(limits)),
        (Link.FILTER, lambda: _filter(threads=limits.threads)),
    )


def _in_turn(steps: _Steps) -> tuple[Link, ...]:
    missing = []
    for link, step in steps:
        try:
            step()
        except (OSError, ValueError, AttributeError):
            missing.append(link)
    return tuple(link for link in Link if link in missing)


def enter_talking(limits: Limits) -> tuple[Link, ...]:
    """Give up the file tree, the identity and the means to use much; keep network and threads."""
    missing = []
    for link, step in (
        (Link.FILES, _leave_files),
        (Link.IDENTITY, _leave_identity),
        (Link.LIMITS, lambda: _limit(limits, talking=True)),
    ):
        try:
            step()
        except (OSError, ValueError, AttributeError):
            missing.append(link)
    return tuple(missing)


def _leave_namespaces() -> None:
    kinds = _NEW_NETWORK | _NEW_IPC | _NEW_NAMES | _NEW_MOUNTS
    if os.geteuid():
        kinds |= _NEW_USERS  # an ordinary person may leave the rest only so
    _call(_libc.unshare, kinds)


def _leave_files() -> None:
    folder = tempfile.mkdtemp(prefix="vigie-")
    os.chdir(folder)
    Path(folder).rmdir()  # nothing can be made in a folder that is no more
    os.chroot(".")


def _leave_identity() -> None:
    try:
        if not os.geteuid():
            os.setgroups([])
            os.setresgid(_NOBODY, _NOBODY, _NOBODY)
            os.setresuid(_NOBODY, _NOBODY, _NOBODY)
    finally:
        header = (ctypes.c_uint32 * 2)(_CAPABILITIES_VERSION_3, 0)
        _call(_libc.capset, header, (ctypes.c_uint32 * 6)())
        _call(_libc.prctl, _NO_NEW_PRIVILEGES, 1, 0, 0, 0)
        _call(_libc.prctl, _NOT_DUMPABLE, 0, 0, 0, 0)


def _limit(limits: Limits, *, talking: bool = False) -> None:
    seconds = int(limits.life.total_seconds())
    for kind, most in (
        (resource.RLIMIT_AS, limits.memory),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_NOFILE, limits.files),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NPROC, _MOST_THREADS if limits.threads else 0),
        (resource.RLIMIT_MEMLOCK, 0),
    ):
        if talking and kind == resource.RLIMIT_NPROC:
            continue  # it counts every process of nobody's, and some libraries need a thread
        resource.setrlimit(kind, (most, most))


def _filter(*, threads: bool) -> None:
    _call(_libc.prctl, _FILTERED, _BY_PROGRAM, ctypes.byref(_built(threads=threads)), 0, 0)


def library() -> ctypes.CDLL:
    """Return libseccomp. Raise OSError where it is not installed."""
    if _seccomp is None:
        raise OSError(errno.ENOSYS, "libseccomp.so.2 is not installed")
    return _seccomp


@cache  # built once by a process that forks; each child only hands it to the kernel
def _built(*, threads: bool) -> Program:
    found = library()
    found.seccomp_init.restype = ctypes.c_void_p
    context = ctypes.c_void_p(found.seccomp_init(_REFUSE))
    try:
        if threads:
            number = found.seccomp_syscall_resolve_name(b"clone3")
            _checked(
                found.seccomp_rule_add_array(context, ctypes.c_uint32(_NOT_THERE), number, 0, None)
            )
        for name, comparisons in _rules(threads=threads):
            number = found.seccomp_syscall_resolve_name(name.encode())
            if number < 0:
                continue  # not on this processor: it has another one for the same purpose
            conditions = (Comparison * len(comparisons))(
                *(Comparison(n, _MASKED_EQUAL, mask, value) for n, mask, value in comparisons)
            )
            _checked(
                found.seccomp_rule_add_array(
                    context, ctypes.c_uint32(_ALLOW), number, len(comparisons), conditions
                )
            )
        written = exported(found, context)
    finally:
        found.seccomp_release(context)
    return Program(len(written) // _INSTRUCTION, written)


def exported(found: ctypes.CDLL, context: ctypes.c_void_p) -> bytes:
    """Return a filter as the kernel reads it. Raise OSError where it cannot be written down."""
    with os.fdopen(os.memfd_create("filter"), "w+b") as file:
        _checked(found.seccomp_export_bpf(context, file.fileno()))
        file.seek(0)
        return file.read()


def prepare(*, threads: bool = False) -> None:
    """Build the filter now, while a file can be written. Raise OSError where there is none."""
    _built(threads=threads)


def _rules(*, threads: bool) -> Iterator[tuple[str, tuple[tuple[int, int, int], ...]]]:
    for name in _ALLOWED.split():
        yield name, ()
    yield from _ALLOWED_IF
    if threads:
        yield "clone", ((0, _CLONE_THREAD, _CLONE_THREAD),)
        for name in _ALLOWED_FOR_THREADS.split():
            yield name, ()


def _call(function: Callable[..., int], *arguments: object) -> None:
    if function(*arguments):
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def _checked(result: int) -> None:
    if result < 0:
        raise OSError(-result, os.strerror(-result))
