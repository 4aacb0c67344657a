"""A filter for a great program in a bubble: it may do what programs do, and none of this.

For our own readers there is a list of what is allowed (`linux`); nobody can write that list for an
office suite, so this one says what no office suite needs.
"""

import ctypes
import errno
from functools import cache

from vigie.tools.confinement import linux

_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000 | errno.EPERM
_EQUAL = 4  # SCMP_CMP_EQ
_FAMILIES = (2, 10, 16, 17, 40)  # inet, inet6, netlink, packet, vsock
_REFUSED = (
    "mount umount2 pivot_root chroot move_mount fsopen fsmount open_tree ptrace "
    "process_vm_readv process_vm_writev unshare setns clone3 keyctl add_key "
    "request_key bpf perf_event_open userfaultfd kexec_load kexec_file_load "
    "init_module finit_module delete_module reboot swapon swapoff acct settimeofday "
    "clock_settime adjtimex quotactl nfsservctl lookup_dcookie ioperm iopl modify_ldt "
    "name_to_handle_at open_by_handle_at fanotify_init io_uring_setup io_uring_enter "
    "io_uring_register personality syslog uselib vhangup kcmp pidfd_getfd mknod "
    "mknodat "
)


@cache
def program() -> bytes:
    """Return the filter as the kernel reads it. Raise OSError where libseccomp is missing."""
    library = linux.library()
    library.seccomp_init.restype = ctypes.c_void_p
    context = ctypes.c_void_p(library.seccomp_init(_ALLOW))
    try:
        for name in _REFUSED.split():
            _refuse(library, context, name, ())
        for family in _FAMILIES:
            _refuse(library, context, "socket", ((0, family),))
        _refuse(library, context, "ioctl", ((1, 0x5412),))  # TIOCSTI: typing for somebody else
        return linux.exported(library, context)
    finally:
        library.seccomp_release(context)


def _refuse(
    library: ctypes.CDLL, context: ctypes.c_void_p, name: str, equal: tuple[tuple[int, int], ...]
) -> None:
    number = library.seccomp_syscall_resolve_name(name.encode())
    if number < 0:
        return  # not on this processor
    answer = 0x00050000 | errno.ENOSYS if name == "clone3" else _REFUSE  # libc then uses clone
    conditions = (linux.Comparison * len(equal))(
        *(linux.Comparison(n, _EQUAL, value, 0) for n, value in equal)
    )
    library.seccomp_rule_add_array(context, ctypes.c_uint32(answer), number, len(equal), conditions)
