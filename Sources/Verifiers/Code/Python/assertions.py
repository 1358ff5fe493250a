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
    """The test as a tree whose statements report to RECORD: (tree, lines, whether there is a `check`)."""
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
    ast.fix_missing_locations(tree)
    return tree, splitter.lines, check is not None


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
