"""Times transformers' own sampling and training, without a trainer around them: float32, LoRA, 2 threads.

    python bench/transformers_speed.py --prompts F.jsonl [--steps 3]   one JSON line per round
    python bench/transformers_speed.py --prompts F.jsonl --serve       one round per `step` line

Sampling: 32 sequences, exactly 48 new tokens each. Training: forward and backward over the same 32 sequences.
"""

import argparse
import os
import time

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")

import torch
from peft import LoraConfig, get_peft_model
from transformers import AutoModelForCausalLM, AutoTokenizer

import common


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--prompts", required=True)
    parser.add_argument("--steps", type=int, default=3)
    parser.add_argument("--serve", action="store_true")
    options = parser.parse_args()

    torch.set_num_threads(common.THREADS)
    torch.manual_seed(1)
    tokenizer = AutoTokenizer.from_pretrained(common.MODEL, padding_side="left")
    model = get_peft_model(
        AutoModelForCausalLM.from_pretrained(common.MODEL, dtype=torch.float32), LoraConfig(**common.LORA)
    )
    prompts = common.read_prompts(options.prompts)[: common.PROMPTS]
    texts = [tokenizer.apply_chat_template(p, tokenize=False, add_generation_prompt=True) for p in prompts]
    batch = tokenizer(texts, return_tensors="pt", padding=True, add_special_tokens=False)
    batch = {key: value.repeat_interleave(common.COMPLETIONS, 0) for key, value in batch.items()}
    width = batch["input_ids"].shape[1]

    def step():
        model.eval()
        start = time.perf_counter()
        with torch.no_grad():
            sequences = model.generate(
                **{key: batch[key] for key in ("input_ids", "attention_mask")},
                do_sample=True,
                temperature=1.0,
                top_k=0,
                min_new_tokens=common.NEW_TOKENS,
                max_new_tokens=common.NEW_TOKENS,
            )
        sampled = time.perf_counter()
        model.train()
        mask = torch.cat([batch["attention_mask"], torch.ones_like(sequences[:, width:])], dim=1)
        logits = model(sequences, attention_mask=mask, logits_to_keep=common.NEW_TOKENS + 1).logits[:, :-1]
        loss = torch.nn.functional.cross_entropy(logits.flatten(0, 1), sequences[:, width:].flatten())
        loss.backward()
        model.zero_grad()
        trained = time.perf_counter()
        new_tokens = sequences[:, width:].numel()
        return dict(
            engine="transformers",
            seconds=round(trained - start, 4),
            sampling_seconds=round(sampled - start, 4),
            training_seconds=round(trained - sampled, 4),
            sampling_tokens_per_second=round(new_tokens / (sampled - start), 1),
            training_tokens_per_second=round(int(mask.sum()) / (trained - sampled), 1),
            new_tokens=new_tokens,
        )

    if options.serve:
        common.serve(step)
    else:
        step()
        for _ in range(options.steps):
            common.say(**step())


if __name__ == "__main__":
    main()
