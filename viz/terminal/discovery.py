"""Where a conclusion fails, in the terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.table import Table

from experiments.discovery import Box, Discovery, Share, Trials
from experiments.discovery.boxes import limit_tests
from simulation.measures.catalogue import measure_of
from viz.terminal.console import plain_table, print_notes

MOST_STEPS = 12


def print_discovery(console: Console, found: Discovery) -> None:
    """Print the box with its limits, what it holds, and the trajectory it was chosen from."""
    console.print(what_is_asked(found))
    if found.box is not None:
        console.print(box_table(found, found.box, "The box in which it fails", found.trials))
        console.print(how_sure(found))
    console.print(trajectory_table(found))
    if found.tree is not None:
        if not found.tree.boxes:
            console.print("The tree: no leaf; cross-validation prunes it to its root")
        for number, box in enumerate(found.tree.boxes, start=1):
            console.print(box_table(found, box, f"Leaf {number} of the tree", found.tree.trials))
        if found.tree.boxes:
            console.print(f"Grown by two thirds, {on_others(found.tree.trials)}.")
    print_notes(console, found.notes, "Note")


def tell_discovery(console: Console, found: Discovery | str) -> None:
    """Print the box of a question, or why none is told."""
    if isinstance(found, str):
        print_notes(console, [found], "Not told")
        return
    console.print(what_is_asked(found))
    if found.box is not None:
        console.print(box_table(found, found.box, "The box in which it fails", found.trials))
        console.print(how_sure(found))
    print_notes(console, found.notes, "Note")


def what_is_asked(found: Discovery) -> str:
    """In how many worlds the conclusion fails."""
    return (
        f"{what_fails(found)} in {int(found.fails.sum())} of {len(found.fails)} worlds, in "
        f"{found.effects.surely(found.condition)} of them beyond doubt."
    )


def what_fails(found: Discovery) -> str:
    """What is on the wrong side of which limit."""
    effects, limit = found.effects, found.condition.limit
    measure = measure_of(effects.measure)
    what = (
        f"The change of {effects.measure} from {effects.against} to {effects.arm}"
        if effects.against
        else effects.measure
    )
    shown = f" ({measure.text(limit)} {measure.unit_of_differences})"
    return f"{what} is {found.condition}{shown if limit and measure.scale != 1 else ''}"


def how_sure(found: Discovery) -> str:
    """What chance and worlds left out say of the box."""
    text = f"Found by two thirds of the worlds, {on_others(found.trials)}."
    if found.step is None:
        text += f" By chance alone one as good is found in {found.chance:.1%} of shuffles."
    return text


def on_others(trials: Trials) -> str:
    """What boxes found by two thirds of the worlds hold of the rest."""
    return (
        f"{trials.count} times, boxes cover {trials.coverage:.0%} of the failures in the other "
        f"third, with density {trials.density:.0%} there"
    )


def box_table(found: Discovery, box: Box, title: str, trials: Trials) -> Table:
    """A row for each key that a box limits."""
    table = plain_table(title)
    for heading in ("in the box", "of", "quasi-p", "limited again"):
        table.add_column(heading, justify="right")
    tests = limit_tests(box, found.axes, found.fails)
    limits = box.limits(found.axes)
    for number in box.limited:
        key = found.axes.keys[number]
        own = [one.quasi_p for (other, _), one in tests.items() if other == number]
        table.add_row(
            key,
            limit_text(limits[key]),
            range_text(found, number),
            ", ".join(f"{p:.2g}" for p in own),
            f"{trials.limited[key]:.0%}",
        )
    table.caption = share_text(found.share_of(box))
    return table


def share_text(share: Share) -> str:
    """What a box holds, in words."""
    return (
        f"coverage {share.coverage:.0%} of the failures, density {share.density:.0%} "
        f"({share.failing} of {share.worlds} worlds fail), mass {share.mass:.0%} of the worlds"
    )


def limit_text(limit: Mapping[str, Any]) -> str:
    """A limit in words: ``at least 3``, ``3 to 5``, ``a or b``."""
    if "only" in limit:
        return " or ".join(map(value_text, limit["only"]))
    low, high = limit["low"], limit["high"]
    if low is None:
        return f"at most {value_text(high)}"
    if high is None:
        return f"at least {value_text(low)}"
    return f"{value_text(low)} to {value_text(high)}"


def range_text(found: Discovery, number: int) -> str:
    """From where to where the worlds go on a key."""
    levels = found.axes.levels[number]
    if not found.axes.is_ordered[number]:
        return f"{len(levels)} values"
    return f"{value_text(levels[0])} to {value_text(levels[-1])}"


def value_text(value: Any) -> str:
    """A value, of a number four digits."""
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def trajectory_table(found: Discovery) -> Table:
    """Steps of the peeling, from all worlds to the densest box."""
    table = plain_table("Peeling")
    for heading in ("coverage", "density", "mass", "worlds", "keys limited"):
        table.add_column(heading, justify="right")
    last = len(found.steps) - 1
    shown = sorted({round(k * last / (MOST_STEPS - 1)) for k in range(MOST_STEPS)})
    for number in shown:
        step = found.steps[number]
        share = step.share
        table.add_row(
            f"step {number}",
            f"{share.coverage:.0%}",
            f"{share.density:.0%}",
            f"{share.mass:.0%}",
            str(share.worlds),
            str(len(step.box.limited)),
        )
    table.caption = "another step's box: --box STEP"
    return table
