"""One run: servers, databases, contenders, figures, in that order."""

from __future__ import annotations

import random
import shutil
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from statistics import mean, median
from typing import Any
from urllib.parse import parse_qs, urlsplit

from benchmarks import contenders, report, sql
from benchmarks.console import Progress
from benchmarks.contenders import Contender, pss_megabytes
from benchmarks.databases import Databases
from benchmarks.measuring import Field, Measured, summary
from benchmarks.processes import answer, finish, output_of
from benchmarks.report import Figure
from benchmarks.scenarios import CONT, CURSOR, FORGET, LIST, LOADS, MEMORY, ONE, Load, Shot
from benchmarks.settings import DEEP, HOST, ROOT, SUBJECTS, Settings
from benchmarks.sizes import Size
from config.supervisor.console import progress, say
from config.supervisor.errors import StartFailed
from config.supervisor.folders import make_private
from config.supervisor.options import Options

SAMPLE = 2_000
"""Customers to ask for one by one."""

IDLE = 0.5
"""Load average up to which requests per second mean something."""

PAGE = 25
LAST_PAGE = 40_000
PAGES = "/api/customers?page[after]="
RARE = "/api/customers?filter[q][email_cont]=zanzibar&page[size]=25"


class Run:
    """What was asked for, the databases, and the figures so far."""

    def __init__(self, settings: Settings, options: Options, databases: Databases) -> None:
        self.settings = settings
        self.options = options
        self.databases = databases
        self.figures: list[Figure] = []
        self.finished = False
        self.loads = [load for load in LOADS if settings.wants(load.key)]
        steps = 2 * settings.pace.rounds * len(self.loads)
        self.steps = steps + 2 * settings.pace.rounds * settings.wants("cursor") + 6
        self.facts: dict[str, Any] = {"machine": report.machine(), "settings": str(settings)}

    async def go(self) -> None:
        """Measure everything that was asked for."""
        size = Size.shop(self.settings.customers, SUBJECTS)
        seed = await self.databases.seeded(size)
        deep = await self.deep_seed(seed)
        progress("Copying the seed, so that every run starts from the same rows")
        run = self.databases.copy(seed)
        if self.settings.profile:
            for load in self.loads:
                await finish(profile_of(load), self.databases.on(run))
            self.finished = True
            return
        self.bar = Progress("Measuring", self.steps)
        # First: after the loads the database is busy cleaning up behind them.
        forgotten = await self.anonymize(run) if self.settings.wants("anonymize") else None
        await self.http(run)
        if deep:
            await self.deep(deep)
        if forgotten:
            self.figures.append(forgotten)
        await self.explain(run)
        self.bar.end()
        self.databases.drop_copy()
        say("\n" + report.table(self.figures))
        if (busy := self.facts["machine"]["load_before"]) > IDLE:
            say(f"\nThe machine was busy before (load {busy:.1f}): believe the column by CPU only.")
        report.write(self.figures, self.facts)
        self.finished = True
        say("\nWritten to benchmarks/results.json; benchmarks/README.md says what it means.")

    async def deep_seed(self, seed: str) -> str | None:
        """Return the database of a million customers, if a scenario needs it."""
        if not (self.settings.wants("cursor") or self.settings.wants("cont")):
            return None
        if self.settings.customers >= DEEP:
            return seed
        return await self.databases.seeded(Size(DEEP, 0, 0, 0))

    def told(self, what: str) -> None:
        self.bar.advance(1, what)

    # Requests

    async def http(self, run: str) -> None:
        """Run the loads; then, with the others gone, look at the product's memory."""
        wants = self.settings.wants
        if not (self.loads or wants("sql") or wants("memory") or wants("generator")):
            return
        async with AsyncExitStack() as stack:
            field = await self.field(run, stack)
            # What only reads first: the bare view has its list from before any write.
            for load in sorted(self.loads, key=lambda load: load.ours.method != "GET"):
                field.check(load)
            for load in self.loads:
                self.figures.append(figure(load, await field.measure(load, self.told)))
            if wants("generator"):
                self.figures.append(await self.generator(field))
            if wants("sql"):
                self.figures += await self.floor(run)
            if wants("memory"):
                await self.memory(field)

    async def field(self, run: str, stack: AsyncExitStack) -> Field:
        """Start the contenders that are needed."""
        needed = {name for load in self.loads for name in load.contenders}
        environment, facts = self.databases.on(run), self.databases.facts(run)
        product = await contenders.start_product(self.options, environment, facts)
        found = {"clientele": product}
        stack.push_async_callback(product.stop)
        if "stock" in needed:
            found["stock"] = await contenders.start_stock(self.options, environment, facts)
            stack.push_async_callback(found["stock"].stop)
        if "bare" in needed or self.settings.wants("generator"):
            body = self.options.data_dir / "list.json"
            body.write_bytes(product.ask("GET", LIST)[1])
            found["bare"] = await contenders.start_bare(self.options, environment, body)
            stack.push_async_callback(found["bare"].stop)
        rows = self.databases.query(
            run,
            "SELECT uid FROM customers_customer WHERE environment_id = %s ORDER BY id",
            facts["environment_id"],
        )
        dice = random.Random(7)  # noqa: S311
        ids = dice.sample([uid for (uid,) in rows[: self.settings.customers]], SAMPLE // 2)
        return Field(found, ids, self.settings.pace, self.databases.postmaster)

    async def memory(self, field: Field) -> None:
        """Measure the workers alone: what they share with others would count in part only."""
        self.told("memory")
        product = field.contenders["clientele"]
        for name, other in field.contenders.items():
            if name != "clientele":
                await other.stop()
        await field.fire(Shot(contender="clientele", path=LIST))
        sizes = [pss_megabytes(pid) for pid in product.workers()]
        worst = max(sizes)
        self.figures.append(
            Figure(
                "memory",
                "memory per web worker (PSS)",
                worst,
                "MB",
                MEMORY,
                rounds={"workers": sizes, "mean": mean(sizes)},
            )
        )

    async def floor(self, run: str) -> list[Figure]:
        """How often the database alone could answer."""
        self.told("raw SQL")
        (uid,), *_ = self.databases.query(run, "SELECT uid FROM customers_customer LIMIT 1")
        paths = {"list": LIST, "retrieve": ONE.replace("{id}", uid)}
        asked = await sql.statements(self.databases, run, *paths.values())
        figures = []
        for key, path in paths.items():
            statement = max(asked[path], key=len)
            tps = await sql.pgbench(self.databases, run, statement, self.settings.pace.seconds)
            figures.append(Figure(f"sql_{key}", f"raw SQL of {key}, pgbench", tps, "/s"))
        return figures

    async def generator(self, field: Field) -> Figure:
        """Is the load generator the bottleneck? Compare it with wrk on the fastest contender."""
        self.told("generator")
        bare = field.contenders["bare"]
        work = "generator beside wrk, on the bare view"
        wrk = shutil.which("wrk")
        if wrk is None:
            note = "wrk is not installed (Debian, Ubuntu: apt-get install wrk); only a cross-check"
            return Figure("generator", work, None, "x", note=note)
        ratios, connections = [], bare.connections * len(bare.workers())
        for _ in range(self.settings.pace.rounds):
            ours = await field.fire(Shot(contender="bare", path=LIST))
            seconds = max(1, round(self.settings.pace.seconds))
            url = f"http://{HOST}:{bare.port}{LIST}"
            command = [wrk, "-t1", f"-c{connections}", f"-d{seconds}s", url]
            text = (await output_of(command, self.databases.environment)).decode()
            (line,) = [line for line in text.splitlines() if line.startswith("Requests/sec:")]
            ratios.append(ours["rps"] / float(line.split()[1]))
        return Figure("generator", work, median(ratios), "x", rounds={"ratios": ratios})

    # A million rows

    async def deep(self, name: str) -> None:
        """Pages far into a large table, and a word that few rows contain."""
        if self.settings.wants("cont"):
            self.told("a rare word in 1,000,000 rows")
            asked = await sql.statements(self.databases, name, RARE)
            times = [sql.milliseconds(self.databases, name, one) for one in asked[RARE]]
            figure = Figure("cont", "`cont` on a rare word, 1,000,000 rows", sum(times), "ms", CONT)
            figure.rounds = {"per_statement": times}
            if not figure.passed:
                figure.rounds["plan"] = [sql.plan(self.databases, name, one) for one in asked[RARE]]
            self.figures.append(figure)
        if self.settings.wants("cursor"):
            async with self.serving(name) as product:
                self.figures.append(await self.cursor(name, product))

    @asynccontextmanager
    async def serving(self, name: str) -> AsyncIterator[Contender]:
        facts = self.databases.facts(name)
        product = await contenders.start_product(self.options, self.databases.on(name), facts)
        try:
            yield product
        finally:
            await product.stop()

    async def cursor(self, name: str, product: Contender) -> Figure:
        """Compare page 40,000 with page 1, both by cursor."""
        work = "page 40,000 of 1,000,000 by cursor"
        rows = self.databases.query(
            name,
            "SELECT uid FROM customers_customer WHERE environment_id = %s"
            f" ORDER BY id OFFSET {(LAST_PAGE - 1) * PAGE - 1} LIMIT 2",
            self.databases.facts(name)["environment_id"],
        )
        (before,), (expected,) = rows
        # A cursor is opaque: have the server make one that stands where page 40,000 begins.
        start = product.json("GET", f"{PAGES}&page[size]=1&filter[ids]={before},{expected}")
        (after,) = parse_qs(urlsplit(start["links"]["next"]).query)["page[after]"]
        path = f"{PAGES}{after}&page[size]={PAGE}"
        found = product.json("GET", path)["data"]
        if found[0]["id"] != expected or len(found) != PAGE:
            raise StartFailed(f"page 40,000 starts at {found[0]['id']}, not at {expected}")
        field = Field(
            {"clientele": product}, [before], self.settings.pace, self.databases.postmaster
        )
        far = Shot(contender="clientele", path=path)
        load = Load(
            key="cursor",
            work=work,
            ours=far,
            theirs=Shot(contender="clientele", path=f"{PAGES}&page[size]={PAGE}"),
            bar=CURSOR,
        )
        measured = await field.measure(load, self.told)
        slower = median(1 / ratio for ratio in measured.ratios("rps"))
        return Figure("cursor", work, slower, "x", CURSOR, **sides(measured))

    # Background

    async def anonymize(self, run: str) -> Figure:
        """Batches through the product's own task, every guarantee on."""
        self.told("anonymizations")
        seconds = 2 * self.settings.pace.seconds
        found = await answer("benchmarks.forget", str(seconds), environment=self.databases.on(run))
        if not found["all_forgotten"]:
            raise StartFailed(f"not everybody was forgotten: {found}")
        work = "anonymizations (1 customer + 3 addresses + 4 orders + audit)"
        # What this has left to be cleaned up and written is not the next ones' to wait for.
        self.databases.query(run, "VACUUM (ANALYZE)")
        self.databases.query("postgres", "CHECKPOINT")
        return Figure("anonymize", work, found["rate"], "/s", FORGET, rounds=found)

    async def explain(self, run: str) -> None:
        """Keep a profile of every load that falls short."""
        short = {one.key: one for one in self.figures if one.passed is False}
        folder = make_private(self.options.data_dir / "profiles")
        for load in self.loads:
            if load.key in short:
                self.bar.say(f"profiling {load.work}")
                text = await output_of(profile_of(load), self.databases.on(run))
                file = folder / f"{load.key}.txt"
                file.write_bytes(text)
                short[load.key].note = f"falls short; its profile is in {file.relative_to(ROOT)}"


def profile_of(load: Load) -> list[str]:
    return [sys.executable, "-m", "benchmarks.profile", load.key]


def figure(load: Load, measured: Measured) -> Figure:
    """Return the line of a load."""
    value = measured.figure(load.compared)
    return Figure(load.key, load.work, value, load.bar.unit, load.bar, **sides(measured))


def sides(measured: Measured) -> dict[str, Any]:
    return {
        "ours": summary(measured.ours),
        "theirs": summary(measured.theirs),
        "rounds": {
            "ratios": measured.ratios("rps"),
            "cpu_ratios": [1 / ratio for ratio in measured.ratios("cpu_ms")],
            "ours": measured.ours,
            "theirs": measured.theirs,
        },
    }
