"""A plan tried in the simulator, beside what people do without one, on demand of several laws.

It makes a scenario of a plan and runs it; what the plan was made from, it need not know.
"""

from experiments.planning.trial.rules_of_thumb import (
    EACH_FOR_ITSELF,
    NEAREST_NEIGHBOUR,
    order_by_population,
    order_the_mean,
    rounds_by_rule,
    rounds_on_routes,
)
from experiments.planning.trial.runs import MEASURES, Tried, try_plans
from experiments.planning.trial.scenario import PlannedRound, TrialSetting, Visit
from experiments.planning.trial.worlds import WORLDS, draw_needs

__all__ = [
    "EACH_FOR_ITSELF",
    "MEASURES",
    "NEAREST_NEIGHBOUR",
    "WORLDS",
    "PlannedRound",
    "TrialSetting",
    "Tried",
    "Visit",
    "draw_needs",
    "order_by_population",
    "order_the_mean",
    "rounds_by_rule",
    "rounds_on_routes",
    "try_plans",
]
