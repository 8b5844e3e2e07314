"""Waiting for a condition instead of for a while."""

import time


def wait_until(condition, *, seconds=30.0, message="the condition"):
    """Return what `condition` returns once that is true. Fails after `seconds`."""
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline, f"{message} did not come true in {seconds:g} s"
        time.sleep(0.05)
    return found
