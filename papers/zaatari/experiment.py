"""The case of Blank (2021): ambulances of Za'atari refugee camp in outbreaks, beside its tables.

Speed, time on the scene and districting level are fitted to one row of Table 2; the other rows, and
all of Table 3, are then tests of the camp that was put in place of the lost one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from experiments.errors import BatchError
from papers.zaatari.beyond import Beyond, go_beyond
from papers.zaatari.camp import draw_camp
from papers.zaatari.camps import CampSample, sample_camp
from papers.zaatari.replica import Replica, first_runs, replicate
from papers.zaatari.search import Search, search_sites
from papers.zaatari.simulation_check import Bias, CheckedRow, check_base, check_outbreaks
from simulation.streams import stream

SEED = 1


class Effort(NamedTuple):
    """How much is done.

    Attributes
    ----------
    runs : int
        With outbreaks, of each of nine combinations and each number of servers.
    sample : int
        Of them, for all that the paper does not ask, and of each sampled camp.
    simulated : int
        Of them, also as an event simulation.
    calls : int
        Of each event simulation; ten times as many without outbreaks.
    most_servers : int
    searches : int
        Runs of the genetic algorithm.
    camps : int
        That are drawn with other places, inhabitants and spread of cases.
    """

    runs: int
    sample: int
    simulated: int
    calls: int
    most_servers: int
    searches: int
    camps: int

    def with_runs(self, runs: int | None) -> Effort:
        """The same with another number of runs, if one is given."""
        return self if runs is None else self._replace(runs=runs)


QUICK = Effort(250, 50, 2, 50_000, 8, 20, 3)
FULL = Effort(2500, 250, 20, 100_000, 12, 20, 100)


class Zaatari(NamedTuple):
    """All that was found.

    Attributes
    ----------
    effort : Effort
    replica : Replica
        What the paper did, done again.
    search : Search
        Its placement of five servers, against all placements.
    checked : list of CheckedRow
        The hypercube beside an event simulation, without outbreaks.
    biases : list of Bias
        The same with outbreaks.
    beyond : Beyond
        What none could ask before.
    camps : list of CampSample
    """

    effort: Effort
    replica: Replica
    search: Search
    checked: list[CheckedRow]
    biases: list[Bias]
    beyond: Beyond
    camps: list[CampSample]


def run_zaatari(
    effort: Effort, tell: Callable[[str], Any] = lambda _: None, seed: int = SEED
) -> Zaatari:
    """Fit the camp, and ask of it all that the paper asks and more.

    Parameters
    ----------
    effort : Effort
    tell : callable
        Told what is being done.
    seed : int

    Raises
    ------
    BatchError
        If there would be no run.
    """
    if effort.runs < 1:
        raise BatchError(f"replications must be >= 1, got {effort.runs}")
    tell(f"fitting the camp, and {18 * effort.runs:,} runs with outbreaks")
    camp = draw_camp(stream(seed, 0, "zaatari.camp"))
    replica = replicate(camp, effort.runs, effort.sample, seed)
    fitted = replica.fitted
    tell("trying all 142,506 placements")
    search = search_sites(fitted, effort.searches, seed)
    tell("simulating call by call")
    checked = check_base(fitted, 10 * effort.calls, seed)
    few = first_runs(replica.cases, effort.simulated)
    biases = check_outbreaks(fitted, few, effort.calls, seed)
    tell("going beyond the paper")
    some = first_runs(replica.cases, effort.sample)
    beyond = go_beyond(fitted, some, effort.most_servers, seed)
    camps = []
    for number in range(1, effort.camps + 1):
        tell(f"fitting and running other camps: {number} of {effort.camps}")
        camps.append(sample_camp(number, effort.sample, seed))
    return Zaatari(effort, replica, search, checked, biases, beyond, camps)
