"""Scores the same texts with sacrebleu, rouge-score and `laurel score`, compares every score and prints the speeds.

    python bench/overlap.py [--count 100000] [--seed 1] [--laurel .build/release/laurel]

Run it with the Python that has the peers (`bench/prepare-overlap` makes one). Times are processor time, so that other
work on the machine counts for neither. A peer's is that of its calls alone; Laurel's is that of the whole command with
one worker: its start, and reading and writing of files.
"""

import argparse
import json
import os
import random
import subprocess
import tempfile
import time

from rouge_score import rouge_scorer
from sacrebleu.metrics import BLEU, CHRF

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
SPEC = {
    "bleu": "bleu: {}",
    "chrf": "chrf: {}",
    "rouge1": "rouge: {rouge_type: rouge1}",
    "rougeL": "rouge: {rouge_type: rougeL}",
}


def texts(count, seed):
    """Pairs of about 40 words that share many: a reference with words dropped, swapped and replaced."""
    generator = random.Random(seed)
    words = ["".join(generator.choices("etaoinshrdlucmfwypvbgk", k=generator.randint(1, 9))) for _ in range(3000)]
    pairs = []
    for _ in range(count):
        reference = generator.choices(words, weights=range(3000, 0, -1), k=generator.randint(20, 60))
        completion = [generator.choice(words) if generator.random() < 0.2 else word
                      for word in reference if generator.random() > 0.1]
        if completion and generator.random() < 0.5:
            middle = len(completion) // 2
            completion = completion[middle:] + completion[:middle]
        pairs.append((" ".join(completion) + ".", " ".join(reference) + "."))
    return pairs


def peers():
    bleu, chrf = BLEU(effective_order=True), CHRF()
    rouge = {kind: rouge_scorer.RougeScorer([kind]) for kind in ("rouge1", "rougeL")}
    return {
        "bleu": lambda hypothesis, reference: bleu.sentence_score(hypothesis, [reference]).score / 100,
        "chrf": lambda hypothesis, reference: chrf.sentence_score(hypothesis, [reference]).score / 100,
        "rouge1": lambda hypothesis, reference: rouge["rouge1"].score(reference, hypothesis)["rouge1"].fmeasure,
        "rougeL": lambda hypothesis, reference: rouge["rougeL"].score(reference, hypothesis)["rougeL"].fmeasure,
    }


def laurel(command, kind, pairs, folder):
    data, spec, out = (os.path.join(folder, name) for name in ("data.jsonl", "rewards.yaml", "out.jsonl"))
    with open(data, "w", encoding="utf-8") as file:
        for completion, reference in pairs:
            file.write(json.dumps({"completion": completion, "reference": reference}) + "\n")
    with open(spec, "w", encoding="utf-8") as file:
        file.write(f"rewards:\n  - {SPEC[kind]}\n")
    started = os.times()
    with open(out, "w", encoding="utf-8") as file:
        subprocess.run([command, "score", spec, data, "--workers", "1"], check=True, stdout=file,
                       stderr=subprocess.DEVNULL)
    ended = os.times()
    seconds = ended.children_user + ended.children_system - started.children_user - started.children_system
    with open(out, encoding="utf-8") as file:
        return [json.loads(line)["score"] for line in file], seconds


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=100000, help="pairs; the peers score the first twentieth")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--laurel", default=os.path.join(ROOT, ".build", "release", "laurel"))
    options = parser.parse_args()
    pairs = texts(options.count, options.seed)
    print("| reward | Laurel, samples/s | peer, samples/s | ratio | largest difference |")
    print("|---|---|---|---|---|")
    for kind, score in peers().items():
        with tempfile.TemporaryDirectory() as folder:
            ours, seconds = laurel(options.laurel, kind, pairs, folder)
        part = pairs[: max(1, options.count // 20)]
        started = time.process_time()
        theirs = [score(*pair) for pair in part]
        rate = len(part) / (time.process_time() - started)
        difference = max(abs(a - b) for a, b in zip(ours, theirs))
        print(f"| {kind} | {len(pairs) / seconds:,.0f} | {rate:,.0f} | {len(pairs) / seconds / rate:.0f} | {difference:.1e} |",
              flush=True)
        if difference > 1e-9:
            raise SystemExit(f"{kind}: a score differs")


main()
