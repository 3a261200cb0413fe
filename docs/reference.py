"""Write what the reference has of the code: all scenario keys, and all commands.

python docs/reference.py
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import typer
from pydantic import BaseModel
from pydantic.fields import FieldInfo

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from environment.demand.durations import Duration
from environment.roads.speeds import SpeedParameters
from scenarios.checks.fields import (
    KIND_KEYS,
    KINDS,
    default_of,
    facts_of,
    is_list,
    kinds_of,
    lengths_of,
    limits_of,
    models_in,
    unit_of,
)
from scenarios.scenario import PolicyChoice, Scenario

FOLDER = Path(__file__).parent / "reference"
BEGIN, END = "<!-- begin reference -->\n", "<!-- end reference -->\n"
COLUMNS = ("key", "value", "unit", "default", "limits", "what it is")
SHOWN_ELSEWHERE = (Duration, PolicyChoice, SpeedParameters)
NOTES = {"demand.priorities": ", the most urgent first"}


class Row(NamedTuple):
    """One key of a scenario's file."""

    key: str
    kind: str
    unit: str
    default: str
    limits: str
    description: str


def main() -> None:
    """Put the tables in their places on the pages."""
    for page, tables in pages().items():
        before, _, rest = page.read_text(encoding="utf-8").partition(BEGIN)
        after = rest.partition(END)[2]
        page.write_text(before + BEGIN + tables + END + after, encoding="utf-8")


def pages() -> dict[Path, str]:
    """What stands between the marks of each page."""
    return {FOLDER / "scenarios.md": reference(), FOLDER / "command_line.md": command_line()}


def reference() -> str:
    """All tables, as Markdown."""
    return "\n".join(table_text(name, own) for name, own in tables().items())


def tables() -> dict[str, list[Row]]:
    """Rows by table of the file; what stands in several tables comes last."""
    found = {"At the top of the file": rows(Scenario), **dict(tables_in(Scenario))}
    found["`[roads.speeds]` of a real map"] = rows(SpeedParameters)
    found["A duration"] = rows(Duration)
    return found


def tables_in(model: type[BaseModel], path: str = "") -> Iterator[tuple[str, list[Row]]]:
    """The tables that stand in one, each followed by those that stand in it."""
    for name, field in model.model_fields.items():
        for inner in models_in(field.annotation):
            if inner in SHOWN_ELSEWHERE:
                continue
            shown = f"`[[{path}{name}]]`" if is_list(field.annotation) else f"`[{path}{name}]`"
            if own := rows(inner):
                yield shown + NOTES.get(path + name, "") + kind_text(inner), own
            yield from tables_in(inner, f"{path}{name}.")


def kind_text(model: type[BaseModel]) -> str:
    """The key that tells one kind of a table from the others, where there are several."""
    for key in KIND_KEYS & model.model_fields.keys():
        return f' with `{key} = "{model.model_fields[key].default}"`'
    return ""


def table_text(name: str, own: list[Row]) -> str:
    """One table of the page."""
    lines = [COLUMNS, ("---",) * len(COLUMNS), *((f"`{row.key}`", *row[1:]) for row in own)]
    texts = [" ".join(f"| {cell}".rstrip() for cell in cells) + " |" for cells in lines]
    return "\n".join([f"### {name}", "", *texts, ""])


def rows(model: type[BaseModel]) -> list[Row]:
    """The keys of a table, but for those that are tables with a section of their own."""
    return [
        row_of(name, field)
        for name, field in model.model_fields.items()
        if name not in KIND_KEYS
        and not field.exclude
        and KINDS.keys() >= {*models_in(field.annotation)}
    ]


def row_of(name: str, field: FieldInfo) -> Row:
    """All that is to be said of one key."""
    kind = " or ".join(dict.fromkeys(kinds_of(field.annotation)))
    facts = [field, *field.metadata, *facts_of(field.annotation)]
    return Row(
        name,
        kind,
        unit_of(name, kind, facts),
        "required" if field.is_required() else default_text(default_of(field)),
        ", ".join([*limits_of(facts), *lengths_of(facts)]),
        field.description or "",
    )


def command_line() -> str:
    """Every command with its options, as Markdown."""
    from run import app

    root = typer.main.get_command(app)
    return "\n".join(command_text(name, root.get_command(None, name)) for name in root.names)


def command_text(name: str, command: Any) -> str:
    """One command: what it does, and a table of what it takes."""
    taken = [one for one in command.params if not one.hidden]
    arguments = [argument_text(one) for one in taken if one.param_type_name == "argument"]
    lines = [f"## corridor {name}", "", command.help, ""]
    lines += [f"`{' '.join(['corridor', name, *arguments, '[OPTIONS]' if taken else ''])}`", ""]
    if taken:
        cells = [("", "default", "what it is"), ("---",) * 3, *map(option_cells, taken)]
        lines += [" ".join(f"| {cell}".rstrip() for cell in row) + " |" for row in cells] + [""]
    return "\n".join(lines).replace(" `\n", "`\n")


def argument_text(argument: Any) -> str:
    """An argument as it stands in the line."""
    shown = (argument.metavar or argument.name).upper()
    return shown if argument.required else f"[{shown}]"


def option_cells(option: Any) -> tuple[str, str, str]:
    """An option or argument: how it is written, its default, what it is."""
    if option.param_type_name == "argument":
        return f"`{argument_text(option)}`", "", option.help or ""
    value = "" if option.is_flag else f" {option.metavar or option.name.upper()}"
    names = ", ".join(f"`{name}{value}`" for name in option.opts)
    return names, option_default(option), option.help or ""


def option_default(option: Any) -> str:
    """What holds where an option is not given; nothing where its help says so."""
    if option.is_flag or option.default in (None, (), []) or option.show_default is False:
        return ""
    return f"`{option.default}`"


def default_text(default: Any) -> str:
    """A default as it would stand in the file; a dash if nothing would."""
    if default is None or default in ("", {}, ()):
        return "–"
    if isinstance(default, bool):
        return f"`{str(default).lower()}`"
    if isinstance(default, Duration):
        return f"`{duration_text(default)}`"
    if isinstance(default, PolicyChoice):
        return f'`"{default.use}"`'
    if isinstance(default, tuple):
        values = (f'"{one}"' if isinstance(one, str) else f"{one:g}" for one in default)
        return f"`[{', '.join(values)}]`"
    return f'`"{default}"`' if isinstance(default, str) else f"`{default:.15g}`"


def duration_text(duration: Duration) -> str:
    """A duration as it would stand in the file."""
    if duration.distribution == "constant":
        return f"{duration.mean_s:g}"
    values = f'distribution = "{duration.distribution}", mean_s = {duration.mean_s:g}'
    return f"{{ {values}, cv = {duration.cv:g} }}"


if __name__ == "__main__":
    main()
