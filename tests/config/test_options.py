"""What the supervisor starts when the environment does not say how much."""

import os

import pytest

from config.supervisor.options import read_options


@pytest.mark.parametrize(("processors", "workers"), [(1, 2), (2, 4), (8, 16), (64, 16)])
def test_web_workers_are_two_for_each_processor_up_to_16(monkeypatch, processors, workers):
    monkeypatch.delenv("WEB_WORKERS", raising=False)
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: set(range(processors)))
    assert read_options().web_workers == workers


def test_an_empty_number_of_web_workers_is_none_at_all(monkeypatch):
    monkeypatch.setenv("WEB_WORKERS", "")
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: {0, 1, 2})
    assert read_options().web_workers == 6
