"""What a user who wrote an unknown name may have meant."""

import difflib
from collections.abc import Sequence

MOST_TOLD = 20


def suggest(name: str, known: Sequence[str]) -> str:
    """The nearest name, else those that are known: the end of an error message."""
    close = difflib.get_close_matches(name, known, n=1)
    if close:
        return f"did you mean {close[0]!r}?"
    told = ", ".join(known[:MOST_TOLD]) or "none"
    return f"known: {told}, …" if len(known) > MOST_TOLD else f"known: {told}"
