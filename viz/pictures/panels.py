"""Pictures of several panels, as even as can be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

PANELS_IN_A_ROW = 3
TITLE_IN = 0.4


def panel_figure(
    count: int,
    title: str,
    panel_in: tuple[float, float],
    beside_in: float = 0.0,
    *,
    sharex: bool = False,
    sharey: bool = False,
) -> tuple[Figure, NDArray[Any]]:
    """Begin a picture of some panels; those that are too many in the last row are not seen.

    Parameters
    ----------
    count : int
    title : str
        Of the whole picture.
    panel_in : (float, float)
        Width and height of a panel, in inches.
    beside_in : float
        Width that is left beside all panels, such as for a legend.
    sharex, sharey : bool
        Whether panels have an axis in common.

    Returns
    -------
    Figure, (rows, columns) array of Axes
    """
    from matplotlib.figure import Figure

    rows = -(-count // PANELS_IN_A_ROW)
    columns = -(-count // rows)  # as even as can be: four are two by two
    size_in = (panel_in[0] * columns + beside_in, panel_in[1] * rows + TITLE_IN)
    figure = Figure(figsize=size_in, layout="constrained")
    figure.suptitle(title, x=0.01, ha="left", fontweight="bold", fontsize=13)
    panels = figure.subplots(rows, columns, sharex=sharex, sharey=sharey, squeeze=False)
    for panel in panels.ravel()[count:]:
        panel.set_visible(False)
    return figure, panels
