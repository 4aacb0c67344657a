"""macOS: `sandbox_init` with the profile "pure computation", and resource limits. Not yet run.

`sandbox_init(3)` is documented and deprecated; Apple's replacement, the App Sandbox, needs a
signed bundle. `kSBXProfilePureComputation` forbids files, network and processes, and lets
descriptors already open be used.
"""

import ctypes
import resource

from vigie.tools.confinement import Limits, Link

_NAMED = 1  # SANDBOX_NAMED, sandbox.h


def enter(limits: Limits) -> tuple[Link, ...]:
    """Give up files, network and processes. There is no filter of single system calls."""
    missing = {Link.IDENTITY}
    seconds = int(limits.life.total_seconds())
    try:
        for kind, most in (
            (resource.RLIMIT_CPU, seconds),
            (resource.RLIMIT_NOFILE, limits.files),
            (resource.RLIMIT_FSIZE, 0),
            (resource.RLIMIT_CORE, 0),
        ):
            resource.setrlimit(kind, (most, most))
    except (OSError, ValueError):
        missing.add(Link.LIMITS)
    library = ctypes.CDLL("/usr/lib/libSystem.B.dylib")
    trouble = ctypes.c_char_p()
    if library.sandbox_init(b"pure-computation", _NAMED, ctypes.byref(trouble)):
        missing |= {Link.FILTER, Link.NETWORK, Link.FILES}
    return tuple(link for link in Link if link in missing)
