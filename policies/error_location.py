"""Where in a policy's own file an exception arose."""

from __future__ import annotations

import traceback
from pathlib import Path


def place_of(error: BaseException, file: str | None) -> str:
    """Name file and line, such as ``"mine.py, line 7"``; empty if `file` had no part in it.

    Parameters
    ----------
    error : BaseException
    file : str or None
        The policy's file: the innermost of its lines is named, not the library that it called.
    """
    if isinstance(error, SyntaxError) and error.filename:
        return f"{Path(error.filename).name}, line {error.lineno}"
    frames = traceback.extract_tb(error.__traceback__)
    lines = [frame.lineno for frame in frames if frame.filename == file]
    return f"{Path(str(file)).name}, line {lines[-1]}" if lines else ""


def describe(error: BaseException) -> str:
    """Type and message of an exception on one line."""
    text = error.msg if isinstance(error, SyntaxError) else str(error)
    return ": ".join([type(error).__name__, *filter(None, [" ".join(text.split())])])
