"""Frames, and values as plain data: exact built-in types, no pickle, nothing executed.

A value is JSON: null, booleans, numbers and strings stand for themselves, everything else is a list whose first
item names its type. What the candidate's process sends can become nothing but those types, a function that is
called back over the wire, or an instance of a class that the prompt defines.
"""

import json
import os
import types

LIMIT = 8 << 20
# Longer integers travel in hexadecimal: reading decimals takes quadratic time, and Python limits it.
LONG = 10**4000

ITERATORS = (types.GeneratorType, map, filter, zip, enumerate, reversed) + tuple(
    type(x) for x in ({}.keys(), {}.values(), {}.items(), iter([]), iter(()), iter({}), iter(set()), iter(range(0))))
CONTAINERS = {list: "l", tuple: "t", set: "s", frozenset: "f"}
# A subclass instance as the type that it derives from: what it overrides stays behind.
PLAIN = (
    (int, int.__index__), (float, float.__float__), (str, str.__str__),
    (dict, lambda x: dict(dict.items(x))), (list, lambda x: list(list.__iter__(x))),
    (tuple, lambda x: tuple(tuple.__iter__(x))), (set, lambda x: set(set.__iter__(x))),
    (frozenset, lambda x: frozenset(frozenset.__iter__(x))), (bytes, lambda x: bytes(bytes.__iter__(x))),
)


class NotPlain(Exception):
    """A value that cannot be passed as data; the text names its type."""


class Gone(BaseException):
    """The other process has ended, or has sent what no honest process sends."""


class Codec:
    """Encodes and decodes values.

    `functions` are this side's functions that the other may call, by number; `remote` makes the stand-in for one of
    the other side's. Instances of `classes` travel as name and attributes. With `narrows`, an instance of a subclass
    of a built-in type travels as that type.
    """

    def __init__(self, remote, classes, narrows):
        self.functions = []
        self.remote = remote
        self.classes = classes
        self.narrows = narrows

    def encode(self, x):
        kind = type(x)
        if x is None or kind is bool or kind is str or kind is float:
            return x
        if kind is int:
            return x if -LONG < x < LONG else ["x", hex(x)]
        if kind in CONTAINERS:
            return [CONTAINERS[kind], *map(self.encode, x)]
        if kind is dict:
            return ["d", *self.flat(x)]
        if kind is complex:
            return ["c", x.real, x.imag]
        if kind is bytes or kind is bytearray:
            return ["b" if kind is bytes else "a", x.hex()]
        if kind is range:
            return ["r", *map(self.encode, (x.start, x.stop, x.step))]
        if issubclass(kind, ITERATORS):
            return ["i", *map(self.encode, x)]
        if self.classes.get(kind.__name__) is kind and hasattr(x, "__dict__"):
            return ["o", kind.__name__, *self.flat(vars(x))]
        if self.narrows:
            for base, narrow in PLAIN:
                if issubclass(kind, base):
                    return self.encode(narrow(x))
        if callable(x) and not isinstance(x, type):
            self.functions.append(x)
            return ["p", len(self.functions) - 1]
        raise NotPlain(kind.__name__)

    def flat(self, x):
        return [self.encode(part) for pair in x.items() for part in pair]

    def decode(self, x):
        if type(x) is not list:
            if type(x) is dict:
                raise ValueError
            return x
        tag, rest = x[0], x[1:]
        if tag == "l":
            return [self.decode(item) for item in rest]
        if tag == "t":
            return tuple([self.decode(item) for item in rest])
        if tag == "d":
            return self.pairs(rest)
        if tag == "s":
            return {self.decode(item) for item in rest}
        if tag == "f":
            return frozenset([self.decode(item) for item in rest])
        if tag == "i":
            return iter([self.decode(item) for item in rest])
        if tag == "c":
            return complex(float(rest[0]), float(rest[1]))
        if tag == "b":
            return bytes.fromhex(rest[0])
        if tag == "a":
            return bytearray.fromhex(rest[0])
        if tag == "x":
            return int(rest[0], 16)
        if tag == "r":
            return range(*[self.decode(item) for item in rest])
        if tag == "p":
            return self.remote(int(rest[0]))
        if tag == "o":
            if rest[0] not in self.classes:
                raise NotPlain(str(rest[0])[:80])
            value = object.__new__(self.classes[rest[0]])
            vars(value).update(self.pairs(rest[1:]))
            return value
        raise ValueError

    def pairs(self, items):
        return {self.decode(items[i]): self.decode(items[i + 1]) for i in range(0, len(items), 2)}


# The parts of `json` that are compiled. A fresh process pays for every page of the interpreter that it touches: going
# through `json.dumps` and `json.loads` costs it more than anything else here.
_scan = json.JSONDecoder().scan_once
_chunks = json.encoder.c_make_encoder and json.encoder.c_make_encoder(
    None, None, json.encoder.encode_basestring_ascii, None, ":", ",", False, False, True)


def send(fd, message):
    write(fd, frame(message))


def frame(message):
    return framed("".join(_chunks(message, 0)).encode() if _chunks else json.dumps(message).encode())


def framed(data):
    if len(data) > LIMIT:
        raise NotPlain("more than 8 MiB of data")
    return len(data).to_bytes(4, "big") + data


def write(fd, data):
    view = memoryview(data)
    while view:
        try:
            view = view[os.write(fd, view):]
        except (BrokenPipeError, ConnectionResetError):
            raise Gone from None


def receive(fd):
    try:
        return _scan(receive_bytes(fd).decode(), 0)[0]
    except (ValueError, RecursionError, MemoryError, StopIteration):
        raise Gone from None


def receive_bytes(fd):
    size = int.from_bytes(exactly(fd, 4), "big")
    if size > LIMIT:
        raise Gone
    return exactly(fd, size)


def exactly(fd, count):
    parts = []
    while count:
        try:
            part = os.read(fd, min(count, 1 << 20))
        except ConnectionResetError:
            part = b""
        if not part:
            raise Gone
        parts.append(part)
        count -= len(part)
    return b"".join(parts)
