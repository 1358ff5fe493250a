"""Sends malformed requests over sockets: each must get 4xx (or a closed connection, where it is not even HTTP).

    python bench/service/malformed.py [--count 1000] [--seed 1]
"""

import argparse
import collections
import json
import random
import re
import socket

from common import batch, free_port, laurel, post, running

BODIES = [
    {"prompts": ["p", "q"], "completions": ["<think>é</think><answer>4</answer>", "5"], "answer": ["4", 4]},
    {"samples": [{"completion": [{"role": "assistant", "content": "4"}], "answer": 4}]},
    {"query": ["p4"], "prompts": ["p"], "labels": ["4"]},
    {"data_source": "d", "solution_str": "4", "ground_truth": "4", "extra_info": {"question": "q"}},
]
SHAPES = [{}, {"completions": None}, {"completions": {}}, {"completions": [1]}, {"completions": ["a"], "answer": []},
          {"completions": [[]]}, {"completions": [{"role": "x"}]}, {"samples": 3}, {"samples": [None]},
          {"samples": [{"completion": None}]}, {"completions": ["a"], "completion_tokens": ["x"]}]
PATHS = ["/score", "/get_reward", "/verl", "/score/none", "/%00", "/score/" + "x" * 3000, "//", "/score?x=%zz"]


def is_json(data):
    try:
        return isinstance(json.loads(data.decode("utf-8"), parse_constant=lambda _: 1 / 0), dict)
    except (ValueError, ZeroDivisionError, RecursionError):
        return False


def broken_body(draw):
    while True:
        data = bytearray(json.dumps(draw.choice(BODIES), ensure_ascii=False).encode())
        for _ in range(draw.randint(1, 4)):
            place = draw.randrange(len(data) + 1)
            kind = draw.randrange(4)
            if kind == 0:
                del data[place:]
            elif kind == 1:
                data[place:place + 1] = bytes([draw.randrange(256)])
            elif kind == 2:
                data[place:place] = draw.choice([b"null", b"[", b"}", b'"', b"\\u", b",,", b"\x00", b"NaN"])
            else:
                data = bytearray(b"[" * draw.randint(1, 2000)) + data
        if not is_json(bytes(data)):
            return bytes(data)


def http(path, body, *fields, method="POST", length=None):
    head = f"{method} {path} HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body) if length is None else length}\r\n"
    return (head + "".join(field + "\r\n" for field in fields) + "\r\n").encode("latin-1") + body


def case(draw):
    """One malformed request, and whether it is HTTP at all."""
    kind = draw.randrange(10)
    if kind < 5:
        return http(draw.choice(PATHS[:3]), broken_body(draw)), True
    if kind == 5:
        return http(draw.choice(PATHS[:2]), json.dumps(draw.choice(SHAPES)).encode()), True
    if kind == 6:
        return http(draw.choice(PATHS[3:]), b'{"completion": []}', method=draw.choice(["POST", "GET", "PUT", "BREW"])), True
    if kind == 7:
        body = draw.choice([b"zz\r\nhello\r\n0\r\n\r\n", b"5\r\n{\"a\":\r\n0\r\n\r\n", b"-1\r\n\r\n"])
        return (b"POST /score HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + body), True
    if kind == 8:
        return http("/score", b"{}", draw.choice(["Content-Length: 9", "X" * 70000 + ": 1", "A\x01B: c", ": no name"]),
                    length=draw.choice(["2", "-5", "1e3", "99999999999999999999", str(1 << 40)])), True
    return bytes(draw.randrange(256) for _ in range(draw.randint(1, 300))) + b"\r\n\r\n", False


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    draw = random.Random(options.seed)
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    statuses = collections.Counter()
    with running(laurel(port), url + "/health") as process:
        good = post(url + "/score", batch(8))
        for _ in range(options.count):
            data, is_http = case(draw)
            with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
                try:
                    connection.sendall(data)
                    connection.shutdown(socket.SHUT_WR)
                    answer = b""
                    while part := connection.recv(65536):
                        answer += part
                except ConnectionError:
                    pass
            match = re.match(rb"HTTP/1\.1 (\d{3})", answer)
            status = match.group(1).decode() if match else "closed"
            statuses[status] += 1
            if not (status.startswith("4") or (status == "closed" and not is_http)):
                raise SystemExit(f"status {status} for {data[:300]!r}: {answer[:300]!r}")
        if process.poll() is not None or post(url + "/score", batch(8)) != good:
            raise SystemExit("the service is not what it was")
    print(f"{options.count} malformed requests: " + ", ".join(f"{count} x {status}" for status, count in sorted(statuses.items())))


if __name__ == "__main__":
    main()
