"""The command line: ``python run.py COMMAND``; without a command, the main job.

A command is a module of `commands`, imported when it is asked for.
"""

from __future__ import annotations

import signal

import typer

from own_packages import require_own_packages

require_own_packages()

from commands.lazy import LazyGroup, main_job  # noqa: E402 - now they are ours
from commands.output import run_to_end  # noqa: E402


class Commands(LazyGroup):
    """Every command, in the order of the help."""

    names = (
        "new", "simulate", "compare", "select", "optimise", "batch", "discover", "sensitivity",
        "warm-up", "epidemic", "locate", "deliver", "plan", "route", "reproduce", "hypercube",
        "scenarios", "view", "check-policy", "doctor",
    )  # fmt: skip


app = typer.Typer(
    cls=Commands,
    help="Simulate emergency medical logistics on real streets: what would it change?\n\n"
    "Without a command: what coordination changes in the default city, with its attribution.",
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.callback(invoke_without_command=True)(main_job)


def main() -> None:
    """Start the command line; a user's mistake ends it with a message and no traceback."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # ends workers as Ctrl-C does
    run_to_end(app)


if __name__ == "__main__":
    main()
