"""Take the patient where the handover is expected to begin first."""

from environment.demand.calls import Call
from policies.base import HospitalView


class SoonestHandover:
    r"""Drive to the hospital where the drive and the wait for a bay are shortest together.

    The wait is that of a queue whose handovers all take the mean time :math:`h`: with :math:`n`
    patients there or under way and :math:`c` bays, :math:`\max(0, n + 1 - c)` of them have to
    leave before this one's turn, and one leaves every :math:`h / c`. Patients under way count as
    being there, so that those of one incident spread over the hospitals by themselves. Of equal
    ones, the nearest is chosen.
    """

    def choose(self, call: Call, view: HospitalView) -> int:
        """Choose by driving time and expected wait together."""
        travel_s = view.travel_times_s(call).tolist()
        wait_s = [
            max(0.0, patients + 1 - bays) * view.handover_s / bays
            for patients, bays in zip(view.patients, view.bays, strict=True)
        ]
        numbers = range(len(travel_s))
        return min(numbers, key=lambda n: (travel_s[n] + wait_s[n], travel_s[n]))
