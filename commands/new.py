"""``corridor new``: a scenario of a city of one's own, from a map."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from commands.output import open_error_console


def new(
    city: Annotated[
        str,
        typer.Argument(
            metavar="MAP",
            help='An OpenStreetMap file (.osm.pbf, .osm.gz, …), or a place: "Town, Country".',
        ),
    ],
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            "-o",
            help="Folder to be made; by default of the map's name.",
            show_default=False,
        ),
    ] = None,
    population: Annotated[
        Path | None,
        typer.Option(
            "--population",
            help="Where people live: GeoTIFF, ASCII grid, or CSV with lon, lat, population.",
            metavar="FILE",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Make a scenario from a map: its sites as tagged, the rest guessed and marked as guessed.

    It writes a folder, runs the scenario once and draws the map. Nothing is overwritten.
    """  # fmt: skip
    from viz.report.new_city import new_city

    with open_error_console().status("Reading the map …"):
        made = new_city(city, out, population)
    print(made)
