"""Moments of recorded calls, in whatever form a record has them, as seconds of the run."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd
from pydantic import AfterValidator

from environment.errors import DataError
from environment.tables import cell_text
from environment.units import DAY_S

EXCEL_EPOCH = pd.Timestamp("1899-12-30")
NUMBERS = {"seconds": 1.0, "excel": DAY_S, "unix": 1.0, "unix_ms": 1e-3}
"""Seconds in one unit of what a number may count."""
OFFSET = re.compile(r"(?:[zZ]|[+-]\d{2}:?\d{2})$")
SECONDS_HEADING = "called_s"
A_DATE = "a date and time such as 2026-11-21T07:30:00"


def _known(form: str) -> str:
    if form in NUMBERS or "%" in form:
        return form
    raise ValueError(
        f"must be one of {', '.join(NUMBERS)}, or a pattern such as '%d/%m/%Y %I:%M %p', "
        f"got {cell_text(form)}"
    )


TimeForm = Annotated[str, AfterValidator(_known)]
"""What numbers in a record count, or the pattern of its dates."""


def seconds_of_run(
    texts: pd.Series, heading: str, form: str | None, path: Path, *, drop: bool
) -> pd.Series:
    """Seconds since midnight of the first call's day.

    Numbers under ``called_s`` are taken as they are. Moments with different offsets, as in a
    record that goes over the change to or from summer time, are as far apart as they really were;
    the hour of the day is that of the first call's offset.

    Parameters
    ----------
    texts
        Cells, NaN where there is none.
    heading
        Over them: ``called_s`` or ``called_at``.
    form
        As `TimeForm`; None for numbers under ``called_s``, else dates of ISO 8601.
    path
        Of the file, for messages.
    drop
        Whether what is no moment is NaN, and no mistake.

    Raises
    ------
    DataError
        If a cell is not what it should be.
    """
    if form is None:
        form = _form_of(texts, heading, path)
    wanted = A_DATE if form == "ISO8601" else f"a moment as in {form!r}"
    if form in NUMBERS:
        wanted = "a number" if form != "seconds" else "seconds"
        seconds = _numbers(texts) * NUMBERS[form]
        if form != "seconds":
            seconds -= np.floor(seconds.min() / DAY_S) * DAY_S
    else:
        seconds = _since_midnight(texts, form, path)
    if not drop:
        _require(seconds.notna(), texts, heading, _allowed(heading, wanted, form), path)
        _require(~(seconds < 0), texts, heading, ">= 0", path)
    return seconds.where(seconds >= 0)


def _allowed(heading: str, wanted: str, form: str) -> str:
    """What a cell must be; under ``called_s`` a record may hold either of two things."""
    if heading == SECONDS_HEADING and form in ("seconds", "ISO8601"):
        return f"seconds, or in every row {A_DATE}"
    return wanted


def _numbers(texts: pd.Series) -> pd.Series:
    return pd.to_numeric(texts, errors="coerce").replace([np.inf, -np.inf], np.nan)


def _form_of(texts: pd.Series, heading: str, path: Path) -> str:
    """Whether cells are seconds or dates, where no key says it."""
    numbers = _numbers(texts)
    if heading == SECONDS_HEADING:
        return "ISO8601" if numbers.isna().all() else "seconds"
    _require(
        numbers.isna(),
        texts,
        heading,
        f"{A_DATE}; what a number counts must be said by demand.recorded_time = "
        f"{', '.join(map(repr, NUMBERS))} or a pattern of dates",
        path,
    )
    return "ISO8601"


def _require(good: pd.Series, texts: pd.Series, heading: str, allowed: str, path: Path) -> None:
    """Tell the first row that is not good."""
    if good.all():
        return
    row = int(good.index[~good][0])
    raise DataError(
        f"{path}: row {row + 2}: {heading} must be {allowed}, got {cell_text(texts[row])}"
    )


def _since_midnight(texts: pd.Series, form: str, path: Path) -> pd.Series:
    """Seconds since the first midnight, NaN for what is no date."""
    has_offset = _has_offset(texts, form, path)
    try:
        moments = pd.to_datetime(texts, errors="coerce", format=form, utc=has_offset)
    except (ValueError, re.error) as error:
        raise DataError(f"{path}: {form!r} is no pattern of dates: {error}") from None
    if moments.isna().all():
        return pd.Series(np.nan, index=texts.index)
    if not has_offset:
        return (moments - moments.min().normalize()).dt.total_seconds()
    first = int(moments.reset_index(drop=True).argmin())
    local = pd.to_datetime(texts.iloc[[first]], format=form).iloc[0]  # with its own offset
    return (moments - local.normalize().tz_convert("UTC")).dt.total_seconds()


def _has_offset(texts: pd.Series, form: str, path: Path) -> bool:
    """Whether moments tell how far they are from universal time: all of them, or none may."""
    if form != "ISO8601":
        return "%z" in form
    has_offset = texts.dropna().str.strip().str.contains(OFFSET)
    if has_offset.any() and not has_offset.all():
        raise DataError(
            f"{path}: some moments have an offset and some have none; write all with, or none"
        )
    return bool(has_offset.any())
