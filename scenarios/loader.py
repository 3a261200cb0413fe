"""Scenarios from TOML files."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from scenarios.errors import ScenarioError
from scenarios.mistakes import describe_mistakes
from scenarios.overrides import with_values
from scenarios.scenario import Scenario

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
    path = _find(case)
    overrides = overrides or {}
    data = with_values(_read_toml(path), overrides)
    if "folder" in data:
        raise ScenarioError(
            f"{path.name}: unknown key 'folder' (files are looked up beside the scenario's own; "
            "another folder is named with --data DIR)"
        )
    if folder is not None and not folder.is_dir():
        raise ScenarioError(f"{folder}: no such folder")
    try:
        scenario = Scenario.model_validate(
            {"name": path.stem, **data, "folder": folder or path.parent}
        )
    except ValidationError as error:
        raise ScenarioError(describe_mistakes(error, path.name, overrides)) from None
    _require_files(scenario, path.name)
    return scenario


def _require_files(scenario: Scenario, place: str) -> None:
    missing = [path for path in scenario.input_files if not path.is_file()]
    if missing:
        lines = [f"{place}: no such file: {path}" for path in missing]
        raise ScenarioError("\n".join([*lines, "name the folder of these files with --data DIR"]))


def _find(case: str | Path) -> Path:
    cases = shipped_cases()
    if str(case) in cases:
        return cases[str(case)]
    path = Path(case)
    if path.is_file():
        return path
    if path.suffix == ".toml":
        raise ScenarioError(f"{path}: no such file")
    close = difflib.get_close_matches(str(case), cases, n=1)
    hint = f"did you mean {close[0]!r}?" if close else f"cases: {', '.join(cases)}"
    raise ScenarioError(f"{case}: no such case, and no .toml file ({hint})")


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ScenarioError(f"{path.name}: is not TOML: {error}") from None
    except OSError as error:
        raise ScenarioError(f"{path}: cannot be read: {error.strerror}") from None
