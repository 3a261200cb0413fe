"""``corridor view`` with somebody inside who counts: answers each line that it is sent with one."""

from __future__ import annotations

import gc
import json
import resource
import runpy
import sys
import threading


def answer() -> None:
    """Tell what is alive, whenever a line comes in."""
    for _ in sys.stdin:
        gc.collect()
        kinds = [type(thing).__name__ for thing in gc.get_objects()]
        told = {
            "models": kinds.count("EmergencyModel"),
            "maps": kinds.count("CityMapWidget"),
            "threads": sorted(thread.name for thread in threading.enumerate()),
            "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        }
        sys.stdout.write(json.dumps(told) + "\n")
        sys.stdout.flush()


threading.Thread(target=answer, name="spy", daemon=True).start()
sys.argv[0] = "run.py"
runpy.run_path("run.py", run_name="__main__")
