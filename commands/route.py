"""``corridor route``: routes for an instance of CVRPLIB."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from commands.options import AsJson
from commands.output import MISTAKE, end, open_console, open_error_console

if TYPE_CHECKING:
    from experiments.routing.cvrplib import Instance
    from policies.routing.planning import Deliveries

WITHOUT_FLEET = ("sum_of_arrivals", "latest_arrival")


def route(
    file: Annotated[Path, typer.Argument(help="A .vrp file of CVRPLIB.", show_default=False)],
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            "-o",
            help="File for the routes, in CVRPLIB's format.",
            metavar="FILE.sol",
            show_default=False,
        ),
    ] = None,
    seconds: Annotated[
        float | None,
        typer.Option(
            "--seconds",
            help="How long to search; by default a number of iterations, alike on every machine.",
            show_default=False,
        ),
    ] = None,
    objective: Annotated[
        str,
        typer.Option("--objective", help="distance, sum_of_arrivals or latest_arrival."),
    ] = "distance",
    vehicles: Annotated[
        int | None,
        typer.Option(
            "--vehicles",
            help="How many there are; by default as many as the file says, or as are of use.",
            show_default=False,
        ),
    ] = None,
    method: Annotated[
        str, typer.Option("--method", help="auto, exact, pyvrp or savings.")
    ] = "auto",
    seed: Annotated[int, typer.Option("--seed", help="Of the search.")] = 0,
    as_json: AsJson = False,
) -> None:
    """Plan routes for a file of CVRPLIB, and tell how far they are from the best known."""
    from experiments.routing.cvrplib import best_known, read_instance
    from experiments.routing.routed import Routed
    from policies.routing.planning import plan_deliveries

    if vehicles is not None and vehicles < 1:
        end(f"--vehicles must be >= 1, got {vehicles}", MISTAKE)
    if out is not None and out.exists():  # perhaps the best known routes
        end(f"--out {out}: is there already; remove it or choose another name", MISTAKE)
    instance = read_instance(file)
    deliveries = _deliveries(instance, objective, vehicles)
    plan = plan_deliveries(deliveries, method, time_limit_s=seconds, seed=seed)
    routed = Routed(instance, deliveries, plan, best_known(file))
    if as_json:
        from simulation.tables.files import to_json

        print(to_json(routed.to_dict()).decode())
    else:
        from viz.terminal.routes import print_routes

        print_routes(open_console(), routed)
    if out is not None:
        from simulation.tables.files import write_file

        write_file(out, routed.solution_text().encode())
        open_error_console().print(f"In {out}: {len(plan.trips)} routes")


def _deliveries(instance: Instance, objective: str, vehicles: int | None) -> Deliveries:
    """What is to be delivered; arrivals ask for a number of vehicles."""
    if objective in WITHOUT_FLEET and vehicles is None and instance.vehicles is None:
        end(
            f"--objective {objective} asks for --vehicles, since with one for each customer "
            f"everybody is served at once; their loads fill {instance.least_vehicles}",
            MISTAKE,
        )
    return instance.deliveries(objective, vehicles)  # type: ignore[arg-type]
