"""The clients against a server that follows a script, and against laurel-serve where LAUREL_SERVE names one.

    PYTHONPATH=src python -m unittest discover -s tests
"""

import asyncio
import http.server
import json
import math
import os
import pathlib
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "src"))

import laurel_client
from laurel_client import wire


class ScriptedServer:
    """Answers each request with the next step of a script: (status, body, headers), or None to break the connection."""

    def __init__(self, *steps):
        self.steps = list(steps)
        self.requests = []
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.requests.append((self.path, dict(self.headers), json.loads(body)))
                step = outer.steps.pop(0)
                if step is None:
                    self.connection.shutdown(socket.SHUT_RDWR)
                    self.close_connection = True
                    return
                status, answer, headers = step
                data = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                if headers.get("Transfer-Encoding") != "chunked":
                    self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()


GOOD = (200, {"rewards": [1.0, None], "extra_logs": {"a": [1.0, None]}, "errors": [], "specification": "s",
              "version": 1}, {})
BUSY = (429, {"error": "full", "where": "", "remedy": "later", "request_id": "r"}, {})


def both(server, count=2, **settings):
    """The same request by both clients, one after the other."""
    def blocking():
        with laurel_client.Client(server.url, "s", **settings) as client:
            return client.score(["x"] * count, ["p"] * count, {"answer": [1] * count})

    async def run():
        async with laurel_client.AsyncClient(server.url, "s", **settings) as client:
            return await client.score(["x"] * count, ["p"] * count, {"answer": [1] * count})

    return blocking, lambda: asyncio.run(run())


class ClientTests(unittest.TestCase):
    def each(self, *script, **settings):
        for index in (0, 1):
            with self.subTest(client=("blocking", "asyncio")[index]), ScriptedServer(*script) as server:
                yield server, both(server, **settings)[index]

    def test_a_batch_is_sent_and_read(self):
        for server, ask in self.each(GOOD, token="t"):
            scores = ask()
            self.assertEqual(scores.rewards, [1.0, None])
            self.assertEqual(scores.extra_logs, {"a": [1.0, None]})
            path, headers, body = server.requests[0]
            self.assertEqual(path, "/score/s")
            self.assertEqual(headers["Authorization"], "Bearer t")
            self.assertEqual(body, {"completions": ["x", "x"], "prompts": ["p", "p"], "columns": {"answer": [1, 1]}})

    def test_a_broken_connection_and_a_busy_service_are_tried_again_under_the_same_id(self):
        for server, ask in self.each(None, BUSY, (503, b"", {}), GOOD):
            self.assertEqual(ask().rewards, [1.0, None])
            self.assertEqual(len({headers["X-Request-Id"] for _, headers, _ in server.requests}), 1)

    def test_a_refusal_is_not_tried_again_and_says_what_to_do(self):
        refusal = (422, {"error": "wrong", "where": "sample 1", "remedy": "send text", "request_id": "r7"}, {})
        for server, ask in self.each(refusal):
            with self.assertRaises(laurel_client.LaurelError) as caught:
                ask()
            self.assertEqual(caught.exception.status, 422)
            self.assertEqual(str(caught.exception), "wrong; at sample 1; send text; request r7")

    def test_patience_ends(self):
        for _, ask in self.each(*[BUSY] * 100, patience=0.3):
            began = time.monotonic()
            with self.assertRaises(laurel_client.LaurelError) as caught:
                ask()
            self.assertEqual(caught.exception.status, 429)
            self.assertLess(time.monotonic() - began, 2)

    def test_nobody_there(self):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            url = f"http://127.0.0.1:{free.getsockname()[1]}"
        with self.assertRaises(laurel_client.LaurelError) as caught:
            laurel_client.Client(url, patience=0.1).score(["x"])
        self.assertIn("cannot be reached", str(caught.exception))
        self.assertIn("laurel serve", str(caught.exception))

    def test_another_number_of_rewards_is_an_error(self):
        for _, ask in self.each(GOOD, count=3):
            self.assertRaises(laurel_client.LaurelError, ask)

    def test_chunked_answers_are_read(self):
        data = json.dumps(GOOD[1]).encode()
        chunks = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (data[:9], data[9:])) + b"0\r\n\r\n"
        for _, ask in self.each((200, chunks, {"Transfer-Encoding": "chunked"})):
            self.assertEqual(ask().rewards, [1.0, None])

    def test_an_address_that_is_none(self):
        for url in ("127.0.0.1:8900", "ftp://x", "http://"):
            self.assertRaises(ValueError, laurel_client.Client, url)

    def test_values_that_json_does_not_know(self):
        class Array:
            def tolist(self):
                return [1.5, math.nan]

        body = json.loads(wire.encode({"a": Array(), "b": {1, }, "c": "\ud800x", "d": math.inf, "e": pathlib.Path("f")}))
        self.assertEqual(body, {"a": [1.5, None], "b": [1], "c": "?x", "d": None, "e": "f"})


class TrainerTests(unittest.TestCase):
    def test_trl_gets_rewards_columns_and_metrics(self):
        with ScriptedServer(GOOD) as server:
            reward = laurel_client.trl_reward(server.url, "s")
            self.assertEqual(reward.__name__, "s")
            columns, metrics = {}, {}
            state = type("State", (), {"global_step": 7, "max_steps": 9})()
            rewards = asyncio.run(reward(
                prompts=["p", "p"], completions=["x", "y"], completion_ids=[[1, 2], [3]], trainer_state=state,
                log_extra=columns.__setitem__, log_metric=metrics.__setitem__, answer=["1", "2"], other="no list"))
            self.assertEqual(rewards, [1.0, None])
            self.assertEqual(columns, {"a": [1.0, None]})
            self.assertEqual(metrics, {"laurel/a": 1.0, "laurel/unscored": 0.5})
            self.assertEqual(server.requests[0][2], {
                "completions": ["x", "y"], "prompts": ["p", "p"], "step": 7, "max_steps": 9,
                "columns": {"answer": ["1", "2"], "completion_tokens": [2, 1]}})

    def test_verl_gets_numbers_under_every_key(self):
        answer = (200, {"score": 2, "a": 1.0, "unscored": 0.0}, {})
        with ScriptedServer(answer, answer) as server:
            async def twice():
                return await asyncio.gather(*[laurel_client.compute_score(
                    "d", "x", "4", {"question": "q", "index": index}, url=server.url, reward_router_address=None)
                    for index in range(2)])
            self.assertEqual(asyncio.run(twice()), [{"score": 2.0, "a": 1.0, "unscored": 0.0}] * 2)
            self.assertEqual(server.requests[0][0], "/verl")


@unittest.skipUnless(os.environ.get("LAUREL_SERVE"), "LAUREL_SERVE names no laurel-serve")
class ServiceTests(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        path = os.path.join(self.folder.name, "rules.yaml")
        with open(path, "w", encoding="utf-8") as file:
            file.write("rewards:\n  - answer: {}\n  - length: {target: 4, tolerance: 4}\n")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        self.process = subprocess.Popen([os.environ["LAUREL_SERVE"], path, "--port", str(port)],
                                        stderr=subprocess.DEVNULL)
        self.addCleanup(self.process.wait)
        self.addCleanup(self.process.terminate)

    def test_the_service_answers_every_shape(self):
        # The client waits until the service is there.
        with laurel_client.Client(self.url, "rules") as client:
            scores = client.score(["4", "5"], columns={"answer": ["4", 4]})
        self.assertEqual(scores.rewards, [1.25, 0.25])
        reward = laurel_client.trl_reward(self.url)
        self.assertEqual(asyncio.run(reward(
            prompts=[[{"role": "user", "content": "2+2"}]], completions=[[{"role": "assistant", "content": "4"}]],
            completion_ids=[[1, 2]], ground_truth=[4])), [1.5])
        self.assertEqual(asyncio.run(laurel_client.compute_score("d", "4", "4", url=self.url)),
                         {"score": 1.25, "answer": 1.0, "length": 0.25, "unscored": 0.0, "failed": 0.0, "abstained": 0.0})

    def test_many_requests_at_once(self):
        async def run():
            async with laurel_client.AsyncClient(self.url) as client:
                answers = await asyncio.gather(
                    *[client.score([str(n)], columns={"answer": [n % 7]}) for n in range(500)])
            return [answer.extra_logs["answer"][0] for answer in answers]
        self.assertEqual(asyncio.run(run()), [float(n < 7) for n in range(500)])


if __name__ == "__main__":
    unittest.main()
