"""What all reports are put together from: pictures with captions, notes, facts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from viz.report.html import Html, element, picture

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


CAPTIONS = {
    "map": "How soon an ambulance arrives from the nearest station that has one.",
    "response_times": "Share of calls reached after so many minutes, by priority; the calls of all "
    "replications together.",
    "fleet_by_hour": "What ambulances on duty do, by the hour of the day; means over replications.",
    "forced_greens": "Lights that were switched for ambulances, and the red that others saw.",
    "supply_map": "Who makes, keeps and gives out supplies, and the district of each distributor.",
    "epidemic": "Persons infectious in the morning, by district, and the calls of each day; means "
    "over replications.",
    "stock": "Units in stock, on average over each day. Lines are means over replications; bands "
    "reach from the least to the greatest of them.",
    "needs": "Units needed, by the day on which they were; means over replications. What was still "
    "open at the end counts as not given.",
    "attribution": "What each mechanism adds to the difference of on from off: Shapley values with "
    "their intervals.",
    "papers_rows": "The paper's rows beside ours: an open mark without coordination, a full one "
    "with it.",
    "each_mechanism": "Medians over all samples, each with its 95% interval over replications; "
    "left of the line is less than without coordination.",
    "lights": "Response of urgent calls, and what cross traffic pays, by the share of lights that "
    "can be switched; bands are 95% intervals.",
    "larger_cases": "Means over experiments with their 95% intervals.",
    "camp": "The camp that stands in for Za'atari, with its candidate sites and servers.",
    "cases": "Cases in a run, for each mean number of cases and of outbreaks.",
    "box_plots": "Runs of each combination as box plots, beside the paper's medians and whiskers.",
    "changes": "The change in each world with its 95% interval over replications; blue where its "
    "mean is the gain that was asked for. A dotted line is the least gain that counts.",
    "discovery": "Left, the boxes of the peeling: what they cover against how dense failures are "
    "in them. Beside it the worlds, over the keys that the box limits.",
    "prices": "The difference of on from off by the price of coordination, with its interval.",
}


def caption_of(path: Path) -> str:
    """The caption of a picture by the beginning of its file's name; of others the name."""
    fitting = [name for name in CAPTIONS if path.stem.startswith(name)]
    return CAPTIONS[max(fitting, key=len)] if fitting else path.stem.replace("_", " ")
