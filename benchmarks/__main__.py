"""All benchmarks in turn: ``python -m benchmarks``, or ``make bench``."""

import runpy
import sys

MODULES = (
    "start", "router", "hypercube", "location", "calls_per_second", "supplies",
    "validation", "validation_supplies", "manhattan", "hours", "one_pass", "live_view", "live_map",
    "live_page",
)  # fmt: skip


def main() -> None:
    """Run each as if it had been called by itself."""
    for name in MODULES:
        print(f"\n=== {name}\n", flush=True)
        sys.argv = [name]
        runpy.run_module(f"benchmarks.{name}", run_name="__main__")


if __name__ == "__main__":
    main()
