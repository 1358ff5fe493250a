"""What both clients share: the request, the answer, and when to try again."""

from __future__ import annotations

import dataclasses
import json
import os
import random
import urllib.parse
from typing import Any, Mapping, Optional, Sequence

#: The service when a caller names none; LAUREL_URL in the environment comes before it.
DEFAULT_URL = "http://127.0.0.1:8900"

#: Answers after which the same request may succeed.
RETRIED = frozenset({408, 429, 502, 503, 504})


class LaurelError(Exception):
    """The service refused a request, or could not be reached for as long as the client tried."""

    def __init__(self, message: str, status: Optional[int] = None, where: str = "", remedy: str = "",
                 request_id: str = "") -> None:
        super().__init__(message)
        #: The HTTP status; None when there was no answer.
        self.status = status
        #: Where in the request.
        self.where = where
        #: What can be done about it.
        self.remedy = remedy
        #: The id under which the service logged the request.
        self.request_id = request_id

    def __str__(self) -> str:
        parts = [str(self.args[0])]
        if self.where:
            parts.append(f"at {self.where}")
        if self.remedy:
            parts.append(self.remedy)
        if self.request_id:
            parts.append(f"request {self.request_id}")
        return "; ".join(parts)


@dataclasses.dataclass(frozen=True)
class Scores:
    """What the service says about a batch."""

    #: One total per sample; None where the specification gives none.
    rewards: list[Optional[float]]
    #: For each reward its values; None where it abstained, failed or timed out.
    extra_logs: dict[str, list[Optional[float]]]
    #: The first failures of each reward: {"sample", "reward", "reason"}.
    errors: list[dict[str, Any]]
    #: The name and version of the specification that scored.
    specification: str
    version: int


@dataclasses.dataclass(frozen=True)
class Settings:
    """Where the service is and how patient the client is."""

    url: str
    specification: Optional[str]
    token: Optional[str]
    timeout: float
    patience: float

    @staticmethod
    def make(url: Optional[str], specification: Optional[str], token: Optional[str], timeout: float,
             patience: float) -> "Settings":
        url = (url or os.environ.get("LAUREL_URL") or DEFAULT_URL).rstrip("/")
        parts = urllib.parse.urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"{url!r} is no address of a service; expected http://HOST:PORT")
        return Settings(url, specification, token or os.environ.get("LAUREL_TOKEN"), timeout, patience)

    def path(self, route: str) -> str:
        base = urllib.parse.urlsplit(self.url).path + route
        return base if self.specification is None else base + "/" + urllib.parse.quote(self.specification, safe="")

    def headers(self, length: int, request_id: str) -> dict[str, str]:
        headers = {"Content-Type": "application/json", "Content-Length": str(length), "X-Request-Id": request_id}
        if self.token:
            headers["Authorization"] = "Bearer " + self.token
        return headers


def plain(value: Any) -> Any:
    """A value that json does not know (an array of numpy or torch, a date) as one that it does."""
    if hasattr(value, "tolist"):
        return value.tolist()
    if isinstance(value, (set, frozenset, tuple)):
        return list(value)
    if isinstance(value, Mapping):
        return dict(value)
    return str(value)


def finite(value: Any) -> Any:
    """The same value with None for numbers that JSON cannot hold."""
    if isinstance(value, float):
        return value if value - value == 0 else None
    if isinstance(value, dict):
        return {str(key): finite(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [finite(item) for item in value]
    return value


def encode(body: Mapping[str, Any]) -> bytes:
    """JSON in UTF-8; a lone surrogate, which UTF-8 cannot hold, becomes a question mark."""
    try:
        text = json.dumps(body, default=plain, allow_nan=False, ensure_ascii=False)
    except ValueError:
        text = json.dumps(finite(json.loads(json.dumps(body, default=plain))), allow_nan=False, ensure_ascii=False)
    return text.encode("utf-8", "replace")


def score_body(completions: Sequence[Any], prompts: Optional[Sequence[Any]],
               columns: Optional[Mapping[str, Sequence[Any]]], step: Optional[int],
               max_steps: Optional[int]) -> dict[str, Any]:
    body: dict[str, Any] = {"completions": list(completions)}
    if prompts is not None:
        body["prompts"] = list(prompts)
    if columns:
        body["columns"] = {name: list(values) for name, values in columns.items()}
    if step is not None:
        body["step"] = int(step)
    if max_steps is not None:
        body["max_steps"] = int(max_steps)
    return body


def scores(answer: Mapping[str, Any], count: int) -> Scores:
    rewards = answer.get("rewards") if isinstance(answer, dict) else None
    if not isinstance(rewards, list) or len(rewards) != count:
        raise LaurelError(f"the service answered {rewards!r:.80} for {count} samples")
    return Scores(rewards, dict(answer.get("extra_logs") or {}), list(answer.get("errors") or []),
                  str(answer.get("specification", "")), int(answer.get("version", 0)))


def decode(status: int, body: bytes) -> Any:
    """The answer of a request that went well.

    :raises LaurelError: for any other status.
    """
    if status == 200:
        try:
            return json.loads(body)
        except ValueError:
            raise LaurelError("the answer is not JSON", status, remedy="check that the address is a Laurel service")
    raise refused(status, body)


def refused(status: int, body: bytes) -> LaurelError:
    """What the service said about a request that it did not answer."""
    try:
        answer = json.loads(body)
    except ValueError:
        answer = None
    if not isinstance(answer, dict):
        answer = {}
    return LaurelError(str(answer.get("error") or f"HTTP status {status}"), status, str(answer.get("where", "")),
                       str(answer.get("remedy", "")), str(answer.get("request_id", "")))


def pause(attempt: int, retry_after: Optional[str]) -> float:
    """Seconds before the next try: doubling from 0.1 to 10, or what the service asks for, with some chance in it."""
    wait = min(10.0, 0.1 * 2 ** min(attempt, 7))
    if retry_after and retry_after.isdigit():
        wait = max(wait, min(30.0, float(retry_after)))
    return wait * random.uniform(0.5, 1.0)
