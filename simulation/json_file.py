"""JSON files: the same bytes for the same data, and no values that JSON does not have."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from simulation.errors import ResultError


def to_json(data: Mapping[str, Any]) -> bytes:
    """The same bytes for the same data, keys in their own order; NaN becomes null."""
    text = json.dumps(_without_nan(data), indent=1, allow_nan=False)
    return f"{text}\n".encode()


def read_json(path: Path) -> dict[str, Any]:
    """Read an object from a JSON file of ours.

    Raises
    ------
    ResultError
        If there is none.
    """
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ResultError(f"{path.parent}: holds no result ({path.name} is missing)") from None
    except (OSError, ValueError) as error:
        raise ResultError(f"{path}: cannot be read: {error}") from None
    if not isinstance(data, dict):
        raise ResultError(f"{path}: holds no result")
    return data


def _without_nan(data: Any) -> Any:
    if isinstance(data, Mapping):
        return {key: _without_nan(value) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [_without_nan(value) for value in data]
    return None if isinstance(data, float) and math.isnan(data) else data
