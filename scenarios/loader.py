"""Scenarios from TOML files."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from itertools import accumulate
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from scenarios.checks.mistakes import describe_mistakes, misplaced_booleans
from scenarios.errors import ScenarioError
from scenarios.overrides import with_values
from scenarios.scenario import LONGEST_NAME, Scenario
from scenarios.toml_text import read_toml

CASES = Path(__file__).parent / "cases"


def shipped_cases() -> dict[str, Path]:
    """The cases that come with Corridor, by name."""
    return {path.stem: path for path in sorted(CASES.glob("*.toml"))}


def describe_cases() -> dict[str, str]:
    """What each shipped case is, in a line, by name."""
    return {name: _read_toml(path).get("description", "") for name, path in shipped_cases().items()}


def load_scenario(
    case: str | Path, overrides: Mapping[str, Any] | None = None, folder: Path | None = None
) -> Scenario:
    """Load a scenario.

    Parameters
    ----------
    case : str or Path
        The name of a shipped case, or a TOML file.
    overrides : mapping
        Values under dotted keys that take the place of those in the file.
    folder : Path, optional
        Where the files that the scenario names are; else beside the scenario's own file.

    Raises
    ------
    ScenarioError
        With a line for every mistake.
    """
    return load_changed(case, {"--set": overrides or {}}, folder)


def load_changed(
    case: str | Path, changes: Mapping[str, Mapping[str, Any]], folder: Path | None = None
) -> Scenario:
    """Load a scenario with overrides of several origins, which its mistakes tell.

    Parameters
    ----------
    case, folder
        As `load_scenario` takes them.
    changes : mapping of str to mapping
        Overrides by the option of the command line that asks for them, later ones on top.

    Raises
    ------
    ScenarioError
        With a line for every mistake.
    """
    path = _find(case)
    if folder is not None and not folder.is_dir():
        raise ScenarioError(f"{folder}: no such folder")
    files = folder or path.parent
    stages = list(accumulate(changes.values(), with_values, initial=_read_toml(path)))
    try:
        return _validate(stages[-1], path.stem, files)
    except ScenarioError as error:
        mistakes = str(error).splitlines()
        origins = _origins([path.name, *changes], stages, path.stem, files)
        raise ScenarioError("\n".join(f"{origins[line]}: {line}" for line in mistakes)) from None


def load_case(
    case: str | Path | Scenario,
    origin: str,
    changes: Mapping[str, Any],
    folder: Path | None = None,
) -> Scenario:
    """Load a case, or take a scenario, with changes, whose mistakes tell where they come from.

    Raises
    ------
    ScenarioError
        With a line for every mistake.
    """
    if not isinstance(case, Scenario):
        return load_changed(case, {origin: changes}, folder)
    if folder is not None:
        case = case.model_copy(update={"folder": folder})
    try:
        return case.changed(changes) if changes else case
    except ScenarioError as error:
        lines = str(error).splitlines()
        raise ScenarioError("\n".join(f"{origin}: {line}" for line in lines)) from None


def _validate(data: Mapping[str, Any], name: str, folder: Path) -> Scenario:
    """Make a scenario of what is written; mistakes do not tell yet where it is written."""
    mistakes = []
    if "folder" in data:
        mistakes.append(
            "unknown key 'folder' (files are looked up beside the scenario's own; "
            "another folder is named with --data DIR)"
        )
    try:
        scenario = Scenario.model_validate({"name": name[:LONGEST_NAME], **data, "folder": folder})
    except ValidationError as error:
        mistakes += describe_mistakes(error)
    else:
        mistakes += misplaced_booleans(data)
        missing = [path for path in scenario.input_files if not is_file(path)]
        mistakes += [f"no such file: {path} (another folder: --data DIR)" for path in missing]
    if mistakes:
        raise ScenarioError("\n".join(mistakes))
    return scenario


def is_file(path: Path) -> bool:
    """Whether there is such a file; none has a name that the system does not take."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def _origins(
    places: Sequence[str], stages: Sequence[Mapping[str, Any]], name: str, folder: Path
) -> dict[str, str]:
    """By mistake, what brought it in: the first of the stages that makes it.

    That is the only way to tell whose a mistake is that lies between several keys.
    """
    origins: dict[str, str] = {}
    for place, data in zip(places, stages, strict=True):
        try:
            _validate(data, name, folder)
        except ScenarioError as error:
            origins = dict.fromkeys(str(error).splitlines(), place) | origins
    return origins


def _find(case: str | Path) -> Path:
    cases = shipped_cases()
    if str(case) in cases:
        return cases[str(case)]
    path = Path(case)
    if is_file(path):
        return path
    if path.suffix == ".toml":
        raise ScenarioError(f"{path}: no such file")
    close = difflib.get_close_matches(str(case), cases, n=1)
    hint = f"did you mean {close[0]!r}?" if close else f"cases: {', '.join(cases)}"
    raise ScenarioError(f"{case}: no such case, and no .toml file ({hint})")


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        return read_toml(path.read_text(encoding="utf-8"))
    except ValueError as error:  # of TOML, UTF-8, or a whole number with thousands of digits
        raise ScenarioError(f"{path.name}: is not TOML: {error}") from None
    except OSError as error:
        raise ScenarioError(f"{path}: cannot be read: {error.strerror}") from None
