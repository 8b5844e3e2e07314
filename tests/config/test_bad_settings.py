"""A bad setting is one line that names the variable and the fix; nothing is started."""

import socket

import pytest
from django.core.exceptions import ImproperlyConfigured

from config import env
from config.supervisor.options import check_settings, read_options
from tests.config.instance import supervise

DATABASE_HINT = (
    "DATABASE_URL: write postgresql://user:password@host:5432/name, or leave it unset"
    " and start with `make run`"
)
REDIS_HINT = (
    "REDIS_URL: write redis://host:6379/0 or redis+socket:///path/to/socket,"
    " or leave it unset and start with `make run`"
)

OPTIONS = [
    ("PORT", "0", "PORT='0': write a whole number from 1 to 65535"),
    ("PORT", "65536", "PORT='65536': write a whole number from 1 to 65535"),
    ("PORT", "http", "PORT='http': write a whole number from 1 to 65535"),
    ("PORT", "-1", "PORT='-1': write a whole number from 1 to 65535"),
    ("WEB_WORKERS", "0", "WEB_WORKERS='0': write a whole number from 1 to 256"),
    ("WEB_WORKERS", "two", "WEB_WORKERS='two': write a whole number from 1 to 256"),
    ("DATABASE_URL", "mysql://localhost/shop", DATABASE_HINT),
    ("DATABASE_URL", "postgresql://localhost", DATABASE_HINT),
    ("DATABASE_URL", "postgresql://localhost:port/shop", DATABASE_HINT),
    ("DATABASE_URL", "postgresql://localhost:99999/shop", DATABASE_HINT),
    ("DATABASE_URL", "shop", DATABASE_HINT),
    ("REDIS_URL", "localhost:6379", REDIS_HINT),
    ("REDIS_URL", "redis://", REDIS_HINT),
    ("REDIS_URL", "redis+socket://", REDIS_HINT),
    ("REDIS_URL", "redis://localhost:port", REDIS_HINT),
]

SETTINGS = [
    ("DEBUG", "yes", "DEBUG='yes': write True or False"),
    ("DEBUG", "true", "DEBUG='true': write True or False"),
    (
        "ANONYMIZATION_GRACE_SECONDS",
        "1d",
        "ANONYMIZATION_GRACE_SECONDS='1d': write a whole number from 0 to 2147483648",
    ),
    (
        "ANONYMIZATION_LEASE_SECONDS",
        "-5",
        "ANONYMIZATION_LEASE_SECONDS='-5': write a whole number from 0 to 2147483648",
    ),
    ("WORKER_CONCURRENCY", "0", "WORKER_CONCURRENCY='0': write a whole number from 1 to 64"),
]


@pytest.mark.parametrize(("name", "value", "line"), OPTIONS)
def test_it_rejects_an_option(monkeypatch, name, value, line):
    monkeypatch.setenv(name, value)

    with pytest.raises(ImproperlyConfigured) as refusal:
        read_options()

    assert str(refusal.value) == line


@pytest.mark.parametrize(("name", "value", "line"), SETTINGS)
def test_it_rejects_a_setting(monkeypatch, name, value, line):
    monkeypatch.setenv(name, value)

    with pytest.raises(ImproperlyConfigured) as refusal:
        check_settings()

    assert str(refusal.value) == line


@pytest.mark.parametrize(
    ("environment", "line"),
    [
        ({"PORT": "http"}, "PORT='http': write a whole number from 1 to 65535"),
        ({"DEBUG": "1"}, "DEBUG='1': write True or False"),
        ({"HOST": "192.0.2.1"}, "HOST=192.0.2.1: Cannot assign requested address;"),
        ({"HOST": "no such host"}, "HOST=no such host: is no address;"),
        ({"DATA_DIR": "/proc/clientele"}, "DATA_DIR=/proc/clientele: No such file or directory;"),
        ({"DATABASE_URL": "postgresql://localhost:1/shop"}, "DATABASE_URL: connection "),
        ({"DATABASE_URL": "postgresql://localhost/shop?x=y"}, "DATABASE_URL: invalid URI query"),
    ],
    ids=lambda given: next(iter(given)) if isinstance(given, dict) else "",
)
def test_the_start_ends_with_one_line_and_exit_code_2(tmp_path, environment, line):
    code, output = supervise(**{"DATA_DIR": str(tmp_path / "data"), **environment})

    assert output.splitlines()[-1].startswith(line)
    assert "Traceback" not in output
    assert code == 2


def test_a_port_in_use_is_named(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        code, output = supervise(DATA_DIR=str(tmp_path / "data"), PORT=str(port))

    assert output == f"PORT={port}: another program listens there; choose another PORT\n"
    assert code == 2


def test_the_password_of_an_unreachable_database_is_not_shown(tmp_path):
    url = "postgresql://shop:tops3cret@localhost:1/shop"
    code, output = supervise(DATA_DIR=str(tmp_path / "data"), DATABASE_URL=url)

    assert "DATABASE_URL: connection " in output
    assert "tops3cret" not in output
    assert code == 2


@pytest.mark.parametrize(
    ("given", "for_redis", "for_celery"),
    [
        ("redis://cache:6379/2", "redis://cache:6379/2", "redis://cache:6379/2"),
        ("redis+socket:///run/r.sock", "unix:///run/r.sock", "redis+socket:///run/r.sock"),
        ("unix:///r.sock?db=3", "unix:///r.sock?db=3", "redis+socket:///r.sock?virtual_host=3"),
        (
            "redis+socket:///r.sock?virtual_host=3",
            "unix:///r.sock?db=3",
            "redis+socket:///r.sock?virtual_host=3",
        ),
    ],
)
def test_each_library_gets_its_own_spelling(monkeypatch, given, for_redis, for_celery):
    monkeypatch.setenv("REDIS_URL", given)

    assert env.redis("REDIS_URL") == for_redis
    assert env.broker(env.redis("REDIS_URL")) == for_celery


def test_a_database_url_is_unquoted(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://a%40b:p%2Fw@db:5433/sh%20op?sslmode=require")

    database = env.database("DATABASE_URL")

    assert (database["USER"], database["PASSWORD"], database["NAME"]) == ("a@b", "p/w", "sh op")
    assert (database["HOST"], database["PORT"]) == ("db", "5433")
    assert database["OPTIONS"] == {
        "connect_timeout": "5",
        "sslmode": "require",
    }
