"""Judges the reference solutions of a HumanEval file and mutants of them with `laurel verify code`, and runs the same
programs plainly, one `python3` each, as an oracle.

    python3 bench/code_mutants.py HUMANEVAL.jsonl[.gz] [--laurel .build/release/laurel] [--limit 30]

A mutant is the solution with one number changed, one operator swapped, `None` for what it returns, an empty body, or an
early exit. Some mutants are equivalent to the solution, or are not found by the tests: the plain run says which. It
counts as passed when the script gets past its last line, which an early exit does not.
"""

import argparse
import ast
import collections
import concurrent.futures
import gzip
import json
import os
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
SWAPS = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Add, ast.FloorDiv: ast.Mult, ast.Div: ast.Mult, ast.Mod: ast.FloorDiv,
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.And: ast.Or, ast.Or: ast.And, ast.In: ast.NotIn, ast.NotIn: ast.In, ast.BitXor: ast.BitAnd}
BODIES = {
    "returns None": "    return None\n", "empty body": "    pass\n", "no body": "", "sys.exit(0)": "    import sys\n    sys.exit(0)\n",
    "os._exit(0)": "    import os\n    os._exit(0)\n", "sys.exit(0) when loaded": None, "os._exit(0) when loaded": None}
REACHED = "the-last-line-was-reached"


def numbers(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and type(node.value) in (int, float, bool):
            value = node.value
            for other in [not value] if type(value) is bool else [value + 1, value - 1]:
                node.value = other
                yield
            node.value = value


def operators(tree):
    for node in ast.walk(tree):
        if isinstance(node, (ast.BinOp, ast.BoolOp, ast.AugAssign)) and type(node.op) in SWAPS:
            op = node.op
            node.op = SWAPS[type(op)]()
            yield
            node.op = op
        elif isinstance(node, ast.Compare):
            for i, op in enumerate(node.ops):
                if type(op) in SWAPS:
                    node.ops[i] = SWAPS[type(op)]()
                    yield
                    node.ops[i] = op


def mutants(row, limit):
    """(kind, completion) for each, the solution first."""
    yield "solution", row["canonical_solution"]
    for kind, body in BODIES.items():
        if body is not None:
            yield kind, body
        else:
            exit = kind.split()[0]
            yield kind, f"{row['canonical_solution']}\nimport os, sys\n{exit}\n"
    tree = ast.parse(row["prompt"] + row["canonical_solution"])
    for kind, change in ("a number", numbers), ("an operator", operators):
        seen = set()
        for _ in changed(tree, change):
            text = ast.unparse(tree)
            if text not in seen and len(seen) < limit:
                seen.add(text)
                yield kind, text + "\n"


def changed(tree, change):
    function = next(x for x in tree.body[::-1] if isinstance(x, ast.FunctionDef))
    return change(ast.Module(function.body, []))


def plainly_passes(python, row):
    script = f"{row['prompt']}{row['completion']}\n{row['test']}\ncheck({row['entry_point']})\nimport sys\nsys.__stdout__.write('{REACHED}')\n"
    try:
        return subprocess.run([python, "-c", script], capture_output=True, text=True, timeout=10).stdout.endswith(REACHED)
    except subprocess.TimeoutExpired:
        return False


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tasks")
    parser.add_argument("--limit", type=int, default=30, help="mutants of a solution and kind")
    parser.add_argument("--python", default="/usr/bin/python3")
    parser.add_argument("--laurel", default=os.path.join(ROOT, ".build", "release", "laurel"))
    options = parser.parse_args()
    rows, kinds = [], []
    with (gzip.open if options.tasks.endswith(".gz") else open)(options.tasks, "rt", encoding="utf-8") as file:
        for line in file:
            task = json.loads(line)
            for kind, completion in mutants(task, options.limit):
                kinds.append(kind)
                rows.append({"task": task["task_id"], "completion": completion, **{x: task[x] for x in ("prompt", "test", "entry_point")}})
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        plain = list(pool.map(lambda row: plainly_passes(options.python, row), rows))
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl", encoding="utf-8") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)
        file.flush()
        result = subprocess.run(
            [options.laurel, "verify", "code", "--tasks", file.name, "--python", options.python], stdout=subprocess.PIPE, text=True)
    verdicts = [json.loads(line) for line in result.stdout.splitlines()]
    if len(verdicts) != len(rows):
        raise SystemExit(f"laurel gave {len(verdicts)} verdicts for {len(rows)} rows")
    table = collections.defaultdict(lambda: [0, 0, 0, 0])
    for row, kind, expected, verdict in zip(rows, kinds, plain, verdicts):
        counts = table[kind]
        counts[0] += 1
        counts[1] += expected
        counts[2] += verdict["passed"]
        counts[3] += verdict["passed"] != expected
        if verdict["passed"] != expected:
            print(f"differs: {row['task']}, {kind}: plain {expected}, laurel {verdict}\n{row['completion']}", file=sys.stderr)
    print(f"{'':26}{'programs':>9}{'pass plainly':>14}{'pass':>6}{'differ':>8}")
    for kind, counts in [*table.items(), ("all", [sum(column) for column in zip(*table.values())])]:
        print(f"{kind:26}{counts[0]:9}{counts[1]:14}{counts[2]:6}{counts[3]:8}")
    return any(counts[3] for counts in table.values())


if __name__ == "__main__":
    sys.exit(main())
