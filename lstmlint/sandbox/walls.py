"""What a process can take away from itself before it runs anything of which it doesn't know what it does.

Standard library only: the worker loads this file by its path.

On Linux: namespaces of its own without a network, in which all processes end with the first (where the system lets ordinary users
have them), and Landlock, under which nothing can be written but in one folder. Both need no rights and no other program.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

_NEW_USER, _NEW_PROCESSES, _NEW_NETWORK, _NEW_IPC = 0x10000000, 0x20000000, 0x40000000, 0x08000000
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_WRITES = {1: 0x1FF2, 2: 0x3FF2, 3: 0x7FF2}
"""By the version of Landlock: writing files, making, renaming, moving and removing things, cutting files short."""
_TRUNCATE_AND_WRITE = 0x4002
_DEATH_SIGNAL, _NO_NEW_RIGHTS = 1, 38


class _Ruleset(ctypes.Structure):
    _fields_ = [("files", ctypes.c_uint64)]


class _Beneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = [("allowed", ctypes.c_uint64), ("parent", ctypes.c_int32)]


def find_own_packages() -> None:
    """Packages that the user has installed for themselves are found as always, though the home folder is another one."""
    own = os.environ.pop("LSTMLINT_PACKAGES", "")
    if own and own not in sys.path:
        sys.path.append(own)


def limit(seconds: int, megabytes: int) -> None:
    """End this process when it has used more processor time than that, without a core dump, and let no file get larger."""
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (megabytes << 20, megabytes << 20))


def raise_walls(folder: str) -> list[str]:
    """Take away what can be taken away; returns what is still open: "network", "files", "processes"."""
    if not sys.platform.startswith("linux"):
        return ["network", "files", "processes"]
    try:
        libc = ctypes.CDLL(None, use_errno=True)
        still_open = _namespaces(libc)
        if not _only_writes_in(libc, folder):
            still_open.append("files")
    except (OSError, AttributeError):
        return ["network", "files", "processes"]
    return still_open


def _namespaces(libc: ctypes.CDLL) -> list[str]:
    if libc.unshare(_NEW_USER | _NEW_PROCESSES | _NEW_NETWORK | _NEW_IPC) == 0:
        _be_the_first(libc)
        return []
    still_open = ["processes"]
    if libc.unshare(_NEW_USER | _NEW_NETWORK) != 0 and libc.unshare(_NEW_NETWORK) != 0:
        still_open.append("network")
    return still_open


def _be_the_first(libc: ctypes.CDLL) -> None:
    """Go on as the first process of the new namespace: all others end with it. The old process waits for it."""
    child = os.fork()
    if child:
        _, status = os.waitpid(child, 0)
        os._exit(os.waitstatus_to_exitcode(status) if os.WIFEXITED(status) else 128 + os.WTERMSIG(status))
    libc.prctl(_DEATH_SIGNAL, signal.SIGKILL, 0, 0, 0)
    # A signal to the group must not reach the old process.
    os.setsid()


def _only_writes_in(libc: ctypes.CDLL, folder: str) -> bool:
    version = libc.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), 1)
    if version < 1:
        return False
    writes = _WRITES[min(version, 3)]
    ruleset = _Ruleset(writes)
    handle = libc.syscall(_CREATE_RULESET, ctypes.byref(ruleset), ctypes.c_size_t(ctypes.sizeof(ruleset)), 0)
    if handle < 0:
        return False
    try:
        for path, allowed in ((folder, writes), ("/dev/null", writes & _TRUNCATE_AND_WRITE)):
            place = os.open(path, os.O_PATH | os.O_CLOEXEC)
            try:
                rule = _Beneath(allowed, place)
                if libc.syscall(_ADD_RULE, handle, 1, ctypes.byref(rule), 0) != 0:
                    return False
            finally:
                os.close(place)
        if libc.prctl(_NO_NEW_RIGHTS, 1, 0, 0, 0) != 0:
            return False
        return bool(libc.syscall(_RESTRICT_SELF, handle, 0) == 0)
    finally:
        os.close(handle)
