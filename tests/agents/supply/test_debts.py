"""What is owed, and since when: the oldest units are given first."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from agents.supply.orders import Debts
from tests.agents.supply.conftest import distributor, sites, store


def units(*each):
    return np.array(each, dtype=np.int64)


def test_what_is_owed_is_as_old_as_its_oldest_unit():
    debts = Debts(2, 2)
    debts.ask(0, units(5, 0), 10.0)
    debts.ask(0, units(3, 4), 20.0)
    debts.ask(1, units(1, 0), 15.0)
    assert debts.units.tolist() == [[8, 4], [1, 0]]
    assert debts.since_s[0].tolist() == [10, 20]
    debts.give(0, units(4, 0))
    assert debts.since_s[0].tolist() == [10, 20]
    debts.give(0, units(2, 4))  # the first five and one more
    assert debts.units.tolist() == [[2, 0], [1, 0]]
    assert debts.since_s[:, 0].tolist() == [20, 15]


def test_what_could_not_be_sent_is_owed_before_all_else():
    debts = Debts(1, 1)
    debts.ask(0, units(5), 10.0)
    debts.ask(0, units(3), 20.0)
    debts.give(0, units(5))
    debts.owe_again(0, units(2), 30.0)
    assert (debts.units[0, 0], debts.since_s[0, 0]) == (5, 20)
    debts.give(0, units(5))
    debts.owe_again(0, units(1), 40.0)
    assert (debts.units[0, 0], debts.since_s[0, 0]) == (1, 40)


@given(st.lists(st.tuples(st.integers(1, 9), st.integers(0, 20)), min_size=1, max_size=30))
def test_units_are_given_as_from_a_queue(steps):
    """Beside a plain list of single units, each with the moment at which it was asked for."""
    debts, queue = Debts(1, 1), []
    for now_s, (asked, wanted) in enumerate(steps):
        debts.ask(0, units(asked), float(now_s))
        queue += [now_s] * asked
        most = min(wanted, len(queue))
        debts.give(0, units(most))
        queue = queue[most:]
        assert debts.units[0, 0] == len(queue)
        if queue:
            assert debts.since_s[0, 0] == queue[0]


def test_a_site_that_is_always_owed_something_does_not_pass_in_front_forever(run_line):
    """Bug: a site had the age of its first request for as long as it was owed anything.

    Both shops ask for 4 at 6, 12, 18 ... h, and 4 come to the store each 12 hours from 24 h on. The
    2 that the second wants since 7 h go first, with 2 of its next request; then both wait since
    13 h, and the first one's turn comes before it has waited longer than the second.
    """
    shops = (distributor("first", 400), distributor("second", 600))
    tables = run_line(supplies__sites=sites(stores=(store(units=6),), distributors=shops))
    number = tables.sites.set_index("name")["site"]
    sent = tables.shipments[tables.shipments["origin"] == number["depot"]].sort_values("sent_s")
    turns = [
        (tables.sites["name"][site], units)
        for site, units in zip(sent["destination"], sent["units"], strict=True)
    ]
    assert turns[:5] == [("first", 4), ("second", 2), ("second", 4), ("first", 4), ("second", 4)]
