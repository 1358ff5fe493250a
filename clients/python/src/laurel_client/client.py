"""The client that blocks."""

from __future__ import annotations

import http.client
import ssl
import threading
import time
import urllib.parse
import uuid
from typing import Any, Mapping, Optional, Sequence

from .wire import RETRIED, LaurelError, Scores, Settings, decode, encode, pause, refused, score_body, scores

__all__ = ["Client", "LaurelError", "Scores"]


class Client:
    """Asks a service, from any number of threads; each keeps a connection of its own.

    :param url: the service; without it LAUREL_URL, or http://127.0.0.1:8900.
    :param specification: the name of a specification; the service's first without it.
    :param token: the bearer token; without it LAUREL_TOKEN.
    :param timeout: seconds for one try.
    :param patience: seconds for which a request is tried again when the service is away or has too much to do.
    :param context: TLS settings for https.
    """

    def __init__(self, url: Optional[str] = None, specification: Optional[str] = None, *, token: Optional[str] = None,
                 timeout: float = 180.0, patience: float = 300.0, context: Optional[ssl.SSLContext] = None) -> None:
        self.settings = Settings.make(url, specification, token, timeout, patience)
        self._context = context
        self._local = threading.local()

    def score(self, completions: Sequence[Any], prompts: Optional[Sequence[Any]] = None,
              columns: Optional[Mapping[str, Sequence[Any]]] = None, *, step: Optional[int] = None,
              max_steps: Optional[int] = None) -> Scores:
        """Scores a batch.

        :param completions: texts, or lists of messages with role and content.
        :param prompts: as many.
        :param columns: what rewards need beside (``answer``, ...): a list as long as the completions under each name.
        :param step: where the run stands, of ``max_steps``, for weights and shapers that follow a schedule.
        :raises LaurelError: when the service refuses the request, or could not be reached in time.
        """
        answer = self.post("/score", score_body(completions, prompts, columns, step, max_steps))
        return scores(answer, len(completions))

    def post(self, route: str, body: Mapping[str, Any]) -> Any:
        """Sends any body to any route, and tries again as ``score`` does."""
        data = encode(body)
        path = self.settings.path(route)
        headers = self.settings.headers(len(data), uuid.uuid4().hex)
        deadline = time.monotonic() + self.settings.patience
        attempt = 0
        while True:
            retry_after = None
            try:
                status, retry_after, answer = self._exchange(path, data, headers)
                if status not in RETRIED:
                    return decode(status, answer)
                problem = refused(status, answer)
            except (OSError, http.client.HTTPException) as error:
                self.close()
                problem = LaurelError(f"{self.settings.url} cannot be reached: {error or type(error).__name__}",
                                      remedy="start it with laurel serve, or correct the address")
            wait = pause(attempt, retry_after)
            attempt += 1
            if time.monotonic() + wait > deadline:
                raise problem
            time.sleep(wait)

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()

    def close(self) -> None:
        """Closes this thread's connection; the next request opens another."""
        connection = getattr(self._local, "connection", None)
        self._local.connection = None
        if connection is not None:
            connection.close()

    def _exchange(self, path: str, data: bytes, headers: Mapping[str, str]) -> tuple[int, Optional[str], bytes]:
        connection = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._local.connection = self._connect()
        connection.request("POST", path, body=data, headers=dict(headers))
        response = connection.getresponse()
        answer = response.read()
        if response.will_close:
            self.close()
        return response.status, response.getheader("Retry-After"), answer

    def _connect(self) -> http.client.HTTPConnection:
        parts = urllib.parse.urlsplit(self.settings.url)
        host = parts.hostname or ""
        if parts.scheme == "https":
            return http.client.HTTPSConnection(host, parts.port, timeout=self.settings.timeout, context=self._context)
        return http.client.HTTPConnection(host, parts.port, timeout=self.settings.timeout)
