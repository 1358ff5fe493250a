"""A reward function for TRL's GRPOTrainer and RLOOTrainer."""

from __future__ import annotations

import ssl
from typing import Any, Awaitable, Callable, Optional

from .aio import AsyncClient


def trl_reward(url: Optional[str] = None, specification: Optional[str] = None, *, name: Optional[str] = None,
               token: Optional[str] = None, timeout: float = 180.0, patience: float = 300.0,
               context: Optional[ssl.SSLContext] = None) -> Callable[..., Awaitable[list[Optional[float]]]]:
    """A function for ``reward_funcs``: the total of a specification, None where it gives none.

    The data set's columns go to the service as they are. Each reward's values become a column of TRL's table of
    completions, its mean a metric ``laurel/<reward>``; a share of samples without a total, ``laurel/unscored``.
    """
    client = AsyncClient(url, specification, token=token, timeout=timeout, patience=patience, context=context)

    async def reward(prompts: list[Any], completions: list[Any], completion_ids: Optional[list[Any]] = None,
                     trainer_state: Any = None, log_extra: Optional[Callable[[str, list[Any]], None]] = None,
                     log_metric: Optional[Callable[[str, float], None]] = None, environments: Any = None,
                     **columns: Any) -> list[Optional[float]]:
        lists = {key: value for key, value in columns.items() if isinstance(value, list)}
        if completion_ids is not None:
            lists["completion_tokens"] = [len(ids) for ids in completion_ids]
        scores = await client.score(
            completions, prompts, lists, step=getattr(trainer_state, "global_step", None),
            max_steps=getattr(trainer_state, "max_steps", None))
        for reward_name, values in scores.extra_logs.items():
            if log_extra is not None:
                log_extra(reward_name, values)
            numbers = [value for value in values if value is not None]
            if log_metric is not None and numbers:
                log_metric(f"laurel/{reward_name}", sum(numbers) / len(numbers))
        if log_metric is not None and scores.rewards:
            log_metric("laurel/unscored", sum(value is None for value in scores.rewards) / len(scores.rewards))
        return scores.rewards

    reward.__name__ = name or specification or "laurel"
    return reward
