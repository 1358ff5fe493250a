"""TRL's GRPOTrainer on a tiny random llama, three steps, rewarded by the service through laurel_client.trl_reward.

    python bench/service/trl_steps.py        # with a Python that has trl 1.16; no model hub is asked
"""

import json
import os
import tempfile

os.environ.update(HF_HUB_OFFLINE="1", TRANSFORMERS_OFFLINE="1", TOKENIZERS_PARALLELISM="false")

import torch
from datasets import Dataset
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast
from trl import GRPOConfig, GRPOTrainer

from common import free_port, laurel, running

from laurel_client import Client, trl_reward

RULES = """
rewards:
  - keywords: {words: ["1", "2", "3"], mode: fraction}
  - length: {target: 24, tolerance: 24}
  - answer: {}
"""


def tokenizer():
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    words = ["<pad>", "<eos>"] + alphabet
    made = Tokenizer(models.BPE(vocab={word: index for index, word in enumerate(words)}, merges=[]))
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = decoders.ByteLevel()
    return PreTrainedTokenizerFast(tokenizer_object=made, pad_token="<pad>", eos_token="<eos>", padding_side="left")


def main():
    torch.manual_seed(1)
    words = tokenizer()
    model = LlamaForCausalLM(LlamaConfig(
        vocab_size=len(words), hidden_size=32, intermediate_size=64, num_hidden_layers=2, num_attention_heads=4,
        num_key_value_heads=2, max_position_embeddings=128, pad_token_id=words.pad_token_id,
        eos_token_id=words.eos_token_id, bos_token_id=None))
    data = Dataset.from_list([{"prompt": f"{a} + {b} =", "answer": str(a + b)} for a in range(4) for b in range(3)])
    seen = []

    def share_of_words(completions, answer, **_):
        seen.append((list(completions), list(answer)))
        return [sum(word in text for word in "123") / 3 for text in completions]

    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "sums.yaml")
        with open(path, "w", encoding="utf-8") as file:
            file.write(RULES)
        port = free_port()
        url = f"http://127.0.0.1:{port}"
        with running(laurel(port, rewards=path), url + "/health"):
            trainer = GRPOTrainer(
                model=model, processing_class=words, train_dataset=data,
                reward_funcs=[trl_reward(url, "sums"), share_of_words],
                args=GRPOConfig(
                    output_dir=folder, max_steps=3, per_device_train_batch_size=8, num_generations=4,
                    max_completion_length=24, learning_rate=1e-2, logging_steps=1, save_strategy="no", report_to=[],
                    use_cpu=True, bf16=False, seed=1, reward_weights=[1.0, 0.0]))
            before = [parameter.detach().clone() for parameter in model.parameters()]
            trainer.train()
            history = [row for row in trainer.state.log_history if "reward" in row]
            with Client(url) as client:
                again = [client.score(texts, columns={"answer": answers}) for texts, answers in seen]
    assert len(history) == 3, history
    for row, scores in zip(history, again):
        # One of the rewards once more in Python, and the totals once more from the service.
        assert abs(row["laurel/keywords"] - row["rewards/share_of_words/mean"]) < 1e-6, row
        assert row["laurel/unscored"] == 0, row
        print(json.dumps({key: round(row[key], 4) for key in row
                          if key.startswith(("laurel/", "rewards/")) or key in ("reward", "reward_std", "step")}))
    moved = sum((old - new.detach()).abs().sum().item() for old, new in zip(before, model.parameters()))
    assert moved > 0
    count = sum(len(scores.rewards) for scores in again)
    print(f"3 steps of GRPOTrainer, {count} completions rewarded by the service, weights moved by {moved:.3f} in sum")


if __name__ == "__main__":
    main()
