"""What watching a run costs: time of the processor, messages, and memory.

``python -m benchmarks.live.watching`` takes half a minute. The browser's part:
`benchmarks.live.map`, `benchmarks.live.page`.
"""

from __future__ import annotations

import gc
import json
import tracemalloc
from time import monotonic, process_time

from scenarios.loader import load_scenario
from scenarios.scenario import Scenario
from simulation.model import EmergencyModel
from viz.live.clockwork import CHUNK_S, TICK_S
from viz.live.observer import Observer
from viz.live.stage import Stage

SPEED = 60.0
DAYS = 14.0
ROUNDS = 5
WATCHED_S = 6 * 3600.0


def main() -> None:
    """Print all figures."""
    for case in ("city", "service", "covid-supplies"):
        scenario = load_scenario(case, {"run.days": DAYS, "run.warm_up_days": 0})
        plain_s = min(_plain_s(scenario) for _ in range(ROUNDS))
        noted_s = min(_hurried_s(scenario) for _ in range(ROUNDS))
        print(
            f"{case}: {DAYS:g} days take {plain_s:.2f} s, watched as fast as can be "
            f"{noted_s:.2f} s ({noted_s / plain_s - 1:+.0%})"
        )
        _print_pace(scenario)
    _print_memory(load_scenario("city", {"run.days": 30.0, "run.warm_up_days": 0}))


def _plain_s(scenario: Scenario) -> float:
    model = EmergencyModel(scenario)
    began_s = process_time()
    model.run()
    spent_s = process_time() - began_s
    model.close()
    return spent_s


def _hurried_s(scenario: Scenario) -> float:
    """As `LiveRun` does it without a pace: figures every four hours, a frame in 0.1 s."""
    stage = Stage(scenario)
    stage.build()
    began_s, shown_s = process_time(), monotonic()
    while not stage.is_over:
        stage.advance(stage.now_s + CHUNK_S)
        stage.note()
        if monotonic() - shown_s > TICK_S:
            stage.show()
            shown_s = monotonic()
    spent_s = process_time() - began_s
    stage.leave()
    return spent_s


def _print_pace(scenario: Scenario) -> None:
    """One frame in 0.1 s at 60 simulated seconds in a real one."""
    model = EmergencyModel(scenario)
    observer = Observer(model)
    observer.look()
    looks, told = 0, 0
    began_s = process_time()
    while model.env.now < WATCHED_S:
        model.run_until(model.env.now + SPEED * TICK_S)
        message = observer.look().message()
        told += len(json.dumps(message, separators=(",", ":")))
        looks += 1
    spent_s, real_s = process_time() - began_s, WATCHED_S / SPEED
    print(
        f"  at {SPEED:g} times the pace of life: {1e3 * spent_s / looks:.2f} ms a frame, "
        f"{spent_s / real_s:.1%} of a core, {told / real_s / 1000:.1f} kB a second"
    )
    model.close()


def _print_memory(scenario: Scenario) -> None:
    """Memory of the run and of who watches it, day by day."""
    stage = Stage(scenario)
    stage.build()
    tracemalloc.start()
    told = []
    for day in (1, 10, 20, 30):
        while stage.now_s < day * 86_400.0 - 1 and not stage.is_over:
            stage.advance(stage.now_s + 60.0)
            stage.show()
        gc.collect()
        told.append(f"day {day}: {tracemalloc.get_traced_memory()[0] / 1e6:.1f} MB")
    print(f"memory since the start of a watched run: {', '.join(told)}")
    stage.leave()


if __name__ == "__main__":
    main()
