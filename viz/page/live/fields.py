"""A scenario's own fields as the page's controls: name, unit, limits and description of each.

Nothing of it is written down a second time: what the parameter classes say is what is shown, and
what they refuse is told in their words. Files and texts are left out, so that nothing which a
visitor writes is ever opened.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from environment.errors import CorridorError
from policies.base import PolicyError
from policies.decision import Decision
from policies.registry import DECISIONS, build_policy, built_in_class, is_own
from scenarios.checks.fields import facts_of, is_list, kinds_of, limits_of, models_in, unit_of
from scenarios.errors import ScenarioError
from scenarios.scenario import PolicyChoice, Scenario

UNIT_ENDS = ("_s", "_m", "_h", "_km", "_cv", "_kph")
PLAIN = {"whole number": "whole", "number": "number", "true or false": "switch"}


@dataclass(frozen=True)
class Control:
    """One field of a scenario, as a visitor sees it.

    Attributes
    ----------
    key : str
        Dotted, as on the command line.
    label, unit, limits, text : str
        What it is called, what its numbers count, what is allowed, and what it is.
    kind : {"number", "whole", "switch", "choice", "policy"}
    value : object
    choices : tuple of str
    is_optional : bool
        Whether it may be empty.
    inner : tuple of Control
        A policy's parameters.
    """

    key: str
    label: str
    kind: str
    value: Any
    unit: str = ""
    limits: str = ""
    text: str = ""
    choices: tuple[str, ...] = ()
    is_optional: bool = False
    inner: tuple[Control, ...] = field(default=())


def controls_at(scenario: Scenario, path: str) -> list[Control]:
    """The controls of a table of the scenario, or of one key of it; none if it is not there."""
    *tables, last = path.split(".")
    holder: Any = scenario
    for name in tables:
        holder = getattr(holder, name, None)
    if not isinstance(holder, BaseModel) or last not in type(holder).model_fields:
        return []
    value = getattr(holder, last)
    if isinstance(value, BaseModel) and not isinstance(value, PolicyChoice):
        return list(_controls_in(value, path, ""))
    return list(_controls_of(path, type(holder).model_fields[last], value, ""))


def _controls_in(model: BaseModel, path: str, of: str) -> Iterator[Control]:
    for name, info in type(model).model_fields.items():
        value = getattr(model, name)
        if isinstance(value, BaseModel) and not isinstance(value, PolicyChoice):
            yield from _controls_in(value, f"{path}.{name}", label_of(name))
        else:
            yield from _controls_of(f"{path}.{name}", info, value, of)


def _controls_of(key: str, info: FieldInfo, value: Any, of: str) -> Iterator[Control]:
    """The control of a field; none for lists, tables, texts and files."""
    name = key.rpartition(".")[2]
    label = label_of(name) if not of else f"{of}, {label_of(name).lower()}"
    if isinstance(value, PolicyChoice):
        yield policy_control(key, DECISIONS[name], value, info.description or "")
        return
    if is_list(info.annotation) or models_in(info.annotation) or isinstance(value, Mapping):
        return
    words = list(dict.fromkeys(kinds_of(info.annotation)))
    choices = tuple(_choices(info.annotation))
    if len(words) != 1 or (words[0] not in PLAIN and len(choices) < 2):
        return
    facts = [info, *info.metadata, *facts_of(info.annotation)]
    yield Control(
        key,
        label,
        "choice" if choices else PLAIN[words[0]],
        value,
        unit=unit_of(name, words[0], facts),
        limits=" and ".join(limits_of(facts)),
        text=info.description or "",
        choices=choices,
        is_optional=type(None) in get_args(info.annotation),
    )


def _choices(annotation: Any) -> Iterator[str]:
    """The names that can be chosen, where they are given."""
    if get_origin(annotation) is Literal:
        yield from get_args(annotation)


def label_of(name: str) -> str:
    """A key in words, without the unit, which stands beside its number."""
    for end in UNIT_ENDS:
        name = name.removesuffix(end)
    words = name.replace("_", " ")
    return words[:1].upper() + words[1:]


def policy_control(
    key: str, decision: Decision[Any], chosen: PolicyChoice, text: str = ""
) -> Control:
    """Who decides: the built-in policies, and that of the user's own which the scenario names."""
    names = list(decision.built_in)
    if is_own(chosen.use):
        names.append(chosen.use)
        inner = tuple(
            Control(f"{key}.{name}", label_of(name), _kind_of(value), value)
            for name, value in chosen.parameters.items()
            if isinstance(value, bool | int | float)
        )
    else:
        inner = tuple(policy_parameters(key, decision, chosen))
    return Control(
        key,
        label_of(decision.name),
        "policy",
        chosen.use,
        text=text,
        choices=tuple(names),
        inner=inner,
    )


def policy_parameters(key: str, decision: Decision[Any], chosen: PolicyChoice) -> Iterator[Control]:
    """The numbers and switches that a built-in policy takes, with its own description of them."""
    cls = built_in_class(decision, chosen.use)
    texts = documented(cls)
    for name, parameter in inspect.signature(cls).parameters.items():
        value = chosen.parameters.get(name, parameter.default)
        if isinstance(value, bool | int | float):
            words = [name, "number", []]
            unit = unit_of(*words) or _unit_in(name)  # type: ignore[arg-type]
            label = label_of(name)
            yield Control(
                f"{key}.{name}", label, _kind_of(value), value, unit, "", texts.get(name, "")
            )


def _kind_of(value: object) -> str:
    if isinstance(value, bool):
        return "switch"
    return "whole" if isinstance(value, int) else "number"


def _unit_in(name: str) -> str:
    return {"s": "s", "m": "m", "h": "h", "km": "km", "kph": "km/h"}.get(
        name.rpartition("_")[2], ""
    )


def documented(cls: type) -> dict[str, str]:
    """What a class's docstring says of each of its parameters or attributes, in one line each."""
    lines = inspect.getdoc(cls) or ""
    found = {}
    for name, text in re.findall(r"^(\w+) : .*\n((?:    .*\n?)+)", lines, re.MULTILINE):
        plain = re.sub(r":\w+:`([^`]*)`|``?([^`]*)``?", r"\1\2", " ".join(text.split()))
        found[name] = plain
    return found


def changed(scenario: Scenario, values: Mapping[str, Any]) -> Scenario:
    """The scenario with other values, its policies tried out.

    Raises
    ------
    ScenarioError
        With what is wrong, in plain words; the scenario stays as it was.
    """
    new = scenario.changed(values)
    for key in values:
        table, _, rest = key.partition(".")
        if table == "policies":
            _try_policy(new, DECISIONS[rest.partition(".")[0]])
    return new


def _try_policy(scenario: Scenario, decision: Decision[Any]) -> None:
    chosen: PolicyChoice = getattr(scenario.policies, decision.name)
    if is_own(chosen.use):
        return  # its source is tried when the run is made
    try:
        build_policy(decision, chosen.use, chosen.parameters, None)
    except PolicyError as error:
        raise ScenarioError(str(error)) from None


def mistake_at(key: str, error: CorridorError) -> str:
    """What is wrong with a field, without the names that stand beside it already."""
    first = str(error).splitlines()[0]
    return (
        first.rpartition(f"{key} ")[2] if f"{key} " in first else first.partition(": ")[2] or first
    )
