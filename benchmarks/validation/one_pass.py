"""Trips worked out in one pass when they begin, beside vehicles that go from light to light.

    python -m benchmarks.validation.one_pass [--trips 10000]

On a grid of 10 × 10 lights vehicles with siren (a third) and without drive between random
junctions. In one pass (`Driving.green_trip`) each knows the forced greens of those who left before
it. In the other simulation each asks for green and meets a light when it is there, whatever has
been forced until that moment. Both have the same rules; what differs is what is known.
"""

from __future__ import annotations

import argparse
import heapq
import itertools
import math
import sys
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import stats

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from environment.maps.plane_grid import PlaneGrid
from environment.traffic.driving import Driving, TravelParameters
from environment.traffic.green_waves import CROSS_RED_S, ForcedGreens
from environment.traffic.traffic_lights import SignalParameters, TrafficLights, draw_lights
from simulation.streams import streams

# The default city has under 0.01 vehicles with siren on the road in each km², and some 0.02 without
# (9 calls an hour, five minutes' drive to each, ten to hospital and home, on 120 km²). On the 5 km²
# of the grid trips take two minutes or three; so there are about four in an hour.
CITY_TRIPS_PER_HOUR = 4.0
DENSITIES = (1, 10, 100)
GIVE_WAY_M = 200.0  # less than a street: no light lies between the request and the light
ROUNDS = 10
ROUNDING_S = 1e-9


class Trip(NamedTuple):
    """A vehicle to be driven."""

    depart_s: float
    origin: int
    destination: int
    siren: bool


class Light(NamedTuple):
    """A light on a vehicle's way.

    `drive_s` is the time driven until there without any wait, `ask_s` that until green is asked
    for.
    """

    approach: int
    drive_s: float
    ask_s: float


@dataclass
class Vehicle:
    """A vehicle on its way."""

    trip: Trip
    lights: list[Light]
    drive_s: float
    passed: int = 0
    """How many lights lie behind it."""
    goes_at_s: float = math.inf
    """When it passes the light before which it waits, even at red."""
    waits: bool = False
    granted_s: dict[int, float] = field(default_factory=dict)
    """When each light that it has asked is green for it."""
    arrived_s: float = math.nan


class Crossings:
    """The true state of all lights, as events change it.

    Parameters
    ----------
    lights : TrafficLights
    """

    def __init__(self, lights: TrafficLights) -> None:
        self.light, self.axis = lights.light.tolist(), lights.axis.tolist()
        self._cycle_s, self._from_s = lights.cycle_s.tolist(), lights.green_from_s.tolist()
        self._green_s, self._switch_s = lights.green_s.tolist(), lights.switch_s
        self._held: dict[int, list[tuple[float, float, int]]] = defaultdict(list)

    def is_green(self, approach: int, now_s: float) -> bool:
        for from_s, until_s, axis in self._held[self.light[approach]]:
            if from_s <= now_s < until_s:
                return axis == self.axis[approach]
        return self._red_left_s(approach, now_s) == 0

    def next_green_s(self, approach: int, now_s: float) -> float:
        """The first moment of green, as far as is known now."""
        held = self._held[self.light[approach]]
        edges = [now_s, *(edge for h in held for edge in h[:2] if edge > now_s)]
        moments = {e + wait for e in edges for wait in (0.0, self._red_left_s(approach, e))}
        return min(m for m in moments if self.is_green(approach, m))

    def _red_left_s(self, approach: int, now_s: float) -> float:
        cycle_s = self._cycle_s[approach]
        phase_s = (now_s + ROUNDING_S - self._from_s[approach]) % cycle_s
        return cycle_s - phase_s + ROUNDING_S if phase_s >= self._green_s[approach] else 0.0

    def ask(self, approach: int, now_s: float, arrival_s: float) -> float:
        """Hold a light green until a vehicle comes; answer when it is green."""
        light, axis = self.light[approach], self.axis[approach]
        begin_s = now_s
        while True:
            wait_s = self.next_green_s(approach, begin_s) - begin_s
            green_s = begin_s + min(self._switch_s, wait_s)
            clashes = [
                until_s
                for from_s, until_s, other in self._held[light]
                if other != axis and from_s <= max(green_s, arrival_s) and until_s > begin_s
            ]
            if not clashes:
                break
            begin_s = max(clashes)
        red_s = self._red_left_s(approach, green_s)
        left_s = (self._from_s[approach] + self._green_s[approach] - green_s) % self._cycle_s[
            approach
        ]
        if green_s < arrival_s and (red_s > 0 or green_s + left_s < arrival_s):
            self._held[light] = [h for h in self._held[light] if h[1] > now_s]
            self._held[light].append((green_s, arrival_s, axis))
        return green_s


class LightToLight:
    """Vehicles that go from light to light, all at once.

    Parameters
    ----------
    driving : Driving
        For streets, lights and ways only.
    give_way_m : float
    """

    def __init__(self, driving: Driving, siren_kph: float, kph: float, give_way_m: float) -> None:
        self._driving, self._give_way_m = driving, give_way_m
        self._m_per_s = {True: siren_kph / 3.6, False: kph / 3.6}
        self._siren_delay_s = driving.lights.siren_delay_s
        self._crossings = Crossings(driving.lights)
        self._waiting: dict[int, list[Vehicle]] = defaultdict(list)
        self._events: list[tuple[float, int, str, Vehicle, int]] = []
        self._number = itertools.count()

    def run(self, trips: list[Trip]) -> NDArray[np.float64]:
        """Seconds that each trip takes."""
        vehicles = [self._vehicle(trip) for trip in trips]
        for vehicle in vehicles:
            self._plan(vehicle.trip.depart_s, "leave", vehicle)
        handlers = {"leave": self._leave, "ask": self._ask, "come": self._come, "look": self._look}
        while self._events:
            now_s, _, what, vehicle, light = heapq.heappop(self._events)
            handlers[what](now_s, vehicle, light)
        return np.array([v.arrived_s - v.trip.depart_s for v in vehicles])

    def _vehicle(self, trip: Trip) -> Vehicle:
        path = self._driving.path(trip.origin, trip.destination, siren=trip.siren)
        metres = np.cumsum(self._driving.roads.length_m[path])
        m_per_s = self._m_per_s[trip.siren]
        lights = [
            Light(approach, at_m / m_per_s, max(at_m - self._give_way_m, 0) / m_per_s)
            for approach, at_m in zip(path[:-1].tolist(), metres[:-1].tolist(), strict=True)
            if self._driving.lights.cycle_s[approach] > 0
        ]
        return Vehicle(trip, lights, float(metres[-1]) / m_per_s)

    def _plan(self, at_s: float, what: str, vehicle: Vehicle, light: int = -1) -> None:
        heapq.heappush(self._events, (at_s, next(self._number), what, vehicle, light))

    def _leave(self, now_s: float, vehicle: Vehicle, light: int) -> None:  # noqa: ARG002
        self._drive_on(now_s, vehicle, 0.0)

    def _drive_on(self, now_s: float, vehicle: Vehicle, driven_s: float) -> None:
        """Drive to the next light, or to the end."""
        if vehicle.passed == len(vehicle.lights):
            vehicle.arrived_s = now_s + vehicle.drive_s - driven_s
            return
        stop_s = vehicle.lights[vehicle.passed].drive_s
        if vehicle.trip.siren and self._give_way_m > 0:
            for k, light in enumerate(vehicle.lights):
                if driven_s < light.ask_s <= stop_s or light.ask_s == driven_s == 0:
                    self._plan(now_s + light.ask_s - driven_s, "ask", vehicle, k)
        self._plan(now_s + stop_s - driven_s, "come", vehicle)

    def _ask(self, now_s: float, vehicle: Vehicle, k: int) -> None:
        light = vehicle.lights[k]
        arrival_s = now_s + light.drive_s - light.ask_s
        vehicle.granted_s[k] = self._crossings.ask(light.approach, now_s, arrival_s)
        for other in self._waiting[self._crossings.light[light.approach]]:
            self._plan(max(vehicle.granted_s[k], now_s), "look", other)

    def _come(self, now_s: float, vehicle: Vehicle, light: int) -> None:
        vehicle.waits = True
        granted_s = max(vehicle.granted_s.get(vehicle.passed, math.inf), now_s)
        latest_s = now_s + self._siren_delay_s if vehicle.trip.siren else math.inf
        vehicle.goes_at_s = min(granted_s, latest_s)
        self._queue(vehicle).append(vehicle)
        if vehicle.goes_at_s < math.inf:
            self._plan(vehicle.goes_at_s, "look", vehicle)
        self._look(now_s, vehicle, light)

    def _look(self, now_s: float, vehicle: Vehicle, light: int) -> None:  # noqa: ARG002
        """Go on at green, or when it is time; else look again when it should be green."""
        if not vehicle.waits:
            return
        approach = vehicle.lights[vehicle.passed].approach
        if now_s >= vehicle.goes_at_s or self._crossings.is_green(approach, now_s):
            self._queue(vehicle).remove(vehicle)
            vehicle.waits, vehicle.goes_at_s = False, math.inf
            vehicle.passed += 1
            self._drive_on(now_s, vehicle, vehicle.lights[vehicle.passed - 1].drive_s)
        else:
            self._plan(self._crossings.next_green_s(approach, now_s), "look", vehicle)

    def _queue(self, vehicle: Vehicle) -> list[Vehicle]:
        return self._waiting[self._crossings.light[vehicle.lights[vehicle.passed].approach]]


class Grid(NamedTuple):
    """A grid of lights, and how fast one drives in it."""

    driving: Driving
    kph: float
    siren_kph: float


def signal_grid(
    seed: int = 1, kph: float = 50.0, siren_factor: float = 1.25, **signals: object
) -> Grid:
    """Ten by ten crossings 250 m apart, each with a light."""
    roads = PlaneGrid(spacing_m=250, speed_kph=kph, signal_every=1).load(Path()).roads
    parameters = SignalParameters.model_validate(signals)
    travel = TravelParameters(siren_speed_factor=siren_factor)
    lights = draw_lights(roads, parameters, streams(seed, 0))
    return Grid(Driving(roads, travel, lights, np.array([0])), kph, kph * siren_factor)


def draw_trips(
    grid: Grid, count: int, per_hour: float, rng: np.random.Generator, siren_share: float = 1 / 3
) -> list[Trip]:
    """Trips between random junctions at random moments."""
    depart_s = np.cumsum(rng.exponential(3600 / per_hour, count))
    nodes = grid.driving.roads.node_count
    origin = rng.integers(0, nodes, count)
    destination = (origin + rng.integers(1, nodes, count)) % nodes
    siren = rng.uniform(size=count) < siren_share
    rows = zip(
        depart_s.tolist(), origin.tolist(), destination.tolist(), siren.tolist(), strict=True
    )
    return [Trip(*row) for row in rows]


def in_one_pass(
    grid: Grid, trips: list[Trip], give_way_m: float
) -> tuple[NDArray[np.float64], NDArray[np.float64], float]:
    """Seconds and metres of each trip, and the red forced on cross traffic."""
    forced = ForcedGreens(grid.driving.lights)
    seconds, metres, red_s = [], [], 0.0
    for trip in trips:
        own_m = give_way_m if trip.siren else 0.0
        trip_s, trip_m, rows = grid.driving.green_trip(
            forced, trip.origin, trip.destination, trip.depart_s, trip.siren, 1.0, own_m
        )
        seconds.append(trip_s)
        metres.append(trip_m)
        red_s += rows[:, CROSS_RED_S].sum()
    return np.array(seconds), np.array(metres), red_s


def from_light_to_light(grid: Grid, trips: list[Trip], give_way_m: float) -> NDArray[np.float64]:
    """Seconds of each trip."""
    return LightToLight(grid.driving, grid.siren_kph, grid.kph, give_way_m).run(trips)


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--trips", type=int, default=10_000, help="in each of ten rounds")
    count = parser.parse_args().trips
    print(
        "| trips an hour | | mean, light to light (s) | mean, one pass (s) | bias (s), 95 % "
        "| error, mean (s) | 95th pct. | largest | trips with any |"
    )
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    for density in DENSITIES:
        print_density(density * CITY_TRIPS_PER_HOUR, count)
    print()
    print_speeds(count)


def print_density(per_hour: float, count: int) -> None:
    rounds = []
    for seed in range(ROUNDS):
        grid = signal_grid(seed)
        trips = draw_trips(grid, count, per_hour, np.random.default_rng(seed))
        true_s = from_light_to_light(grid, trips, GIVE_WAY_M)
        pass_s = in_one_pass(grid, trips, GIVE_WAY_M)[0]
        rounds.append((np.array([t.siren for t in trips]), true_s, pass_s))
    for siren in (True, False):
        pairs = [(true_s[mode == siren], pass_s[mode == siren]) for mode, true_s, pass_s in rounds]
        biases = np.array([(p - t).mean() for t, p in pairs])
        half = stats.t.ppf(0.975, ROUNDS - 1) * biases.std(ddof=1) / math.sqrt(ROUNDS)
        true_s, pass_s = (np.concatenate(values) for values in zip(*pairs, strict=True))
        error_s = np.abs(pass_s - true_s)
        print(
            f"| {per_hour:g} | {'siren' if siren else 'normal'} | {true_s.mean():.2f} "
            f"| {pass_s.mean():.2f} | {biases.mean():+.4f} ± {half:.4f} | {error_s.mean():.4f} "
            f"| {np.quantile(error_s, 0.95):.2f} | {error_s.max():.1f} "
            f"| {(error_s > 1e-6).mean():.2%} |",
            flush=True,
        )


def print_speeds(count: int) -> None:
    """Mean speed of an ambulance, and of other traffic, without and with a green wave."""
    grid = signal_grid()
    print("| driving | mean speed (km/h) | cross traffic's extra red (s per trip) |")
    print("| --- | --- | --- |")
    for name, siren, give_way_m in (
        ("normal", 0.0, 0.0),
        ("siren, fixed lights", 1.0, 0.0),
        ("siren, green wave", 1.0, GIVE_WAY_M),
    ):
        rng = np.random.default_rng(0)
        trips = draw_trips(grid, count, CITY_TRIPS_PER_HOUR, rng, siren_share=siren)
        seconds, metres, red_s = in_one_pass(grid, trips, give_way_m)
        kph = metres.sum() / seconds.sum() * 3.6
        print(f"| {name} | {kph:.1f} | {red_s / count:.1f} |")


if __name__ == "__main__":
    main()
