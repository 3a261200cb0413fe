"""Map files as they come: plain, compressed, or in an archive, and none larger than it says."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from environment.errors import RoadNetworkError
from environment.maps.source import read_bytes

CHUNK = 1 << 20
LARGE = 64 << 20
"""Bytes up to which nobody asks how well a file was compressed."""
MOST_FOLD = 100
"""How many times its packed size a large file may be; OpenStreetMap data is 10 to 30 times."""

DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    NotImplementedError,
    EOFError,
    RuntimeError,
    OSError,
    ValueError,
)
"""What Python's decompression raises where a file is damaged, encrypted or packed otherwise."""


def read_member(path: Path, endings: tuple[str, ...]) -> tuple[str, bytes]:
    """Name and content of the only file in a zip archive that has one of the endings.

    Raises
    ------
    RoadNetworkError
        If the archive is damaged, holds none or several, or one that is suspiciously large.
    """
    content = read_bytes(path)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            member = _only_member(archive.namelist(), endings, path)
            with archive.open(member) as file:
                return member, b"".join(_chunks(file, len(content), path))
    except DAMAGED as error:
        raise RoadNetworkError(f"{path}: not a zip file that can be read: {error}") from None


def unpacked(content: bytes, packing: str, path: Path) -> Iterator[bytes]:
    """A plain (""), "gz" or "bz2" file in pieces; one that is damaged ends where it is.

    Raises
    ------
    RoadNetworkError
        If it is suspiciously large.
    """
    stream: IO[bytes] = io.BytesIO(content)
    if packing:
        opened = gzip.GzipFile(fileobj=stream) if packing == "gz" else bz2.BZ2File(stream)
        stream = opened  # type: ignore[assignment]  # which lack some methods of a file
    try:
        yield from _chunks(stream, len(content), path)
    except DAMAGED:  # osmium will say what is wrong with it
        return


def _chunks(file: IO[bytes], packed: int, path: Path) -> Iterator[bytes]:
    size = 0
    while chunk := file.read(CHUNK):
        size += len(chunk)
        if size > max(LARGE, MOST_FOLD * packed):
            raise RoadNetworkError(
                f"{path}: unpacks to more than {MOST_FOLD} times its {packed:,} bytes, which no "
                "map does; unpack it and name the file itself if it is one"
            )
        yield chunk


def _only_member(members: list[str], endings: tuple[str, ...], path: Path) -> str:
    extracts = [name for name in members if name.lower().endswith(endings)]
    if len(extracts) == 1:
        return extracts[0]
    shown = ", ".join(members[:SHOWN]) + (", …" if len(members) > SHOWN else "")
    raise RoadNetworkError(
        f"{path}: must hold one file {' or '.join(endings)}, "
        f"holds {len(extracts)} (all its {len(members):,} files: {shown or 'none'})"
    )


SHOWN = 5
"""Files of an archive that are named."""
