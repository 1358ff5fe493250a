"""Laurel's MAP-Elites and CMA-ME beside pyribs' on the same planar arm, in one run.

    pip install ribs numpy
    swift build -c release --product bench-evolution
    python bench/qd_compare.py .build/release/bench-evolution

20 joints, genes in [-1, 1] times pi/2, mean link position in a 50 x 50 grid over [-1, 1]^2, objective 1 - variance
of the genes. Both sides: the same batch, the same mutation, the same number of evaluations, one thread; processor
seconds, so that other work on the machine does not count. (CMA-ME: pyribs would draw again what lies outside the
bounds, without end on this arm; both sides clip instead.)
"""

import json
import os
import subprocess
import sys
import time

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
import numpy as np
from ribs.archives import GridArchive
from ribs.emitters import EvolutionStrategyEmitter, GaussianEmitter, IsoLineEmitter
from ribs.schedulers import Scheduler

JOINTS = 20


def arm(genomes):
    genomes = np.clip(genomes, -1, 1)
    angles = np.cumsum(genomes * np.pi / 2, axis=1)
    ends = np.stack([np.cos(angles).mean(axis=1), np.sin(angles).mean(axis=1)], axis=1)
    return 1 - genomes.var(axis=1), ends


def pyribs(method, budget, seed):
    archive = GridArchive(solution_dim=JOINTS, dims=[50, 50], ranges=[(-1, 1), (-1, 1)], seed=seed)
    random = np.random.default_rng(seed)
    bounds = [(-1, 1)] * JOINTS
    begin = time.process_time()
    if method == "cma_me":
        emitters = [
            EvolutionStrategyEmitter(
                archive, x0=random.uniform(-1, 1, JOINTS), sigma0=0.3, ranker="2imp",
                selection_rule="filter", restart_rule="no_improvement", batch_size=36,
                seed=seed * 100 + i)
            for i in range(5)
        ]
        size = 180
    else:
        start = random.uniform(-1, 1, (100, JOINTS))
        if method == "map_elites":
            emitters = [GaussianEmitter(archive, sigma=0.05, initial_solutions=start, bounds=bounds,
                                        batch_size=100, seed=seed)]
        else:
            emitters = [IsoLineEmitter(archive, iso_sigma=0.05, line_sigma=0.2, initial_solutions=start,
                                       bounds=bounds, batch_size=100, seed=seed)]
        size = 100
    scheduler = Scheduler(archive, emitters)
    for _ in range(budget // size):
        objective, ends = arm(scheduler.ask())
        scheduler.tell(objective, ends)
    seconds = time.process_time() - begin
    return {"seconds": seconds, "evaluations": budget // size * size,
            "coverage": float(archive.stats.coverage),
            "qd_score": float(archive.data("objective").sum())}


def laurel(program, method, budget, seed):
    parameters = {"map_elites": {}, "iso_line": {"line_sigma": 0.2}, "cma_me": {}}[method]
    name = "map_elites" if method == "iso_line" else method
    output = subprocess.run([program, name, str(budget), str(seed), json.dumps(parameters)],
                            capture_output=True, text=True, check=True).stdout
    return json.loads(output)


def main():
    program, budget = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 90_000
    print(f"{budget} evaluations, means of 3 seeds")
    print(f"{'method':11} {'':7} {'evaluations/s':>14} {'coverage':>9} {'QD score':>9}")
    for method in ["map_elites", "iso_line", "cma_me"]:
        rates = {}
        for side in ["pyribs", "laurel"]:
            runs = [pyribs(method, budget, seed) if side == "pyribs" else laurel(program, method, budget, seed)
                    for seed in (1, 2, 3)]
            rates[side] = sum(r["evaluations"] for r in runs) / sum(r["seconds"] for r in runs)
            print(f"{method:11} {side:7} {rates[side]:14,.0f} {np.mean([r['coverage'] for r in runs]):9.3f} "
                  f"{np.mean([r['qd_score'] for r in runs]):9.1f}")
        print(f"{method:11} ratio   {rates['laurel'] / rates['pyribs']:14.1f}")


main()
