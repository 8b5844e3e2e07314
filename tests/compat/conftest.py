"""Fixtures of the plain-JSON doors."""

from tests.compat.door import door

__all__ = ["door"]
