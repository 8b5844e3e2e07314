"""One installation lives through everything that happens to a process."""

import os
import signal

import psutil
import psycopg
import pytest

from tests.config.instance import Instance, supervise
from tests.config.waiting import wait_until


@pytest.fixture(scope="module")
def installation(tmp_path_factory):
    instance = Instance(tmp_path_factory.mktemp("installation") / "data")
    yield instance
    instance.remove()


@pytest.fixture
def running(installation):
    if installation.process is None or installation.process.poll() is not None:
        installation.start().wait_until_it_serves()
    return installation


def test_it_serves_from_an_empty_folder(running):
    status, report = running.get("/readyz")

    assert status == 200
    assert report == {
        "status": "ready",
        "database": "ok",
        "missing_migrations": 0,
        "redis": "ok",
        "sweeper_lag_seconds": 0.0,
        "delivery_lag_seconds": 0.0,
    }
    assert running.get("/healthz") == (200, {"status": "ok"})


@pytest.mark.parametrize("name", ["secret_key", "credentials.json", "addresses.json"])
def test_it_keeps_secrets_to_itself(running, name):
    assert (running.data_dir / name).stat().st_mode & 0o777 == 0o600


def test_it_refuses_a_second_instance_on_the_same_folder(running):
    code, output = supervise(DATA_DIR=str(running.data_dir), PORT="1")

    assert code == 1
    assert output == (
        f"DATA_DIR={running.data_dir} is in use by process {running.process.pid}:"
        " stop that one first, or choose another DATA_DIR\n"
    )


@pytest.mark.parametrize(
    "word", ["config.serve", "celery worker", "beat", "redis-server", "postgres"]
)
def test_it_starts_a_child_again_that_was_killed(running, word):
    killed = running.child(word)

    killed.kill()

    wait_until(lambda: running.child(word) not in (None, killed), message=f"another {word}")
    wait_until(lambda: (running.is_ready() or {}).get("status") == "ready")
    assert killed not in running.everything()


def test_what_the_database_refuses_is_in_no_log(running):
    with running.database() as database:
        database.execute("CREATE TABLE people (email text UNIQUE)")
        database.execute("INSERT INTO people VALUES (%s)", ["nobody@forgotten.example"])
        with pytest.raises(psycopg.errors.UniqueViolation):
            database.execute("INSERT INTO people VALUES ('nobody@forgotten.example')")

    log = running.data_dir.joinpath("logs", "postgres.log").read_text()
    assert "duplicate key value" in log
    assert "forgotten.example" not in log


def test_it_recovers_from_its_own_death_without_orphans_or_lost_rows(running):
    with running.database() as database:
        database.execute("CREATE TABLE kept (word text)")
        database.execute("INSERT INTO kept VALUES ('still here')")
    before = running.everything()
    # Stopped, it cannot die with its supervisor: a real orphan.
    running.child("celery worker").send_signal(signal.SIGSTOP)

    running.kill()
    assert running.everything() & before
    running.start().wait_until_it_serves()

    with running.database() as database:
        assert database.execute("SELECT word FROM kept").fetchall() == [("still here",)]
    assert not running.everything() & before


def test_it_leaves_no_process_behind_when_told_to_stop(running):
    assert running.everything()

    assert running.stop() == 0

    assert not running.everything()
    assert not (running.data_dir / "addresses.json").exists()


def test_it_is_not_misled_by_a_stale_postmaster_pid(installation):
    lock = installation.data_dir.joinpath("postgres", "data", "postmaster.pid")
    lock.write_text(f"{os.getpid()}\n{lock.parent}\n1\n5432\n{lock.parent.parent}\n\n\nready\n")

    installation.start().wait_until_it_serves()

    assert psutil.pid_exists(os.getpid())
    assert installation.child("postgres")
