"""One Plotly chart as a small widget: the script is the server's, the chart a message."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import anywidget
import traitlets

from viz.page.theme import chart_layout


class Plot(anywidget.AnyWidget):
    """A chart.

    Attributes
    ----------
    figure : dict
        Plotly's ``data`` and ``layout``, as `figure_of` makes them.
    """

    # As text: anywidget listens to changes of a file, and would keep every widget for that.
    _esm = (Path(__file__).parent / "plot.js").read_text(encoding="utf-8")

    figure = traitlets.Dict().tag(sync=True)


def figure_of(
    data: list[dict[str, Any]], dark: bool, height_px: int, **layout: Any
) -> dict[str, Any]:
    """A figure in the page's look.

    Parameters
    ----------
    data : list of dict
        Plotly's traces.
    dark : bool
    height_px : int
    **layout
        What this chart has otherwise; of axes it is put over what all have.
    """
    own = _put_over(chart_layout(dark=dark), layout)
    return {"data": data, "layout": {**own, "height": height_px}}


def _put_over(base: dict[str, Any], more: dict[str, Any]) -> dict[str, Any]:
    """Values over others, at every depth."""
    merged = dict(base)
    for name, value in more.items():
        before = merged.get(name)
        if isinstance(before, dict) and isinstance(value, dict):
            merged[name] = _put_over(before, value)
        else:
            merged[name] = value
    return merged
