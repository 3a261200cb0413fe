"""Text that a spreadsheet program does not take for a formula."""

from __future__ import annotations

MARK = "'"
"""What a spreadsheet program takes for: this is text."""
BEGINS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def with_mark(text: str) -> str:
    """Text for a CSV file; what begins like a formula, or like a mark, gets a mark."""
    return f"{MARK}{text}" if text.startswith((*BEGINS_A_FORMULA, MARK)) else text


def without_mark(text: str) -> str:
    """Text from a CSV file as it was before `with_mark`."""
    if text.startswith(MARK) and text[1:].startswith((*BEGINS_A_FORMULA, MARK)):
        return text[1:]
    return text
