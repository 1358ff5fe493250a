"""Checks the pairs of a JSONL file (fields a, b) with math-verify; one JSON line each: verdict, microseconds.

    python bench/math_verify_pairs.py PAIRS.jsonl > OUT.jsonl

A text without `$` is offered to math-verify as it stands and, where nothing is found in it, between dollars: it
finds LaTeX only there. Its own time-outs are as it sets them.
"""

import json
import logging
import sys
import time

from math_verify import parse, verify

logging.disable(logging.CRITICAL)


def read(text):
    if "$" not in text and "\\boxed" not in text and "\\(" not in text:
        return parse("$" + text + "$") or parse(text)
    return parse(text) or parse("$" + text.replace("$", "") + "$")


def check(a, b):
    try:
        gold, answer = read(a), read(b)
        if not gold or not answer:
            return "unparsable"
        return "equal" if verify(gold, answer) else "different"
    except Exception as error:  # what it raises is its answer
        return "error: " + type(error).__name__


def main():
    check("1", "1")
    with open(sys.argv[1], encoding="utf-8") as file:
        for line in file:
            if not line.strip():
                continue
            row = json.loads(line)
            started = time.perf_counter()
            verdict = check(str(row["a"]), str(row["b"]))
            print(json.dumps({"verdict": verdict, "microseconds": round((time.perf_counter() - started) * 1e6, 1)}), flush=True)


if __name__ == "__main__":
    main()
