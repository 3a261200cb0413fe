"""Commands that are imported when they are asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Any, ClassVar

import typer
import typer.main
from typer.core import TyperGroup

from commands.output import INTERRUPTED, end


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
