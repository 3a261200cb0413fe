"""What pydantic found wrong with a scenario, in the user's words."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterator, Sequence
from math import isnan
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from scenarios.scenario import Scenario

BOUNDS = {
    "greater_than_equal": ("ge", ">="),
    "greater_than": ("gt", ">"),
    "less_than_equal": ("le", "<="),
    "less_than": ("lt", "<"),
}


def describe_mistakes(error: ValidationError, place: str, overrides: Collection[str] = ()) -> str:
    """Tell every mistake on a line of its own: where, what, the value got, what is allowed."""
    lines = []
    for details in _own_mistakes(error.errors(include_url=False)):
        path, _ = _follow(details["loc"])
        if details["type"].startswith("union_tag"):
            path.append(_discriminator(details))
        key = ".".join(step if step.isprintable() else repr(step) for step in map(str, path))
        from_command_line = any(key == o or key.startswith(f"{o}.") for o in overrides)
        lines.append(f"{'--set' if from_command_line else place}: {_describe(details, key, path)}")
    return "\n".join(lines)


def _own_mistakes(errors: Sequence[ErrorDetails]) -> list[ErrorDetails]:
    """All but lists that pydantic finds too short because it left out their wrong entries."""
    places = {details["loc"][:depth] for details in errors for depth in range(len(details["loc"]))}
    return [e for e in errors if not (e["type"] == "too_short" and e["loc"] in places)]


def _follow(
    location: Sequence[str | int],
) -> tuple[list[str | int], list[type[BaseModel]]]:
    """Follow pydantic's location from the scenario down.

    Returns
    -------
    list of str or int
        The keys as the file has them: without the tags by which pydantic names members of a union.
    list of models
        Those that can stand there.
    """
    path: list[str | int] = []
    models: list[type[BaseModel]] = [Scenario]
    for step in location:
        tagged = [model for model in models if step in _tags(model)]
        if tagged:
            models = tagged
            continue
        path.append(step)
        fields = [m.model_fields[step] for m in models if step in m.model_fields]
        if fields:
            models = [inner for field in fields for inner in _models_in(field.annotation)]
    return path, models


def _tags(model: type[BaseModel]) -> list[str]:
    """What tells a model from others of its union: the only values that its fields can have."""
    annotations = [field.annotation for field in model.model_fields.values()]
    choices = [get_args(a) for a in annotations if get_origin(a) is Literal]
    return [choice[0] for choice in choices if len(choice) == 1]


def _describe(details: ErrorDetails, key: str, path: Sequence[str | int]) -> str:
    kind, got, context = details["type"], details["input"], details.get("ctx", {})
    if kind == "extra_forbidden":
        return f"unknown key {key!r}{_hint(details, path)}"
    if kind == "missing":
        return f"{key} is missing"
    if kind == "union_tag_not_found":
        return f"{key} is missing; allowed: {', '.join(_tags_allowed(details))}"
    if kind == "union_tag_invalid":
        known, got = _tags_allowed(details), context["tag"]
        return f"{key} must be one of {', '.join(known)}, got {got!r}{_nearest_of(known, got)}"
    if kind in BOUNDS:
        name, sign = BOUNDS[kind]
        if isinstance(got, float) and isnan(got):
            return f"{key} must be a number, got {got!r}"
        return f"{key} must be {sign} {context[name]:g}, got {got!r}"
    if kind == "literal_error":
        expected = context["expected"]
        return f"{key} must be {expected}, got {got!r}{_nearest_of(_quoted(expected), got)}"
    if kind == "value_error":
        where = f"{key}: " if key else ""
        return f"{where}{context['error']}"
    if kind in ("too_short", "too_long"):
        bound = "min" if kind == "too_short" else "max"
        wanted = context[f"{bound}_length"]
        at = "at least" if bound == "min" else "at most"
        return f"{key} must have {at} {wanted} entries, got {context['actual_length']}"
    return f"{key}: {details['msg'][0].lower()}{details['msg'][1:]}, got {got!r}"


def _discriminator(details: ErrorDetails) -> str:
    """The key that says which member of a union is meant."""
    return _quoted(details["ctx"]["discriminator"])[0]


def _tags_allowed(details: ErrorDetails) -> list[str]:
    _, models = _follow(details["loc"])
    return [tag for model in models for tag in _tags(model)]


def _quoted(text: str) -> list[str]:
    """The names that stand between single quotes."""
    return text.split("'")[1::2]


def _nearest_of(names: Sequence[str], got: object) -> str:
    """The nearest of some names, in brackets, if there is one."""
    close = difflib.get_close_matches(str(got), names, n=1)
    return f" (did you mean {close[0]!r}?)" if close else ""


def _hint(details: ErrorDetails, path: Sequence[str | int]) -> str:
    """The nearest key in the same table, else all that it has."""
    *tables, last = path
    _, models = _follow(details["loc"][:-1])
    here = [name for model in models for name in model.model_fields if name != "folder"]
    close = difflib.get_close_matches(str(last), here, n=1)
    if close:
        return f" (did you mean {'.'.join(map(str, [*tables, close[0]]))!r}?)"
    return f" (allowed: {', '.join(here)})" if here else ""


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    elif get_origin(annotation) is not None:
        for inner in get_args(annotation):
            yield from _models_in(inner)
