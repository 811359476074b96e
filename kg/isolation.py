"""A process without network: what it evaluates or reads can't reach another host, whatever that asks for.

The kernel refuses, not a reading of the query: on Linux by a seccomp filter, on macOS by the sandbox. What can't be
taken back once it is set holds for all threads and children of the process.
"""

import ctypes
import errno
import platform
import struct
import sys
import threading

_PR_SET_NO_NEW_PRIVS = 38
_PR_SET_SECCOMP, _FILTER = 22, 2
# Classic BPF: load a word of the data about the call, compare it, return a verdict.
_LOAD, _IS, _ABOVE, _RETURN = 0x20, 0x15, 0x35, 0x06
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000 | errno.EACCES
_NUMBER, _ARCHITECTURE = 0, 4  # offsets in the data
_X32 = 0x40000000  # where the numbers of x86-64's other set of calls begin
_IO_URING_SETUP = 425  # by which sockets are had without the call that makes them
#: By machine: the kernel's name for it, and the numbers of the calls `socket`, `execve` and `execveat`.
_MACHINES = {
    "x86_64": (0xC000003E, (41, 59, 322)),
    "aarch64": (0xC00000B7, (198, 221, 281)),
    "riscv64": (0xC00000F3, (198, 221, 281)),
}


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


def cut_off() -> bool:
    """Take the network, and the starting of other programs, from this process for good; whether that could be done.

    Call it before there are threads. Pipes and files that are open, and opening files, are left to it.
    """
    if threading.active_count() > 1:
        raise RuntimeError("a process is cut off before it has threads")
    if sys.platform == "linux":
        return _seccomp()
    return sys.platform == "darwin" and _sandbox()


def _seccomp() -> bool:
    if platform.machine() not in _MACHINES or sys.maxsize < 1 << 32:
        return False
    machine, calls = _MACHINES[platform.machine()]
    refused = (*calls, _IO_URING_SETUP)
    # Each step is (operation, where to if so, where to if not, value); jumps count the steps that are left out.
    steps = [(_LOAD, 0, 0, _ARCHITECTURE), (_IS, 0, len(refused) + 3, machine), (_LOAD, 0, 0, _NUMBER)]
    steps.append((_ABOVE, len(refused) + 1, 0, _X32))
    steps += [(_IS, len(refused) - number, 0, call) for number, call in enumerate(refused)]
    steps += [(_RETURN, 0, 0, _ALLOW), (_RETURN, 0, 0, _REFUSE)]
    code = b"".join(struct.pack("HBBI", *step) for step in steps)
    program = _Program(len(steps), code)
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    if prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0):
        return False
    return bool(prctl(_PR_SET_SECCOMP, _FILTER, ctypes.byref(program), 0, 0) == 0)


def _sandbox() -> bool:
    try:
        sandbox = ctypes.CDLL("/usr/lib/libSystem.dylib").sandbox_init
    except (OSError, AttributeError):
        return False
    problem = ctypes.c_char_p()
    named = ctypes.c_uint64(1)
    return bool(sandbox(b"no-network", named, ctypes.byref(problem)) == 0)
