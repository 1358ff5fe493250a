"""PPO on CartPole until the last 100 episodes' mean return reaches 475: Stable-Baselines3 against Laurel.

Same settings (examples/cartpole.yaml, those of rl-baselines3-zoo), same seeds, the two in turn on this machine.
    make bench-control
"""

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def peer(seed):
    """Run in a process of its own: prints seconds of learning, steps and whether 475 was reached."""
    import torch
    from stable_baselines3 import PPO
    from stable_baselines3.common.callbacks import BaseCallback
    from stable_baselines3.common.env_util import make_vec_env

    torch.set_num_threads(2)

    class Stop(BaseCallback):
        reached = False

        def _on_step(self):
            return True

        def _on_rollout_start(self):
            episodes = self.model.ep_info_buffer
            self.reached = len(episodes) >= 100 and statistics.mean(e["r"] for e in episodes) >= 475
            if self.reached:
                raise KeyboardInterrupt

    model = PPO(
        "MlpPolicy", make_vec_env("CartPole-v1", n_envs=8, seed=seed), seed=seed, device="cpu", n_steps=32,
        batch_size=256, n_epochs=20, gamma=0.98, gae_lambda=0.8, learning_rate=lambda left: 1e-3 * left,
        clip_range=lambda left: 0.2 * left)
    stop = Stop()
    begin = time.perf_counter()
    try:
        model.learn(100_000, callback=stop)
    except KeyboardInterrupt:
        pass
    seconds = time.perf_counter() - begin
    print(json.dumps({"seconds": seconds, "steps": model.num_timesteps, "reached": stop.reached}))


def processor_seconds(command):
    """Its last line as JSON, and the processor time that the process took."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    out = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=True).stdout
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return out, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--peer", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.peer is not None:
        return peer(options.peer)
    found = {"Stable-Baselines3": [], "Laurel": []}
    for seed in range(1, options.rounds + 1):
        out, processor = processor_seconds([sys.executable, __file__, "--peer", str(seed)])
        row = json.loads(out.splitlines()[-1])
        found["Stable-Baselines3"].append((row["seconds"], processor, row["steps"], row["reached"]))
        with tempfile.TemporaryDirectory() as folder:
            summary = Path(folder) / "summary.json"
            _, processor = processor_seconds([
                str(ROOT / ".build/release/laurel"), "train", str(ROOT / "examples/cartpole.yaml"), "--seed", str(seed),
                "--output", folder + "/run", "--summary", str(summary)])
            row = json.loads(summary.read_text())
            found["Laurel"].append((row["seconds"], processor, row["steps"], row["steps"] < 100_000))
        for name, rows in found.items():
            seconds, processor, steps, reached = rows[-1]
            print(f"seed {seed}  {name:18} {seconds:7.2f} s  {processor:7.2f} s of processor time  {steps} steps  "
                  f"{'reached 475' if reached else 'did not reach 475'}", flush=True)
    medians = {name: [statistics.median(row[i] for row in rows) for i in (0, 1)] for name, rows in found.items()}
    a, b = medians["Stable-Baselines3"], medians["Laurel"]
    print(f"median time  {a[0]:.2f} s against {b[0]:.2f} s: ratio {a[0] / b[0]:.1f} "
          f"(processor time {a[1]:.2f} against {b[1]:.2f} s: {a[1] / b[1]:.1f}; the peer's holds its imports)")


main()
