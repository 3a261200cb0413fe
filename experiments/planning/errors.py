"""Mistakes in a workbook, told with their cells."""

from environment.errors import DataError


class WorkbookError(DataError):
    """A workbook or folder that cannot be planned: a line for every mistake, with its cell."""
