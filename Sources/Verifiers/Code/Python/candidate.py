"""The candidate's process: loads a program and serves calls of its functions. It never holds a test."""

import marshal
import os
import sys
import types

from peer import Peer, text
from wire import Gone, framed, receive, receive_bytes, send, write

# Where the nursery puts the line to the judge: its reading and its writing end.
LINE = (3, 4)


def run(header, filters):
    """Reads a compiled program from the line, answers over it, and does not return."""
    code = receive_bytes(LINE[0])
    filters[True].install()
    module = sys.modules["candidate"] = types.ModuleType("candidate")
    try:
        exec(marshal.loads(code), vars(module))
    except Gone:
        os._exit(0)
    except BaseException as error:
        send(LINE[1], {"raised": type(error).__name__, "text": text(error)})
        os._exit(0)
    send(LINE[1], {"ready": True})
    peer = peer_for(module, LINE)
    try:
        while True:
            peer.serve(receive(LINE[0]))
    except BaseException:
        os._exit(0)


def peer_for(module, line):
    def named(name):
        try:
            return vars(module)[name]
        except KeyError:
            return lambda *args, **kwargs: missing(name)

    return Peer(line, named, classes_of(module), narrows=True)


def rehearse():
    """Runs a program of no account here, as often as the interpreter needs to settle what it does with this code:
    processes that are forked afterwards have a quarter less memory to copy."""
    code = marshal.dumps(compile("from typing import List\ndef f(x: List[int]):\n    return x\n", "", "exec"))
    reader, writer = os.pipe()
    line = (reader, writer)
    for _ in range(16):
        write(writer, framed(code))
        module = types.ModuleType("candidate")
        exec(marshal.loads(receive_bytes(reader)), vars(module))
        peer = peer_for(module, line)
        write(writer, peer.request("f", [[1, 2.5, "a"]], {}))
        peer.serve(receive(reader))
        receive(reader)
    os.close(reader)
    os.close(writer)


def classes_of(module):
    return {
        name: kind for name, kind in list(vars(module).items())
        if isinstance(kind, type) and kind.__module__ == module.__name__}


def missing(name):
    raise NameError(f"name '{name}' is not defined")


def compiled(program):
    """The completion continues the prompt, or stands for itself when together they are no program."""
    prompt, completion = program["prompt"], program["completion"]
    for source in (prompt + completion, prompt + "\n" + completion):
        try:
            return compile(source, "candidate.py", "exec")
        except (SyntaxError, ValueError):
            pass
    return compile(completion, "candidate.py", "exec")
