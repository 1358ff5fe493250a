"""Splits a test into single assertions, so that one that fails does not hide the others.

A test is an `assert` statement, or another statement that calls the candidate for no value (`check_close(candidate(2),
4)`, `try: candidate(-1) ...`, `with raises(ValueError): ...`), wherever it stands in `check`. In a loop it is one test,
which passes when it holds every time.
"""

import ast
import types

RECORD = "__laurel_record__"


class Splitter:
    """Wraps the tests of a list of statements; `count` is how many there are, `lines` where they stand."""

    def __init__(self, subject):
        self.subject = subject
        self.lines = []

    def wrap(self, statements):
        return [self.statement(statement) for statement in statements]

    def statement(self, statement):
        if isinstance(statement, ast.Assert) or (
                isinstance(statement, (ast.Expr, ast.Try, ast.With)) and self.mentions(statement)):
            return self.recorded(statement)
        if isinstance(statement, (ast.For, ast.While, ast.If, ast.With, ast.Try)):
            statement.body = self.wrap(statement.body)
            statement.orelse = self.wrap(getattr(statement, "orelse", []))
            if isinstance(statement, ast.Try):
                statement.finalbody = self.wrap(statement.finalbody)
        return statement

    def mentions(self, statement):
        return any(isinstance(node, ast.Name) and node.id == self.subject for node in ast.walk(statement))

    def recorded(self, statement):
        index = len(self.lines)
        self.lines.append(statement.lineno)
        place = {"lineno": statement.lineno, "col_offset": 0, "end_lineno": statement.lineno, "end_col_offset": 0}

        def name(text):
            return ast.Name(text, ast.Load(), **place)

        def report(outcome):
            call = ast.Call(name(RECORD), [ast.Constant(index, **place), outcome], [], **place)
            return [ast.Expr(call, **place)]

        error = RECORD + "error"
        handler = ast.ExceptHandler(name("BaseException"), error, report(name(error)), **place)
        return ast.Try([statement], [handler], report(ast.Constant(None, **place)), [], **place)


def split(source, entry):
    """The test as a tree whose statements report to RECORD: (tree, lines, calls to make ahead, whether there is a `check`)."""
    tree = ast.parse(source)
    check = next((x for x in tree.body if isinstance(x, ast.FunctionDef) and x.name == "check"), None)
    if check is None:
        splitter = Splitter(entry)
        tree.body = splitter.wrap(tree.body)
    else:
        arguments = check.args.posonlyargs + check.args.args
        splitter = Splitter(arguments[0].arg if arguments else entry)
        check.body = splitter.wrap(check.body)
        # The call that some sets append: the check is called once, by the evaluator.
        tree.body = [x for x in tree.body if not calls_check(x)]
    ahead = calls_ahead(check.body, splitter.subject, source.splitlines()) if check else []
    return tree, splitter.lines, ahead, check is not None


def calls_ahead(statements, subject, lines):
    """The calls with literal arguments that the first assertions make, whatever becomes of them: (test, arguments).

    They can be asked for all at once, which spares the processes waiting for each other.
    """
    calls, index = [], 0
    for statement in statements:
        if isinstance(statement, ast.Try) and isinstance(statement.body[0], ast.Assert):
            text = lines[statement.body[0].lineno - 1 : statement.body[0].end_lineno]
            arguments = literal_call(statement.body[0].test, subject)
            if arguments is None or sum(line.count(subject) for line in text) != 1:
                break
            calls.append((index, arguments))
            index += 1
        elif not (isinstance(statement, (ast.Import, ast.ImportFrom)) or is_text(statement)):
            break
    return calls


def literal_call(node, subject):
    """The arguments, when the first thing that the expression does is to call `subject` with literals."""
    while True:
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            if node.func.id == subject:
                break
            node = node.args[0] if node.args else None
        elif isinstance(node, (ast.Compare, ast.BinOp)):
            node = node.left
        elif isinstance(node, ast.UnaryOp):
            node = node.operand
        else:
            return None
    if node.keywords:
        return None
    try:
        return [ast.literal_eval(argument) for argument in node.args]
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return None


def is_text(statement):
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def calls_check(statement):
    call = statement.value if isinstance(statement, ast.Expr) else None
    return isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "check"


def names(code):
    """The names that the code, and the functions in it, look up: of variables that are not their own, and more."""
    found = set(code.co_names)
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            found |= names(constant)
    return found
