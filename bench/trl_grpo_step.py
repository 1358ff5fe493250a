"""Times GRPO steps of TRL: 4 prompts x 8 completions x exactly 48 new tokens, LoRA, float32, 2 threads.

    python bench/trl_grpo_step.py --prompts F.jsonl [--steps 5]     one JSON line per step
    python bench/trl_grpo_step.py --prompts F.jsonl --serve         one step per `step` line on the standard input

Both do one step first that is not reported. A step samples one generation batch, scores it, and makes one
optimiser step on it. The end-of-text token is suppressed, so that every step does the same work.
"""

import argparse
import os
import queue
import sys
import tempfile
import threading
import time

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")

import torch
from datasets import Dataset
from peft import LoraConfig
from transformers import AutoModelForCausalLM, AutoTokenizer, TrainerCallback
from trl import GRPOConfig, GRPOTrainer

import common


def reward(completions, **_):
    """Cheap, and different within a group, so that every group has advantages."""
    texts = [c if isinstance(c, str) else c[-1]["content"] for c in completions]
    return [len(set(text)) / 64 for text in texts]


class Meter(TrainerCallback):
    """Lets the trainer make one step whenever one is asked for, and reports how long it took."""

    def __init__(self):
        self.asked, self.done = queue.Queue(), queue.Queue()
        self.sampling = 0.0
        self.tokens = 0

    def on_step_begin(self, args, state, control, **_):
        if self.asked.get() is None:
            sys.stdout.flush()
            os._exit(0)

    def on_step_end(self, args, state, control, **_):
        self.done.put(time.perf_counter())

    def step(self):
        self.sampling, self.tokens = 0.0, 0
        start = time.perf_counter()
        self.asked.put(True)
        seconds = self.done.get() - start
        return dict(
            engine="trl",
            seconds=round(seconds, 4),
            sampling_seconds=round(self.sampling, 4),
            training_seconds=round(seconds - self.sampling, 4),
            new_tokens=self.tokens,
        )


def make_trainer(prompts, meter):
    config = GRPOConfig(
        output_dir=tempfile.mkdtemp(prefix="laurel-bench-"),
        use_cpu=True,
        bf16=False,
        fp16=False,
        per_device_train_batch_size=common.PROMPTS * common.COMPLETIONS,
        gradient_accumulation_steps=1,
        num_generations=common.COMPLETIONS,
        max_completion_length=common.NEW_TOKENS,
        generation_kwargs={"min_new_tokens": common.NEW_TOKENS},
        temperature=1.0,
        beta=0.0,
        num_iterations=1,
        learning_rate=1e-5,
        lr_scheduler_type="constant",
        max_steps=1_000_000,
        gradient_checkpointing=False,
        logging_steps=1_000_000,
        save_strategy="no",
        report_to=[],
        disable_tqdm=True,
        seed=1,
    )
    model = AutoModelForCausalLM.from_pretrained(common.MODEL, dtype=torch.float32)
    trainer = GRPOTrainer(
        model=model,
        reward_funcs=reward,
        args=config,
        train_dataset=Dataset.from_list([{"prompt": prompt} for prompt in prompts]),
        processing_class=AutoTokenizer.from_pretrained(common.MODEL),
        peft_config=LoraConfig(**common.LORA),
        callbacks=[meter],
    )
    generate = trainer._generate

    def timed(*arguments, **keywords):
        start = time.perf_counter()
        result = generate(*arguments, **keywords)
        meter.sampling += time.perf_counter() - start
        # The second of the results is the list of completions, as token ids.
        meter.tokens += sum(len(ids) for ids in result[1])
        return result

    trainer._generate = timed
    return trainer


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--prompts", required=True, help="JSONL file with a prompt (text or messages) per line")
    parser.add_argument("--steps", type=int, default=5)
    parser.add_argument("--serve", action="store_true")
    options = parser.parse_args()

    torch.set_num_threads(common.THREADS)
    meter = Meter()
    trainer = make_trainer(common.read_prompts(options.prompts), meter)

    def train():
        try:
            torch.set_num_threads(common.THREADS)
            trainer.train()
        except BaseException as error:
            print(f"trl_grpo_step: {type(error).__name__}: {error}", file=sys.stderr, flush=True)
            os._exit(1)

    threading.Thread(target=train, daemon=True).start()
    if options.serve:
        common.serve(meter.step)
    else:
        meter.step()
        for _ in range(options.steps):
            common.say(**meter.step())
    meter.asked.put(None)
    time.sleep(0.2)


if __name__ == "__main__":
    main()
