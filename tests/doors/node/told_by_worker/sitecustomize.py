"""On the path of a node whose watch is to be looked into: it alone, and no other process of the node, tells more."""

import os
import sys
from pathlib import Path

if os.environ.get("VEDETTE_TOLD") and sys.platform == "linux":
    if b"vedette.doors.server.worker" in Path("/proc/self/cmdline").read_bytes():
        from tests.doors.node.worker_told import tell

        tell(Path(os.environ["VEDETTE_TOLD"]))
