"""Linux: namespaces, an empty root, nobody's identity, limits, and libseccomp's filter.

The filter is built by libseccomp itself (its C interface is stable since 2.1; its Python bindings
are not on PyPI, and pyseccomp has had no release since 2021).
"""

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
_CAPABILITIES_VERSION_3 = 0x20080522

# seccomp.h of libseccomp
_REFUSE = 0x00050000 | errno.EPERM
_ALLOW = 0x7FFF0000
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


_Steps = tuple[tuple[Link, Callable[[], None]], ...]


def enter(limits: Limits) -> tuple[Link, ...]:
    """Give up the network, the file tree, the identity, and all but a few system calls."""
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
    return ((Link.LIMITS, lambda: _limit(limits)), (Link.FILTER, _filter))


def _in_turn(steps: _Steps) -> tuple[Link, ...]:
    missing = []
    for link, step in steps:
        try:
            step()
        except (OSError, ValueError, AttributeError):
            missing.append(link)
    return tuple(link for link in Link if link in missing)


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


def _limit(limits: Limits) -> None:
    seconds = int(limits.life.total_seconds())
    for kind, most in (
        (resource.RLIMIT_AS, limits.memory),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_NOFILE, limits.files),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_MEMLOCK, 0),
    ):
        resource.setrlimit(kind, (most, most))


def _filter() -> None:
    _checked(_built()[0].seccomp_load(_built()[1]))


def library() -> ctypes.CDLL:
    """Return libseccomp. Raise OSError where it is not installed."""
    if _seccomp is None:
        raise OSError(errno.ENOSYS, "libseccomp.so.2 is not installed")
    return _seccomp


@cache  # built once by a process that forks; each child only loads it
def _built() -> tuple[ctypes.CDLL, ctypes.c_void_p]:
    found = library()
    found.seccomp_init.restype = ctypes.c_void_p
    context = ctypes.c_void_p(found.seccomp_init(_REFUSE))
    for name, comparisons in _rules():
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
    return found, context


def prepare() -> None:
    """Build the filter now, so that each child only loads it. Raise OSError where there is none."""
    _built()


def _rules() -> Iterator[tuple[str, tuple[tuple[int, int, int], ...]]]:
    for name in _ALLOWED.split():
        yield name, ()
    yield from _ALLOWED_IF


def _call(function: Callable[..., int], *arguments: object) -> None:
    if function(*arguments):
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def _checked(result: int) -> None:
    if result < 0:
        raise OSError(-result, os.strerror(-result))
