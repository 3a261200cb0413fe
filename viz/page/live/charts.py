"""The charts of a run in one widget: a few lines each, told anew about once a second.

Plotly draws them. Its own widget would bring 4.7 MB for every figure, so the script is a file of
the server's, asked for once, and the data are messages.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import anywidget
import numpy as np
import pandas as pd
import traitlets

from environment.units import HOUR_S
from simulation.measures.catalogue import measure_of
from viz.page.theme import chart_layout

MOST_POINTS = 240
"""Of a line: more than the dots of a chart's width say nothing."""


class ChartBoard(anywidget.AnyWidget):
    """Charts one below the other.

    Parameters
    ----------
    series : callable
        Gives the table of the run: a row a simulated minute, with a column ``time_s``.
    name : str
        Of the file that is downloaded.

    Attributes
    ----------
    charts : list of dict
        As `viz.page.live.chart_list` makes them.
    hours : int
        How much of the run is shown; 0 for all.
    wanted : list of str
        Columns that are asked for beyond those of `charts`, as of another item's stocks.
    """

    # As text: anywidget listens to changes of a file, and would keep every widget for that.
    _esm = (Path(__file__).parent / "charts.js").read_text(encoding="utf-8")

    charts = traitlets.List().tag(sync=True)
    styles = traitlets.Dict().tag(sync=True)
    hours = traitlets.Int(24).tag(sync=True)
    wanted = traitlets.List().tag(sync=True)

    def __init__(self, series: Callable[[], pd.DataFrame], name: str) -> None:
        super().__init__(
            styles={"light": chart_layout(dark=False), "dark": chart_layout(dark=True)}
        )
        self._series = series
        self._name = name
        self.on_msg(self._hear)

    def tell(self) -> None:
        """Send what there is to see now."""
        keys = dict.fromkeys([*_columns(self.charts), *map(str, self.wanted)])
        self.send(thinned(self._series(), self.hours, list(keys)))

    @traitlets.observe("hours", "wanted")
    def _look_elsewhere(self, _change: Any) -> None:
        self.tell()

    def _hear(self, _widget: Any, content: Any, _buffers: Any) -> None:
        wish = content.get("want") if isinstance(content, dict) else None
        if wish == "data":
            self.tell()
        elif wish == "csv":
            self.send({"csv": self._series().to_csv(index=False), "name": f"{self._name}.csv"})


def _columns(charts: Sequence[dict[str, Any]]) -> list[str]:
    return [line["key"] for chart in charts for line in chart["lines"]]


def thinned(series: pd.DataFrame, hours: int, columns: Sequence[str]) -> dict[str, list[Any]]:
    """The end of a table in shown units, with so many rows as can be told apart.

    Parameters
    ----------
    series : DataFrame
    hours : int
        How much of it; 0 for all.
    columns : sequence of str
        Beside ``time_s``; those that are not there are left out.
    """
    if series.empty:
        return {"time_s": []}
    if hours:
        series = series[series["time_s"] >= series["time_s"].iloc[-1] - hours * HOUR_S]
    stride = -(-len(series) // MOST_POINTS)
    rows = series.iloc[(len(series) - 1) % stride :: stride]
    shown = [name for name in columns if name in rows]
    values = {name: measure_of(name).scale * rows[name].to_numpy(np.float64) for name in shown}
    return {name: _plain(own) for name, own in ({"time_s": rows["time_s"]} | values).items()}


def _plain(values: Any) -> list[float | None]:
    """Four digits are enough for the eye; what is not known is a gap."""
    return [float(f"{v:.4g}") if np.isfinite(v) and abs(v) < 1e4 else _large(v) for v in values]


def _large(value: float) -> float | None:
    return round(float(value)) if np.isfinite(value) else None
