"""What a process is forbidden before foreign code runs in it: resource limits, and system calls through seccomp."""

import ctypes
import platform
import resource
import struct
import sys

# Name: (x86_64, aarch64); None where the architecture has no such call.
DENIED = {
    "ptrace": (101, 117), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271), "kcmp": (312, 272),
    "pidfd_open": (434, 434), "pidfd_getfd": (438, 438), "pidfd_send_signal": (424, 424),
    "unshare": (272, 97), "setns": (308, 268), "mount": (165, 40), "umount2": (166, 39), "pivot_root": (155, 41),
    "chroot": (161, 51), "open_tree": (428, 428), "move_mount": (429, 429), "fsopen": (430, 430),
    "fsconfig": (431, 431), "fsmount": (432, 432), "fspick": (433, 433), "mount_setattr": (442, 442),
    "bpf": (321, 280), "perf_event_open": (298, 241), "userfaultfd": (323, 282), "io_uring_setup": (425, 425),
    "add_key": (248, 217), "request_key": (249, 218), "keyctl": (250, 219),
    "name_to_handle_at": (303, 264), "open_by_handle_at": (304, 265), "fanotify_init": (300, 262),
    "init_module": (175, 105), "finit_module": (313, 273), "kexec_load": (246, 104), "personality": (135, 92),
    # Memory that belongs to no process, so that no limit counts it.
    "memfd_create": (319, 279), "memfd_secret": (447, 447), "shmget": (29, 194), "msgget": (68, 186),
    "semget": (64, 190), "mq_open": (240, 180),
}
# For code that needs no process but its own.
DENIED_ALONE = {
    "fork": (57, None), "vfork": (58, None), "execve": (59, 221), "execveat": (322, 281), "socket": (41, 198),
    "kill": (62, 129), "tkill": (200, 130), "tgkill": (234, 131),
    "rt_sigqueueinfo": (129, 138), "rt_tgsigqueueinfo": (297, 240),
}
CLONE, CLONE3, PRLIMIT = (56, 220), (435, 435), (302, 261)
ARCHITECTURES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}
CLONE_THREAD, CLONE_NEW = 0x10000, 0x7E020000

# Classic BPF: the words it is given are the call's number at 0, the architecture at 4, arguments from 16 on.
LOAD, EQUAL, AT_LEAST, ANY_BIT, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
ALLOW, NOT_PERMITTED, NO_SUCH_CALL, KILL_PROCESS = 0x7FFF0000, 0x00050001, 0x00050026, 0x80000000
PR_SET_DUMPABLE, PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS = 4, 22, 38

_libc = ctypes.CDLL(None, use_errno=True) if sys.platform.startswith("linux") else None


def has_filter():
    return _libc is not None and platform.machine() in ARCHITECTURES


def filter_program(alone):
    """The filter; `alone` also forbids new processes and programs, sockets and signals."""
    column, architecture = ARCHITECTURES[platform.machine()]
    code = [(LOAD, 0, 0, 4), (EQUAL, 1, 0, architecture), (RETURN, 0, 0, KILL_PROCESS), (LOAD, 0, 0, 0)]
    if column == 0:  # The x32 interface numbers the same calls anew.
        code += [(AT_LEAST, 0, 1, 0x40000000), (RETURN, 0, 0, NO_SUCH_CALL)]
    for numbers in [*DENIED.values(), *(DENIED_ALONE.values() if alone else ())]:
        if numbers[column] is not None:
            code += [(EQUAL, 0, 1, numbers[column]), (RETURN, 0, 0, NOT_PERMITTED)]
    code += [(EQUAL, 0, 1, CLONE3[column]), (RETURN, 0, 0, NO_SUCH_CALL)]
    # By the low half of the first argument: tests with their outcomes, then the outcome when none holds.
    rules = [
        (CLONE, [(ANY_BIT, CLONE_NEW, NOT_PERMITTED)] + ([(ANY_BIT, CLONE_THREAD, ALLOW)] if alone else []),
         NOT_PERMITTED if alone else ALLOW),
        (PRLIMIT, [(EQUAL, 0, ALLOW)], NOT_PERMITTED)]
    for numbers, tests, otherwise in rules:
        block = [(LOAD, 0, 0, 16)]
        for test, value, outcome in tests:
            block += [(test, 0, 1, value), (RETURN, 0, 0, outcome)]
        block.append((RETURN, 0, 0, otherwise))
        code += [(EQUAL, 0, len(block), numbers[column]), *block]
    return b"".join(struct.pack("HBBI", *line) for line in [*code, (RETURN, 0, 0, ALLOW)])


class _Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("filter", ctypes.c_void_p)]


class Filter:
    """A filter that a process can install; it never comes off again, and holds for all that the process starts."""

    def __init__(self, alone):
        program = filter_program(alone)
        self.buffer = ctypes.create_string_buffer(program, len(program))
        self.header = _Program(len(program) // 8, ctypes.cast(self.buffer, ctypes.c_void_p))
        self.pointer = ctypes.byref(self.header)
        if _libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0):
            raise OSError(ctypes.get_errno(), "no_new_privs")

    def install(self):
        if _libc.prctl(PR_SET_SECCOMP, 2, self.pointer, 0, 0):
            raise OSError(ctypes.get_errno(), "seccomp")


class NoFilter:
    """Where the system has none (the user has said that programs may run unsafely)."""

    def install(self):
        pass


def filters():
    """The filters for a program that needs no process but its own, and for commands."""
    return {alone: Filter(alone) if has_filter() else NoFilter() for alone in (True, False)}


def hide():
    """Nobody may trace this process or its children, or read their memory."""
    if _libc is not None:
        _libc.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)


def limit(limits):
    """Sets limits for good, by their RLIMIT names without the prefix; children inherit them."""
    for name, value in limits.items():
        which = getattr(resource, "RLIMIT_" + name)
        hard = resource.getrlimit(which)[1]
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        try:
            resource.setrlimit(which, (value, value))
        except (ValueError, OSError):
            if sys.platform.startswith("linux"):
                raise
