"""Runs math-verify and `laurel verify math` on the same pairs, one after the other, and prints both verdicts.

    python bench/math_compare.py PAIRS.jsonl [--laurel .build/release/laurel] [--differences 40]

Rows have fields a and b, and may have `equal` (the truth) and `kind`. Run it with the Python that has math-verify
(`bench/prepare-math` makes one). Throughput is checks per second of checking, reading and writing of files left out.
"""

import argparse
import collections
import json
import os
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def run(name, command):
    started = time.perf_counter()
    result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    wall = time.perf_counter() - started
    rows = [json.loads(line) for line in result.stdout.splitlines() if line.strip()]
    if not rows:
        raise SystemExit(f"{name} gave no verdict (command: {' '.join(command)}, status {result.returncode})")
    return rows, wall


def quantile(values, share):
    return values[min(int(len(values) * share), len(values) - 1)]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pairs")
    parser.add_argument("--laurel", default=os.path.join(ROOT, ".build", "release", "laurel"))
    parser.add_argument("--differences", type=int, default=40, help="rows of the table of differences")
    options = parser.parse_args()

    with open(options.pairs, encoding="utf-8") as file:
        pairs = [json.loads(line) for line in file if line.strip()]
    script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "math_verify_pairs.py")
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl", delete=False, encoding="utf-8") as file:
        for pair in pairs:
            file.write(json.dumps({"a": pair["a"], "b": pair["b"]}, ensure_ascii=False) + "\n")
    sides = {}
    try:
        for name, command in (("Laurel", [options.laurel, "verify", "math", "--pairs", file.name]),
                              ("math-verify", [sys.executable, script, file.name])):
            sides[name] = run(name, command)
    finally:
        os.unlink(file.name)

    rates = {}
    for name, (rows, wall) in sides.items():
        if len(rows) != len(pairs):
            raise SystemExit(f"{name} gave {len(rows)} verdicts for {len(pairs)} pairs")
        times = sorted(row["microseconds"] for row in rows)
        rates[name] = len(rows) / (sum(times) * 1e-6)
        counts = collections.Counter(row["verdict"] for row in rows)
        print(f"{name:12s} {dict(counts)}")
        print(f"{'':12s} {rates[name]:.0f} checks/s; microseconds: median {quantile(times, 0.5):.0f}, p99 {quantile(times, 0.99):.0f}, "
              f"slowest {times[-1]:.0f}; the whole process {wall:.1f} s")
        if all("equal" in pair for pair in pairs):
            accepts = sum(row["verdict"] == "equal" and not pair["equal"] for row, pair in zip(rows, pairs))
            rejects = sum(row["verdict"] != "equal" and pair["equal"] for row, pair in zip(rows, pairs))
            equal = sum(pair["equal"] for pair in pairs)
            print(f"{'':12s} false accepts {accepts} of {len(pairs) - equal}, false rejects {rejects} of {equal}")
    print(f"throughput, Laurel / math-verify: {rates['Laurel'] / rates['math-verify']:.0f}")

    table = collections.Counter()
    shown = 0
    print("\nverdicts that differ (truth, math-verify, Laurel):")
    for pair, theirs, own in zip(pairs, sides["math-verify"][0], sides["Laurel"][0]):
        if (theirs["verdict"] == "equal") == (own["verdict"] == "equal"):
            continue
        truth = {True: "equal", False: "different", None: "?"}[pair.get("equal")]
        table[truth, theirs["verdict"], own["verdict"]] += 1
        if shown < options.differences:
            shown += 1
            print(f"  {truth:9s} {theirs['verdict']:12s} {own['verdict']:12s} {pair['a']}   |   {pair['b']}")
    print("\n  truth     math-verify  Laurel       pairs")
    for (truth, theirs, own), count in table.most_common():
        print(f"  {truth:9s} {theirs:12s} {own:12s} {count}")


if __name__ == "__main__":
    main()
