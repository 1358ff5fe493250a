"""Kills the service with SIGKILL under load, starts it again, several times: no request of a retrying client is lost.

    python bench/service/restart.py [--kills 5] [--threads 16]

Every batch is different and its answer is compared with the one that a service gave that nobody killed.
"""

import argparse
import os
import signal
import threading
import time

from common import batch, free_port, laurel, start

from laurel_client import Client


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=5)
    parser.add_argument("--threads", type=int, default=16)
    options = parser.parse_args()

    port = free_port()
    url = f"http://127.0.0.1:{port}"
    bodies = [batch(16, seed) for seed in range(64)]
    process = start(laurel(port), url + "/health")

    def ask(client, index):
        body = bodies[index % len(bodies)]
        return client.score(body["completions"], body["prompts"], {"answer": body["answer"]}).rewards

    with Client(url) as client:
        expected = [ask(client, index) for index in range(len(bodies))]
    sent, wrong, lost, slowest = [0] * options.threads, [], [], [0.0]
    stop = threading.Event()

    def work(thread):
        with Client(url, timeout=10, patience=60) as client:
            index = thread
            while not stop.is_set():
                began = time.monotonic()
                try:
                    if ask(client, index) != expected[index % len(bodies)]:
                        wrong.append(index)
                except Exception as error:
                    lost.append(error)
                slowest[0] = max(slowest[0], time.monotonic() - began)
                sent[thread] += 1
                index += options.threads

    threads = [threading.Thread(target=work, args=(index,)) for index in range(options.threads)]
    for thread in threads:
        thread.start()
    for _ in range(options.kills):
        time.sleep(1)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        time.sleep(0.3)
        process = start(laurel(port), url + "/health")
    time.sleep(1)
    stop.set()
    for thread in threads:
        thread.join()
    process.terminate()
    print(f"{options.kills} kills, {sum(sent)} requests, {len(lost)} lost, {len(wrong)} answered wrongly, "
          f"slowest {slowest[0]:.1f} s; the last shutdown ended with {process.wait()}")
    if lost or wrong:
        raise SystemExit(f"first: {(lost or wrong)[0]}")


if __name__ == "__main__":
    main()
