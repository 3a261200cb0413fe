"""How a distributor gives out what it has: staff, turns and patience, by hand."""

import numpy as np
import pytest

from environment.supply.needs import Who
from environment.units import HOUR_S
from tests.agents.supply.conftest import distributor, sites

NOTHING_COMES = {"request_every_h": 12.0, "patience_h": 48.0}


@pytest.fixture
def shop(line):
    """A distributor with 100 units and two who give out three an hour each."""

    def make(units=100, times=None, **changes):
        own = distributor(units=units, staff=2, units_per_staff_hour=3.0)
        model = line(
            days=1.0,
            quantity=0,
            times={**NOTHING_COMES, **(times or {})},
            supplies__sites=sites(distributors=(own,)),
            **changes,
        )
        return model, model.supply_side.supply.distributors[0]

    return make


def needs_of(model):
    return model.run().supplies.needs


def test_staff_give_out_so_many_in_an_hour(shop):
    """24 units in lots of an hour's work, at 0, 1, 2 and 3 h: the first 12 within an hour."""
    model, site = shop()
    site.need(0, 24, Who.PUBLIC)
    claim = needs_of(model).iloc[0]
    assert (claim["given"], claim["at_once"]) == (24, 12)
    assert claim["waited_unit_s"] == pytest.approx(6 * (0 + 1 + 2 + 3) * HOUR_S)
    assert claim["ended_s"] == pytest.approx(3 * HOUR_S)


def test_the_ill_among_the_staff_are_missing(shop):
    """Half of them are: three an hour, so that 6 units take until the second hour begins."""
    model, site = shop()
    model.supply_side.supply.ill_share[:] = 0.5
    site.need(0, 6, Who.PUBLIC)
    assert needs_of(model).iloc[0]["ended_s"] == pytest.approx(HOUR_S)
    model, site = shop(supplies__couplings__staff_fall_ill=False)
    model.supply_side.supply.ill_share[:] = 0.5
    site.need(0, 6, Who.PUBLIC)
    assert needs_of(model).iloc[0]["ended_s"] == 0


@pytest.mark.parametrize(
    ("mechanisms", "ended_h"),
    [((), {"public": 0, "ill": 1}), (("rules",), {"ill": 0, "public": 1})],
)
def test_with_rules_the_ill_come_before_the_public(shop, mechanisms, ended_h):
    model, site = shop(mechanisms=mechanisms)
    site.need(0, 6, Who.PUBLIC)
    site.need(0, 6, Who.ILL)
    needs = needs_of(model).set_index("who")
    assert {who: needs.loc[who, "ended_s"] / HOUR_S for who in ended_h} == pytest.approx(ended_h)


def test_who_has_waited_for_too_long_leaves_with_what_he_has(shop):
    """Five are there at once; the other three are waited for until patience ends at 7 h."""
    model, site = shop(units=5, times={"patience_h": 7.0})
    site.need(0, 8, Who.ILL)
    claim = needs_of(model).iloc[0]
    assert (claim["given"], claim["ended_s"]) == (5, 7 * HOUR_S)


def test_crews_do_not_wait(shop):
    model, site = shop(units=5)
    assert site.draw(0, 4, Who.CREW)
    assert not site.draw(0, 4, Who.HOSPITAL)
    needs = needs_of(model)
    assert needs["given"].tolist() == [4, 1]
    assert (needs["ended_s"] == 0).all()


def test_urgency_is_in_days_of_need(shop):
    model, site = shop(units=0)
    model.env.run(until=1)
    site.need(0, 30, Who.PUBLIC)
    site.needs_by_day = [np.array([10.0]), np.array([20.0])]
    assert site.urgency.tolist() == [2.0]
    assert site.waiting_units.tolist() == [30]


def test_doses_are_counted_once(shop):
    model, site = shop(item={"protects": True})
    site.need(0, 8, Who.PUBLIC)
    site.draw(0, 3, Who.CREW)
    model.env.run(until=2 * HOUR_S)
    assert site.take_doses_given() == 8  # what crews use up is no dose of vaccine
    assert site.take_doses_given() == 0
