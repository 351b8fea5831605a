"""What a process can take away from itself before it runs anything of which it doesn't know what it does.

Standard library only: the worker loads this file by its path.

On Linux: namespaces of its own without a network, in which all processes end with the first (where the system lets ordinary users
have them), and Landlock, under which nothing can be written but in one folder. Both need no rights and no other program. Where the
system lets it, everything else is also mounted for reading only (Landlock says nothing of modes and times of files), and there is
shared memory of its own.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import signal
import sys
from typing import IO

_NEW_USER, _NEW_PROCESSES, _NEW_NETWORK, _NEW_IPC, _NEW_MOUNTS = 0x10000000, 0x20000000, 0x40000000, 0x08000000, 0x00020000
_BIND, _PRIVATE, _ALL_BELOW = 0x1000, 0x40000, 0x4000
_CHANGE_MOUNT, _HERE, _RECURSIVE, _READ_ONLY = 442, -100, 0x8000, 1
_PLAIN = 2 | 4 | 8
"""No programs with rights of their own, no devices, nothing to be run."""
_SHARED_MEMORY = "/dev/shm"  # noqa: S108
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_WRITES = {1: 0x1FF2, 2: 0x3FF2, 3: 0x7FF2}
"""By the version of Landlock: writing files, making, renaming, moving and removing things, cutting files short."""
_TRUNCATE_AND_WRITE = 0x4002
_EVERYTHING = ["network", "files", "processes"]
_DEATH_SIGNAL, _NO_NEW_RIGHTS = 1, 38


class _Ruleset(ctypes.Structure):
    _fields_ = [("files", ctypes.c_uint64)]


class _Mount(ctypes.Structure):
    _fields_ = [("add", ctypes.c_uint64), ("take", ctypes.c_uint64), ("propagation", ctypes.c_uint64), ("users", ctypes.c_uint64)]


class _Beneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = [("allowed", ctypes.c_uint64), ("parent", ctypes.c_int32)]


def begin(seconds: int, megabytes: int, walls: bool = True) -> tuple[IO[str], IO[str]]:
    """Where requests come from and answers go to, of which whatever runs next gets nothing: limits hold, and `walls` stand.

    The first answer is given: what this process could not be kept from.
    """
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    requests = os.fdopen(os.dup(0), encoding="utf-8")
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)
    limit(seconds, megabytes)
    find_own_packages()
    answers.write(json.dumps({"open": raise_walls(os.getcwd()) if walls else _EVERYTHING}) + "\n")
    answers.flush()
    return requests, answers


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
        return _EVERYTHING
    try:
        libc = ctypes.CDLL(None, use_errno=True)
        still_open, own_memory = _namespaces(libc, folder)
        if not _only_writes_in(libc, [folder, _SHARED_MEMORY] if own_memory else [folder]):
            still_open.append("files")
    except (OSError, AttributeError):
        return _EVERYTHING
    return still_open


def _namespaces(libc: ctypes.CDLL, folder: str) -> tuple[list[str], bool]:
    """What is still open, and whether there is shared memory that belongs to this process."""
    user, group = os.getuid(), os.getgid()
    needed = _NEW_USER | _NEW_PROCESSES | _NEW_NETWORK | _NEW_IPC
    with_mounts = libc.unshare(needed | _NEW_MOUNTS) == 0
    if with_mounts or libc.unshare(needed) == 0:
        _keep_identity(user, group)
        own_memory = with_mounts and _mount(libc, folder)
        _be_the_first(libc)
        if with_mounts:
            # Libraries look for their own process by its number. Where a part of /proc is hidden, no other can be had.
            libc.mount(b"proc", b"/proc", b"proc", ctypes.c_ulong(_PLAIN), None)
        return [], own_memory
    still_open = ["processes"]
    if libc.unshare(_NEW_USER | _NEW_NETWORK) != 0 and libc.unshare(_NEW_NETWORK) != 0:
        still_open.append("network")
    return still_open, False


def _keep_identity(user: int, group: int) -> None:
    """Users are called what they are called outside; without that, all are nobody."""
    for name, text in (("uid_map", f"{user} {user} 1"), ("setgroups", "deny"), ("gid_map", f"{group} {group} 1")):
        with contextlib.suppress(OSError), open(f"/proc/self/{name}", "w") as file:
            file.write(text)


def _mount(libc: ctypes.CDLL, folder: str) -> bool:
    """Everything for reading only but `folder`, and shared memory of its own; whether there is that."""

    def mount(source: str, target: str, kind: str | None, flags: int, options: str | None = None) -> bool:
        texts = [None if one is None else one.encode() for one in (source, target, kind, options)]
        return bool(libc.mount(*texts[:3], ctypes.c_ulong(flags), texts[3]) == 0)

    def change(place: str, how: _Mount) -> bool:
        size = ctypes.c_size_t(ctypes.sizeof(how))
        return bool(libc.syscall(_CHANGE_MOUNT, _HERE, place.encode(), _RECURSIVE, ctypes.byref(how), size) == 0)

    if not mount("none", "/", None, _PRIVATE | _ALL_BELOW):
        return False
    if mount(folder, folder, None, _BIND | _ALL_BELOW) and change("/", _Mount(add=_READ_ONLY)):
        change(folder, _Mount(take=_READ_ONLY))
        # The working folder is still the one that lies below the mount.
        os.chdir(folder)
    return os.path.isdir(_SHARED_MEMORY) and mount("tmpfs", _SHARED_MEMORY, "tmpfs", 0, "size=512m,mode=1777")


def _be_the_first(libc: ctypes.CDLL) -> None:
    """Go on as the first process of the new namespace: all others end with it. The old process waits for it."""
    libc.prctl(_DEATH_SIGNAL, signal.SIGKILL, 0, 0, 0)
    child = os.fork()
    if child:
        _, status = os.waitpid(child, 0)
        os._exit(os.waitstatus_to_exitcode(status) if os.WIFEXITED(status) else 128 + os.WTERMSIG(status))
    libc.prctl(_DEATH_SIGNAL, signal.SIGKILL, 0, 0, 0)
    # A signal to the group must not reach the old process.
    os.setsid()


def _only_writes_in(libc: ctypes.CDLL, folders: list[str]) -> bool:
    version = libc.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), 1)
    if version < 1:
        return False
    writes = _WRITES[min(version, 3)]
    ruleset = _Ruleset(writes)
    handle = libc.syscall(_CREATE_RULESET, ctypes.byref(ruleset), ctypes.c_size_t(ctypes.sizeof(ruleset)), 0)
    if handle < 0:
        return False
    try:
        for path, allowed in (*((folder, writes) for folder in folders), ("/dev/null", writes & _TRUNCATE_AND_WRITE)):
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
