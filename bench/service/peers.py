"""The released clients of OpenRLHF and verl against the service, as their trainers call them.

    pip download --no-deps openrlhf==0.11.2 verl==0.9.1     # unpack both wheels into one folder
    python bench/service/peers.py FOLDER

OpenRLHF: `SingleTurnAgentExecutor` of openrlhf/utils/agent.py, the file as it is (aiohttp is needed); its `execute`
calls a model's engine, which a stub of three lines stands in for. verl: `get_custom_reward_fn` of
verl/trainer/ppo/reward.py and `load_extern_object`, from the released source, load and call laurel_client.verl with
the keywords of verl's naive reward manager.
"""

import asyncio
import glob
import importlib.util
import os
import sys
import types

from common import ROOT, free_port, laurel, running

COMPLETION = "<think>2 and 2</think><answer>4</answer>"
PROMPT = "<|im_start|>user\nWhat is 2+2?<|im_end|>\n<|im_start|>assistant\n"


def find(folder, path):
    found = glob.glob(os.path.join(folder, "**", path), recursive=True)
    if not found:
        raise SystemExit(f"{path} is not under {folder}")
    return found[0]


def load(name, path):
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


class Characters:
    """A tokenizer of one id a character."""

    def __call__(self, text, **_):
        return {"input_ids": [Ids(ord(character) for character in text)]}

    def decode(self, ids, skip_special_tokens):
        assert skip_special_tokens is False
        return "".join(map(chr, ids))


class Ids(list):
    def tolist(self):
        return list(self)


class Engine:
    async def generate(self, prompt_ids, params, multi_modal_data=None):
        ids = [ord(character) for character in COMPLETION + "<|im_end|>"]
        output = types.SimpleNamespace(token_ids=ids, finish_reason="stop", logprobs=None, text=COMPLETION)
        return types.SimpleNamespace(outputs=[output])


async def openrlhf(folder, url):
    for name in ("openrlhf", "openrlhf.utils"):
        sys.modules[name] = types.ModuleType(name)
    load("openrlhf.utils.logging_utils", find(folder, "openrlhf/utils/logging_utils.py"))
    agent = load("openrlhf.utils.agent", find(folder, "openrlhf/utils/agent.py"))
    executor = agent.SingleTurnAgentExecutor([url + "/get_reward"])
    params = types.SimpleNamespace(max_tokens=200, logprobs=None)
    answers = await asyncio.gather(*[
        executor.execute(PROMPT, label, params, 2000, Characters(), Engine()) for label in ["4"] * 256 + ["5"] * 256])
    for index, answer in enumerate(answers):
        right = 1.0 if index < 256 else 0.0
        assert answer["extra_logs"]["answer"] == [right], answer
        assert answer["reward"] == [1 + right + 0.5 * answer["extra_logs"]["length"][0]], answer
        assert 0 <= answer["scores"][0] <= 1 and answer["extra_logs"]["unscored"] == [0.0], answer
    print(f"OpenRLHF: {len(answers)} roll-outs at once, each rewarded; the first {answers[0]['reward']}, "
          f"score {answers[0]['scores']}, logs {answers[0]['extra_logs']}")


def source(path, *functions):
    """Only these functions of a file whose imports need GPUs."""
    import ast

    with open(path, encoding="utf-8") as file:
        tree = ast.parse(file.read())
    keep = [node for node in tree.body if getattr(node, "name", None) in functions]
    assert len(keep) == len(functions), path
    return compile(ast.Module(body=[ast.parse("from __future__ import annotations").body[0], *keep],
                              type_ignores=[]), path, "exec")


class Config(dict):
    __getattr__ = dict.__getitem__


async def verl(folder, url):
    import inspect
    from functools import partial
    from typing import Optional

    for name in ("verl", "verl.utils"):
        sys.modules[name] = types.ModuleType(name)
    load("verl.utils.import_utils", find(folder, "verl/utils/import_utils.py"))
    names = {"inspect": inspect, "partial": partial, "Optional": Optional}
    exec(source(find(folder, "verl/trainer/ppo/reward.py"), "_call_with_kwargs", "_call_with_kwargs_async",
                "get_custom_reward_fn"), names)
    for path in ("pkg://laurel_client.verl", os.path.join(ROOT, "clients/python/src/laurel_client/verl.py")):
        config = Config(reward=Config(custom_reward_function=Config(
            path=path, name="compute_score", reward_kwargs={"url": url, "specification": "rules"})))
        compute_score = names["get_custom_reward_fn"](config)
        results = await asyncio.gather(*[compute_score(
            data_source="sums", solution_str=COMPLETION, ground_truth=truth,
            extra_info={"split": "train", "index": index, "num_turns": None, "rollout_reward_scores": {}},
        ) for index, truth in enumerate(["4"] * 64 + ["5"] * 64)])
        assert len({tuple(result) for result in results}) == 1
        assert [result["answer"] for result in results] == [1.0] * 64 + [0.0] * 64
        print(f"verl, {path.rsplit('/', 1)[-1]}: {len(results)} samples at once; the first {results[0]}")


def main():
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with running(laurel(port), url + "/health"):
        asyncio.run(openrlhf(sys.argv[1], url))
        asyncio.run(verl(sys.argv[1], url))


if __name__ == "__main__":
    main()
