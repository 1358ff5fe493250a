"""Plays episodes on `laurel world serve` with OpenEnv's own Python client, checks them, and times the steps.

    pip install openenv==0.10.0
    python bench/openenv_client.py [--laurel-serve .build/release/laurel-serve] [--steps 5000]

CartPole and a game of several agents: resets with seeds repeat themselves, errors arrive as errors and the session
lives on.
"""

import argparse
import os
import subprocess
import time
import urllib.request

from openenv.core.generic_client import GenericEnvClient

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def serve(command, name, port):
    process = subprocess.Popen([command, "world", name, "--port", str(port), "--log-level", "error"])
    for _ in range(200):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=1).read()
            return process
        except OSError:
            time.sleep(0.05)
    process.kill()
    raise SystemExit(f"{name} did not start")


def play(env, actions, seed):
    rows = []
    result = env.reset(seed=seed)
    rows.append((result.observation, result.reward, result.done))
    for action in actions:
        result = env.step(action)
        rows.append((result.observation, result.reward, result.done))
        if result.done:
            break
    return rows


def check(env, actions, is_random):
    first, again = play(env, actions, 7), play(env, actions, 7)
    assert first == again, "the same seed gave another episode"
    assert (first != play(env, actions, 8)) == is_random, "another seed must begin another episode where chance begins it"
    assert env.state()["step_count"] == len(actions), env.state()
    try:
        env.step({"nonsense": 1})
    except Exception as error:  # the client's own error type differs between versions
        assert "nonsense" in str(error) or "action" in str(error), error
    else:
        raise SystemExit("an unknown key was accepted")
    assert play(env, actions, 7) == first, "the session did not live on after an error"
    return first


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--laurel-serve", default=os.path.join(ROOT, ".build", "release", "laurel-serve"))
    parser.add_argument("--steps", type=int, default=5000)
    options = parser.parse_args()
    cases = [("cartpole", [{"action": i % 2} for i in range(8)], 18310, True),
             ("slcd", [{"actions": [30.0, 40.0]} for _ in range(20)], 18311, False)]
    for name, actions, port, is_random in cases:
        process = serve(options.laurel_serve, name, port)
        try:
            with GenericEnvClient(base_url=f"http://127.0.0.1:{port}").sync() as env:
                rows = check(env, actions, is_random)
                began, count = time.perf_counter(), 0
                env.reset(seed=1)
                while count < options.steps:
                    count += 1
                    if env.step(actions[count % len(actions)]).done:
                        env.reset()
                rate = count / (time.perf_counter() - began)
                print(f"{name}: {len(rows) - 1} checked steps, {rate:,.0f} steps/s in one session; last {rows[-1]}"[:300])
        finally:
            process.terminate()
            process.wait()


main()
