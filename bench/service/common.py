"""Samples for the load, and a laurel-serve that starts and stops."""

import contextlib
import json
import os
import random
import socket
import subprocess
import sys
import time
import urllib.request

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
HERE = os.path.dirname(os.path.abspath(__file__))
LAUREL_SERVE = os.path.join(ROOT, ".build", "release", "laurel-serve")
WORDS = ("the sum of both numbers is found by adding them one after another and then we look at what we have with "
         "care before the result is written down").split()

sys.path.insert(0, os.path.join(ROOT, "clients", "python", "src"))


def batch(count, seed=1):
    """Sums with their reasoning, about 200 characters each; some wrong, some without tags."""
    draw = random.Random(seed)
    completions, answers = [], []
    for _ in range(count):
        a, b = draw.randint(1, 99), draw.randint(1, 99)
        said = a + b if draw.random() < 0.6 else draw.randint(1, 200)
        text = " ".join(draw.choice(WORDS) for _ in range(draw.randint(15, 45)))
        tagged = f"<think>{text}\n{a} + {b} = {said}</think>\n<answer>{said}</answer>"
        completions.append(tagged if draw.random() < 0.8 else f"{text}\n#### {said}")
        answers.append(str(a + b))
    return {"prompts": ["What is the sum?"] * count, "completions": completions, "answer": answers}


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def start(command, url, seconds=30):
    """Starts a service and waits until it answers."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=HERE)
    deadline = time.monotonic() + seconds
    while True:
        try:
            with urllib.request.urlopen(url, timeout=1):
                return process
        except OSError:
            if process.poll() is not None or time.monotonic() > deadline:
                process.kill()
                raise SystemExit(f"{command[0]} did not start; run it by hand to see why: {' '.join(command)}")
            time.sleep(0.05)


@contextlib.contextmanager
def running(command, url):
    process = start(command, url)
    try:
        yield process
    finally:
        process.terminate()
        process.wait()


def laurel(port, *more, rewards=os.path.join(HERE, "rules.yaml")):
    return [LAUREL_SERVE, rewards, "--port", str(port), "--log-level", "error", *more]


def post(url, body):
    request = urllib.request.Request(url, json.dumps(body).encode(), {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=30) as response:
        return json.load(response)
