"""What failed runs say, each message once."""

from __future__ import annotations

from collections import Counter

from experiments.batch.engine import Batch

SHOWN_MESSAGES = 5


def describe_failures(batch: Batch) -> list[str]:
    """Tell each message once, with the runs that gave it, the most frequent first."""
    runs: dict[str, Counter[str]] = {}
    for failure in batch.failures:
        runs.setdefault(failure.message, Counter())[failure.arm] += 1
    messages = sorted(runs, key=lambda message: -runs[message].total())
    lines = [f"{_whose(batch, runs[message])}{message}" for message in messages[:SHOWN_MESSAGES]]
    if len(messages) > SHOWN_MESSAGES:
        lines.append(f"… and {len(messages) - SHOWN_MESSAGES} other messages")
    return lines


def _whose(batch: Batch, runs: Counter[str]) -> str:
    """Which runs gave a message; nothing where there is but one."""
    of_all = f"of {batch.replications} replications"
    if len(batch.arms) > 1:
        counts = " and ".join(f"arm {arm} in {count}" for arm, count in runs.items())
        return f"{counts} {of_all}: "
    return f"{runs.total()} {of_all}: " if batch.replications > 1 else ""
