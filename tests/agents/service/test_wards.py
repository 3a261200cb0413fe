"""Beds that patients of an epidemic keep, as timelines."""

import simpy
from hypothesis import given
from hypothesis import strategies as st

from agents.service.hospital import DistrictWards, Ward


def beds_of(*capacities):
    env = simpy.Environment()
    return env, [simpy.Resource(env, capacity) for capacity in capacities]


def kept(wards):
    return [ward.kept for ward in wards]


def test_patients_are_spread_by_beds_and_none_beyond_them():
    _, beds = beds_of(30, 10)
    wards = [Ward(one) for one in beds]
    district = DistrictWards(wards)
    district.begin_day(patients=20.4, discharged=0)
    assert kept(wards) == [15, 5]
    district.begin_day(patients=70, discharged=0)
    assert kept(wards) == [30, 10]
    assert [len(one.queue) for one in beds] == [0, 0]
    district.begin_day(patients=3.5, discharged=0)
    assert kept(wards) == [3, 1]
    district.begin_day(patients=0, discharged=0)
    assert [one.count for one in beds] == [0, 0]


def test_they_wait_for_beds_that_others_have():
    env, (beds,) = beds_of(2)
    ward = Ward(beds)
    others = [beds.request(), beds.request()]
    DistrictWards([ward]).begin_day(patients=1, discharged=0)
    assert (ward.kept, len(beds.queue)) == (0, 1)
    beds.release(others[0])
    env.run()
    assert (ward.kept, len(beds.queue)) == (1, 0)


def test_who_gives_up_waiting_leaves_the_queue():
    _, (beds,) = beds_of(2)
    district, others = DistrictWards([Ward(beds)]), [beds.request(), beds.request()]
    district.begin_day(patients=2, discharged=0)
    district.begin_day(patients=0, discharged=0)
    assert not beds.queue
    assert beds.users == others


def test_a_bed_changes_hands_where_as_many_are_ill_as_before():
    _, (beds,) = beds_of(2)
    district = DistrictWards([Ward(beds)])
    district.begin_day(patients=2, discharged=0)
    waiting = beds.request()  # behind a crew that has brought somebody else
    district.begin_day(patients=2, discharged=1)
    assert waiting.triggered
    assert len(beds.queue) == 1


def test_a_district_without_limited_beds():
    DistrictWards([]).begin_day(patients=5, discharged=2)


@given(
    st.lists(st.integers(1, 30), min_size=1, max_size=4),
    st.lists(st.tuples(st.floats(0, 100), st.floats(0, 40)), max_size=8),
    st.integers(0, 20),
)
def test_no_bed_has_two_patients_and_none_is_lost(capacities, days, others):
    _, beds = beds_of(*capacities)
    wards = [Ward(one) for one in beds]
    taken = [beds[0].request() for _ in range(others)]
    district = DistrictWards(wards)
    for patients, discharged in [*days, (0.0, 0.0)]:
        district.begin_day(patients, discharged)
        own = sum(request in beds[0].users for request in taken)
        assert [one.count for one in beds] == [wards[0].kept + own, *kept(wards[1:])]
        assert all(one.count <= one.capacity for one in beds)
    assert kept(wards) == [0] * len(beds)
    assert beds[0].count == min(others, capacities[0])
    assert [len(one.queue) for one in beds[1:]] == [0] * (len(beds) - 1)
    assert len(beds[0].queue) == max(0, others - capacities[0])
