"""``corridor scenarios``: the cases that ship."""

from __future__ import annotations

import json

from commands.options import AsJson
from commands.output import open_console


def scenarios(as_json: AsJson = False) -> None:
    """List the cases that come with Corridor."""
    from scenarios.loader import describe_cases

    cases = describe_cases()
    if as_json:
        print(json.dumps(cases, indent=1))
        return
    from viz.terminal.console import cases_table

    open_console().print(cases_table(cases))
