"""Fixtures of the plain-JSON doors."""

from tests.compat.door import door
from tests.compat.sdk import ada, as_ada, sdk

__all__ = ["ada", "as_ada", "door", "sdk"]
