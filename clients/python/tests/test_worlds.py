"""Laurel's worlds from Python; runs where LAUREL names the laurel command (or it is on the PATH).

    LAUREL=../../.build/release/laurel PYTHONPATH=src python -m unittest discover -s tests

The checks of Gymnasium and PettingZoo run where these packages are installed.
"""

import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import unittest
import warnings

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "src"))

from laurel_client.world import World, WorldError, list_worlds

try:
    import gymnasium
    import numpy as np
    from gymnasium.utils.env_checker import check_env
    from laurel_client import environments
except ImportError:
    gymnasium = None
try:
    from pettingzoo.test import parallel_api_test, parallel_seed_test
except ImportError:
    parallel_api_test = None

def imagined(folder):
    """What the world `imagined` needs: records of Pendulum under random torques, and a small model of them."""
    records, model = os.path.join(folder, "records.jsonl"), os.path.join(folder, "model.state")
    torques = random.Random(1)
    with World("pendulum") as world, open(records, "w") as lines:
        seen = world.reset(seed=1)["observation"][0]
        for _ in range(200):
            torque = torques.uniform(-2, 2)
            step = world.step([[torque]])
            lines.write(json.dumps({"observation": seen, "action": [torque], "reward": step["rewards"][0],
                                    "next_observation": step["observation"][0]}) + "\n")
            seen = step["observation"][0]
    subprocess.run([os.environ.get("LAUREL") or "laurel", "dynamics", "fit", records, "--out", model, "--set", "members=2",
                    "elites=2", "hidden=[8]", "max_epochs=3", "rounds=10"], check=True, capture_output=True)
    return {"model": model, "from": records, "like": "pendulum"}


HAS_COMMAND = shutil.which(os.environ.get("LAUREL") or "laurel") is not None


@unittest.skipUnless(HAS_COMMAND, "LAUREL does not name the laurel command")
class WorldTests(unittest.TestCase):
    def test_a_seed_gives_the_same_episode_again(self):
        with World("cartpole", {"max_episode_steps": 5}) as world:
            first = world.reset(seed=3)
            self.assertAlmostEqual(first["observation"][0][0], -0.041435081511735916, delta=0)
            steps = [world.step([1]) for _ in range(5)]
            self.assertEqual([step["truncated"] for step in steps], [False] * 4 + [True])
            self.assertEqual(world.reset(seed=3), first)

    def test_what_is_refused_is_said_and_changes_nothing(self):
        with World("pendulum") as world:
            with self.assertRaisesRegex(WorldError, "reset before step"):
                world.step([[0.5]])
            world.reset(seed=1)
            for actions, words in (([["up"]], "expected a number"), ([[0.1, 0.2]], "finite number"),
                                   ([], "found \\[\\]"), ([[float("nan")]], "not an action")):
                with self.assertRaisesRegex(WorldError, words):
                    world.step(actions)
            self.assertEqual(len(world.step([[0.5]])["observation"][0]), 3)

    def test_a_wrong_name_or_parameter_says_the_nearest(self):
        with self.assertRaisesRegex(WorldError, "did you mean cartpole"):
            World("cartpol")
        with self.assertRaisesRegex(WorldError, "max_episode_steps"):
            World("cartpole", {"max_steps": 3})
        with self.assertRaisesRegex(WorldError, "make build"):
            World("cartpole", command="/nowhere/laurel")

    def test_a_process_that_died_is_said(self):
        world = World("cartpole")
        world.reset(seed=1)
        world._process.kill()
        world._process.wait()
        with self.assertRaisesRegex(WorldError, "ended"):
            world.step([1])
        with self.assertRaisesRegex(WorldError, "closed"):
            world.step([1])


@unittest.skipUnless(HAS_COMMAND and gymnasium, "LAUREL does not name the laurel command, or gymnasium is not installed")
class GymnasiumTests(unittest.TestCase):
    def test_every_world_of_one_agent_passes_gymnasiums_checker(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        for kind in list_worlds():
            given = imagined(scratch.name) if kind["name"] == "imagined" else {}
            with World(kind["name"], given) as world:
                if world.agents != 1:
                    continue
            with self.subTest(kind["name"]), warnings.catch_warnings():
                warnings.simplefilter("error")
                # Advice on what makes learning easy, which the originals do not follow either.
                for advice in ("For Box action spaces", "A Box observation space", "not having a registered spec",
                               "The environment .* is a different", "No render modes"):
                    warnings.filterwarnings("ignore", message=f".*{advice}.*")
                env = environments.LaurelEnv(kind["name"], given)
                try:
                    check_env(env, skip_render_check=True)
                finally:
                    env.close()

    def test_the_classic_worlds_go_gymnasiums_way(self):
        pairs = {"cartpole": "CartPole-v1", "mountaincar": "MountainCar-v0", "acrobot": "Acrobot-v1",
                 "mountaincar-continuous": "MountainCarContinuous-v0", "pendulum": "Pendulum-v1"}
        for name, original in pairs.items():
            with self.subTest(name):
                ours, theirs = environments.LaurelEnv(name), gymnasium.make(original)
                self.assertEqual(ours.observation_space, theirs.observation_space)
                self.assertEqual(ours.action_space, theirs.action_space)
                theirs.action_space.seed(5)
                for seed in range(3):
                    first, second = ours.reset(seed=seed)[0], theirs.reset(seed=seed)[0]
                    np.testing.assert_allclose(first, second, rtol=3e-7)
                    is_over = False
                    while not is_over:
                        action = theirs.action_space.sample()
                        a, b = ours.step(action), theirs.step(action)
                        np.testing.assert_allclose(a[0], b[0], rtol=0, atol=1e-6)
                        self.assertAlmostEqual(a[1], float(b[1]), delta=1e-9)
                        self.assertEqual(a[2:4], b[2:4])
                        is_over = a[2] or a[3]
                ours.close()

    def test_episodes_without_a_seed_differ(self):
        first, second = environments.LaurelEnv("cartpole"), environments.LaurelEnv("cartpole")
        starts = [env.reset()[0].tolist() for env in (first, second, first)]
        self.assertEqual(len({tuple(start) for start in starts}), 3)
        first.close(), second.close()


@unittest.skipUnless(HAS_COMMAND and gymnasium and parallel_api_test,
                     "LAUREL does not name the laurel command, or pettingzoo is not installed")
class PettingZooTests(unittest.TestCase):
    def test_every_world_passes_pettingzoos_test(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        for kind in list_worlds():
            with self.subTest(kind["name"]):
                given = imagined(scratch.name) if kind["name"] == "imagined" else {}
                env = environments.LaurelParallelEnv(kind["name"], given)
                try:
                    parallel_api_test(env, num_cycles=200)
                finally:
                    env.close()

    def test_the_same_seed_gives_the_same_game(self):
        parallel_seed_test(lambda: environments.LaurelParallelEnv("cartpole"), num_cycles=50)

    def test_an_agent_that_does_not_act_is_named(self):
        env = environments.LaurelParallelEnv("cartpole")
        env.reset(seed=1)
        with self.assertRaisesRegex(ValueError, "agent_0"):
            env.step({})
        env.close()


if __name__ == "__main__":
    unittest.main()
