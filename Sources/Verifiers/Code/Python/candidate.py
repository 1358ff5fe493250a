"""The candidate's process: loads a program and serves calls of its functions. It never holds a test."""

import marshal
import os
import sys
import types

from peer import Peer, text
from wire import Gone, receive, receive_bytes, send

# Where the nursery puts the line to the judge: its reading and its writing end.
LINE = (3, 4)


def run(header, filters):
    """Reads a compiled program from the line, answers over it, and does not return."""
    code = receive_bytes(LINE[0])
    filters[True].install()
    module = types.ModuleType("candidate")
    sys.modules["candidate"] = module
    try:
        exec(marshal.loads(code), vars(module))
    except Gone:
        os._exit(0)
    except BaseException as error:
        send(LINE[1], {"raised": type(error).__name__, "text": text(error)})
        os._exit(0)
    send(LINE[1], {"ready": True})

    def named(name):
        try:
            return vars(module)[name]
        except KeyError:
            return lambda *args, **kwargs: missing(name)

    peer = Peer(LINE, named, classes_of(module), narrows=True)
    try:
        while True:
            peer.serve(receive(LINE[0]))
    except BaseException:
        os._exit(0)


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
