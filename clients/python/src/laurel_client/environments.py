"""Laurel's worlds as Gymnasium and PettingZoo environments; needs gymnasium (with NumPy), and pettingzoo for games.

    from laurel_client.environments import LaurelEnv, LaurelParallelEnv
    env = LaurelEnv("cartpole")
    game = LaurelParallelEnv("TrustDilemma-v0", {"reward_mode": "private"})
"""

from __future__ import annotations

from typing import Any, Mapping, Optional

import gymnasium
import numpy as np

from .world import World

try:
    from pettingzoo import ParallelEnv
except ImportError:  # LaurelEnv does without
    ParallelEnv = None


def _space(description: Mapping[str, Any]) -> gymnasium.Space:
    if description["type"] == "Discrete":
        return gymnasium.spaces.Discrete(description["n"])
    low, high = (np.array([float(value) for value in description[end]], dtype=np.float32) for end in ("low", "high"))
    return gymnasium.spaces.Box(low, high, dtype=np.float32)


def _value(numbers: list, space: gymnasium.Space) -> Any:
    if isinstance(space, gymnasium.spaces.Discrete):
        return np.int64(numbers[0])
    return np.array(numbers, dtype=np.float32)


def _plain(action: Any) -> Any:
    """An action as JSON knows it; whether it is one is the world's to say."""
    return action.tolist() if isinstance(action, (np.ndarray, np.generic)) else action


class LaurelEnv(gymnasium.Env):
    """A world with one agent as `gymnasium.Env`. The time limit is the world's own: `truncated` says when.

    `parameters` are those of `laurel world show NAME`; `command` is the laurel command (see `find_command`).
    """

    metadata: dict[str, Any] = {"render_modes": []}

    def __init__(self, name: str, parameters: Optional[Mapping[str, Any]] = None, command: Optional[str] = None):
        self.render_mode = None
        self.world = World(name, parameters, command)
        if self.world.agents != 1:
            count = self.world.agents
            self.world.close()
            raise ValueError(f"{name} has {count} agents: use LaurelParallelEnv")
        self.observation_space = _space(self.world.description["observation_spaces"][0])
        self.action_space = _space(self.world.description["action_spaces"][0])
        self._is_new = True

    def reset(self, *, seed: Optional[int] = None, options: Optional[dict] = None) -> tuple[Any, dict]:
        super().reset(seed=seed)
        if seed is None and self._is_new:
            seed = int(self.np_random.integers(2**63 - 1))
        self._is_new = False
        answer = self.world.reset(seed)
        return _value(answer["observation"][0], self.observation_space), answer["info"]

    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict]:
        answer = self.world.step([_plain(action)])
        observation = _value(answer["observation"][0], self.observation_space)
        return observation, answer["rewards"][0], answer["terminated"], answer["truncated"], answer["info"]

    def close(self) -> None:
        self.world.close()


if ParallelEnv is not None:

    class LaurelParallelEnv(ParallelEnv):
        """A world with any number of agents as PettingZoo's `ParallelEnv`; agents are `agent_0`, `agent_1`, ...

        All agents act until the episode ends for all of them; what the world tells about a step is in every agent's
        info.
        """

        def __init__(self, name: str, parameters: Optional[Mapping[str, Any]] = None, command: Optional[str] = None):
            self.metadata = {"name": name, "render_modes": [], "is_parallelizable": True}
            self.render_mode = None
            self.world = World(name, parameters, command)
            self.possible_agents = [f"agent_{index}" for index in range(self.world.agents)]
            self.agents: list[str] = []
            spaces = self.world.description
            self.observation_spaces = dict(zip(self.possible_agents, map(_space, spaces["observation_spaces"])))
            self.action_spaces = dict(zip(self.possible_agents, map(_space, spaces["action_spaces"])))
            self._is_new = True

        def observation_space(self, agent: str) -> gymnasium.Space:
            return self.observation_spaces[agent]

        def action_space(self, agent: str) -> gymnasium.Space:
            return self.action_spaces[agent]

        def reset(self, seed: Optional[int] = None, options: Optional[dict] = None) -> tuple[dict, dict]:
            if seed is None and self._is_new:
                seed = int(np.random.default_rng().integers(2**63 - 1))
            self._is_new = False
            answer = self.world.reset(seed)
            self.agents = list(self.possible_agents)
            return self._observations(answer), {agent: dict(answer["info"]) for agent in self.agents}

        def step(self, actions: Mapping[str, Any]) -> tuple[dict, dict, dict, dict, dict]:
            missing = [agent for agent in self.agents if agent not in actions]
            if missing:
                raise ValueError(f"no action of {', '.join(missing)}: every agent acts in every step")
            answer = self.world.step([_plain(actions[agent]) for agent in self.possible_agents])
            agents = self.possible_agents
            if answer["terminated"] or answer["truncated"]:
                self.agents = []
            return (self._observations(answer), dict(zip(agents, answer["rewards"])),
                    dict.fromkeys(agents, answer["terminated"]), dict.fromkeys(agents, answer["truncated"]),
                    {agent: dict(answer["info"]) for agent in agents})

        def _observations(self, answer: dict) -> dict:
            numbers = answer["observation"]
            if self.world.description["shares_observation"]:  # sent once; each agent gets an array of its own
                seen = _value(numbers[0], self.observation_spaces[self.possible_agents[0]])
                return {agent: seen.copy() for agent in self.possible_agents}
            return {agent: _value(row, self.observation_spaces[agent])
                    for agent, row in zip(self.possible_agents, numbers)}

        def close(self) -> None:
            self.world.close()
