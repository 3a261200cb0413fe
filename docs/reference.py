"""Write the tables of all scenario keys into ``docs/scenarios.md``, from the parameter classes.

python docs/reference.py
"""

from __future__ import annotations

import sys
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin

from annotated_types import Ge, Gt, Le, Lt, MaxLen, MinLen
from pydantic import BaseModel
from pydantic.fields import FieldInfo

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from environment.durations import Duration
from environment.roads.speeds import SpeedParameters
from scenarios.scenario import PolicyChoice, Scenario

PAGE = Path(__file__).parent / "scenarios.md"
BEGIN, END = "<!-- begin reference -->\n", "<!-- end reference -->\n"
COLUMNS = ("key", "value", "unit", "default", "limits", "what it is")
UNITS = {"days": "days", "_km": "km", "_day": "per day"}
"""By the end of a number's key, where its type has none."""
KINDS: dict[Any, str] = {
    bool: "true or false",
    int: "whole number",
    float: "number",
    str: "text",
    Path: "file",
    Duration: "duration",
    PolicyChoice: "policy",
}
KIND_KEYS = {"source", "kind"}
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
    """Put the tables in their place on the page."""
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    PAGE.write_text(before + BEGIN + reference() + END + after, encoding="utf-8")


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


def is_list(annotation: Any) -> bool:
    """Whether a type, or one that it allows, is a list."""
    return get_origin(annotation) is tuple or any(map(is_list, get_args(annotation)))


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


def default_of(field: FieldInfo) -> Any:
    """The default, made if it is made anew for each scenario."""
    return field.get_default(call_default_factory=True, validated_data={})


def kinds_of(annotation: Any) -> Iterator[str]:
    """The kinds of value that a type allows, in words."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if annotation in KINDS:
        yield KINDS[annotation]
    elif origin is Literal:
        yield " or ".join(f'`"{value}"`' for value in arguments)
    elif origin is tuple:
        yield f"list of {plural(next(kinds_of(arguments[0])))}"
    elif origin is dict:
        yield f"table of {plural(next(kinds_of(arguments[1])))}"
    elif origin is Annotated:
        yield from kinds_of(arguments[0])
    elif origin in (Union, types.UnionType):
        for inner in arguments:
            yield from kinds_of(inner)


def plural(kind: str) -> str:
    """A kind of value in the plural; names that can be chosen stay as they are."""
    if kind.startswith("`"):
        return kind
    return kind.replace("list of", "lists of") if kind.startswith("list") else f"{kind}s"


def models_in(annotation: Any) -> list[type[BaseModel]]:
    """The parameter classes in a type."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for inner in get_args(annotation) for model in models_in(inner)]


def facts_of(annotation: Any) -> Iterator[Any]:
    """Bounds and units, wherever in a type they stand, but no lengths of a list's entries."""
    inner, whole = get_args(annotation), get_origin(annotation) not in (tuple, dict)
    if get_origin(annotation) is Annotated:
        for fact in inner[1:]:
            yield from (fact, *getattr(fact, "metadata", ()))
        inner = inner[:1]
    for part in inner:
        yield from (f for f in facts_of(part) if whole or not isinstance(f, MinLen | MaxLen))


def unit_of(name: str, kind: str, facts: list[Any]) -> str:
    """The unit that the type has, else that in the name."""
    for fact in facts:
        extra = getattr(fact, "json_schema_extra", None)
        if isinstance(extra, dict) and "unit" in extra:
            return str(extra["unit"])
    if kind == KINDS[Duration]:
        return "s"
    known = (unit for end, unit in UNITS.items() if name.endswith(end))
    return next(known, "") if "number" in kind else ""


def limits_of(facts: list[Any]) -> Iterator[str]:
    """The tightest bounds of a number."""
    lower: list[Any] = [(f.gt, 1, ">") for f in facts if isinstance(f, Gt)]
    lower += [(f.ge, 0, "≥") for f in facts if isinstance(f, Ge)]
    upper: list[Any] = [(f.lt, 0, "<") for f in facts if isinstance(f, Lt)]
    upper += [(f.le, 1, "≤") for f in facts if isinstance(f, Le)]
    for tightest in (*sorted(lower)[-1:], *sorted(upper)[:1]):
        value, _, sign = tightest
        yield f"{sign} {'2⁶³' if value == 2**63 else f'{value:,.15g}'}"


def lengths_of(facts: list[Any]) -> Iterator[str]:
    """How many entries a list must have."""
    least = {fact.min_length for fact in facts if isinstance(fact, MinLen)}
    most = {fact.max_length for fact in facts if isinstance(fact, MaxLen)}
    if least and least == most:
        yield f"{max(least)} entries"
    elif least:
        yield "not empty"


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
