"""The client for asyncio: HTTP/1.1 over asyncio's streams, no threads."""

from __future__ import annotations

import asyncio
import ssl
import time
import urllib.parse
import uuid
from typing import Any, Mapping, Optional, Sequence

from .wire import RETRIED, LaurelError, Scores, Settings, decode, encode, pause, refused, score_body, scores

_Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class AsyncClient:
    """Asks a service from asyncio; as many requests at once as the caller starts, at most ``connections`` of them open.

    The parameters are those of :class:`laurel_client.Client`. One client may be used under several event loops, one
    after the other: connections of a loop that has ended are dropped.
    """

    def __init__(self, url: Optional[str] = None, specification: Optional[str] = None, *, token: Optional[str] = None,
                 timeout: float = 180.0, patience: float = 300.0, connections: int = 64,
                 context: Optional[ssl.SSLContext] = None) -> None:
        self.settings = Settings.make(url, specification, token, timeout, patience)
        self._context = context
        self._limit = connections
        self._loop: Optional[asyncio.AbstractEventLoop] = None
        self._idle: list[_Connection] = []
        self._slots: Optional[asyncio.Semaphore] = None

    async def score(self, completions: Sequence[Any], prompts: Optional[Sequence[Any]] = None,
                    columns: Optional[Mapping[str, Sequence[Any]]] = None, *, step: Optional[int] = None,
                    max_steps: Optional[int] = None) -> Scores:
        """As :meth:`laurel_client.Client.score`."""
        answer = await self.post("/score", score_body(completions, prompts, columns, step, max_steps))
        return scores(answer, len(completions))

    async def post(self, route: str, body: Mapping[str, Any]) -> Any:
        """As :meth:`laurel_client.Client.post`."""
        loop = asyncio.get_running_loop()
        if loop is not self._loop or self._slots is None:
            self._loop, self._idle, self._slots = loop, [], asyncio.Semaphore(self._limit)
        slots = self._slots
        data = encode(body)
        path = self.settings.path(route)
        headers = self.settings.headers(len(data), uuid.uuid4().hex)
        deadline = time.monotonic() + self.settings.patience
        attempt = 0
        while True:
            retry_after = None
            try:
                async with slots:
                    status, retry_after, answer = await asyncio.wait_for(
                        self._exchange(path, data, headers), self.settings.timeout)
                if status not in RETRIED:
                    return decode(status, answer)
                problem = refused(status, answer)
            except (OSError, asyncio.TimeoutError, asyncio.IncompleteReadError, ValueError) as error:
                problem = LaurelError(f"{self.settings.url} cannot be reached: {error or type(error).__name__}",
                                      remedy="start it with laurel serve, or correct the address")
            wait = pause(attempt, retry_after)
            attempt += 1
            if time.monotonic() + wait > deadline:
                raise problem
            await asyncio.sleep(wait)

    async def __aenter__(self) -> "AsyncClient":
        return self

    async def __aexit__(self, *_: Any) -> None:
        await self.close()

    async def close(self) -> None:
        """Closes the connections that are idle."""
        idle, self._idle = self._idle, []
        for _, writer in idle:
            writer.close()

    async def _exchange(self, path: str, data: bytes, headers: Mapping[str, str]) -> tuple[int, Optional[str], bytes]:
        connection = await self._connect()
        reader, writer = connection
        try:
            parts = urllib.parse.urlsplit(self.settings.url)
            head = [f"POST {path} HTTP/1.1", f"Host: {parts.netloc.rpartition('@')[2]}"]
            head += [f"{name}: {value}" for name, value in headers.items()]
            writer.write("\r\n".join(head).encode("latin-1") + b"\r\n\r\n" + data)
            await writer.drain()
            status, fields = await self._head(reader)
            answer = await self._body(reader, fields)
        except BaseException:
            writer.close()
            raise
        if fields.get("connection", "").lower() == "close":
            writer.close()
        else:
            self._idle.append(connection)
        return status, fields.get("retry-after"), answer

    async def _connect(self) -> _Connection:
        while self._idle:
            reader, writer = self._idle.pop()
            if not reader.at_eof() and not writer.is_closing():
                return reader, writer
            writer.close()
        parts = urllib.parse.urlsplit(self.settings.url)
        if parts.scheme == "https":
            return await asyncio.open_connection(parts.hostname, parts.port or 443,
                                                 ssl=self._context or ssl.create_default_context())
        return await asyncio.open_connection(parts.hostname, parts.port or 80)

    @staticmethod
    async def _head(reader: asyncio.StreamReader) -> tuple[int, dict[str, str]]:
        while True:
            line = (await reader.readuntil(b"\r\n")).decode("latin-1").split(" ", 2)
            if len(line) < 2 or not line[0].startswith("HTTP/1."):
                raise ValueError("the answer is not HTTP")
            fields: dict[str, str] = {}
            while True:
                field = (await reader.readuntil(b"\r\n")).decode("latin-1").strip()
                if not field:
                    break
                name, _, value = field.partition(":")
                fields[name.strip().lower()] = value.strip()
            # 1xx is not the answer yet.
            if not line[1].startswith("1"):
                return int(line[1]), fields

    @staticmethod
    async def _body(reader: asyncio.StreamReader, fields: Mapping[str, str]) -> bytes:
        if "chunked" in fields.get("transfer-encoding", "").lower():
            body = b""
            while True:
                size = int((await reader.readuntil(b"\r\n")).split(b";")[0], 16)
                body += await reader.readexactly(size)
                await reader.readuntil(b"\r\n")
                if size == 0:
                    return body
        return await reader.readexactly(int(fields.get("content-length", "0")))
