"""What the Python benchmarks share: the work that is measured, and how prompts are read."""

import json
import os

PROMPTS = 4
COMPLETIONS = 8
NEW_TOKENS = 48
THREADS = 2
LORA = dict(
    r=16,
    lora_alpha=32,
    target_modules=["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"],
    task_type="CAUSAL_LM",
)
ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
MODEL = os.path.join(ROOT, ".deps", "bench-model")


def read_prompts(path):
    """Rows of a JSONL file, as lists of messages: `prompt` (text or messages) or `messages`."""
    prompts = []
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            if not line.strip():
                continue
            row = json.loads(line)
            prompt = row.get("prompt", row.get("messages"))
            if prompt is None:
                raise SystemExit(f"{path}, line {number}: no field 'prompt'; write a text or a list of messages there")
            if isinstance(prompt, str):
                prompt = [{"role": "user", "content": prompt}]
            prompts.append(prompt)
    if len(prompts) < PROMPTS:
        raise SystemExit(f"{path} has {len(prompts)} prompts; the benchmark needs at least {PROMPTS}")
    return prompts


def say(**fields):
    print(json.dumps(fields), flush=True)


def serve(step, warm_up=1):
    """Answers each `step` line on the standard input with one JSON line; ends at `quit` or at the end."""
    import sys

    for _ in range(warm_up):
        step()
    say(ready=True)
    for line in sys.stdin:
        if line.strip() == "step":
            say(**step())
        elif line.strip() == "quit":
            break
