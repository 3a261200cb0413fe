"""What pydantic found wrong with a scenario, in the user's words."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from decimal import Decimal
from math import isnan
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from environment.parameters import PlacedMistakesError
from scenarios.checks.fields import models_in
from scenarios.scenario import Scenario

BOUNDS = {
    "greater_than_equal": ("ge", ">="),
    "greater_than": ("gt", ">"),
    "less_than_equal": ("le", "<="),
    "less_than": ("lt", "<"),
}
WANTED = {
    "model_type": "a table",
    "model_attributes_type": "a table",
    "dict_type": "a table",
    "tuple_type": "a list",
    "list_type": "a list",
    "string_type": "a text",
    "path_type": "the name of a file",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_parsing_size": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "float_parsing": "a number",
    "finite_number": "a number",
}
"""What a value must be, by the kind of mistake."""


def describe_mistakes(error: ValidationError, of: type[BaseModel] = Scenario) -> list[str]:
    """Tell every mistake on a line of its own: which key, what, the value got, what is allowed.

    Parameters
    ----------
    error : ValidationError
    of : type of BaseModel
        Which model the values were for.
    """
    lines = []
    for details in _own_mistakes(error.errors(include_url=False)):
        path, _ = _follow(details["loc"], of)
        if details["type"].startswith("union_tag"):
            path.append(_discriminator(details))
        key = ".".join(map(key_text, path))
        inside = details.get("ctx", {}).get("error")
        if isinstance(inside, PlacedMistakesError):
            lines += [f"{key}.{mistake}" for mistake in inside.mistakes]
        else:
            lines.append(_describe(details, key, path, of))
    return lines


def misplaced_booleans(data: Mapping[str, Any]) -> list[str]:
    """Tell every true or false where a number is wanted, which pydantic would take for 1 or 0."""
    return [
        f"{'.'.join(map(key_text, location))} must be a number, got {value_text(value)}"
        for location, value in _leaves(data)
        if isinstance(value, bool) and _wants_number(location)
    ]


def _leaves(data: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[Any, Any]]:
    """Every value that is neither table nor list, with its place."""
    if isinstance(data, Mapping):
        for key, value in data.items():
            yield from _leaves(value, (*path, key))
    elif isinstance(data, list | tuple):
        for place, value in enumerate(data):
            yield from _leaves(value, (*path, place))
    else:
        yield path, data


def _wants_number(location: Sequence[str | int]) -> bool:
    """Whether a key can be a number and cannot be true or false; of no key, if it is unknown."""
    names = [step for step in location if isinstance(step, str)]
    models: list[type[BaseModel]] = [Scenario]
    types: list[Any] = []
    for name in names:
        fields = [model.model_fields[name] for model in models if name in model.model_fields]
        if not fields:
            return bool(types) and not models and _holds_number(types)
        types = [field.annotation for field in fields]
        models = [inner for annotation in types for inner in models_in(annotation)]
    return _holds_number(types)


def _holds_number(types: Sequence[Any]) -> bool:
    atoms = {atom for annotation in types for atom in _atoms(annotation)}
    return bool(atoms & {int, float}) and bool not in atoms


def _atoms(annotation: Any) -> Iterator[Any]:
    """The plain types in a type."""
    inner = get_args(annotation)
    if get_origin(annotation) is Literal:
        yield from map(type, inner)
    elif inner:
        for part in inner:
            yield from _atoms(part)
    else:
        with suppress(TypeError):  # of facts such as bounds, which are no types
            hash(annotation)
            yield annotation


def _own_mistakes(errors: Sequence[ErrorDetails]) -> list[ErrorDetails]:
    """All but lists that pydantic finds too short because it left out their wrong entries."""
    places = {details["loc"][:depth] for details in errors for depth in range(len(details["loc"]))}
    return [e for e in errors if not (e["type"] == "too_short" and e["loc"] in places)]


def _follow(
    location: Sequence[str | int], of: type[BaseModel]
) -> tuple[list[str | int], list[type[BaseModel]]]:
    """Follow pydantic's location from a model down.

    Returns
    -------
    list of str or int
        The keys as the file has them: without the tags by which pydantic names members of a union.
    list of models
        Those that can stand there.
    """
    path: list[str | int] = []
    models: list[type[BaseModel]] = [of]
    for step in location:
        tagged = [model for model in models if step in _tags(model)]
        if tagged:
            models = tagged
            continue
        path.append(step)
        fields = [m.model_fields[step] for m in models if step in m.model_fields]
        if fields:
            models = [inner for field in fields for inner in models_in(field.annotation)]
    return path, models


def _tags(model: type[BaseModel]) -> list[str]:
    """What tells a model from others of its union: the only values that its fields can have."""
    annotations = [field.annotation for field in model.model_fields.values()]
    choices = [get_args(a) for a in annotations if get_origin(a) is Literal]
    return [choice[0] for choice in choices if len(choice) == 1]


def _describe(
    details: ErrorDetails, key: str, path: Sequence[str | int], of: type[BaseModel]
) -> str:
    kind, got, context = details["type"], details["input"], details.get("ctx", {})
    if kind == "extra_forbidden":
        return f"unknown key {key!r}{_hint(details, path, of)}"
    if kind == "missing":
        return f"{key} is missing"
    if kind == "union_tag_not_found":
        return f"{key} is missing; allowed: {', '.join(_tags_allowed(details, of))}"
    if kind == "union_tag_invalid":
        known, got = _tags_allowed(details, of), context["tag"]
        return f"{key} must be one of {', '.join(known)}, got {got!r}{_nearest_of(known, got)}"
    if kind == "literal_error":
        expected = context["expected"]
        nearest = _nearest_of(_quoted(expected), got)
        return f"{key} must be {expected}, got {value_text(got)}{nearest}"
    if kind == "value_error":
        where = f"{key}: " if key else ""
        return f"{where}{context['error']}"
    if kind in ("too_short", "too_long"):
        return f"{key} must have {_length_allowed(context)}, got {context['actual_length']}"
    if kind == "string_too_short":
        return f"{key} must not be empty"
    if kind in WANTED or kind in BOUNDS:
        return f"{key} must be {_allowed(details)}, got {value_text(got)}{_how_to(details, key)}"
    return f"{key}: {details['msg'][0].lower()}{details['msg'][1:]}, got {value_text(got)}"


def _allowed(details: ErrorDetails) -> str:
    """What a value must be: of a type, or on one side of a bound."""
    kind, got = details["type"], details["input"]
    if kind in WANTED:
        return WANTED[kind]
    if isinstance(got, float) and isnan(got):
        return "a number"
    name, sign = BOUNDS[kind]
    return f"{sign} {value_text(details['ctx'][name])}"


def _length_allowed(context: Mapping[str, Any]) -> str:
    at, wanted = (
        ("at least", context["min_length"])
        if "min_length" in context
        else ("at most", context["max_length"])
    )
    return f"{at} {wanted} {'entry' if wanted == 1 else 'entries'}"


def _how_to(details: ErrorDetails, key: str) -> str:
    """How what was probably meant is written, where the mistake shows it."""
    wanted, got = WANTED.get(details["type"]), details["input"]
    if wanted == "a list" and isinstance(got, Mapping) and got and all(map(str.isdecimal, got)):
        return (
            f"; single entries of a list cannot be set: give the whole of it, {key}=[...], "
            "or change a copy of the scenario's file"
        )
    if wanted == "a text" and not isinstance(got, Mapping | Sequence):
        return "; a text that looks like something else stands in double quotes"
    return ""


def _discriminator(details: ErrorDetails) -> str:
    """The key that says which member of a union is meant."""
    return _quoted(details["ctx"]["discriminator"])[0]


def _tags_allowed(details: ErrorDetails, of: type[BaseModel]) -> list[str]:
    _, models = _follow(details["loc"], of)
    return [tag for model in models for tag in _tags(model)]


def _quoted(text: str) -> list[str]:
    """The names that stand between single quotes."""
    return text.split("'")[1::2]


def _nearest_of(names: Sequence[str], got: object) -> str:
    """The nearest of some names, in brackets, if there is one."""
    close = difflib.get_close_matches(str(got), names, n=1)
    return f" (did you mean {close[0]!r}?)" if close else ""


def _hint(details: ErrorDetails, path: Sequence[str | int], of: type[BaseModel]) -> str:
    """The nearest key in the same table, else all that it has."""
    *tables, last = path
    _, models = _follow(details["loc"][:-1], of)
    here = [name for model in models for name in model.model_fields if name != "folder"]
    close = difflib.get_close_matches(str(last), here, n=1)
    if close:
        return f" (did you mean {'.'.join(map(str, [*tables, close[0]]))!r}?)"
    return f" (allowed: {', '.join(here)})" if here else ""


LONGEST = 60
"""Characters of a value that are shown."""
LEAST, MOST = 1e-9, 1e20
"""Numbers between are written without an exponent."""


def value_text(value: object) -> str:
    """A value in the words of TOML, cut where it is long; large numbers in groups of three digits.

    Examples
    --------
    >>> value_text(3.15576e8), value_text(True), value_text({"use": "nearest", "keep": [1, 2]})
    ('315,576,000', 'true', "{ use = 'nearest', keep = [1, 2] }")
    """
    text = _whole_text(value)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def _whole_text(value: object) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return _number_text(value)
    if isinstance(value, Mapping):
        pairs = ", ".join(f"{key_text(key)} = {_whole_text(v)}" for key, v in value.items())
        return f"{{ {pairs} }}" if pairs else "{}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return f"[{', '.join(map(_whole_text, value))}]"
    return repr(value) if isinstance(value, str) else str(value)


def key_text(key: object) -> str:
    """A key as it is, or in quotes where a terminal could not show it."""
    text = str(key)
    return text if text.isprintable() else repr(text)


def _number_text(value: float) -> str:
    if value == 0 or LEAST <= abs(value) < MOST:
        return f"{Decimal(str(value)).normalize():,f}"
    return f"{Decimal(value):.6g}" if isinstance(value, int) else f"{value:g}"
