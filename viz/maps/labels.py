"""Names beside their symbols, so that none covers another or a symbol."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from viz.pictures.style import HALO, SMALL_PT

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.text import Annotation, Text
    from matplotlib.transforms import Bbox

Box = tuple[float, float, float, float]

SPREAD_ROUNDS = 20

# Where a label may stand, from best to worst: direction, and alignment of its text.
POSITIONS = (
    (1, 0, "left", "center"),
    (-1, 0, "right", "center"),
    (0, 1, "center", "bottom"),
    (0, -1, "center", "top"),
    (0.75, 0.75, "left", "bottom"),
    (0.75, -0.75, "left", "top"),
    (-0.75, 0.75, "right", "bottom"),
    (-0.75, -0.75, "right", "top"),
)


def spread_symbols(
    ax: Axes, places: NDArray[np.float64], *, symbol_pt: float
) -> NDArray[np.float64]:
    """Move symbols that cover each other apart, to where they just touch.

    Parameters
    ----------
    ax : Axes
    places : (k, 2) float64
        In the units of the map.
    symbol_pt : float
        Size of the symbols.
    """
    size = symbol_pt * ax.figure.dpi / 72
    pixels = ax.transData.transform(places)
    for _ in range(SPREAD_ROUNDS):
        apart = pixels[:, None, :] - pixels[None, :, :]
        distance = np.sqrt((apart**2).sum(axis=2))
        first, second = np.nonzero(np.triu(distance < size, k=1))
        if not len(first):
            break
        for i, j in zip(first.tolist(), second.tolist(), strict=True):
            way = apart[i, j] / distance[i, j] if distance[i, j] > 0 else np.array([0.0, 1.0])
            push = way * (size - distance[i, j] + 1) / 2
            pixels[i] += push
            pixels[j] -= push
    moved: NDArray[np.float64] = ax.transData.inverted().transform(pixels)
    return moved


def place_labels(
    ax: Axes, labels: Sequence[tuple[float, float, str, str]], *, symbol_pt: float
) -> None:
    """Write names beside points of the map; one for which there is no room is left out.

    Parameters
    ----------
    ax : Axes
    labels : sequence of (x, y, text, colour)
    symbol_pt : float
        Half the size of the symbols, which labels keep clear of.
    """
    pixel = ax.figure.dpi / 72
    half = symbol_pt * pixel
    taken = [
        (px - half, py - half, px + half, py + half)
        for px, py in (ax.transData.transform((x, y)) for x, y, _, _ in labels)
    ]
    frame = ax.get_window_extent()
    for x, y, text, colour in labels:
        note = _annotation(ax, x, y, text, colour)
        for position in POSITIONS:
            box = _move(note, position, symbol_pt + 2.0)
            if _inside(box, frame) and not any(_overlap(box, other) for other in taken):
                taken.append(box)
                break
        else:
            note.remove()


def remove_covered(ax: Axes, notes: Sequence[Text], beside: Artist) -> None:
    """Take away texts that other texts cover, or something else, or that reach out of the map.

    Parameters
    ----------
    ax : Axes
    notes : sequence of Text
        Those that give way, to each other in their order.
    beside : Artist
        What else they must not cover.
    """
    frame = ax.get_window_extent()
    taken = [_box(beside), *(_box(text) for text in ax.texts if text not in notes)]
    for note in notes:
        box = _box(note)
        if _inside(box, frame) and not any(_overlap(box, other) for other in taken):
            taken.append(box)
        else:
            note.remove()


def _annotation(ax: Axes, x: float, y: float, text: str, colour: str) -> Annotation:
    from matplotlib.patheffects import withStroke

    return ax.annotate(
        text,
        (x, y),
        xytext=(0, 0),
        textcoords="offset points",
        fontsize=SMALL_PT,
        fontweight="bold",
        color=colour,
        zorder=9,
        path_effects=[withStroke(linewidth=2.6, foreground=HALO, alpha=0.9)],
    )


def _move(note: Annotation, position: tuple[float, float, str, str], distance_pt: float) -> Box:
    """Put a label beside its point and measure it, in pixels."""
    east, north, horizontal, vertical = position
    note.set_position((east * distance_pt, north * distance_pt))
    note.set(horizontalalignment=horizontal, verticalalignment=vertical)
    return _box(note)


def _box(artist: Artist) -> Box:
    """What something covers, in pixels."""
    box = artist.get_window_extent()
    return box.x0 - 1, box.y0 - 1, box.x1 + 1, box.y1 + 1


def _inside(box: Box, frame: Bbox) -> bool:
    return box[0] > frame.x0 and box[1] > frame.y0 and box[2] < frame.x1 and box[3] < frame.y1


def _overlap(a: Box, b: Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
