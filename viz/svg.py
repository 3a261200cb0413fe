"""Pictures as SVG that are light enough to send: fewer digits in paths, fewer colours in images."""

from __future__ import annotations

import base64
import io
import re

DIGITS = 2  # of a point, which is 1/72 inch
COLOURS = 128
MOST_PX = 1400
PATH = re.compile(r'(?<= d=")[^"]+')
LONG_NUMBER = re.compile(rf"(-?\d+\.\d{{{DIGITS}}})\d+")
IMAGE = re.compile(r"(?<=data:image/png;base64,)[^\"]+")


def lighten(svg: str) -> str:
    """Round the points of all paths, and save the images within it with fewer colours.

    Streets and areas are an image within a map's SVG (see `viz.map_frame.frame_map`): as paths
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
