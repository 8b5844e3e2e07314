"""The servers that are compared: the same granian, the same database, other applications."""

from __future__ import annotations

import asyncio
import json
import socket
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import jwt
import psutil

from benchmarks.settings import AUTHORITY, HOST, ROOT
from config.supervisor import programs
from config.supervisor.children import Child
from config.supervisor.errors import StartFailed
from config.supervisor.options import WORKERS_PER_PROCESSOR, Options

PRODUCT = "config.wsgi:application"
STOCK = "benchmarks.stock.wsgi:application"
BARE = "benchmarks.bare:application"

CONNECTIONS = 2
"""To each worker of the product; the others get as many in all."""

MEDIA_TYPE = "application/vnd.api+json"
STOCK_SECRET = "a key of the stock project, which signs its tokens with HS256"  # noqa: S105
READY_WITHIN = 60.0


@dataclass
class Contender:
    """One application under granian, as `make run` starts it."""

    name: str
    child: Child
    port: int
    connections: int
    """To each of its workers."""
    headers: dict[str, str] = field(default_factory=dict)

    def workers(self) -> list[int]:
        """Return the process ids of the workers."""
        assert self.child.process  # noqa: S101
        children = psutil.Process(self.child.process.pid).children()
        return [one.pid for one in children if "resource_tracker" not in " ".join(one.cmdline())]

    def ask(self, method: str, path: str, body: str | None = None) -> tuple[int, bytes]:
        """Send one request outside of any measurement."""
        connection = HTTPConnection(HOST, self.port, timeout=60)
        connection.request(method, path, body, self.headers)
        response = connection.getresponse()
        return response.status, response.read()

    def json(self, method: str, path: str, body: str | None = None) -> Any:
        """Send one request and return its document. Raises StartFailed for a refusal."""
        status, text = self.ask(method, path, body)
        if status not in (200, 201):
            raise StartFailed(f"{self.name} answers {method} {path} with {status}: {text[:500]!r}")
        return json.loads(text)

    async def ready(self, path: str) -> None:
        """Wait until the server answers. Raises StartFailed."""
        deadline = time.monotonic() + READY_WITHIN
        while True:
            if self.child.process is None or self.child.process.returncode is not None:
                raise StartFailed(self.child.complaint())
            try:
                if self.ask("GET", path)[0] == 200:
                    return
            except OSError:
                pass
            if time.monotonic() > deadline:
                raise StartFailed(self.child.complaint())
            await asyncio.sleep(0.1)

    async def stop(self) -> None:
        await self.child.stop()


async def start(
    name: str,
    application: str,
    options: Options,
    environment: Mapping[str, str],
    connections: int = CONNECTIONS,
) -> Contender:
    """Start an application with workers of one thread each, and so many connections to each."""
    port = free_port()
    command = programs.web(replace(options, host=HOST, port=port))
    child = Child(
        name=name,
        command=[application if word == PRODUCT else word for word in command],
        log=options.data_dir / "logs" / f"{name}.log",
        environment=environment,
        folder=ROOT,
        grace=3.0,
    )
    await child.start()
    return Contender(name, child, port, connections, {"Host": AUTHORITY})


async def start_product(
    options: Options, environment: Mapping[str, str], facts: Mapping[str, Any]
) -> Contender:
    """Start Clientele, and sign in as an integration does."""
    product = await start("clientele", PRODUCT, options, environment)
    try:
        await product.ready("/healthz")
        product.headers |= api_headers(token_of(product, facts))
    except BaseException:
        await product.stop()
        raise
    return product


def token_of(product: Contender, facts: Mapping[str, Any]) -> str:
    product.headers["Content-Type"] = "application/x-www-form-urlencoded"
    form = {
        "grant_type": "client_credentials",
        "client_id": facts["client_id"],
        "client_secret": facts["client_secret"],
    }
    token: str = product.json("POST", "/oauth/token", urlencode(form))["access_token"]
    return token


async def start_stock(
    options: Options, environment: Mapping[str, str], facts: Mapping[str, Any]
) -> Contender:
    """Start the stock DJA project, and give ourselves a token as simplejwt would.

    It hardly waits for PostgreSQL: with half of the product's workers it does most.
    """
    stock = await start(
        "stock",
        STOCK,
        replace(options, web_workers=options.web_workers // WORKERS_PER_PROCESSOR),
        {
            **environment,
            "DJANGO_SETTINGS_MODULE": "benchmarks.stock.settings",
            "STOCK_SECRET_KEY": STOCK_SECRET,
        },
        connections=CONNECTIONS * WORKERS_PER_PROCESSOR,
    )
    stock.headers |= api_headers(stock_token(facts))
    try:
        await stock.ready("/api/customers?page[size]=1")
    except BaseException:
        await stock.stop()
        raise
    return stock


def stock_token(facts: Mapping[str, Any]) -> str:
    now = int(time.time())
    claims = {
        "token_type": "access",
        "iat": now,
        "exp": now + 86_400,
        "jti": uuid.uuid4().hex,
        "user_id": str(facts["user_id"]),
        **{name: facts[name] for name in ("mode", "organization_id", "environment_id")},
    }
    return jwt.encode(claims, STOCK_SECRET, "HS256")


async def start_bare(options: Options, environment: Mapping[str, str], body: Path) -> Contender:
    """Start the bare view, which answers with the bytes in a file."""
    bare = await start("bare", BARE, options, {**environment, "BENCH_BODY": str(body)})
    try:
        await bare.ready("/api/customers")
    except BaseException:
        await bare.stop()
        raise
    return bare


def api_headers(token: str) -> dict[str, str]:
    return {
        "Authorization": f"Bearer {token}",
        "Accept": MEDIA_TYPE,
        "Content-Type": MEDIA_TYPE,
    }


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def pss_megabytes(pid: int) -> float:
    """Return the proportional set size: memory shared with others counts in part."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    (kilobytes,) = [line.split()[1] for line in lines if line.startswith("Pss:")]
    return int(kilobytes) / 1024
