"""A Laurel world in a child process (`laurel world pipe`). Standard library only; numbers come as plain lists."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from typing import Any, Mapping, Optional, Sequence


class WorldError(RuntimeError):
    """The world refused something, could not be started, or is gone."""


def find_command(command: Optional[str] = None) -> str:
    """The path of the laurel command: the one given, else the environment's LAUREL, else the one on the PATH."""
    wanted = command or os.environ.get("LAUREL") or "laurel"
    found = shutil.which(wanted)
    if found is None:
        raise WorldError(f"there is no command {wanted!r}: build it (make build) and give its path as command=, "
                         "in the environment variable LAUREL, or put it on the PATH")
    return found


def list_worlds(command: Optional[str] = None) -> list[dict]:
    """Name, family, summary and parameters of every world."""
    done = subprocess.run([find_command(command), "world", "list", "--json"], capture_output=True, text=True)
    if done.returncode != 0:
        raise WorldError(done.stderr.strip())
    return json.loads(done.stdout)


class World:
    """One running world.

    `description` is what `laurel world show NAME --json` prints. Observations and actions are lists with an item for
    each agent: a list of numbers, for a discrete action a number. Where `description["shares_observation"]`, the list of
    observations has one item, which all agents see.
    """

    def __init__(self, name: str, parameters: Optional[Mapping[str, Any]] = None, command: Optional[str] = None):
        self._process: Optional[subprocess.Popen] = None
        arguments = [find_command(command), "world", "pipe", name]
        for key, value in (parameters or {}).items():
            arguments += ["--set", f"{key}={json.dumps(value)}"]
        self._process = subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                         stderr=subprocess.PIPE)
        self.description: dict = self._read()

    @property
    def agents(self) -> int:
        return self.description["agents"]

    def reset(self, seed: Optional[int] = None) -> dict:
        """Begins an episode: `{"observation", "info"}`. Without a seed the world's random generator runs on."""
        return self._ask({"reset": {} if seed is None else {"seed": int(seed)}})

    def step(self, actions: Sequence) -> dict:
        """One step of all agents: `{"observation", "rewards", "terminated", "truncated", "info"}`."""
        return self._ask({"step": actions})

    def close(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        for stream in (process.stdin, process.stdout, process.stderr):
            try:
                stream.close()
            except OSError:
                pass
        try:
            process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _ask(self, request: dict) -> dict:
        if self._process is None:
            raise WorldError("the world is closed")
        try:
            # Numbers that JSON does not have are refused here, with Python's own words.
            line = json.dumps(request, separators=(",", ":"), allow_nan=False)
            self._process.stdin.write(line.encode() + b"\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            pass  # _read says why
        except ValueError as error:
            raise WorldError(f"not an action: {error}") from None
        answer = self._read()
        if "error" in answer:
            raise WorldError(answer["error"])
        return answer

    def _read(self) -> dict:
        line = self._process.stdout.readline()
        if not line.endswith(b"\n"):
            said = self._process.stderr.read().decode(errors="replace").strip()
            self.close()
            raise WorldError(said or "the laurel process ended")
        return json.loads(line)

    def __enter__(self) -> "World":
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()

    def __del__(self) -> None:
        self.close()
