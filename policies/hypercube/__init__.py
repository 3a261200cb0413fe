"""The spatial hypercube: what calls and servers do in the long run, exactly.

Which ambulance is sent depends on which are busy, and who is busy depends on which were sent. The
hypercube queueing model follows all 2**N sets of busy servers. Three ambulances, four villages, an
hour a call; each village asks the ambulances in an order of its own, and a call that finds all of
them busy is lost:

>>> from policies.hypercube import HypercubeSystem, solve
>>> system = HypercubeSystem(
...     calls_per_hour=[0.50, 0.25, 0.35, 0.40],
...     travel_s=[[120, 180, 400, 420], [380, 450, 150, 600], [360, 240, 500, 180]],
...     preferences=[[0, 1, 2], [0, 2, 1], [1, 0, 2], [2, 0, 1]],
...     service_s=3600,
... )
>>> answer = solve(system)
>>> answer.workload.round(4)
array([0.4979, 0.4026, 0.398 ])
>>> round(answer.mean_loss, 4), round(answer.first_server_available, 4)
(0.1343, 0.551)
>>> answer.response_s.round()
array([227., 230., 240., 274.])

How often each ambulance goes where, of the calls that are served (``dispatch_fractions``), how
many calls are reached in time (``coverage``), how unequal it is (`gini`), and what changes if calls
wait instead (``line="infinite"``), are asked in the same way. Lists of the nearest come from
`preferences_by_time`; `solve_many` and `solve_placements` do thousands of small systems at once,
and `approximate` answers for a hundred servers.

Where the ambulances should stand is a `PlacementProblem`, of which `find_placement` tries all
placements, or searches where they are too many; `genetic` is the search of Blank's paper, and
`beside_optimum` says how far what was found is from the best of all.

>>> import numpy as np
>>> from policies.hypercube import PlacementProblem, find_placement
>>> travel_s = [[0, 300, 900], [300, 0, 600], [900, 600, 0], [450, 300, 450]]
>>> problem = PlacementProblem([0.2, 0.5, 0.3], travel_s, 3600, servers=2, districting_level=2)
>>> found = find_placement(problem, np.random.default_rng(1))
>>> found.sites, round(found.cost), found.found_by
((1, 2), 222, 'exhaustive')
"""

from policies.hypercube.answer import HypercubeAnswer, gini
from policies.hypercube.approximate import approximate
from policies.hypercube.batch_solve import ManyAnswers, solve_many, solve_placements
from policies.hypercube.exact import memory_bytes, solve
from policies.hypercube.placement.exhaustive import beside_optimum, exhaustive
from policies.hypercube.placement.genetic import genetic
from policies.hypercube.placement.local_search import find_placement, local_search
from policies.hypercube.placement.objective import Objective
from policies.hypercube.placement.problem import Placement, PlacementProblem
from policies.hypercube.preferences import preferences_by_time
from policies.hypercube.system import HypercubeSystem
from policies.hypercube.waiting import Queue

__all__ = [
    "HypercubeAnswer",
    "HypercubeSystem",
    "ManyAnswers",
    "Objective",
    "Placement",
    "PlacementProblem",
    "Queue",
    "approximate",
    "beside_optimum",
    "exhaustive",
    "find_placement",
    "genetic",
    "gini",
    "local_search",
    "memory_bytes",
    "preferences_by_time",
    "solve",
    "solve_many",
    "solve_placements",
]
