"""What every source of a map is: parameters that can be loaded, and a fingerprint for the cache."""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from pathlib import Path
from typing import ClassVar

from environment.errors import RoadNetworkError
from environment.parameters import Parameters
from environment.places.city import CityMap
from environment.traffic.redirects import Redirect


class MapSource(Parameters, ABC):
    """Where a map comes from.

    A subclass adds ``source: Literal["its name"] = "its name"``, its own fields and ``load``;
    one that reads files names them in ``input_files``.
    """

    version: ClassVar[int] = 1
    """Raise it whenever the same input gives another map, so that no stale copy is used."""

    @abstractmethod
    def load(self, folder: Path) -> CityMap:
        """Make the map, relative files being looked up in ``folder``; nothing is cached here.

        Raises
        ------
        RoadNetworkError
            If there is no map to drive on.
        DataError
            If a table of the user's is not as it should be.
        """

    def input_files(self, folder: Path) -> tuple[Path, ...]:  # noqa: ARG002
        """The files that the map is read from; none unless a subclass says so."""
        return ()

    @property
    def inhabitants(self) -> int | None:
        """How many people live on the map; None unless a subclass knows."""
        return None

    @property
    def redirected(self) -> Redirect:
        """Where vehicles turn between two junctions; only there unless a subclass says so."""
        return "at_the_end"

    def fingerprint(self, folder: Path) -> str:
        """A hash of the parameters and of the bytes of every input file.

        Raises
        ------
        RoadNetworkError
            If an input file is missing.
        """
        digest = hashlib.sha256(f"{type(self).__name__} {self.version}\n".encode())
        digest.update(self.model_dump_json().encode())
        for path in self.input_files(folder):
            digest.update(read_bytes(path))
        return digest.hexdigest()


def read_bytes(path: Path) -> bytes:
    """All bytes of a map file.

    Raises
    ------
    RoadNetworkError
        If the file is missing or cannot be read.
    """
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise RoadNetworkError(f"{path}: no such file") from None
    except OSError as error:
        raise RoadNetworkError(f"{path}: cannot be read: {error.strerror}") from None
