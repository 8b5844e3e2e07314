"""python -m benchmarks.load < plan.json: a closed loop of HTTP requests, timed one by one.

One process, raw sockets, one thread: about 20 µs of Python per request, a small part of what
the fastest contender takes, and reported as `generator_cpu`. Why not wrk: every worker gets the
same number of connections, bodies differ from request to request, each status is checked, and
there is nothing to install. Where wrk is installed, the scenario `generator` compares the two.
"""

from __future__ import annotations

import json
import re
import select
import socket
import sys
import time
from dataclasses import dataclass, field
from typing import Any

import psutil

RECEIVE = 1 << 18
"""Bytes read at once: more than most replies."""

LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)

PATIENCE = 30.0
"""Seconds without any reply after which the server counts as hung."""

MOST_TRIES = 200
"""Connections to open in search of one for each worker."""


class LoadFailed(Exception):
    """The server did not answer as it should; the message says how."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What to send and for how long."""

    port: int
    workers: list[int]
    """Process ids of the server's workers."""
    postmaster: int
    """Process id of PostgreSQL, whose children serve the workers."""
    per_worker: int
    """Connections to each of them."""
    seconds: float
    minimum: int
    longest: float = 90.0
    method: str
    path: str
    """`{id}` is replaced by one of `ids`, here and in the body."""
    headers: dict[str, str]
    body: str | None = None
    """`{n}` is replaced by a number of nine digits that is never used twice."""
    ids: list[str] = field(default_factory=lambda: [""])
    first: int = 0
    status: int


class Requests:
    """Makes the bytes of one request after the other."""

    def __init__(self, plan: Plan) -> None:
        self.path = plan.path
        self.body = plan.body or ""
        self.ids = plan.ids
        self.sent = 0
        self.first = plan.first
        head = [f"{plan.method} \0 HTTP/1.1", *(f"{k}: {v}" for k, v in plan.headers.items())]
        if plan.body is not None:
            head.append(f"Content-Length: {len(self._text(self.body, 0).encode())}")
        self.head = "\r\n".join([*head, "", ""])
        self.fixed = self._bytes(0) if "{" not in self.path and not self.body else None

    def next(self) -> bytes:
        self.sent += 1
        return self.fixed or self._bytes(self.sent)

    def _bytes(self, number: int) -> bytes:
        path, body = self._text(self.path, number), self._text(self.body, number)
        return (self.head.replace("\0", path) + body).encode()

    def _text(self, template: str, number: int) -> str:
        one = self.ids[number * 7919 % len(self.ids)]
        return template.replace("{id}", one).replace("{n}", f"{self.first + number:09d}")


class Connection:
    """One keep-alive connection with one request on its way."""

    def __init__(self, plan: Plan) -> None:
        self.status = plan.status
        self.socket = socket.create_connection(("127.0.0.1", plan.port), timeout=PATIENCE)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer = memoryview(bytearray(1 << 20))
        self.got = self.wanted = 0
        self.latencies: list[float] = []
        self.sent_at = self.first_at = self.last_at = 0.0

    @property
    def local_port(self) -> int:
        port: int = self.socket.getsockname()[1]
        return port

    def send(self, request: bytes, now: float) -> None:
        self.got = self.wanted = 0
        self.sent_at = now
        self.socket.sendall(request)

    def receive(self) -> bool:
        """Read what is there; True once the reply is complete. Raises LoadFailed."""
        count = self.socket.recv_into(self.buffer[self.got :], RECEIVE)
        if not count:
            raise LoadFailed("the server closed the connection")
        self.got += count
        if not self.wanted:
            self._read_head()
        return 0 < self.wanted <= self.got

    def _read_head(self) -> None:
        head, end, _ = bytes(self.buffer[: min(self.got, 4096)]).partition(b"\r\n\r\n")
        if not end:
            return
        length = LENGTH.search(head)
        if not length:
            raise LoadFailed(f"no Content-Length: {head.decode()}")
        self.wanted = len(head) + 4 + int(length[1])
        if self.wanted > len(self.buffer):
            raise LoadFailed(f"a reply of {self.wanted} bytes is too long")
        if int(head[9:12]) != self.status:
            text = bytes(self.buffer[: self.got]).decode(errors="replace")
            raise LoadFailed(f"not {self.status}: {text[:2000]}")

    def exchange(self, request: bytes) -> None:
        """One request outside of the measurement."""
        self.send(request, 0.0)
        while not self.receive():
            pass


def connect(plan: Plan, requests: Requests) -> list[Connection]:
    """Open as many connections to each worker; which one accepts is the kernel's choice."""
    chosen: dict[int, list[Connection]] = {worker: [] for worker in plan.workers}
    for _ in range(MOST_TRIES):
        connection = Connection(plan)
        connection.exchange(requests.next())
        owner = next((pid for pid in plan.workers if holds(pid, connection.local_port)), None)
        if owner is None:
            raise LoadFailed(f"none of the workers {plan.workers} has the connection")
        if len(chosen[owner]) < plan.per_worker:
            chosen[owner].append(connection)
        if all(len(some) == plan.per_worker for some in chosen.values()):
            return [connection for some in chosen.values() for connection in some]
    raise LoadFailed("some worker never accepted a connection")


def holds(pid: int, port: int) -> bool:
    """Tell whether a process has the other end of a connection from our `port`."""
    connections = psutil.Process(pid).net_connections("tcp")
    return any(one.raddr and one.raddr.port == port for one in connections)


def run(plan: Plan) -> dict[str, Any]:
    """Send until the time is up and the minimum is reached; return what was measured."""
    requests = Requests(plan)
    connections = connect(plan, requests)
    server_before, database_before = cpu_seconds(plan.workers), database_seconds(plan)
    own_before = time.process_time()
    started = time.perf_counter()
    drive(plan, requests, connections, started)
    elapsed = time.perf_counter() - started
    latencies = sorted(value for one in connections for value in one.latencies)
    count = len(latencies)
    return {
        "requests": count,
        # Each connection by its own time: the last replies come one after the other.
        "rps": sum(len(one.latencies) / (one.last_at - one.first_at) for one in connections),
        "p50_ms": 1000 * latencies[count // 2],
        "p99_ms": 1000 * latencies[min(count - 1, count * 99 // 100)],
        "cpu_ms": 1000 * (cpu_seconds(plan.workers) - server_before) / count,
        "database_ms": 1000 * (database_seconds(plan) - database_before) / count,
        "generator_cpu": (time.process_time() - own_before) / elapsed,
        "bytes": connections[0].wanted,
        "sent": requests.sent,
    }


def drive(plan: Plan, requests: Requests, connections: list[Connection], started: float) -> None:
    poll = select.epoll()
    by_file = {one.socket.fileno(): one for one in connections}
    now = started
    for one in connections:
        poll.register(one.socket.fileno(), select.EPOLLIN)
        one.first_at = now
        one.send(requests.next(), now)
    busy, done = len(connections), 0
    while busy:
        ready = poll.poll(PATIENCE)
        if not ready:
            raise LoadFailed(f"no reply for {PATIENCE:g} s")
        for file, _ in ready:
            one = by_file[file]
            if not one.receive():
                continue
            now = time.perf_counter()
            one.latencies.append(now - one.sent_at)
            one.last_at = now
            done += 1
            running = now - started
            if running > plan.longest or (running > plan.seconds and done >= plan.minimum):
                busy -= 1
                poll.unregister(file)
            else:
                one.send(requests.next(), now)


def cpu_seconds(pids: list[int]) -> float:
    return sum(sum(psutil.Process(pid).cpu_times()[:2]) for pid in pids)


def database_seconds(plan: Plan) -> float:
    """Return the CPU time of PostgreSQL's processes; connections outlive a measurement."""
    return cpu_seconds([one.pid for one in psutil.Process(plan.postmaster).children()])


if __name__ == "__main__":
    try:
        json.dump(run(Plan(**json.load(sys.stdin))), sys.stdout)
    except (LoadFailed, OSError) as error:
        sys.exit(str(error))
