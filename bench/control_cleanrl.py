"""PPO on CartPole until the last 100 episodes' mean return reaches 475: CleanRL's single-file ppo.py against Laurel.

    git clone https://github.com/vwxyzjn/cleanrl
    pip install torch gymnasium==0.29.1 "numpy<2" tyro tensorboard
    python bench/control_cleanrl.py cleanrl/cleanrl/ppo.py [--rounds 3] [--own-settings]

Both use the settings of examples/cartpole.yaml (CleanRL anneals its learning rate, not its clip range); with
--own-settings CleanRL keeps its own. Its time runs from its first finished episode, so that its imports do not count;
Laurel's is the run's own. Processor time is that of the whole processes.
"""

import argparse
import collections
import json
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SAME = ("--num-envs 8 --num-steps 32 --num-minibatches 1 --update-epochs 20 --gamma 0.98 --gae-lambda 0.8 "
        "--learning-rate 1e-3 --total-timesteps 100000 --ent-coef 0 --no-clip-vloss").split()


def processor():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def cleanrl(script, seed, settings):
    """Seconds, processor seconds, steps and whether 475 was reached."""
    before = processor()
    with tempfile.TemporaryDirectory() as folder:
        process = subprocess.Popen([sys.executable, "-u", script, "--no-cuda", "--seed", str(seed), *settings], cwd=folder,
                                   stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        last, began, step, reached = collections.deque(maxlen=100), None, 0, False
        for line in process.stdout:
            found = re.match(r"global_step=(\d+), episodic_return=\[?([\d.]+)", line)
            if not found:
                continue
            began = began or time.perf_counter()
            step = int(found[1])
            last.append(float(found[2]))
            if len(last) == 100 and statistics.mean(last) >= 475:
                reached = True
                break
        seconds = time.perf_counter() - (began or time.perf_counter())
        process.kill()
        process.wait()
    if not step:
        raise SystemExit(f"{script} finished no episode: is gymnasium older than 1.0 installed?")
    return seconds, processor() - before, step, reached


def laurel(seed):
    before = processor()
    with tempfile.TemporaryDirectory() as folder:
        summary = Path(folder) / "summary.json"
        subprocess.run([str(ROOT / ".build/release/laurel"), "train", str(ROOT / "examples/cartpole.yaml"), "--seed",
                        str(seed), "--output", folder + "/run", "--summary", str(summary)],
                       check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        row = json.loads(summary.read_text())
    return row["seconds"], processor() - before, row["steps"], row["steps"] < 100_000


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("script", type=Path, help="CleanRL's ppo.py")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--own-settings", action="store_true")
    options = parser.parse_args()
    rows = {"CleanRL": [], "Laurel": []}
    for seed in range(1, options.rounds + 1):
        rows["CleanRL"].append(cleanrl(options.script.resolve(), seed, [] if options.own_settings else SAME))
        rows["Laurel"].append(laurel(seed))
        for name, found in rows.items():
            seconds, work, steps, reached = found[-1]
            print(f"seed {seed}  {name:8} {seconds:7.2f} s  {work:7.2f} s of processor time  {steps} steps  "
                  f"{'reached 475' if reached else 'did not reach 475'}", flush=True)
    a, b = ([statistics.median(row[i] for row in found) for i in (0, 1)] for found in rows.values())
    print(f"median time  {a[0]:.2f} s against {b[0]:.2f} s: ratio {a[0] / b[0]:.1f} "
          f"(processor time {a[1]:.2f} against {b[1]:.2f} s: {a[1] / b[1]:.1f})")


main()
