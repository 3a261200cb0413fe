"""A visitor's workbook: read within the page's bounds, and planned as ``corridor plan`` does."""

from __future__ import annotations

import base64
import binascii
import io
import threading
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from experiments.planning.errors import WorkbookError
from experiments.planning.inputs import PlanningInput
from experiments.planning.plan import Plan
from experiments.planning.plan import plan as make_plan
from experiments.planning.reading.read import read_input
from experiments.planning.streets import Streets
from experiments.planning.what_if import WhatIf, what_if
from experiments.planning.writing.write import plan_workbook
from viz.page.planning.job import Tell
from viz.report.plan import draw_plan

MOST_BYTES = 5_000_000
"""Of a workbook; the server's sockets take no message of more than 16 MiB."""
MOST_UNPACKED_BYTES = 50_000_000
MOST_CENTRES, MOST_TRIPS = 500, 1_000
LONGEST_SEARCH_S = 30.0
ELSEWHERE = "plan it by: corridor plan WORKBOOK --out PLAN.xlsx"
MOST_NAME = 80

_drawing = threading.Lock()
"""Matplotlib's settings are one for all threads."""


@dataclass(frozen=True)
class Asked:
    """What a workbook asks for, and its name."""

    name: str
    what: PlanningInput

    @property
    def told(self) -> str:
        """What was read, in a line."""
        what = self.what
        counts = ((what.centres, "centre"), (what.trucks, "vehicle"), (what.depots, "depot"))
        told = (f"{len(own)} {word}{'' if len(own) == 1 else 's'}" for own, word in counts)
        return f"{self.name}: {', '.join(told)}"


@dataclass(frozen=True, eq=False)
class Delivered:
    """A plan, what changes would bring, its pictures as PNG, and its workbook."""

    name: str
    plan: Plan
    what_ifs: Sequence[WhatIf]
    pictures: Mapping[str, bytes]
    workbook: bytes


def decoded(upload: object) -> tuple[str, bytes]:
    """The name and content of what a browser has sent.

    Raises
    ------
    WorkbookError
        If it is none of the page's own messages, or too much.
    """
    match upload:
        case [str(name), str(text)] if len(text) <= MOST_BYTES * 4 // 3 + 4:
            try:
                return name[:MOST_NAME] or "workbook", base64.b64decode(text, validate=True)
            except binascii.Error:
                pass
    raise WorkbookError(f"this is no file of at most {MOST_BYTES:,} bytes")


def read_asked(name: str, content: bytes) -> Asked:
    """Read a workbook; a file of it is only in a temporary folder.

    Parameters
    ----------
    name : str
        What the visitor calls it.
    content : bytes

    Raises
    ------
    WorkbookError
        With a line for every mistake and its cell, or if it is too large for the page.
    """
    unpacked = _unpacked_bytes(content)
    if max(len(content) / MOST_BYTES, unpacked / MOST_UNPACKED_BYTES) > 1:
        raise WorkbookError(
            f"has {len(content):,} bytes, {unpacked:,} unpacked; the page takes at most "
            f"{MOST_BYTES:,} and {MOST_UNPACKED_BYTES:,}; {ELSEWHERE}"
        )
    with TemporaryDirectory() as folder:
        path = Path(folder) / "workbook.xlsx"
        path.write_bytes(content)
        try:
            asked = read_input(path)
        except WorkbookError as error:
            lines = str(error).splitlines()
            told = "\n".join(line.removeprefix(f"{path}: ") for line in lines)
            raise WorkbookError(told) from None
    return Asked(name, _bounded(asked))


def _unpacked_bytes(content: bytes) -> int:
    """Bytes of all parts of an archive; zero for what is none, which the reader tells better."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return sum(part.file_size for part in archive.infolist())
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError):
        return 0


def _bounded(asked: PlanningInput) -> PlanningInput:
    """What is asked, if a page can answer it while others wait for their turn."""
    trips = sum(truck.trips for truck in asked.trucks)
    for count, most, of in (
        (len(asked.centres), MOST_CENTRES, "centres"),
        (trips, MOST_TRIPS, "trips of all vehicles together"),
    ):
        if count > most:
            raise WorkbookError(f"has {count:,} {of}; the page plans at most {most:,}: {ELSEWHERE}")
    if asked.settings.search_s <= LONGEST_SEARCH_S:
        return asked
    note = (
        f"On the page routes are searched for {LONGEST_SEARCH_S:g} s, not for "
        f"{asked.settings.search_s:g} s; longer: {ELSEWHERE}"
    )
    settings = replace(asked.settings, search_s=LONGEST_SEARCH_S)
    return replace(asked, settings=settings, notes=(*asked.notes, note))


def deliver(asked: Asked, streets: Streets | None, with_what_if: bool, tell: Tell) -> Delivered:
    """Plan, and write what can be taken along.

    Raises
    ------
    CorridorError
        If a limit cannot be met, or a place is not on the map.
    """

    def heard(text: str) -> None:
        tell(text, None)

    planned = make_plan(asked.what, streets, tell=heard)
    rows = what_if(planned, heard) if with_what_if else []
    heard("Drawing")
    with _drawing:
        pictures = draw_plan(planned)
    heard("Writing the workbook")
    workbook = plan_workbook(planned, rows, pictures)
    return Delivered(asked.name, planned, rows, pictures, workbook)
