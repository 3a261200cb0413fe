"""What a reader of a search's figures must know, in words."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from experiments.search.asking import Asker
from experiments.search.money import Prices
from experiments.search.optimum import Optimum
from experiments.search.question import ROUND, goal_of
from simulation.measures.measure import Measure


def notes_of(found: Optimum, asker: Asker) -> Iterator[str]:
    """Tell how sure the winner is, what the search flattered, and what it cost."""
    yield from _verdicts(found)
    yield from _of_trials(found, asker)
    if found.question.prices.of:
        yield _of_money(found.question.prices, asker.too_dear)


def _verdicts(found: Optimum) -> Iterator[str]:
    if len(found.question.goals) > 1:
        yield from _of_front(found)
        return
    goal = goal_of(found.question.goals[0])
    row = found.row(found.best, goal.name)
    low, high = (goal.difference_text(row[name]) for name in ("change_low", "change_high"))
    interval = _with_unit(goal, f"[{low}, {high}]")
    told = {
        "better": f"{found.best} is surely better than the present plan",
        "worse": f"{found.best} is surely worse than the present plan: keep that",
        "not sure": f"{found.best} is not surely better than the present plan",
    }[str(row["sure"])]
    if row["search_change"] * (1 if goal.better == "lower" else -1) >= 0:
        yield "no trial was better than the present plan, not even in the search itself"
    yield (
        f"{told}: over {found.replications} fresh replications, by which nothing was chosen, "
        f"it changes by {goal.difference_text(row['change'])} {interval} ({found.level:.0%} "
        "interval, paired)"
    )
    yield _of_optimism(goal, row)


def _of_optimism(goal: Measure, row: dict[str, Any] | Any) -> str:
    amount = goal.text(abs(row["optimism"]))
    promised = goal.difference_text(row["search_change"])
    if not float(amount.replace(",", "")):
        return f"the search promised {promised}, and kept it"
    way = "more than" if row["optimism"] > 0 else "less than"
    why = "; whoever is chosen among many was lucky, too" if row["optimism"] > 0 else ""
    return (
        f"the search promised {promised}, {_with_unit(goal, amount)} {way} the fresh replications "
        f"give{why}"
    )


def _of_front(found: Optimum) -> Iterator[str]:
    count, out = len(found.front), len(found.dominated)
    yield (
        f"{count} of {count + out} plans on the front of the search are on it in "
        f"{found.replications} fresh replications, by which none was chosen"
        + (f"; dominated there, and left out: {', '.join(found.dominated)}" if out else "")
    )
    better = [
        name
        for name in found.front
        if all(found.row(name, goal)["sure"] == "better" for goal in found.question.goals)
    ]
    named = ", ".join(better) or "none"
    yield (
        f"surely better than the present plan in every measure: {named}; each interval holds by "
        f"itself at {found.level:.0%}, and not all of them together"
    )
    for goal in map(goal_of, found.question.goals):
        own = [found.row(name, goal.name)["optimism"] for name in (*found.front, *found.dominated)]
        mean = sum(own) / len(own)
        if float(goal.text(abs(mean)).replace(",", "")):
            way = "too good" if mean > 0 else "too bad"
            yield (
                f"the search made {goal.label} of these plans look "
                f"{_with_unit(goal, goal.text(abs(mean)))} {way}, on average"
            )


def _of_trials(found: Optimum, asker: Asker) -> Iterator[str]:
    question, trials = found.question, found.trials
    full, runs = sum(one.is_full for one in trials), max(one.spent for one in trials)
    stages = [stage.stop for stage in question.stages[:-1]]
    failed = [one for one in trials if one.failure]
    given_up = (
        f": the worse half of a round was given up after {' and '.join(map(str, stages))}, and one "
        "of those may have been better than it looked"
        if full + len(failed) < len(trials)
        else ""
    )
    yield (
        f"{len(trials)} trials, {ROUND} to a round, in {runs} runs; {full} had all "
        f"{question.replications} replications{given_up}"
    )
    if failed:
        count = "1 trial" if len(failed) == 1 else f"{len(failed)} trials"
        yield f"{count} failed, such as {failed[0].candidate.name}: {failed[0].failure}"
    if len(trials) >= question.size:
        yield f"all {len(trials)} candidates that there are were tried"
    elif asker.is_exhausted:
        yield (
            f"of {question.trials} trials only {len(trials)} were made: hardly any candidate is "
            "left that was not tried and can be paid"
        )


def _of_money(prices: Prices, too_dear: int) -> str:
    each = ", ".join(f"{key} {_price_text(price)}" for key, price in prices.of.items())
    told = f"the prices are yours: {each}"
    if math.isinf(prices.spend):
        return told
    return (
        f"{told}; at most {prices.spend:,g} was to be spent, and {too_dear:,} candidates above "
        "that were drawn and not run"
    )


def _price_text(price: Any) -> str:
    if isinstance(price, int | float):
        return f"{price:,g} each"
    return "(" + ", ".join(f"{name} {amount:,g}" for name, amount in price.items()) + ")"


def _with_unit(goal: Measure, text: str) -> str:
    return f"{text} {goal.unit_of_differences}".rstrip()
