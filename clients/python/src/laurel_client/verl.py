"""A custom reward function for verl.

::

    reward.custom_reward_function.path=<the path of this file, or pkg://laurel_client.verl>
    reward.custom_reward_function.name=compute_score
    +reward.custom_reward_function.reward_kwargs.url=http://127.0.0.1:8900
    +reward.custom_reward_function.reward_kwargs.specification=math
"""

from __future__ import annotations

import asyncio
from typing import Any, Optional

from laurel_client.aio import AsyncClient

_clients: dict[tuple[int, Optional[str], Optional[str]], AsyncClient] = {}


async def compute_score(data_source: Any, solution_str: str, ground_truth: Any, extra_info: Optional[dict[str, Any]] = None,
                        url: Optional[str] = None, specification: Optional[str] = None, **_: Any) -> dict[str, float]:
    """The total of a specification under ``score`` and every reward under its name.

    Every sample has the same keys and a number under each. ``unscored`` is 1 where the specification gives no total,
    ``failed`` and ``abstained`` count the rewards without a number.
    """
    key = (id(asyncio.get_running_loop()), url, specification)
    client = _clients.get(key)
    if client is None:
        client = _clients[key] = AsyncClient(url, specification)
    body = {"data_source": data_source, "solution_str": solution_str, "ground_truth": ground_truth,
            "extra_info": extra_info or {}}
    answer = await client.post("/verl", body)
    return {name: float(value) for name, value in answer.items()}
