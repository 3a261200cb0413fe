"""A plan on disk: the workbook or the CSV files, with its map and its day as pictures."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

from experiments.planning.plan import Plan
from experiments.planning.plan import plan as make_plan
from experiments.planning.reading.read import read_input
from experiments.planning.streets import load_streets
from experiments.planning.what_if import WhatIf, what_if
from experiments.planning.writing.write import is_workbook, plan_files, plan_workbook
from simulation.errors import ResultError
from simulation.tables.files import write_file, write_folder
from viz.plans.gantt import draw_gantt
from viz.plans.map import can_be_drawn, draw_plan_map

MAP, DAY = "Map", "Day of every vehicle"


def plan(workbook: str | Path, out: str | Path | None = None, on_map: str | None = None) -> Plan:
    """Plan orders and deliveries that a spreadsheet asks for, as ``corridor plan`` does.

    Parameters
    ----------
    workbook : str or Path
        A workbook, or a folder with a CSV file for each of its sheets.
    out : str or Path, optional
        Where the plan is written with its what-ifs: a workbook, or a folder that is not there yet.
    on_map : str, optional
        A case, a scenario, or a map file, on whose roads to drive.

    Returns
    -------
    Plan
        Its ``orders`` are quantities with what is to be expected of them, in the order of
        ``asked.needs``; its ``routes`` are trips with arrival times.

    Raises
    ------
    CorridorError
        With a line for every mistake; or if a limit cannot be met.
    """
    streets = None if on_map is None else load_streets(on_map)
    planned = make_plan(read_input(Path(workbook)), streets)
    if out is not None:
        write_plan(planned, what_if(planned), Path(out))
    return planned


def write_plan(planned: Plan, what_ifs: Sequence[WhatIf], out: Path) -> list[str]:
    """Write a plan, whole or not at all.

    Parameters
    ----------
    planned : Plan
    what_ifs : sequence of WhatIf
    out : Path
        A workbook (``.xlsx``), with the pictures in it and beside it, or a folder of CSV files and
        pictures that does not exist yet.

    Returns
    -------
    list of str
        The names of what was written.

    Raises
    ------
    ResultError
        If it cannot be written.
    """
    pictures = draw_plan(planned)
    files = {f"{name.split()[0].lower()}.png": content for name, content in pictures.items()}
    if not is_workbook(out):
        files |= plan_files(planned, what_ifs)
        write_folder(out, files)
        return list(files)
    write_file(out, plan_workbook(planned, what_ifs, pictures))
    beside = {beside_workbook(out, name): content for name, content in files.items()}
    for path, content in beside.items():
        write_file(path, content)
    return [out.name, *(path.name for path in beside)]


def beside_workbook(out: Path, name: str) -> Path:
    """Where a picture of a plan lies beside its workbook."""
    return out.with_name(f"{out.stem}-{name}")


def require_free(out: Path) -> None:
    """Refuse to write a plan over what is there, its pictures included.

    Raises
    ------
    ResultError
        With the first file that is in the way.
    """
    names = [f"{name.split()[0].lower()}.png" for name in (MAP, DAY)]
    there = [p for p in (out, *(beside_workbook(out, name) for name in names)) if p.exists()]
    if there:
        raise ResultError(f"--out {there[0]}: is there already; remove it or choose another name")


def draw_plan(planned: Plan) -> dict[str, bytes]:
    """The pictures of a plan as PNG, by what they show."""
    measures = planned.routes.measures
    pictures = {}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "picture.png"
        if can_be_drawn(planned):
            draw_plan_map(
                planned,
                path,
                title=f"{planned.used_vehicles} vehicles, {measures.distance / 1000:,.0f} km",
            )
            pictures[MAP] = path.read_bytes()
        draw_gantt(planned, path, title=DAY)
        pictures[DAY] = path.read_bytes()
    return pictures
