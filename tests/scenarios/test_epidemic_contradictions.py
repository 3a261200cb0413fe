"""Outbreaks where or when there is nothing, told before the run."""

import pytest

from environment.errors import DataError
from scenarios.errors import ScenarioError
from simulation.model import simulate


def test_all_mistakes_at_once(grid_scenario):
    outbreaks = [{"district": "S11"}, {"district": "S1", "day": 1}, {"district": "S2"}]
    scenario = grid_scenario(epidemic__outbreaks=outbreaks, epidemic__persons=1000)
    with pytest.raises(DataError) as told:
        simulate(scenario)
    assert str(told.value).splitlines() == [
        "epidemic.outbreaks.0: no district 'S11' (did you mean 'S1'?)",
        (
            "epidemic.outbreaks.1: begins on day 1, but the run ends on day 1 "
            "(run.warm_up_days and run.days; the first day is 0)"
        ),
    ]


def test_interventions_where_and_when_there_is_nothing(grid_scenario):
    scenario = grid_scenario(
        epidemic__outbreaks=[{"district": "S1"}],
        epidemic__persons=1000,
        epidemic__interventions=[
            {"day": 0, "contact_factor": 0.5, "district": "S11"},
            {"day": 1, "contact_factor": 0.5},
        ],
    )
    with pytest.raises(DataError) as told:
        simulate(scenario)
    assert str(told.value).splitlines() == [
        "epidemic.interventions.0: no district 'S11' (did you mean 'S1'?)",
        (
            "epidemic.interventions.1: begins on day 1, but the run ends on day 1 "
            "(run.warm_up_days and run.days; the first day is 0)"
        ),
    ]


def test_two_interventions_on_a_day(grid_scenario):
    change = {"day": 3, "contact_factor": 0.5}
    with pytest.raises(ScenarioError) as told:
        grid_scenario(epidemic__interventions=[change, {**change, "contact_factor": -1}])
    assert "epidemic.interventions.1.contact_factor must be >= 0, got -1" in str(told.value)
    with pytest.raises(ScenarioError) as told:
        grid_scenario(epidemic__interventions=[change, change])
    assert str(told.value).endswith(
        "epidemic.interventions.1: there must be one a day for all districts, got day 3 again "
        "(see interventions.0)"
    )


def test_a_map_that_knows_no_people(grid_scenario):
    with pytest.raises(DataError, match=r"epidemic\.persons must be given"):
        simulate(grid_scenario(epidemic__outbreaks=[{"district": "S1"}]))


def test_nobody_lives_there(grid_scenario):
    sites = "site_id,kind,x,y,ambulances\nS1,station,0,0,1\nS2,station,800,600,1\n"
    lonely = sites + "S3,station,0,600,1\nH1,hospital,800,0,0\n"
    scenario = grid_scenario(
        {"sites.csv": lonely}, epidemic__outbreaks=[{"district": "S3"}], epidemic__persons=1000
    )
    with pytest.raises(DataError, match=r"outbreaks\[0\] must be in one of S1, S2, got 'S3'"):
        simulate(scenario)


def test_nobody_is_served(grid_scenario):
    """Zone A alone belongs to D0, and nobody lives there."""
    here = {"x": 0, "y": 0}
    sites = {
        "suppliers": [{"site_id": "P", **here, "rate_per_day": {"masks": 10}}],
        "stores": [{"site_id": "W", **here}],
        "distributors": [{"site_id": "D0", **here}, {"site_id": "D1", "x": 800, "y": 600}],
    }
    scenario = grid_scenario(
        {"zones.csv": "zone_id,x,y,demand_share\nA,0,0,0\nD,800,800,1\n"},
        supplies={"items": [{"name": "masks"}], "sites": sites},
        epidemic__outbreaks=[{"district": "D1"}],
        epidemic__persons=1000,
    )
    with pytest.raises(DataError, match=r"district 'D0' must have .* inhabitants >= 1, got 0"):
        simulate(scenario)
