"""python -m config.supervisor [web|worker|beat|prepare]: everything, or one program alone."""

import argparse
import asyncio
import ctypes
import os
import signal
import sys
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from config import env
from config.supervisor import orphans
from config.supervisor.console import progress, say
from config.supervisor.errors import AlreadyRunning, StartFailed
from config.supervisor.folders import make_data_dir
from config.supervisor.leash import PR_SET_PDEATHSIG
from config.supervisor.lock import sole_user_of
from config.supervisor.options import ROOT, Options, check_port, check_settings, read_options
from config.supervisor.programs import PROGRAMS
from config.supervisor.servers import Servers
from config.supervisor.supervisor import Supervisor

FAILED, BAD_SETTING = 1, 2


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m config.supervisor", description=__doc__)
    parser.add_argument("program", nargs="?", choices=PROGRAMS, help="default: everything")
    program = parser.parse_args().program
    try:
        options = read_options()
        if program:
            run_alone(program, options)
        run_everything(options)
    except ImproperlyConfigured as error:
        say(str(error))
        return BAD_SETTING
    except (AlreadyRunning, StartFailed) as error:
        say(str(error))
        return FAILED
    return 0


def run_alone(program: str, options: Options) -> None:
    """Become the program. Both URLs must be given: nothing embedded is started."""
    env.database("DATABASE_URL")
    env.redis("REDIS_URL")
    check_settings()
    check_secret_key(options.data_dir)
    os.chdir(ROOT)
    command = PROGRAMS[program](options)
    os.execv(command[0], command)


def check_secret_key(data_dir: Path) -> None:
    """Refuse to start with a key of one's own: other programs could not read its tokens."""
    if not os.environ.get("SECRET_KEY") and not (data_dir / "secret_key").exists():
        raise ImproperlyConfigured("SECRET_KEY: write 50 random characters, the same everywhere")


def run_everything(options: Options) -> None:
    """Serve until told to stop."""
    die_with_make()
    os.umask(0o077)
    make_data_dir(options.data_dir)
    with sole_user_of(options.data_dir) as lock:
        if orphans.stop_orphans(options.data_dir):
            progress("Stopped what was left of a run that was killed")
        check_port(options)
        check_settings()
        servers = Servers.of(options)
        progress(f"Starting in {options.data_dir}")
        asyncio.run(Supervisor(options, servers, lock).run())
    say("Everything has stopped")


def die_with_make() -> None:
    """Stop when `make run` is killed: nobody else would."""
    if os.environ.pop("MAKELEVEL", None) and sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


if __name__ == "__main__":
    sys.exit(main())
