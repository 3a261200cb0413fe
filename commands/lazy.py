"""Commands that are imported when they are asked for, and what is done without one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from importlib import import_module
from typing import Annotated, Any, ClassVar

import typer
import typer.main
from typer.core import TyperGroup

from commands.options import RESULTS
from commands.output import INCOMPLETE, INTERRUPTED, end, open_console, open_error_console


class CommandModules(Mapping[str, Any]):
    """Commands by name; each is the function of its own name in the module of that name.

    Parameters
    ----------
    names : tuple of str
        In the order of the help, such as ``warm-up`` for ``commands.warm_up.warm_up``.
    """

    def __init__(self, names: tuple[str, ...]) -> None:
        self._names = names

    def __getitem__(self, name: str) -> Any:
        if name not in self._names:
            raise KeyError(name)
        function = name.replace("-", "_")
        one = typer.Typer(add_completion=False)
        one.command(name)(getattr(import_module(f"commands.{function}"), function))
        return typer.main.get_command(one)

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


class LazyGroup(TyperGroup):
    """A group that imports a command when it is asked for, and tells of an interruption.

    Typer's own group ends by Ctrl-C without a word.
    """

    names: ClassVar[tuple[str, ...]] = ()

    def __init__(self, **settings: Any) -> None:
        super().__init__(**{**settings, "commands": CommandModules(self.names)})

    def invoke(self, ctx: Any) -> Any:
        """Run the command that was asked for."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt as stop:
            end(str(stop) or "stopped", INTERRUPTED)


def main_job(
    context: typer.Context,
    full: Annotated[
        bool, typer.Option("--full", help="More replications and prices: about ten times as long.")
    ] = False,
) -> None:
    """Run the main job where no command is given."""
    if context.invoked_subcommand is not None:
        return
    from experiments.main_job import FULL, QUICK
    from viz.report.main_job import run_main_job
    from viz.terminal.console import progress_bar

    bar = partial(progress_bar, open_error_console())
    if not run_main_job(FULL if full else QUICK, RESULTS, open_console(), bar):
        raise typer.Exit(INCOMPLETE)
