"""One look for all pictures: colours, sizes of type, and how a picture is put on disk.

The colours of figures are those of Okabe and Ito, which people with any colour vision can tell
apart; travel times run from light to dark, so that they survive a grey printer.
"""

from __future__ import annotations

import base64
import io
import math
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.colors import ListedColormap
    from matplotlib.figure import Figure


INK = "#2B2B2B"
FAINT_INK = "#6F6B66"
PAPER = "#FFFFFF"
HALO = "#FDFCFA"
GRID = "#E8E4DE"

BLUE = "#0072B2"
ORANGE = "#E69F00"
GREEN = "#009E73"
VERMILION = "#D55E00"
SKY = "#56B4E9"
PURPLE = "#CC79A7"
PALE_BLUE = "#A9CBE3"
SERIES = (BLUE, ORANGE, GREEN, VERMILION, SKY, PURPLE)
"""Colours of the arms of a comparison, in this order."""
LINE_STYLES: tuple[Any, ...] = ("-", (0, (4, 2)), ":", "-.")
"""Their lines, so that arms can be told apart without colours."""

LAND = "#F5F3EE"
WATER = "#B9D5E3"
PARK = "#D5E3C5"
STATION = "#134A75"
HOSPITAL = "#B3261E"
CALL = "#7A2E8E"
SIGNAL = "#57534E"
CROSS_RED = "#A3195B"

SECONDS_SCALE = (
    "#FFF2C2", "#FEE3A2", "#FDCF85", "#F9AC68", "#EE8258",
    "#D65B5C", "#B23C67", "#84276A", "#511A5B",
)  # fmt: skip
"""Travel times from near to far."""

DOTS_PER_INCH = 160
SVG_DOTS_PER_INCH = 120
"""Of the images within an SVG; all else in it is as sharp as it is looked at."""
TITLE_PT, TEXT_PT, SMALL_PT = 15.0, 9.0, 7.5

RC: dict[Any, Any] = {
    "font.family": "DejaVu Sans",  # comes with matplotlib, so that pictures match everywhere
    "font.size": TEXT_PT,
    "text.parse_math": False,  # a dollar sign in a name is one
    "text.color": INK,
    "axes.edgecolor": FAINT_INK,
    "axes.labelcolor": INK,
    "axes.titlelocation": "left",
    "axes.titlesize": TITLE_PT,
    "axes.titleweight": "bold",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "xtick.color": FAINT_INK,
    "ytick.color": FAINT_INK,
    "legend.frameon": False,
    "svg.hashsalt": "corridor",  # the same picture gives the same bytes
}


@contextmanager
def corridor_style() -> Iterator[None]:
    """Use our look inside the block only; the caller's settings of matplotlib stay as they are."""
    import matplotlib

    with matplotlib.rc_context(RC):
        yield


def seconds_colours(count: int) -> ListedColormap:
    """So many colours from near to far."""
    from matplotlib.colors import LinearSegmentedColormap, ListedColormap

    smooth = LinearSegmentedColormap.from_list("travel time", SECONDS_SCALE)
    return ListedColormap([smooth(k / max(count - 1, 1)) for k in range(count)])


def round_below(most: float) -> float:
    """The greatest of 1, 2 and 5 times a power of ten that is not above a number."""
    power = 10.0 ** math.floor(math.log10(most))
    return max(factor * power for factor in (1, 2, 5) if factor * power <= most)


def save_picture(figure: Figure, path: Path | str) -> None:
    """Write a picture whole or not at all; the ending (.png, .svg, .pdf) says how.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
    path : path-like
        Its folder is made if it does not exist.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.stem}.{os.getpid()}{path.suffix}")
    is_svg = path.suffix == ".svg"
    metadata, dpi = ({"Date": None}, SVG_DOTS_PER_INCH) if is_svg else (None, DOTS_PER_INCH)
    try:
        figure.savefig(unfinished, dpi=dpi, facecolor=PAPER, metadata=metadata)
        if is_svg:
            unfinished.write_text(lighten(unfinished.read_text("utf-8")), encoding="utf-8")
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


DIGITS = 2  # of a point, which is 1/72 inch
COLOURS = 128
MOST_PX = 1400
PATH = re.compile(r'(?<= d=")[^"]+')
LONG_NUMBER = re.compile(rf"(-?\d+\.\d{{{DIGITS}}})\d+")
IMAGE = re.compile(r"(?<=data:image/png;base64,)[^\"]+")


def lighten(svg: str) -> str:
    """Round the points of all paths, and save the images within it with fewer colours.

    Streets and areas are an image within a map's SVG (see `viz.maps.frame.frame_map`): as paths
    they would take megabytes, and a browser seconds to draw.
    """
    return IMAGE.sub(_fewer_colours, PATH.sub(_fewer_digits, svg))


def _fewer_digits(path: re.Match[str]) -> str:
    return LONG_NUMBER.sub(r"\1", path.group())


def _fewer_colours(image: re.Match[str]) -> str:
    from PIL import Image

    picture = Image.open(io.BytesIO(base64.b64decode(image.group()))).convert("RGBA")
    picture.thumbnail((MOST_PX, MOST_PX), Image.Resampling.LANCZOS)
    on_paper = Image.new("RGB", picture.size, "white")
    on_paper.paste(picture, mask=picture.getchannel("A"))
    data = io.BytesIO()
    plain = on_paper.quantize(COLOURS, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    plain.save(data, "PNG", optimize=True)
    return base64.b64encode(data.getvalue()).decode("ascii")
