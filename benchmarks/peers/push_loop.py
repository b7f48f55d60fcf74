"""`push_loop.py URL SECONDS`: what the README of pywebpush shows, in a loop over the rows that wait."""

import sys
import time

import msgspec
import psycopg
from pywebpush import webpush

from benchmarks.peers.push_floor import say


def main() -> None:
    url, seconds = sys.argv[1], float(sys.argv[2])
    settings = msgspec.json.decode(sys.stdin.buffer.read())
    with psycopg.connect(url, autocommit=True) as connection:
        waiting = connection.execute("SELECT id FROM bench_push WHERE accepted_at IS NULL").fetchall()
        sent, started = 0, time.perf_counter()
        for (row,) in waiting:
            if time.perf_counter() - started > seconds:
                break
            found = connection.execute("SELECT subscription, text FROM bench_push WHERE id = %s", (row,)).fetchone()
            assert found
            webpush(
                found[0],
                found[1],
                vapid_private_key=settings["private"],
                vapid_claims={"sub": "mailto:it@example.org"},
                ttl=3600,
                headers={"Urgency": "high", "Topic": "test"},
            )
            connection.execute("UPDATE bench_push SET accepted_at = now() WHERE id = %s", (row,))
            sent += 1
        say(sent, time.perf_counter() - started)


if __name__ == "__main__":
    main()
