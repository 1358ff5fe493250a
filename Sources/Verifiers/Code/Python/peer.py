"""One end of the line between the tests and the candidate: calls the other side, and serves its calls meanwhile."""

import builtins

from wire import Codec, Gone, NotPlain, frame, receive, send, write

ERRORS = {
    name: kind for name, kind in vars(builtins).items() if isinstance(kind, type) and issubclass(kind, Exception)}
MALFORMED = (ValueError, KeyError, IndexError, TypeError, AttributeError, OverflowError, RecursionError, MemoryError)


class NotSendable(BaseException):
    """An argument of a call is no plain data."""


class Peer:
    """`named` gives the function of a name that the other side asks for, or raises Gone where it may ask for none."""

    def __init__(self, line, named, classes, narrows):
        self.reader, self.writer = line
        self.named = named
        # Replies that are still to come to calls made ahead, and those that came before they were asked for.
        self.ahead = 0
        self.early = []
        self.codec = Codec(lambda number: lambda *args, **kwargs: self.call(number, args, kwargs), classes, narrows)

    def call(self, target, args, kwargs):
        try:
            data = self.request(target, args, kwargs)
        except (NotPlain, RecursionError) as error:
            raise NotSendable(text(error)) from None
        while self.ahead:
            self.early.append(receive(self.reader))
            self.ahead -= 1
        write(self.writer, data)
        return self.reply(lambda: receive(self.reader), args)

    def request(self, target, args, kwargs):
        """A call as bytes."""
        encode = self.codec.encode
        return frame({
            "call": target, "args": [encode(x) for x in args], "named": {k: encode(x) for k, x in kwargs.items()}})

    def reply_ahead(self, args):
        """What comes of the first call made ahead whose reply was not asked for yet."""
        return self.reply(self.next_ahead, args)

    def next_ahead(self):
        if self.early:
            return self.early.pop(0)
        if not self.ahead:
            raise Gone
        self.ahead -= 1
        return receive(self.reader)

    def reply(self, next_message, args):
        while True:
            message = next_message()
            try:
                if "call" not in message:
                    is_error, value = self.result(message, args)
                    break
            except NotPlain as error:
                is_error, value = True, error
                break
            except MALFORMED:
                raise Gone from None
            self.serve(message)
        if is_error:
            raise value
        return value

    def result(self, message, args):
        """What a reply says: (true, the error to raise) or (false, the value)."""
        if "raised" in message:
            return True, self.error(message["raised"], str(message.get("text", ""))[:300])
        if "type" in message:
            return True, NotPlain(str(message["type"])[:80])
        value = self.codec.decode(message["value"])
        if value is None:
            for index, content in message.get("changed", ()):
                update(args[index], self.codec.decode(content))
        return False, value

    def error(self, names, said):
        """The nearest known kind of error; what is no Exception, such as SystemExit, becomes a RuntimeError."""
        for name in names:
            kind = ERRORS.get(name) or self.codec.classes.get(name)
            if kind and issubclass(kind, Exception):
                try:
                    return kind(said)
                except TypeError:
                    break
        return RuntimeError(f"{str(names[0])[:80]}: {said}")

    def serve(self, message):
        codec = self.codec
        try:
            target, sent = message["call"], message["args"]
            function = self.named(target) if type(target) is str else codec.functions[target]
            args = [codec.decode(x) for x in sent]
            kwargs = {name: codec.decode(x) for name, x in message["named"].items()}
        except MALFORMED:
            raise Gone from None
        try:
            value = function(*args, **kwargs)
            reply = {"value": codec.encode(value)}
            if value is None:
                # A function that returns nothing may have been asked to change its arguments.
                reply["changed"] = [
                    [index, after] for index, x in enumerate(args)
                    if type(x) is not tuple and type(sent[index]) is list and sent[index][0] in "ldsao"
                    if (after := codec.encode(x)) != sent[index]]
            return send(self.writer, reply)
        except Gone:
            raise
        except NotPlain as error:
            reply = {"type": str(error)}
        except BaseException as error:
            reply = {"raised": [kind.__name__ for kind in type(error).__mro__], "text": text(error)}
        send(self.writer, reply)


def text(error):
    try:
        return str(error)[:300]
    except BaseException:
        return ""


def update(target, source):
    """Gives a mutable argument the content that it had after the call."""
    if type(target) is not type(source):
        raise ValueError
    if type(target) in (list, bytearray):
        target[:] = source
    elif type(target) in (dict, set):
        target.clear()
        target.update(source)
    else:
        vars(target).clear()
        vars(target).update(vars(source))
