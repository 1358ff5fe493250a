"""The process that all programs are born from.

It knows no program, no test and no answer, so neither does the copy of it in which a program runs. It keeps its hands
off modules that do work at every fork (threading, random): a fork costs less than half a millisecond.
"""

import gc
import os
import signal
import socket
import stat

# What programs often import is there already, at no cost to a check.
import bisect, collections, copy, functools, heapq, itertools, json, math, operator, re, string, typing  # noqa: E401, F401

import candidate
import cases
import confinement

def serve(control, folder, limits, is_sandboxed):
    """Forks a process for each message on `control`, which brings a line's two ends; ends with the judge."""
    confinement.limit(limits)
    filters = confinement.filters()
    candidate.rehearse()
    gc.collect()
    gc.freeze()
    gc.disable()
    child = None
    while True:
        message, lines, _, _ = socket.recv_fds(control, 1 << 16, 2)
        if not message:
            break
        if child is not None:
            end(child, is_sandboxed)
        if not empty(folder):
            break
        # One byte alone asks for a function's process; what follows it describes cases.
        header = json.loads(message[1:]) if len(message) > 1 else None
        child = start(cases.run if header else candidate.run, lines, header, filters)
        for line in lines:
            os.close(line)
        control.send(child.to_bytes(8, "big"))
    if child is not None:
        end(child, is_sandboxed)


def start(work, lines, header, filters):
    child = os.fork()
    if child:
        return child
    try:
        os.setsid()
        # The line takes places 3 and 4; nothing else stays open but /dev/null at 0, 1 and 2.
        for place, line in enumerate([os.dup2(line, 40 + i) for i, line in enumerate(lines)], 3):
            os.dup2(line, place)
        os.closerange(5, 256)
        gc.enable()
        work(header, filters)
    except BaseException:
        pass
    os._exit(1)


def end(child, is_sandboxed):
    """Kills a child and all that it has started."""
    os.kill(child, signal.SIGKILL)
    cases.kill_group(child)
    os.waitpid(child, 0)
    if is_sandboxed and os.path.isdir("/proc/1"):
        spared = {1, os.getpid(), os.getppid()}
        for _ in range(100):
            others = {int(name) for name in os.listdir("/proc") if name.isdigit()} - spared
            if not any([cases.kill_one(other) for other in others]):
                return
        os.kill(-1, signal.SIGKILL)


def empty(folder):
    """Removes what the last check left behind; false when that was not possible."""
    try:
        for entry in os.scandir(folder):
            remove(entry.path)
    except OSError:
        return False
    return True


def remove(path):
    if stat.S_ISDIR(os.lstat(path).st_mode):
        os.chmod(path, 0o700)
        for entry in os.scandir(path):
            remove(entry.path)
        os.rmdir(path)
    else:
        os.unlink(path)
