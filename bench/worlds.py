"""Steps a second of CartPole: Gymnasium's, Laurel's, and Laurel's from Python, in one run.

    make bench-worlds            # or: LAUREL=path/to/laurel python bench/worlds.py [--rounds 3] [--seconds 2]

Random actions drawn beforehand, episodes begin anew when they end. Each round times every row once, in turn; the table
holds the median. Needs gymnasium.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time

import gymnasium
import numpy as np

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "clients", "python", "src"))
from laurel_client.environments import LaurelEnv  # noqa: E402
from laurel_client.world import find_command  # noqa: E402


def single(env, seconds):
    actions = [int(action) for action in np.random.default_rng(1).integers(2, size=1000)]
    env.reset(seed=1)
    count, began = 0, time.perf_counter()
    while time.perf_counter() - began < seconds:
        for action in actions:
            _, _, terminated, truncated, _ = env.step(action)
            if terminated or truncated:
                env.reset()
        count += len(actions)
    rate = count / (time.perf_counter() - began)
    env.close()
    return rate


def vector(envs, seconds):
    actions = np.random.default_rng(1).integers(2, size=(16, envs.num_envs))
    envs.reset(seed=1)
    steps, began = 0, time.perf_counter()
    while time.perf_counter() - began < seconds:
        for row in actions:
            envs.step(row)
        steps += len(actions)
    rate = steps * envs.num_envs / (time.perf_counter() - began)
    envs.close()
    return rate


def laurel(key, seconds, count, threads=1):
    done = subprocess.run([find_command(), "world", "bench", "cartpole", "--json", "--seconds", str(seconds), "--count",
                           str(count), "--threads", str(threads)], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)[key]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=2.0)
    parser.add_argument("--count", type=int, default=1024)
    options = parser.parse_args()
    seconds, count = options.seconds, options.count
    rows = {
        "Gymnasium, one environment": lambda: single(gymnasium.make("CartPole-v1"), seconds),
        "Gymnasium, one, without its checker":
            lambda: single(gymnasium.make("CartPole-v1", disable_env_checker=True), seconds),
        "Laurel from Python (pipe), one": lambda: single(LaurelEnv("cartpole"), seconds),
        "Laurel, one environment": lambda: laurel("single_steps_per_second", seconds, 1),
        f"Gymnasium, vectorised by NumPy, {count}":
            lambda: vector(gymnasium.make_vec("CartPole-v1", count, vectorization_mode="vector_entry_point"), seconds),
        f"Gymnasium, synchronous, {min(count, 64)}":
            lambda: vector(gymnasium.make_vec("CartPole-v1", min(count, 64), vectorization_mode="sync"), seconds),
        f"Laurel, {count} together, 1 thread": lambda: laurel("batch_steps_per_second", seconds, count),
        f"Laurel, {count} together, 2 threads": lambda: laurel("batch_steps_per_second", seconds, count, 2),
    }
    times = {name: [] for name in rows}
    for _ in range(options.rounds):
        for name, measure in rows.items():
            times[name].append(measure())
    print(f"gymnasium {gymnasium.__version__}, numpy {np.__version__}, {os.cpu_count()} processors")
    for name, rates in times.items():
        print(f"{name:45} {statistics.median(rates):14,.0f} steps/s  ({min(rates):,.0f} to {max(rates):,.0f})")


if __name__ == "__main__":
    main()
