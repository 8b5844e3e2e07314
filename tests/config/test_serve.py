"""What web processes have in common when they part."""

import json
import subprocess
import sys

from config.supervisor.options import ROOT

LOOK = """
import json, os, sys
from config import serve

def look():
    from django.db import connection
    files = [f"/proc/self/fd/{name}" for name in os.listdir("/proc/self/fd")]
    kinds = [os.readlink(file) for file in files if os.path.lexists(file)]
    print(json.dumps({
        "loaded": "config.wsgi" in sys.modules,
        "connected": connection.connection is not None,
        "sockets": sum(kind.startswith("socket") for kind in kinds),
        "threads": len(os.listdir("/proc/self/task")),
    }))

serve.entrypoint = look
serve.main()
"""


def test_what_is_loaded_beforehand_has_neither_connections_nor_threads():
    """A process that is forked would share the first, and lack the second."""
    command = [sys.executable, "-c", LOOK, "config.wsgi:application"]
    looked = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True)

    assert json.loads(looked.stdout) == {
        "loaded": True,
        "connected": False,
        "sockets": 0,
        "threads": 1,
    }
