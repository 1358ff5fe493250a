"""Score a folder of JSONL or Parquet files on a Ray cluster, with Laurel on every worker.

    python ray_score.py REWARDS.yaml DATA OUT [--workers 2] [--laurel laurel] [--batch-size 20000]

DATA is a file or folder that Ray can read; OUT is a folder that receives Parquet with all columns of DATA, `score`,
one column for each reward (`reward_NAME`) and `laurel_error` (why a row has no score; null where it has one). Every
worker runs `laurel score` on its batches; the command must be on the workers (`--laurel` says where). Groups that
spread over batches are seen in parts: sort or partition the data by group first when a reward or shaper compares
samples of a group.

Needs: pip install "ray[data]"
"""

import argparse
import json
import subprocess
import tempfile
import time
from pathlib import Path

import pyarrow
import ray


class Scorer:
    """One worker: scores batches with `laurel score`, row for row."""

    def __init__(self, laurel: str, specification: str):
        self.laurel = laurel
        self.file = tempfile.NamedTemporaryFile("w", suffix=".yaml")
        self.file.write(specification)
        self.file.flush()

    def __call__(self, batch: pyarrow.Table) -> pyarrow.Table:
        rows = batch.to_pylist()
        lines = "".join(json.dumps(row, default=str) + "\n" for row in rows)
        done = subprocess.run(
            [self.laurel, "score", self.file.name, "-", "--workers", "1"], input=lines, capture_output=True, text=True)
        # 1: some rows could not be scored, which their column says; anything else is no answer.
        if done.returncode not in (0, 1):
            raise RuntimeError(f"{self.laurel} score ended with code {done.returncode}: {done.stderr[-2000:]}")
        scores: list = [None] * len(rows)
        errors: list = ["the row could not be read as a sample; laurel score names the reason"] * len(rows)
        parts: dict = {}
        for line in done.stdout.splitlines():
            found = json.loads(line)
            index = found["line"] - 1
            scores[index] = found["score"]
            errors[index] = json.dumps(found["errors"]) if found["errors"] else None
            for name, value in found["rewards"].items():
                parts.setdefault(name, [None] * len(rows))[index] = value
        batch = batch.append_column("score", pyarrow.array(scores, pyarrow.float64()))
        for name in sorted(parts):
            batch = batch.append_column(f"reward_{name}", pyarrow.array(parts[name], pyarrow.float64()))
        return batch.append_column("laurel_error", pyarrow.array(errors, pyarrow.string()))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rewards", type=Path)
    parser.add_argument("data")
    parser.add_argument("out")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--laurel", default="laurel")
    parser.add_argument("--batch-size", type=int, default=20_000)
    options = parser.parse_args()

    is_parquet = any(Path(options.data).rglob("*.parquet")) or options.data.endswith(".parquet")
    data = (ray.data.read_parquet if is_parquet else ray.data.read_json)(options.data)
    begin = time.perf_counter()
    scored = data.map_batches(
        Scorer, fn_constructor_args=(options.laurel, options.rewards.read_text()), batch_format="pyarrow",
        batch_size=options.batch_size, compute=ray.data.ActorPoolStrategy(size=options.workers),
        # Half a processor each, so that reading and writing find room on a machine with as many workers as processors.
        num_cpus=0.5)
    scored.write_parquet(options.out)
    seconds = time.perf_counter() - begin
    count = ray.data.read_parquet(options.out).count()
    print(f"{count} rows in {seconds:.1f} s: {count / seconds:.0f} rows/s with {options.workers} workers")


if __name__ == "__main__":
    main()
