"""What crews and hospitals use up, and how lack of it slows them."""

from __future__ import annotations

from collections.abc import Sequence

from agents.supply.system import SupplySystem
from environment.supply.needs import Who


class CareSupplies:
    """Draws supplies for crews and hospitals from the distributor of their district.

    Parameters
    ----------
    supply : SupplySystem
    of_station, of_hospital : sequence of int
        Row of the district of each station and hospital.
    """

    def __init__(
        self, supply: SupplySystem, of_station: Sequence[int], of_hospital: Sequence[int]
    ) -> None:
        items, couplings = supply.parameters.items, supply.parameters.couplings
        self._supply = supply
        self._of_station = of_station
        self._of_hospital = of_hospital
        self._delay_s = couplings.crew_delay_s
        self._delay_share = couplings.hospital_delay_share
        self._by_crews = couplings.crews_use_supplies
        self._by_hospitals = couplings.hospitals_use_supplies
        self._of_mission = [item.per_mission for item in items]
        self._of_handover = [item.per_handover for item in items]
        self._used = {Who.CREW: [0.0] * len(items), Who.HOSPITAL: [0.0] * len(items)}

    def crew_delay_s(self, station: int) -> float:
        """Seconds that a crew of a station stays longer with a patient for lack of supplies."""
        if not self._by_crews:
            return 0.0
        has_all = self._draw(self._of_station[station], self._of_mission, Who.CREW)
        return 0.0 if has_all else self._delay_s

    def slowness(self, hospital: int) -> float:
        """Factor on the handover and the stay of a patient at a hospital."""
        if not self._by_hospitals:
            return 1.0
        has_all = self._draw(self._of_hospital[hospital], self._of_handover, Who.HOSPITAL)
        return 1.0 if has_all else 1.0 + self._delay_share

    def _draw(self, district: int, units_each: Sequence[float], who: Who) -> bool:
        """Take whole units for one patient more; what is used by parts is taken now and then."""
        distributor, used, has_all = self._supply.distributors[district], self._used[who], True
        for item, each in enumerate(units_each):
            if each:
                used[item] += each
                units = int(used[item] + 1e-9)
                used[item] -= units
                if units and not distributor.draw(item, units, who):
                    has_all = False
        return has_all
