"""The look of the page: all colours and all type, for light and for dark.

`css` gives one style sheet for a theme; put it into the page once (``solara.Style(css(dark))``).
`palette` gives the colours of the map, `chart_layout` those of Plotly charts. No other file of the
page names a colour.

How pages are built of it (classes; each works on a plain ``div`` and on a Vuetify widget):

=================================  ==============================================================
``c-page``                         the page's ground: font, ink, paper; put it on the outermost box
``c-bar``                          a bar of controls in one row, as above the map
``c-card``                         a box on the page; ``c-card c-flat`` without shadow
``c-title``                        the page's title, once a page
``c-heading``                      heading of a card or a part
``c-label``                        small capitals above a value, a field or a group
``c-text``, ``c-faint``            running text; what may be read later
``c-figures``                      a row or grid of figures
``c-figure``                       one figure: ``c-label`` above, ``c-value`` with ``c-unit`` inside
``c-better``, ``c-worse``          a difference for the better or the worse, ``c-same`` for neither
``c-table``                        a ``table``: numbers right (``class="c-number"`` on th and td)
``c-button``                       a button; ``c-main`` for the one that matters, ``c-quiet`` bare
``c-chip``                         a small token; ``c-chip c-on`` if chosen
``c-dot``                          a round key of colour: ``style="--dot: #0072B2"``
``c-note``, ``c-warning``          a note in a frame; something to look at
``c-error``                        a mistake, beside the field or above the part it belongs to
``c-list``                         lines one under another with hair lines between
=================================  ==============================================================


The variables behind them (``var(--c-ink)``, ``--c-faint``, ``--c-paper``, ``--c-ground``,
``--c-line``, ``--c-accent``, ``--c-better``, ``--c-worse``, ``--c-warning``, ``--c-space``: 8 px)
may be used in a ``style`` of one's own.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from viz.pictures.style import (
    BLUE,
    GREEN,
    HOSPITAL,
    LAND,
    ORANGE,
    PARK,
    PURPLE,
    SECONDS_SCALE,
    SKY,
    STATION,
    VERMILION,
    WATER,
)

FONT = (
    '"Inter", "Segoe UI", "Helvetica Neue", "Noto Sans", "DejaVu Sans", system-ui, '
    "-apple-system, Arial, sans-serif"
)
"""Of what the visitor's machine has; nothing is loaded from anywhere."""

LIGHT_PAGE = {
    "ink": "#22262B",
    "faint": "#5C636B",
    "paper": "#FFFFFF",
    "ground": "#F4F3F0",
    "raised": "#FAF9F7",
    "line": "#DEDBD5",
    "strong-line": "#8A8880",
    "accent": "#005F96",
    "on-accent": "#FFFFFF",
    "tint": "#E3EEF5",
    "better": "#00694D",
    "worse": "#A84300",
    "warning": "#7A5200",
    "warning-tint": "#FBF0D9",
    "error": "#A3195B",
    "error-tint": "#FAE8F0",
    "shadow": "0 1px 2px rgba(40, 36, 28, .06), 0 4px 14px rgba(40, 36, 28, .06)",
}
DARK_PAGE = {
    "ink": "#E9EAEC",
    "faint": "#A3ABB5",
    "paper": "#1C2128",
    "ground": "#13171C",
    "raised": "#232932",
    "line": "#343C47",
    "strong-line": "#77818E",
    "accent": "#6CBDF0",
    "on-accent": "#0C1D2A",
    "tint": "#1E3445",
    "better": "#4CCFA4",
    "worse": "#F59A5B",
    "warning": "#F0BE5A",
    "warning-tint": "#372E1B",
    "error": "#F191BD",
    "error-tint": "#3A2130",
    "shadow": "0 1px 2px rgba(0, 0, 0, .4), 0 6px 18px rgba(0, 0, 0, .28)",
}

LIGHT_MAP: dict[str, Any] = {
    "land": LAND,
    "water": WATER,
    "park": PARK,
    # Fill and rim by rank, from residential streets to motorways.
    "roads": [
        ["#DAD5CB", ""],
        ["#FFFFFF", "#CFC9BE"],
        ["#FFFFFF", "#B9B2A6"],
        ["#FBE9BF", "#C6A560"],
        ["#F6C596", "#BF8350"],
    ],
    "near_street": ["#FFFFFF", "#D3CDC2"],
    "bare_road": "#FFFFFF",
    "halo": "#FDFCFA",
    "closed": "#C1121F",
    "demand": BLUE,
    "demand_opacity": 0.6,
    "epidemic": "#A3195B",
    "seconds": list(SECONDS_SCALE),
    "seconds_opacity": 0.74,
    "unreached": "#3B3B45",
    "track": "#D9D4CB",
    "green": GREEN,
    "red": VERMILION,
    "off": "#ADA79D",
    "siren": [BLUE, "#E4572E"],
    "priorities": ["#C2185B", "#B26A00", "#5B5F97"],
    "calm": "#7C8791",
    "lost": "#22262B",
    "sites": {
        "station": STATION,
        "hospital": HOSPITAL,
        "store": "#5D4037",
        "supplier": "#6A4C93",
        "distributor": "#00695C",
    },
    "site_names": {
        "station": STATION,
        "hospital": HOSPITAL,
        "store": "#5D4037",
        "supplier": "#6A4C93",
        "distributor": "#00695C",
    },
    "glass": "#FFFFFF",
}
DARK_MAP: dict[str, Any] = {
    **LIGHT_MAP,
    "land": "#181D23",
    "water": "#1D3547",
    "park": "#1D2B24",
    "roads": [
        ["#2E3640", ""],
        ["#3C4651", "#10151A"],
        ["#4A5562", "#10151A"],
        ["#66635A", "#10151A"],
        ["#80684F", "#10151A"],
    ],
    "near_street": ["#333C46", "#10151A"],
    "bare_road": "#0F1317",
    "halo": "#12161B",
    "closed": "#FF6B6B",
    "demand": SKY,
    "demand_opacity": 0.36,
    "epidemic": "#F06BA8",
    # From paper to what shines: far from help is what one must see, here as on the light map.
    "seconds": [
        "#1E3040",
        "#263A57",
        "#3A3F6E",
        "#5A3F7D",
        "#83427F",
        "#AE4A77",
        "#D65F63",
        "#F08A4F",
        "#FCC052",
    ],
    "seconds_opacity": 0.8,
    "unreached": "#FFE9A8",
    "track": "#3A424D",
    "green": "#2BC79A",
    "red": "#FF7A3D",
    "off": "#4A525C",
    "siren": ["#4DA6E8", "#FF7A59"],
    "priorities": ["#FF5C9A", "#F5A623", "#A6ABF0"],
    "calm": "#93A0AC",
    "lost": "#E9EAEC",
    "sites": {
        "station": "#3E86C0",
        "hospital": "#DD4A41",
        "store": "#A07C6C",
        "supplier": "#9A7CC4",
        "distributor": "#2E9C8C",
    },
    "site_names": {
        "station": "#9CCBF2",
        "hospital": "#FFA59C",
        "store": "#D3B7AB",
        "supplier": "#CDB6EC",
        "distributor": "#7FD3C6",
    },
    "glass": "#0F1317",
}

SERIES_LIGHT = (BLUE, "#B36B00", "#00805C", VERMILION, "#3A8FC4", "#B05A88")
SERIES_DARK = (SKY, ORANGE, "#2BC79A", "#F2884B", "#A9CBE3", PURPLE)
"""Colours of lines in charts, in this order."""


def colours(dark: bool) -> dict[str, str]:
    """The page's colours by name, as in ``var(--c-name)``."""
    return DARK_PAGE if dark else LIGHT_PAGE


def series(dark: bool) -> tuple[str, ...]:
    """Colours of the lines of a chart."""
    return SERIES_DARK if dark else SERIES_LIGHT


def palette(dark: bool) -> dict[str, Any]:
    """The map's colours; those of the page's panels on it are among them."""
    return {**(DARK_MAP if dark else LIGHT_MAP), "page": colours(dark), "font": FONT, "dark": dark}


def chart_layout(dark: bool) -> dict[str, Any]:
    """What all Plotly charts have in common; give it to ``figure.update_layout(**…)``."""
    page = colours(dark)
    axis = {
        "gridcolor": page["line"],
        "linecolor": page["strong-line"],
        "zeroline": False,
        "ticks": "",
        "title": {"font": {"size": 12, "color": page["faint"]}},
        "tickfont": {"size": 11, "color": page["faint"]},
    }
    return {
        "font": {"family": FONT, "size": 12, "color": page["ink"]},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "colorway": list(series(dark)),
        "margin": {"l": 48, "r": 12, "t": 12, "b": 36},
        "xaxis": axis,
        "yaxis": axis,
        "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
        "hoverlabel": {
            "bgcolor": page["raised"],
            "bordercolor": page["line"],
            "font": {"family": FONT, "color": page["ink"]},
        },
    }


def css(dark: bool) -> str:
    """The style sheet of the page."""
    lines = [f"  --c-{name}: {value};" for name, value in colours(dark).items()]
    scheme = "dark" if dark else "light"
    root = [":root {", *lines, f"  --c-font: {FONT};", "  --c-space: 8px;"]
    return "\n".join([*root, f"  color-scheme: {scheme};", "}", _rules()])


def adapted(colour: str, *, dark: bool) -> str:
    """A colour of data as it is readable on the map: on the dark one it is lighter."""
    if not dark:
        return colour
    channels = (int(colour[k : k + 2], 16) for k in (1, 3, 5))
    return "#" + "".join(f"{round(c + (255 - c) * 0.3):02X}" for c in channels)


def contrast(first: str, second: str) -> float:
    """Contrast of two colours after WCAG 2, from 1 to 21."""
    low, high = sorted((_luminance(first), _luminance(second)))
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    shares = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    linear = [s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@cache
def _rules() -> str:
    return (Path(__file__).parent / "theme.css").read_text(encoding="utf-8")
