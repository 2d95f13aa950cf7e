"""Give up all authority, then run a program. Imports nothing of this project.

`kit/closed_room.py` runs it as `python -I confinement.py PROGRAM TASK`, or with `attempt FILE` to see what is
still possible. The system ends a program that needs too much memory or time.
"""

import ctypes
import errno
import os
import resource
import runpy
import socket
import struct
import sys
from collections.abc import Callable

MEMORY = 320 * 1024 * 1024
"""Bytes for the whole program. The largest accepted pictures need 250 million."""

SECONDS = 5
"""Processor time. A photograph of 12 million pixels takes half a second."""

MAX_RESULT = 64 * 1024 * 1024
"""Bytes of a result. Standard output is a file, so that the system limits it."""

ALLOWED = (
    *("read", "readv", "pread64", "write", "writev", "lseek", "close", "fcntl", "ioctl"),
    *("fstat", "stat", "lstat", "newfstatat", "statx", "access", "faccessat", "faccessat2"),
    *("readlink", "readlinkat", "getcwd", "getdents64"),
    *("brk", "mmap", "munmap", "mremap", "mprotect", "madvise", "futex", "futex_time64", "sched_yield"),
    *("set_robust_list", "rseq", "rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "sigaltstack"),
    *("getpid", "gettid", "getuid", "geteuid", "getgid", "getegid", "getrandom", "sysinfo", "uname"),
    *("clock_gettime", "clock_getres", "gettimeofday", "time", "sched_getaffinity", "exit", "exit_group"),
)
"""System calls of the program. The kernel answers all others as if it did not know them."""

WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
THREAD = 0x10000
"""CLONE_THREAD. The HEIC decoder starts a thread, which sets this bit; starting a process does not."""

ALLOWED_IF = {"open": (1, WRITING, 0), "openat": (2, WRITING, 0), "clone": (0, THREAD, THREAD)}
"""System calls that are allowed for some values: number of the argument, mask, value."""


def give_up_system_calls() -> None:
    """Allow only ALLOWED and ALLOWED_IF from now on. Do nothing without libseccomp; `attempt()` shows it."""
    try:
        library = ctypes.CDLL("libseccomp.so.2")
    except OSError:
        return
    library.seccomp_init.restype = ctypes.c_void_p
    rules = ctypes.c_void_p(library.seccomp_init(0x00050000 | errno.ENOSYS))  # SCMP_ACT_ERRNO
    for name in (*ALLOWED, *ALLOWED_IF):
        number, mask, value = ALLOWED_IF.get(name, (0, 0, 0))
        condition = struct.pack("IiQQ", number, 7, mask, value)  # scmp_arg_cmp with SCMP_CMP_MASKED_EQ
        call = library.seccomp_syscall_resolve_name(name.encode())
        library.seccomp_rule_add_array(
            rules, 0x7FFF0000, call, name in ALLOWED_IF, condition
        )  # SCMP_ACT_ALLOW
    library.seccomp_load(rules)


def attempt(path: str) -> list[str]:
    """Try forbidden acts, and return the names of those that succeeded.

    `path` is a file that the server can read and write, and the sandbox should not.
    """
    acts: dict[str, Callable[[], object]] = {
        "environment": lambda: os.environ[(os.environ.keys() - {"LC_CTYPE", "PWD"}).pop()],
        "read": lambda: os.open(path, os.O_RDONLY),
        "write": lambda: os.open(path, os.O_WRONLY),
        "network": socket.socket,
        "process": lambda: os.fork() or os._exit(0),
    }
    possible = []
    for name, act in acts.items():
        try:
            act()
        except (OSError, KeyError):
            continue
        possible.append(name)
    return possible


if __name__ == "__main__":
    limits = {"AS": MEMORY, "CPU": SECONDS, "FSIZE": MAX_RESULT, "CORE": 0}
    for name, most in limits.items():
        resource.setrlimit(getattr(resource, f"RLIMIT_{name}"), (most, most))
    give_up_system_calls()
    del sys.argv[0]
    if sys.argv[0] == "attempt":
        print(*attempt(sys.argv[1]))
    else:
        runpy.run_path(sys.argv[0], run_name="__main__")
