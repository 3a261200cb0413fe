"""Where the built-in hospital policies take patients."""

from math import inf

import pytest

from environment.demand.calls import Call
from policies.base import PolicyError
from policies.hospital.decision import SmallHospitalView
from policies.hospital.least_busy import LeastBusyHospital
from policies.hospital.nearest import NearestHospital
from policies.hospital.soonest_handover import SoonestHandover
from policies.small_city import SmallCity

# One street of ten junctions, a minute apart, with hospitals at its ends and in its middle.
STREET = SmallCity(1, 10, 60.0, (0,), (0, 4, 9), home=(0,))


def patient_at(node: int) -> Call:
    return Call(0, 0.0, node, 0.0, STREET.zone(node), 1, 1, 0.0, 0.0, 0.0, True)


PATIENT = patient_at(3)  # 180, 60 and 360 s from the hospitals


def view(
    *patients: int, bays: tuple[float, ...] = (inf,) * 3, closed: tuple[int, ...] = ()
) -> SmallHospitalView:
    return SmallHospitalView(STREET, 0.0, patients, bays, handover_s=600.0, closed=closed)


@pytest.mark.parametrize(("node", "hospital"), [(0, 0), (3, 1), (6, 1), (7, 2)])
def test_nearest(node: int, hospital: int) -> None:
    assert NearestHospital().choose(patient_at(node), view(0, 9, 0)) == hospital


def test_nearest_that_is_open() -> None:
    assert NearestHospital().choose(PATIENT, view(0, 0, 0, closed=(1,))) == 0
    assert NearestHospital().choose(PATIENT, view(0, 0, 0, closed=(0, 1))) == 2


def test_least_busy_takes_a_detour_but_no_longer_one() -> None:
    busy = view(1, 9, 0)
    assert LeastBusyHospital(detour_s=300).choose(PATIENT, busy) == 2
    assert LeastBusyHospital(detour_s=299).choose(PATIENT, busy) == 0
    assert LeastBusyHospital(detour_s=0).choose(PATIENT, busy) == 1
    assert LeastBusyHospital(detour_s=300).choose(PATIENT, view(1, 1, 1)) == 1


@pytest.mark.parametrize("detour_s", [0, 300, inf])
def test_least_busy_passes_over_closed_ones(detour_s: float) -> None:
    assert LeastBusyHospital(detour_s).choose(PATIENT, view(5, 9, 0, closed=(1, 2))) == 0


def test_least_busy_refuses_a_negative_detour() -> None:
    for wrong in (-1, float("nan"), "300"):
        with pytest.raises(PolicyError, match=rf"detour_s must be >= 0, got {wrong!r}"):
            LeastBusyHospital(detour_s=wrong)


def test_soonest_handover_is_the_nearest_where_bays_are_unlimited() -> None:
    assert SoonestHandover().choose(PATIENT, view(0, 9, 0)) == 1


def test_soonest_handover_drives_on_to_a_bay() -> None:
    bays = (1.0, 1.0, 1.0)
    assert SoonestHandover().choose(PATIENT, view(0, 0, 0, bays=bays)) == 1  # 60 s
    assert SoonestHandover().choose(PATIENT, view(0, 1, 0, bays=bays)) == 0  # 180 s against 660
    assert SoonestHandover().choose(PATIENT, view(1, 1, 0, bays=bays)) == 2  # 780, 660, 360
    assert SoonestHandover().choose(PATIENT, view(1, 1, 1, bays=bays)) == 1  # 780, 660, 960
    assert SoonestHandover().choose(PATIENT, view(1, 1, 0, bays=bays, closed=(2,))) == 1


def test_casualties_of_one_incident_spread() -> None:
    """With 1, 2 and 1 bays: whoever waits in the middle costs the next one 300 s."""
    patients, chosen = [0, 0, 0], []
    for _ in range(6):
        chosen.append(SoonestHandover().choose(PATIENT, view(*patients, bays=(1.0, 2.0, 1.0))))
        patients[chosen[-1]] += 1
    # The fourth finds 780, 360 and 360 s, and of the equal ones takes the nearest.
    assert chosen == [1, 1, 0, 1, 2, 1]
