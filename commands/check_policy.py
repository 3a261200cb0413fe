"""``corridor check-policy``: whether a policy keeps its contract."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from commands.options import AsJson
from commands.output import MISTAKE, open_console


def check_policy(
    policy: Annotated[
        str, typer.Argument(help="module:Class, ./file.py:Class, or a built-in name.")
    ],
    decision: Annotated[
        str | None,
        typer.Option(help="Which decision it takes, such as dispatch, if it does not tell."),
    ] = None,
    parameters: Annotated[
        list[str] | None,
        typer.Option("--set", help="A parameter of the policy.", metavar="NAME=VALUE"),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Test a policy, your own too, in a few hundred small situations."""
    from policies.check import check_policy as check
    from scenarios.overrides import read_overrides, with_values

    report = check(decision, policy, with_values({}, read_overrides(parameters or [])), [Path()])
    if as_json:
        from dataclasses import asdict

        print(json.dumps(asdict(report), indent=1))
    else:
        from viz.terminal.console import print_report

        print_report(open_console(), report)
    if not report.passed:
        raise typer.Exit(MISTAKE)
