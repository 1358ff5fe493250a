"""Splits a test into single assertions, so that one that fails does not hide the others.

A test is an `assert` statement, or another statement that calls the candidate for no value (`check_close(candidate(2),
4)`, `try: candidate(-1) ...`, `with raises(ValueError): ...`), wherever it stands in `check`. In a loop it is one test,
which passes when it holds every time.
"""

import ast

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
        wrapped = ast.parse(
            f"try: pass\nexcept BaseException as {RECORD}error: {RECORD}({index}, {RECORD}error)\n"
            f"else: {RECORD}({index}, None)").body[0]
        wrapped.body = [statement]
        return wrapped


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
    ahead = calls_ahead(check.body, splitter.subject) if check else []
    ast.fix_missing_locations(tree)
    return tree, splitter.lines, ahead, check is not None


def calls_ahead(statements, subject):
    """The calls with literal arguments that the first assertions make, whatever becomes of them: (test, arguments).

    They can be asked for all at once, which spares the processes waiting for each other.
    """
    calls, index = [], 0
    for statement in statements:
        if isinstance(statement, ast.Try) and isinstance(statement.body[0], ast.Assert):
            arguments = literal_call(statement.body[0].test, subject)
            if arguments is None:
                break
            calls.append((index, arguments))
            index += 1
        elif not (isinstance(statement, (ast.Import, ast.ImportFrom)) or is_text(statement)):
            break
    return calls


def literal_call(node, subject):
    """The arguments, when the expression first calls `subject` with literals and does not name it again."""
    whole = node
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
    if node.keywords or sum(isinstance(x, ast.Name) and x.id == subject for x in ast.walk(whole)) != 1:
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


def free_names(tree):
    """The names that the test reads and does not bind."""
    read, bound = set(), {RECORD}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            (read if isinstance(node.ctx, ast.Load) else bound).add(node.id)
        elif isinstance(node, (ast.FunctionDef, ast.ClassDef, ast.AsyncFunctionDef)):
            bound.add(node.name)
        elif isinstance(node, ast.arg):
            bound.add(node.arg)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            bound.update((alias.asname or alias.name).split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ExceptHandler) and node.name:
            bound.add(node.name)
    return read - bound
