"""Calls a Laurel reward service (`laurel serve REWARDS.yaml`).

- TRL: ``GRPOTrainer(reward_funcs=[laurel_client.trl_reward("http://127.0.0.1:8900")], ...)``
- verl: ``reward.custom_reward_function.path=<laurel_client.verl.__file__>``, ``.name=compute_score``
- OpenRLHF needs no client: ``--reward.remote_url http://127.0.0.1:8900/get_reward``
- anything else: :class:`Client`, or :class:`AsyncClient` under asyncio

Standard library only. Every request is idempotent, so it is sent again after a broken connection, 408, 429 and 5xx.
"""

from .aio import AsyncClient
from .client import Client, LaurelError, Scores
from .trl import trl_reward
from .verl import compute_score

__all__ = ["AsyncClient", "Client", "LaurelError", "Scores", "compute_score", "trl_reward"]
