"""Laurel's service and FastAPI's under the same load, one after the other, by wrk on the same machine.

    python bench/service/load.py [--seconds 10] [--batch 64] [--connections 8]

Run it with the Python that has FastAPI (`bench/prepare-service` makes one). Both answer the same batch first, and
must agree on every total. Then, in turn: as many requests as they can, and Laurel again at half its own rate and at
10,000 samples per second (wrk waits between a connection's requests), for the latency there.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile

from common import HERE, batch, free_port, laurel, post, running


def wrk(url, body, connections, seconds, delay=0):
    environment = dict(os.environ, BODY=body, DELAY=str(delay))
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "-s", os.path.join(HERE, "post.lua"), url]
    lines = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines()
    result = json.loads(next(line for line in lines if line.startswith("{")))
    if result["failed"] or not result["requests"]:
        raise SystemExit(f"{url}: {result['failed']} of {result['requests']} requests failed")
    return result


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=int, default=10)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2], help="processes of FastAPI's service")
    options = parser.parse_args()

    rows = []
    body = batch(options.batch)
    answers = {}
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(body, file)
        file.flush()

        def measure(name, url, connections=options.connections, delay=0):
            result = wrk(url, file.name, connections, options.seconds, delay)
            rate = result["requests"] / result["seconds"] * options.batch
            rows.append((name, rate, result["p50_ms"], result["p99_ms"], result["max_ms"]))
            return rate

        port = free_port()
        url = f"http://127.0.0.1:{port}/score"
        with running(laurel(port), f"http://127.0.0.1:{port}/health"):
            answers["laurel"] = post(url, body)["rewards"]
            wrk(url, file.name, options.connections, 2)
            best = measure("Laurel, all it can", url)
            for name, rate in (("Laurel, half of that", best / 2), ("Laurel, 10,000 samples/s", 10_000)):
                connections = 32
                measure(name, url, connections, max(1, round(1000 * connections * options.batch / rate)))
        peers = {}
        for workers in options.workers:
            port = free_port()
            url = f"http://127.0.0.1:{port}/score"
            command = [sys.executable, "-m", "uvicorn", "fastapi_service:app", "--port", str(port), "--workers",
                       str(workers), "--log-level", "critical"]
            with running(command, f"http://127.0.0.1:{port}/openapi.json"):
                answers["fastapi"] = post(url, body)["rewards"]
                wrk(url, file.name, options.connections, 2)
                peers[workers] = measure(f"FastAPI, {workers} process{'es' * (workers > 1)}", url)

    for mine, theirs in zip(answers["laurel"], answers["fastapi"]):
        if abs(mine - theirs) > 1e-9:
            raise SystemExit(f"the services disagree: {mine} and {theirs}")
    print(f"{'batches of ' + str(options.batch):28} {'samples/s':>10} {'p50 ms':>8} {'p99 ms':>8} {'max ms':>8}")
    for name, rate, p50, p99, worst in rows:
        print(f"{name:28} {rate:10,.0f} {p50:8.2f} {p99:8.2f} {worst:8.2f}")
    for workers, rate in peers.items():
        print(f"Laurel is {best / rate:.1f} times FastAPI with {workers} process{'es' * (workers > 1)}")


if __name__ == "__main__":
    main()
