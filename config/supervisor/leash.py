"""Run a command as another user, and tied to its parent: a killed supervisor leaves no orphan.

python leash.py UID GID SIGNAL PARENT COMMAND... (a script of its own, because running Python
code between fork and exec is not safe). UID -1 keeps the user. Where the kernel is not Linux
there is no such tie; the next start then stops what it finds.
"""

import ctypes
import os
import sys

PR_SET_PDEATHSIG = 1


def main(arguments: list[str]) -> None:
    uid, gid, signal, parent = map(int, arguments[:4])
    command = arguments[4:]
    if uid != -1:
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
    if sys.platform == "linux":  # after setuid, which would undo it
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal)
        if os.getppid() != parent:
            sys.exit("the supervisor is gone")
    os.execv(command[0], command)


if __name__ == "__main__":
    main(sys.argv[1:])
