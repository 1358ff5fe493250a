"""Alternates one GRPO step of TRL and one of Laurel on this machine, and prints both medians and the ratio.

    python bench/compare.py --prompts F.jsonl [--rounds 5] [--laurel .build/release/laurel] [--peer transformers]

The peer `transformers` is no trainer: `generate`, and a forward and backward pass over what it drew.

Each side is a process that warms up once and then answers every `step` line with one JSON line. Only one of them
works at a time. The order is A B A B, so that a slow spell of the machine touches both.
"""

import argparse
import json
import os
import shlex
import statistics
import subprocess
import sys

import common


class Side:
    """One of the two processes."""

    def __init__(self, name, command):
        self.name, self.command = name, command
        try:
            self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        except OSError as error:
            raise SystemExit(f"{name} does not start: {error} (command: {shlex.join(command)})")
        self.reads("ready")

    def reads(self, key):
        """The next JSON line that has the key; other lines of the process are passed over."""
        for line in self.process.stdout:
            try:
                answer = json.loads(line)
            except ValueError:
                continue
            if isinstance(answer, dict) and key in answer:
                return answer
        status = self.process.wait()
        raise SystemExit(f"{self.name} ended with status {status} before it answered (command: {shlex.join(self.command)})")

    def step(self):
        self.process.stdin.write("step\n")
        self.process.stdin.flush()
        return self.reads("seconds")

    def close(self):
        self.process.stdin.close()
        self.process.wait(timeout=60)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--prompts", required=True)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--laurel", default=os.path.join(common.ROOT, ".build", "release", "laurel"))
    parser.add_argument("--peer", choices=["TRL", "transformers"], default="TRL")
    parser.add_argument("--laurel-command", help="the whole command of Laurel's side, instead of --laurel")
    options = parser.parse_args()

    peer = options.peer
    name = {"TRL": "trl_grpo_step.py", "transformers": "transformers_speed.py"}[peer]
    script = os.path.join(os.path.dirname(os.path.abspath(__file__)), name)
    laurel = [options.laurel, "bench", "--prompts", options.prompts, "--serve"]
    if options.laurel_command:
        laurel = shlex.split(options.laurel_command)
    sides = [Side(peer, [sys.executable, script, "--prompts", options.prompts, "--serve"]), Side("Laurel", laurel)]

    answers = {side.name: [] for side in sides}
    for number in range(1, options.rounds + 1):
        for side in sides:
            answer = side.step()
            answers[side.name].append(answer)
            print(f"round {number}  {side.name:12s}  {answer['seconds']:8.2f} s", flush=True)
    for side in sides:
        side.close()

    print(f"\nmedian of {options.rounds} steps, {common.THREADS} threads, float32")
    medians = {}
    for key in ("seconds", "sampling_seconds", "training_seconds"):
        for name, list_ in answers.items():
            if all(key in answer for answer in list_):
                medians[name, key] = statistics.median(answer[key] for answer in list_)
    for key, title in (("seconds", "step"), ("sampling_seconds", "sampling"), ("training_seconds", "training")):
        if (peer, key) in medians and ("Laurel", key) in medians:
            theirs, own = medians[peer, key], medians["Laurel", key]
            line = f"{title:9s} {peer} {theirs:8.2f} s   Laurel {own:8.2f} s   {peer} / Laurel {theirs / own:6.2f}"
            new = answers[peer][0].get("new_tokens")
            if key != "seconds" and new:
                line += f"   ({new / theirs:.0f} and {new / own:.0f} completion tokens/s)"
            print(line)
    tokens = {name: {answer.get("new_tokens") for answer in list_} for name, list_ in answers.items()}
    if tokens[peer] != tokens["Laurel"]:
        print(f"warning: the two did not sample the same number of tokens: {tokens}", file=sys.stderr)
    print(json.dumps({name: [answer["seconds"] for answer in list_] for name, list_ in answers.items()}))


if __name__ == "__main__":
    main()
