"""`python -m config.serve <module>:<name> ...`: granian, with the application loaded beforehand.

Its processes part from one that has loaded the application: they share that memory until they
write to it, and a lost one is replaced at once.
"""

import sys
from importlib import import_module

from granian.cli import entrypoint


def main() -> None:
    """Load what the first argument names, then do what granian does with all of them."""
    module, named, _ = "".join(sys.argv[1:2]).partition(":")
    if named:
        import_module(module)
    entrypoint()  # type: ignore[no-untyped-call]


if __name__ == "__main__":
    main()
