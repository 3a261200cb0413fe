"""What pydantic found wrong with a scenario, in the user's words."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterator, Mapping, Sequence
from math import isnan
from typing import Annotated, Any, get_args, get_origin

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
        path = _path(details)
        key = ".".join(step if step.isprintable() else repr(step) for step in map(str, path))
        about = f"{key}.source" if details["type"].startswith("union_tag") else key
        from_command_line = any(about == o or about.startswith(f"{o}.") for o in overrides)
        lines.append(f"{'--set' if from_command_line else place}: {_describe(details, key, path)}")
    return "\n".join(lines)


def _own_mistakes(errors: Sequence[ErrorDetails]) -> list[ErrorDetails]:
    """All but lists that pydantic finds too short because it left out their wrong entries."""
    places = {details["loc"][:depth] for details in errors for depth in range(len(details["loc"]))}
    return [e for e in errors if not (e["type"] == "too_short" and e["loc"] in places)]


def _path(details: ErrorDetails) -> tuple[str | int, ...]:
    """Keys as the file has them: without the tags by which pydantic names members of a union."""
    path: list[str | int] = []
    for step in details["loc"]:
        if path == ["roads"] and step in _source_models():
            continue
        path.append(step)
    return tuple(path)


def _describe(details: ErrorDetails, key: str, path: Sequence[str | int]) -> str:
    kind, got, context = details["type"], details["input"], details.get("ctx", {})
    if kind == "extra_forbidden":
        return f"unknown key {key!r}{_hint(details, path)}"
    if kind == "missing":
        return f"{key} is missing"
    if kind == "union_tag_not_found":
        return f"{key}.source is missing; allowed: {', '.join(_source_models())}"
    if kind == "union_tag_invalid":
        close = difflib.get_close_matches(str(context["tag"]), _source_models(), n=1)
        hint = f" (did you mean {close[0]!r}?)" if close else ""
        known = ", ".join(_source_models())
        return f"{key}.source must be one of {known}, got {context['tag']!r}{hint}"
    if kind in BOUNDS:
        name, sign = BOUNDS[kind]
        if isinstance(got, float) and isnan(got):
            return f"{key} must be a number, got {got!r}"
        return f"{key} must be {sign} {context[name]:g}, got {got!r}"
    if kind == "literal_error":
        expected = context["expected"]
        return f"{key} must be {expected}, got {got!r}{_nearest_of(expected, got)}"
    if kind == "value_error":
        where = f"{key}: " if key else ""
        return f"{where}{context['error']}"
    if kind in ("too_short", "too_long"):
        bound = "min" if kind == "too_short" else "max"
        wanted = context[f"{bound}_length"]
        at = "at least" if bound == "min" else "at most"
        return f"{key} must have {at} {wanted} entries, got {context['actual_length']}"
    return f"{key}: {details['msg'][0].lower()}{details['msg'][1:]}, got {got!r}"


def _nearest_of(expected: str, got: object) -> str:
    """The nearest of some quoted names, in brackets, if there is one."""
    close = difflib.get_close_matches(str(got), expected.split("'")[1::2], n=1)
    return f" (did you mean {close[0]!r}?)" if close else ""


def _hint(details: ErrorDetails, path: Sequence[str | int]) -> str:
    """The nearest key in the same table, else the nearest in all the scenario."""
    *tables, last = path
    here = list(_fields_at(details["loc"][:-1]))
    close = difflib.get_close_matches(str(last), here, n=1)
    if close:
        return f" (did you mean {'.'.join(map(str, [*tables, close[0]]))!r}?)"
    return f" (allowed: {', '.join(here)})" if here else ""


def _fields_at(location: Sequence[str | int]) -> Iterator[str]:
    """Names of the fields of the model found by following a location from the scenario down."""
    model: type[BaseModel] = Scenario
    for step in location:
        if step in _source_models() and model is Scenario:
            model = _source_models()[str(step)]
        elif isinstance(step, str) and step in model.model_fields and step != "roads":
            inner = list(_models_in(model.model_fields[step].annotation))
            if not inner:
                return
            model = inner[0]
    yield from (name for name in model.model_fields if name != "folder")


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    elif get_origin(annotation) is not None:
        for inner in get_args(annotation):
            yield from _models_in(inner)


def _source_models() -> Mapping[str, type[BaseModel]]:
    """The sources of maps by the name that ``roads.source`` has in a file."""
    annotation = Scenario.model_fields["roads"].annotation
    models = _models_in(Annotated[annotation, None])
    return {model.model_fields["source"].default: model for model in models}
