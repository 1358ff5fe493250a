"""The rules of rules.yaml as a FastAPI service: the usual way to serve a reward function to a trainer.

    uvicorn fastapi_service:app --port 8901 --workers 1 --log-level warning
"""

import re
from fractions import Fraction
from typing import Optional, Union

from fastapi import FastAPI
from pydantic import BaseModel

FORMAT = re.compile(r"\A\s*<think>(.*?)</think>\s*<answer>(.*?)</answer>\s*\Z", re.DOTALL)
TAGS = ("<think>", "</think>", "<answer>", "</answer>")
BOXED = re.compile(r"\\boxed\{([^{}]*)\}")
NUMBER = re.compile(r"-?\d[\d,]*(?:\.\d+)?(?:/\d+)?%?")

app = FastAPI()


class Batch(BaseModel):
    prompts: list[str]
    completions: list[str]
    answer: list[Union[str, int, float]]


def format_reward(completion: str) -> float:
    match = FORMAT.match(completion)
    return float(bool(match) and all(completion.count(tag) == 1 for tag in TAGS)
                 and bool(match.group(1).strip()) and bool(match.group(2).strip()))


def number(text: str) -> Optional[Fraction]:
    text = text.strip().replace(",", "")
    try:
        return Fraction(text.rstrip("%")) / (100 if text.endswith("%") else 1)
    except (ValueError, ZeroDivisionError):
        return None


def final_answer(text: str) -> Optional[Fraction]:
    boxed = BOXED.findall(text)
    if boxed:
        return number(boxed[-1])
    if "####" in text:
        return number(text.rsplit("####", 1)[1].strip().split("\n")[0])
    found = NUMBER.findall(text)
    return number(found[-1]) if found else None


def answer_reward(completion: str, reference: Union[str, int, float]) -> Optional[float]:
    expected = number(str(reference))
    return None if expected is None else float(final_answer(completion) == expected)


def length_reward(completion: str) -> float:
    return max(0.0, 1 - abs(len(completion) - 200) / 200)


@app.post("/score")
def score(batch: Batch) -> dict:
    rewards, formats, answers, lengths = [], [], [], []
    for completion, reference in zip(batch.completions, batch.answer):
        values = format_reward(completion), answer_reward(completion, reference), length_reward(completion)
        formats.append(values[0])
        answers.append(values[1])
        lengths.append(values[2])
        rewards.append(None if values[1] is None else values[0] + values[1] + 0.5 * values[2])
    return {"rewards": rewards, "extra_logs": {"format": formats, "answer": answers, "length": lengths}}
