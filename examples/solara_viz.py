"""Corridor's model in Mesa's own page: ``solara run examples/solara_viz.py``.

All that it needs comes with ``make view``. A step of the model is a simulated minute.
"""

import solara
from mesa.visualization import SolaraViz
from mesa.visualization.utils import update_counter

from scenarios.loader import load_scenario
from simulation.model import EmergencyModel
from viz.live import Observer
from viz.live.base_map import draw_base_map
from viz.live.city_map import CityMapWidget


class CityModel(EmergencyModel):
    """The made-up city, as Mesa's page makes it anew from what its sliders say."""

    def __init__(self, ambulances: int = 18, calls_per_day: int = 250) -> None:
        wanted = {"fleet.ambulances": ambulances, "demand.calls_per_day": calls_per_day}
        super().__init__(load_scenario("city", {"run.warm_up_days": 0, **wanted}))


@solara.component
def Streets(model: CityModel) -> None:  # noqa: N802
    """The live map, and the figures of the moment."""
    update_counter.get()
    observer = solara.use_memo(lambda: Observer(model), [model])
    streets = solara.use_memo(lambda: open_map(model, observer), [model])
    frame = solara.use_memo(observer.look, [model, model.steps])
    solara.use_effect(lambda: streets.show(frame, 600.0), [frame])
    shown = ("calls", "response_s", "in_target_share", "waiting_calls", "busy_share")
    with solara.Row():
        for measure in map(observer.known.get, shown):
            value = measure.text(frame.figures[measure.name])
            solara.Text(f"{measure.label_so_far}: {value} {measure.unit}")
    with solara.Column(style={"height": "560px"}):
        solara.display(streets)


def open_map(model: CityModel, observer: Observer) -> CityMapWidget:
    """A map that a browser can load at any time."""
    streets = CityMapWidget(draw_base_map(model.area, model.config))
    streets.layout = {"height": "480px", "width": "100%"}
    streets.on_ready(lambda: streets.show(observer.full(), 600.0))
    return streets


def slider(label: str, value: int, least: int, most: int) -> dict[str, object]:
    """A parameter as Mesa's page wants it."""
    span = {"min": least, "max": most, "step": 1}
    return {"type": "SliderInt", "label": label, "value": value, **span}


page = SolaraViz(
    CityModel(),
    components=[(Streets, 0)],
    model_params={
        "ambulances": slider("Ambulances", 18, 8, 40),
        "calls_per_day": slider("Calls a day", 250, 50, 600),
    },
    play_interval=100,
    name="Corridor in Mesa's page",
)
