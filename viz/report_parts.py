"""What all reports are put together from: pictures with captions, notes, facts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from viz.captions import caption_of
from viz.html import Html, element, picture

MOST_SVG_BYTES = 400_000


def shown_picture(path: Path) -> Html:
    """A picture with its caption: as SVG if there is a light one beside it, which stays sharp."""
    svg = path.with_suffix(".svg")
    is_light = svg.is_file() and svg.stat().st_size <= MOST_SVG_BYTES
    return picture(svg if is_light else path, caption_of(path))


def notes_list(notes: Sequence[str]) -> Iterator[Html]:
    """Notes one below the other, if there are any."""
    if notes:
        yield element("ul", *(element("li", note) for note in notes), class_="note")


def facts_list(facts: Mapping[str, str]) -> Html:
    """Names and what they are; what is empty is left out."""
    pairs = [(element("dt", name), element("dd", text)) for name, text in facts.items() if text]
    return element("dl", *(one for pair in pairs for one in pair))
