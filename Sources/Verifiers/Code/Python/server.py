"""The server of one sandbox: the judge, which talks with the outside, and the nursery, which it forks first."""

import json
import os
import signal
import socket
import sys
import time

import confinement
import nursery
from wire import Gone, receive, send

MOST_FILES = 4096


class NotWell(Exception):
    """This sandbox is not fit for another check."""


class Server:
    def __init__(self, request, control, folder, is_sandboxed):
        self.request = request
        self.control = control
        self.folder = folder
        self.is_sandboxed = is_sandboxed

    def serve(self):
        import evaluator
        send(self.request, {"ready": True, "filter": confinement.has_filter()})
        while True:
            header = receive(self.request)
            self.began = time.perf_counter()
            child, line = self.start(header)
            work = evaluator.judge if header["mode"] == "function" else forward
            work(self, header, child, line)
            send(self.request, {"end": True})
            kill(child)
            for end in line:
                os.close(end)

    def start(self, header):
        """A fresh process for a program, and this side's ends of its line."""
        theirs, our_writer = os.pipe()
        our_reader, theirs_writer = os.pipe()
        told = b"" if header["mode"] == "function" else json.dumps(header).encode()
        socket.send_fds(self.control, [b"h" + told], [theirs, theirs_writer])
        os.close(theirs)
        os.close(theirs_writer)
        child = int.from_bytes(self.control.recv(8), "big")
        if not child:
            raise NotWell
        return child, (our_reader, our_writer)

    def milliseconds(self):
        """Since the last request."""
        return round((time.perf_counter() - self.began) * 1000, 3)

    def has_many_files(self):
        status = os.statvfs(self.folder)
        return self.is_sandboxed and status.f_files - status.f_ffree > MOST_FILES


def kill(child):
    try:
        os.kill(child, signal.SIGKILL)
    except ProcessLookupError:
        pass


def forward(server, header, child, line):
    """Passes the program, then each input, and each answer back. Expected outputs are compared outside."""
    def watch(*_):
        if server.has_many_files():
            kill(child)

    signal.signal(signal.SIGALRM, watch)
    signal.setitimer(signal.ITIMER_REAL, 0.05, 0.05)
    try:
        send(line[1], receive(server.request))
        inputs = [receive(server.request) for _ in range(header["cases"])]
        for text in inputs:
            send(line[1], text)
            send(server.request, receive(line[0]))
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def serve(limits, is_sandboxed):
    request = os.dup(0)
    os.closerange(request + 1, 1024)
    null = os.open(os.devnull, os.O_RDWR)
    for fd in (0, 1, 2):
        os.dup2(null, fd)
    os.close(null)
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    confinement.hide()
    folder = "/tmp"
    if not is_sandboxed:
        import tempfile
        folder = tempfile.mkdtemp(prefix="laurel-")
    os.chdir(folder)
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET if sys.platform != "darwin" else socket.SOCK_DGRAM)
    if os.fork() == 0:
        ours.close()
        os.close(request)
        nursery.serve(theirs, folder, limits, is_sandboxed)
        os._exit(0)
    theirs.close()
    if "AS" in limits:
        # The judge compiles programs and holds what they answer.
        confinement.limit({"AS": 4 * limits["AS"] + (1 << 29)})
    try:
        Server(request, ours, folder, is_sandboxed).serve()
    except (Gone, NotWell, OSError):
        pass
    finally:
        if not is_sandboxed:
            import shutil
            shutil.rmtree(folder, ignore_errors=True)
