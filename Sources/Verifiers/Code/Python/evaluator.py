"""The evaluator's process: runs the tests, and asks the candidate's process for what its functions return.

Tests, expected values and comparisons stay here. The candidate can make a test fail or take long; it cannot make one
pass but by returning, as plain data, what the test wants.
"""

import builtins
import marshal
import os
import random  # noqa: F401 (tests often use it)
import signal
import sys
import time
import types

from assertions import RECORD, names, split
from candidate import classes_of, compiled
from peer import NotSendable, Peer, text
from wire import Gone, NotPlain, framed, receive, send, write

AHEAD_BYTES = 16 << 10


class TimeUp(BaseException):
    pass


class NotJudged(BaseException):
    """The test itself is at fault."""


class Test:
    """A test, ready to run against any number of candidates."""

    def __init__(self, task):
        try:
            tree, lines, self.ahead, self.has_check = split(task["test"], task["entry_point"])
            self.code = compile(tree, "tests.py", "exec")
        except (SyntaxError, ValueError) as error:
            raise NotJudged(f"the test is not valid Python: {describe(error)}") from None
        self.count = len(lines)
        if not self.has_check and not lines:
            raise NotJudged("the test has neither a function `check` nor an assertion")
        self.names = names(self.code)
        try:
            self.prompt = compile(task["prompt"], "prompt.py", "exec")
        except (SyntaxError, ValueError):
            self.prompt = None


_tests = {}


def prepared(task):
    """The task's test; a group of completions shares one."""
    key = (task["prompt"], task["test"], task["entry_point"])
    if key not in _tests:
        if len(_tests) >= 256:
            _tests.clear()
        _tests[key] = Test(task)
    return _tests[key]


class Evaluation:
    """The run of one test on one candidate: what became of each assertion, and why the first failed."""

    def __init__(self, line):
        self.line = line
        self.peer = None
        self.states = []
        self.reason = ""
        self.has_called = False
        # The test that runs, and the numbers of the tests whose calls have been made ahead.
        self.position = 0
        self.ahead = []

    def record(self, index, error):
        """Called by the test after each of its assertions."""
        if isinstance(error, (TimeUp, NotJudged)):
            raise error
        self.position = index + 1
        if error is None:
            self.states[index] = self.states[index] is not False
            return
        self.states[index] = False
        self.explain(f"test {index + 1} of {len(self.states)}: {describe(error)}")
        if isinstance(error, Gone):
            raise error

    def explain(self, reason):
        self.reason = self.reason or reason

    def call(self, name, args, kwargs):
        self.has_called = True
        while self.ahead and self.ahead[0] <= self.position:
            if self.ahead.pop(0) == self.position and name == self.entry:
                return self.peer.reply_ahead(args)
            self.peer.next_ahead()
        try:
            return self.peer.call(name, args, kwargs)
        except NotSendable as error:
            raise NotJudged(f"the test passes a value that cannot go into the sandbox: {error}") from None

    def function(self, name):
        return lambda *args, **kwargs: self.call(name, args, kwargs)

    def run(self, task, program):
        test = prepared(task)
        # A check without any assertion is one test: that it ends without an error.
        is_whole = not test.count
        self.states = [None] * max(test.count, 1)
        code = framed(self.code(program))
        module = types.ModuleType("tests")
        sys.modules["tests"] = module
        namespace = vars(module)
        # Helpers that the prompt defines and the test uses are taken from the prompt, never from the candidate.
        try:
            if test.prompt:
                exec(test.prompt, namespace)
        except (Exception, SystemExit):
            pass
        self.entry = entry = task["entry_point"]
        if isinstance(namespace.get(entry), type):
            raise NotJudged(f"{entry} is a class; only functions can be judged")
        classes = classes_of(module)
        known = {*namespace, *vars(builtins)}
        for name in (test.names - known) | {entry}:
            namespace[name] = self.function(name)
        namespace[RECORD] = self.record
        self.peer = Peer(self.line, no_name, classes, narrows=False)
        write(self.line[1], code + self.calls_ahead(test))
        self.await_candidate()
        try:
            exec(test.code, namespace)
            if test.has_check:
                namespace["check"](namespace[entry])
        except (TimeUp, NotJudged):
            raise
        except BaseException as error:
            if not self.has_called:
                raise NotJudged(f"the test fails by itself: {describe(error)}") from None
            self.explain(describe(error))
            self.states = [state is True and not is_whole for state in self.states]
            if all(self.states):
                # The error came between two rounds of the loop that the last assertion stands in.
                self.states[self.position - 1] = False
        else:
            # An assertion that was never reached in a check that ended well has nothing against the candidate.
            self.states = [state is not False for state in self.states]

    def calls_ahead(self, test):
        """As many of the test's first calls as both directions of the line hold without anybody reading."""
        data = b""
        for index, args in test.ahead:
            try:
                more = self.peer.request(self.entry, args, {})
            except NotPlain:
                break
            if len(data) + len(more) > AHEAD_BYTES:
                break
            data += more
            self.ahead.append(index)
        self.peer.ahead = len(self.ahead)
        return data

    def code(self, program):
        """The program, compiled here, where memory is warm: that costs its own process half a millisecond."""
        try:
            return marshal.dumps(compiled(program))
        except (SyntaxError, ValueError, OverflowError, RecursionError, MemoryError) as error:
            self.explain(describe(error))
            raise Gone from None

    def await_candidate(self):
        message = receive(self.line[0])
        if type(message) is not dict:
            raise Gone
        if "raised" in message:
            self.explain(f"{str(message['raised'])[:80]}: {str(message.get('text', ''))[:300]}")
            raise Gone


def no_name(name):
    raise Gone


def describe(error):
    if isinstance(error, Gone):
        return "the candidate's process ended"
    if isinstance(error, NotPlain):
        return f"the candidate returned a value of type {error}, which is no plain data"
    said = text(error)
    return type(error).__name__ + (f": {said}" if said else "")


class Watch:
    """Looks in every twentieth of a second whether the time is up, or the candidate fills the disk."""

    def __init__(self, server, seconds, child):
        self.server = server
        self.deadline = time.monotonic() + seconds
        self.child = child

    def __enter__(self):
        signal.signal(signal.SIGALRM, self.look)
        signal.setitimer(signal.ITIMER_REAL, 0.05, 0.05)

    def look(self, *_):
        if self.server.has_many_files():
            os.kill(self.child, signal.SIGKILL)
        # Again and again: a test may swallow the first.
        if time.monotonic() > self.deadline:
            raise TimeUp

    def __exit__(self, *_):
        signal.setitimer(signal.ITIMER_REAL, 0)


def judge(server, header, child, line):
    """Judges one candidate and writes one frame to the server's request."""
    program, task = receive(server.request), receive(server.request)
    evaluation = Evaluation(line)
    is_judged = True
    try:
        with Watch(server, header["seconds"], child):
            evaluation.run(task, program)
    except NotJudged as error:
        is_judged, evaluation.reason = False, str(error)
    except TimeUp:
        evaluation.explain(f"no answer within {header['seconds']:g} s")
    except Gone:
        evaluation.explain(describe(Gone()))
    except BaseException as error:
        is_judged, evaluation.reason = False, f"the test fails by itself: {describe(error)}"
    states = [state is True for state in evaluation.states]
    send(server.request, {
        "tests": states, "reason": evaluation.reason[:500], "judged": is_judged,
        "milliseconds": server.milliseconds()})
