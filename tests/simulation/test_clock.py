"""SimPy's clock under Mesa: watched, since it sets aside what Mesa does by itself."""

import gc
import weakref
from collections.abc import Iterator

import mesa
import pytest
import simpy

from agents.step import Step
from simulation.clock import Clock, SimPyModel
from simulation.model import EmergencyModel


class Ticking(SimPyModel):
    def __init__(self):
        super().__init__(frame_s=60.0)
        self.ticks = []
        self.env.process(self.tick())

    def tick(self):
        while True:
            yield self.env.timeout(25.0)
            self.ticks.append(self.time)


def test_a_step_is_a_frame_of_simpy():
    model = Ticking()
    model.step()
    assert (model.time, model.steps, model.ticks) == (60.0, 1, [25.0, 50.0])
    model.step()
    assert (model.time, model.steps, model.ticks[-1]) == (120.0, 2, 100.0)


def life_of(env: simpy.Environment) -> list[tuple[float, str]]:
    """What becomes of processes that wait for each other, steps and plain timeouts."""
    told: list[tuple[float, str]] = []

    def note(event: simpy.Event) -> None:
        told.append((env.now, event.value))
        if env.now < 4 and event.value != "at once":
            Step(env, env.now - 1e-9, note, "at once")  # rounding: a hair too early
            Step(env, env.now + 1.5, note, "later")

    def wait() -> Iterator[simpy.Event]:
        for _ in range(4):
            yield env.timeout(1.5)
            told.append((env.now, "timeout"))

    env.process(wait())
    Step(env, 1.5, note, "first")
    env.run()
    return told


def test_a_run_to_the_end_is_simpys_own():
    told = life_of(Clock())
    assert told == life_of(simpy.Environment())
    assert told[:3] == [(1.5, "first"), (1.5, "timeout"), (1.5, "at once")]


def test_what_fails_in_a_process_comes_out_of_the_run():
    def fail(env: simpy.Environment) -> Iterator[simpy.Event]:
        yield env.timeout(1.0)
        raise LookupError("lost")

    env = Clock()
    env.process(fail(env))
    with pytest.raises(LookupError, match="lost"):
        env.run()


def test_data_collection_sees_the_steps():
    model = Ticking()
    collector = mesa.DataCollector(model_reporters={"ticks": lambda m: len(m.ticks)})
    for _ in range(3):
        model.step()
        collector.collect(model)
    assert collector.get_model_vars_dataframe()["ticks"].tolist() == [2, 4, 7]


def test_steps_lead_to_the_same_result_as_a_run(grid_scenario):
    stepped, run = EmergencyModel(grid_scenario()), EmergencyModel(grid_scenario())
    run.run()
    while stepped.running:
        stepped.step()
    assert stepped.result().calls.equals(run.result().calls)
    assert stepped.result().missions.equals(run.result().missions)


def test_a_closed_model_is_forgotten(grid_scenario):
    model = EmergencyModel(grid_scenario())
    model.run()
    model.close()
    seen = weakref.ref(model)
    del model
    gc.collect()
    assert seen() is None


def test_mesa_knows_every_agent_that_stays(grid_scenario):
    model = EmergencyModel(grid_scenario())
    names = {kind.__name__ for kind in model.agents_by_type}
    assert names == {"Ambulance", "Hospital", "DispatchCentre", "TrafficControl"}
    assert len(model.agents) == len(model.vehicles) + len(model.centre.hospitals) + 2
    with pytest.raises(AttributeError):
        model.agents = []
