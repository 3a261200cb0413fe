"""Crews and hospitals without supplies are slower by exactly what the scenario says."""

from types import SimpleNamespace

import pytest

from agents.supply.system import CareSupplies
from simulation.model import simulate
from tests.agents.supply.conftest import MASKS, SITES, distributor, sites

DELAYS = {
    "supplies__couplings__crew_delay_s": 700.0,
    "supplies__couplings__hospital_delay_share": 0.4,
}


class Shelf:
    """A distributor with some units of two items."""

    def __init__(self, *units):
        self.units = list(units)
        self.log = []

    def draw(self, item, units, who):
        self.log.append((item, units, who.name))
        enough = self.units[item] >= units
        self.units[item] -= min(units, self.units[item])
        return enough


def care_with(shelf, per_mission, per_handover=(0.0, 0.0), **couplings):
    items = [
        SimpleNamespace(per_mission=m, per_handover=h)
        for m, h in zip(per_mission, per_handover, strict=True)
    ]
    all_on = {
        "crews_use_supplies": True, "hospitals_use_supplies": True,
        "crew_delay_s": 700.0, "hospital_delay_share": 0.4,
    }  # fmt: skip
    parameters = SimpleNamespace(items=items, couplings=SimpleNamespace(**{**all_on, **couplings}))
    supply = SimpleNamespace(parameters=parameters, distributors=[shelf])
    return CareSupplies(supply, [0], [0])


def test_parts_of_units_are_taken_when_they_are_whole():
    """0.4 a patient: none, none, one, none, one; the second one is not there."""
    shelf = Shelf(1, 0)
    care = care_with(shelf, (0.4, 0.0))
    assert [care.crew_delay_s(0) for _ in range(5)] == [0, 0, 0, 0, 700]
    assert shelf.log == [(0, 1, "CREW"), (0, 1, "CREW")]


def test_all_items_are_taken_and_any_that_lacks_delays():
    shelf = Shelf(5, 1)
    care = care_with(shelf, (2.0, 1.0), (1.0, 0.0))
    assert [care.crew_delay_s(0), care.crew_delay_s(0)] == [0, 700]
    assert [care.slowness(0), care.slowness(0)] == [1, 1.4]
    assert shelf.units == [0, 0]


def test_who_uses_none_is_never_delayed():
    care = care_with(Shelf(0, 0), (2.0, 1.0), (1.0, 1.0), crews_use_supplies=False,
                     hospitals_use_supplies=False)  # fmt: skip
    assert (care.crew_delay_s(0), care.slowness(0)) == (0.0, 1.0)


@pytest.mark.parametrize(
    ("coupling", "use"), [("crews", "per_mission"), ("hospitals", "per_handover")]
)
def test_a_run_without_any_supplies_is_slower_by_what_is_said(grid_scenario, coupling, use):
    """No mission queues, so that each differs from its twin by the delay and nothing else."""

    def run(is_coupled):
        return simulate(
            grid_scenario(
                {"sites.csv": SITES},
                **{
                    "demand__calls_per_day": 15,
                    "supplies__items": ({**MASKS, use: 1.0},),
                    "supplies__sites": sites(distributors=(distributor(persons=10),)),
                    f"supplies__couplings__{coupling}_use_supplies": is_coupled,
                    "policies__ordering": {"use": "fixed", "quantity": 0},
                    **DELAYS,
                },
            )
        ).missions

    plain, slow = run(is_coupled=False), run(is_coupled=True)
    assert len(plain) > 5
    scene_s, slow_scene_s = (m["left_scene_s"] - m["arrived_s"] for m in (plain, slow))
    handover_s, slow_handover_s = ((m["clear_s"] - m["bay_s"]).dropna() for m in (plain, slow))
    assert slow_scene_s.to_numpy() == pytest.approx(scene_s + 700.0 * (coupling == "crews"))
    longer = 1.4 if coupling == "hospitals" else 1.0
    assert slow_handover_s.to_numpy() == pytest.approx(handover_s * longer)
