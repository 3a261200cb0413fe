"""Arms of a comparison from the command line: ``base:policies.dispatch=nearest``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from scenarios.errors import ScenarioError
from scenarios.loader import load_changed
from scenarios.overrides import read_changes, read_overrides
from scenarios.scenario import Scenario

OPENING, CLOSING = "[{", "]}"
BEFORE_TEXT = ("=", ",", *OPENING)
"""What a quoted text may come after."""


def read_arms(texts: Iterable[str]) -> dict[str, list[str]]:
    """Read ``NAME:KEY=VALUE,KEY=VALUE`` texts; a name alone changes nothing.

    Raises
    ------
    ScenarioError
        If an arm has no name, two have the same, or a quoted text does not end.
    """
    arms: dict[str, list[str]] = {}
    for text in texts:
        name, _, changes = text.partition(":")
        name = name.strip()
        if not name or "=" in name:
            raise ScenarioError(
                f"--arm {text!r}: expected NAME:KEY=VALUE,..., such as "
                "base:policies.dispatch=nearest"
            )
        if name in arms:
            raise ScenarioError(f"--arm {text!r}: there is an arm {name!r} already")
        try:
            arms[name] = list(_whole_changes(split_values(changes)))
        except ScenarioError as error:
            raise ScenarioError(f"--arm {text!r}: {error}") from None
    return arms


def load_arms(
    case: str | Path,
    arms: Mapping[str, Sequence[str]],
    overrides: Iterable[str] | None = None,
    folder: Path | None = None,
    coordination: str | None = None,
) -> dict[str, Scenario]:
    """Load the scenario of each arm.

    Parameters
    ----------
    case : str or Path
        The name of a shipped case, or a TOML file.
    arms : mapping of str to sequence of str
        What each arm changes, as ``key=value`` texts.
    overrides : iterable of str, optional
        What is changed for all of them.
    folder : Path, optional
        Where the files that the scenario names are.
    coordination : str, optional
        Which mechanisms are on in all of them, where an arm does not say otherwise.

    Raises
    ------
    ScenarioError
        With a line for every mistake of every arm; what is wrong in all is told once.
    """
    for_all = read_changes(overrides, coordination)

    def load_arm(name: str) -> Scenario:
        option = f"--arm {name}"
        own = read_overrides(arms[name], option)
        return load_changed(case, {**for_all, option: own}, folder)

    return load_each(arms, load_arm)


def load_each(names: Iterable[str], load: Callable[[str], Scenario]) -> dict[str, Scenario]:
    """Load a scenario for each name.

    Raises
    ------
    ScenarioError
        With a line for every mistake of every scenario; what is wrong in all is told once.
    """
    scenarios, mistakes = {}, []
    for name in names:
        try:
            scenarios[name] = load(name)
        except ScenarioError as error:
            mistakes += str(error).splitlines()
    if mistakes:
        raise ScenarioError("\n".join(dict.fromkeys(mistakes)))
    return scenarios


def _whole_changes(parts: Iterable[str]) -> Iterator[str]:
    """Changes with their whole values: a part without a key goes on with the value before it."""
    whole = ""
    for part in parts:
        if whole and "=" in part:
            yield whole
            whole = part
        else:
            whole = f"{whole},{part}" if whole else part
    if whole:
        yield whole


def split_values(changes: str) -> list[str]:
    """Split at the commas that stand in no list, table or quoted text of a value.

    A quote opens a text only where a value begins: that of ``name=it's`` is an apostrophe.

    Raises
    ------
    ScenarioError
        If a quoted text does not end.
    """
    parts, depth, quote, before = [""], 0, "", "="
    for character in changes:
        if quote or (character in "\"'" and before in BEFORE_TEXT):
            quote = "" if character == quote else quote or character
        else:
            depth += (character in OPENING) - (character in CLOSING)
        if character == "," and not depth and not quote:
            parts.append("")
        else:
            parts[-1] += character
        before = character if character.strip() else before
    if quote:
        raise ScenarioError(
            f"the quote {quote} before {parts[-1].partition(quote)[2]!r} is not closed"
        )
    return [part.strip() for part in parts if part.strip()]
