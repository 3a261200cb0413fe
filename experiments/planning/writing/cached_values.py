"""What formulas come to, put into a workbook's file beside them.

A program that does not calculate (a preview, a phone, another reader) then shows numbers, too;
openpyxl leaves the cells of formulas without a value.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from math import isfinite
from typing import Any
from xml.sax.saxutils import escape

CELL = re.compile(
    rb'<c r="(?P<at>[A-Z]+[0-9]+)"(?P<rest>[^>]*)><f>(?P<f>[^<]*)</f><v\s*/?>(?:</v>)?</c>'
)
KIND = re.compile(rb'\s+t="[^"]*"')


def with_values(
    content: bytes, values: Mapping[str, Mapping[str, Any]], titles: list[str]
) -> bytes:
    """A workbook's file with a value at each formula that has one.

    Parameters
    ----------
    content : bytes
        As openpyxl has written it.
    values : mapping
        By title of the sheet and by cell.
    titles : list of str
        Of all sheets, in their order, which is that of their files.
    """
    files = {
        f"xl/worksheets/sheet{k}.xml": values.get(title, {}) for k, title in enumerate(titles, 1)
    }
    written = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as source,
        zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for part in source.infolist():
            text = source.read(part)
            if files.get(part.filename):
                text = _filled(text, files[part.filename])
            target.writestr(part, text, zipfile.ZIP_DEFLATED)
    return written.getvalue()


def _filled(text: bytes, values: Mapping[str, Any]) -> bytes:
    def fill(cell: re.Match[bytes]) -> bytes:
        value = values.get(cell["at"].decode())
        if value is None or not (isinstance(value, str) or isfinite(value)):
            return cell.group()
        rest = KIND.sub(b"", cell["rest"])
        kind = b' t="str"' if isinstance(value, str) else b""
        shown = escape(value) if isinstance(value, str) else repr(float(value))
        parts = (b'<c r="', cell["at"], b'"', rest, kind, b"><f>", cell["f"], b"</f><v>")
        return b"".join((*parts, shown.encode(), b"</v></c>"))

    return CELL.sub(fill, text)
