"""The keys of a scenario as its parameter classes tell them: kind, unit, limits, default.

What the reference of keys and the page's controls say of a key is read from here alone.
"""

from __future__ import annotations

import types
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from annotated_types import Ge, Gt, Le, Lt, MaxLen, MinLen
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from environment.demand.durations import Duration
from scenarios.scenario import PolicyChoice

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
"""What tells one kind of a table from the others."""


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


def is_list(annotation: Any) -> bool:
    """Whether a type, or one that it allows, is a list."""
    return get_origin(annotation) is tuple or any(map(is_list, get_args(annotation)))


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
