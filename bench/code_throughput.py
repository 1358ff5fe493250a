"""Runs the same programs through one `python3` each and through `laurel verify code`, one after the other, and prints
both rates and their ratio.

    python3 bench/code_throughput.py [TASKS.jsonl] [--count 400] [--seed 1] [--laurel .build/release/laurel]

Without a file it makes small tasks of its own, right and wrong ones. Rows of a file are HumanEval's: prompt,
completion (or canonical_solution), test, entry_point. The subprocess runs prompt, completion and test as one script,
one sample at a time, as evaluation harnesses do, and once more with as many at a time as there are processors.
"""

import argparse
import concurrent.futures
import gzip
import json
import os
import random
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
OPERATIONS = {"add": "x + {k}", "times": "x * {k}", "minus": "{k} - x", "power": "x ** 2 + {k}", "modulo": "x % {k}"}


def made(seed, count):
    source = random.Random(seed)
    for _ in range(count):
        name, expression = source.choice(sorted(OPERATIONS.items()))
        k = source.randint(2, 50)
        right = source.random() < 0.7
        body = expression.format(k=k if right else k + 1)
        prompt = f"from typing import List\n\n\ndef {name}_all(numbers: List[int]) -> List[int]:\n    \"\"\"{expression.format(k=k)} for every x\"\"\"\n"
        lines = []
        for _ in range(6):
            numbers = [source.randint(-99, 99) for _ in range(4)]
            lines.append(f"    assert candidate({numbers}) == {[eval(expression.format(k=k), {'x': x}) for x in numbers]}")
        yield {"prompt": prompt, "completion": f"    return [{body} for x in numbers]\n",
               "test": "def check(candidate):\n" + "\n".join(lines) + "\n", "entry_point": f"{name}_all"}


def read(path):
    with (gzip.open if path.endswith(".gz") else open)(path, "rt", encoding="utf-8") as file:
        for line in file:
            row = json.loads(line)
            row["completion"] = row.get("completion", row.get("canonical_solution"))
            yield {name: row[name] for name in ("prompt", "completion", "test", "entry_point")}


def subprocess_passes(python, row):
    script = f"{row['prompt']}{row['completion']}\n{row['test']}\ncheck({row['entry_point']})\n"
    try:
        return subprocess.run([python, "-c", script], capture_output=True, timeout=5).returncode == 0
    except subprocess.TimeoutExpired:
        return False


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tasks", nargs="?")
    parser.add_argument("--count", type=int, default=400)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=os.cpu_count())
    parser.add_argument("--python", default="/usr/bin/python3", help="the interpreter on both sides")
    parser.add_argument("--laurel", default=os.path.join(ROOT, ".build", "release", "laurel"))
    options = parser.parse_args()
    rows = list(read(options.tasks) if options.tasks else made(options.seed, options.count))

    with tempfile.NamedTemporaryFile("w", suffix=".jsonl", delete=False, encoding="utf-8") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)
    try:
        started = time.perf_counter()
        result = subprocess.run(
            [options.laurel, "verify", "code", "--tasks", file.name, "--workers", str(options.workers), "--python", options.python],
            stdout=subprocess.PIPE, text=True)
        own = time.perf_counter() - started
    finally:
        os.unlink(file.name)
    verdicts = [json.loads(line)["passed"] for line in result.stdout.splitlines()]
    if len(verdicts) != len(rows):
        raise SystemExit(f"laurel gave {len(verdicts)} verdicts for {len(rows)} rows")

    started = time.perf_counter()
    expected = [subprocess_passes(options.python, row) for row in rows]
    serial = time.perf_counter() - started
    started = time.perf_counter()
    with concurrent.futures.ThreadPoolExecutor(options.workers) as pool:
        list(pool.map(lambda row: subprocess_passes(options.python, row), rows))
    parallel = time.perf_counter() - started

    count = len(rows)
    print(f"{count} samples, {sum(verdicts)} pass; verdicts that differ: {sum(a != b for a, b in zip(verdicts, expected))}")
    print(f"one python3 a sample, one at a time:   {count / serial:7.1f} samples/s, {serial / count * 1e3:.2f} ms each")
    print(f"one python3 a sample, {options.workers} at a time:     {count / parallel:7.1f} samples/s")
    print(f"laurel, {options.workers} workers, its start included: {count / own:7.1f} samples/s, {own / count * 1e3:.2f} ms each")
    print(f"throughput, laurel / one at a time: {serial / own:.1f}; / {options.workers} at a time: {parallel / own:.1f}")


if __name__ == "__main__":
    sys.exit(main())
