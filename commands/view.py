"""``corridor view``: the page that shows a case while it runs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from commands.options import RESULTS, Case, Coordinated, Data, Set, load_case


def view(
    case: Case = "city",
    data: Data = None,
    overrides: Set = None,
    coordination: Coordinated = None,
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="0: any free one.")] = 8765,
    host: Annotated[
        str, typer.Option("--host", help="Whom it answers; only this machine by default.")
    ] = "127.0.0.1",
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Open no browser.")] = False,
    results: Annotated[
        Path, typer.Option("--results", help="Folder whose results the page may open.")
    ] = RESULTS,
    tiles: Annotated[
        str,
        typer.Option(
            "--tiles",
            metavar="URL",
            help="Map tiles of your own, as in http://localhost:8080/{z}/{x}/{y}.png.",
            show_default=False,
        ),
    ] = "",
) -> None:
    """Watch a case in the browser, and change it while it runs; Ctrl-C ends it."""
    from viz.page.server import open_port, require_extra, serve

    require_extra()
    scenario = load_case(case, data, overrides, coordination)
    with open_port(host, port) as listener:
        from viz.page.service import make_service, serve_this

        serve_this(make_service(scenario, results, tiles))
        serve(
            listener,
            lambda url: print(f"{scenario.name}: {url}   (Ctrl-C ends it)", flush=True),
            not no_browser,
        )
