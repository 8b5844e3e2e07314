"""The commands that the project consists of; each also runs alone, for example in a container."""

import sys

from config.supervisor.options import Options


def web(options: Options) -> list[str]:
    """Granian: one blocking thread per process, so that no request waits for Python's lock."""
    return [
        *(sys.executable, "-m", "config.serve", "config.wsgi:application"),
        *("--interface", "wsgi"),
        *("--host", options.host, "--port", str(options.port)),
        *("--workers", str(options.web_workers), "--blocking-threads", "1"),
        *("--respawn-failed-workers", "--workers-kill-timeout", "2", "--no-ws"),
        *("--http", "1"),  # 2 is the proxy's; to be ready for it costs 4 % of small replies
        *("--log-level", "warning"),
    ]


def worker(_options: Options) -> list[str]:
    """Celery's worker. Workers need not know each other: the tables say what is to be done."""
    return [
        *(sys.executable, "-m", "celery", "-A", "config.celery", "--quiet", "worker"),
        *("--loglevel", "WARNING", "--without-gossip", "--without-mingle", "--without-heartbeat"),
    ]


def beat(_options: Options) -> list[str]:
    """Celery's clock. Two of them do no harm: what they start is safe to repeat."""
    return [
        *(sys.executable, "-m", "celery", "-A", "config.celery", "--quiet", "beat"),
        *("--loglevel", "WARNING", "--pidfile", ""),
    ]


def prepare(_options: Options) -> list[str]:
    """Migrate, and seed an empty database."""
    return [sys.executable, "manage.py", "prepare"]


PROGRAMS = {"web": web, "worker": worker, "beat": beat, "prepare": prepare}
