"""Processes of an earlier supervisor, which may end at any moment."""

import subprocess
import sys

import psutil

from config.supervisor import orphans


def test_one_that_has_just_gone_is_not_asked():
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    process = psutil.Process(child.pid)
    assert process.is_running()
    child.communicate(b"\n")

    orphans.ask_to_stop(process)


def test_one_that_is_there_ends():
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)

    orphans.ask_to_stop(psutil.Process(child.pid))

    assert child.wait(timeout=30) != 0
    child.stdin.close()
