"""A map of a place by its name, downloaded from OpenStreetMap."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field

from environment.errors import RoadNetworkError
from environment.maps.osm_tags import MODES, closed_by
from environment.maps.source import MapSource
from environment.places.city import CityMap
from environment.roads.cache import cache_folder
from environment.roads.graph import from_graph
from environment.roads.speeds import SpeedParameters

ANSWER_WITHIN_S = 10  # a name is looked up in well under a second, or there is no internet


class Place(MapSource):
    """The drivable streets of a town, district or region; needs the internet the first time.

    They are kept in the cache folder as they were then; delete it to ask again.
    """

    source: Literal["place"] = "place"
    place: Annotated[
        str, Field(min_length=1, description='name that OpenStreetMap knows, "Delft, Netherlands"')
    ]
    speeds: SpeedParameters = SpeedParameters()

    def load(self, folder: Path) -> CityMap:  # noqa: ARG002
        """Look the place up, download its streets, and mend them."""
        return CityMap(from_graph(_download(self.place), name=self.place, speeds=self.speeds))


def outline_of(place: str) -> Any:
    """The outline of a place, as a shapely geometry in degrees; to be asked for within `online`."""
    import osmnx as ox

    with osmnx_settings(requests_timeout=ANSWER_WITHIN_S):
        return ox.geocode_to_gdf(place).union_all()


@contextmanager
def online(place: str) -> Iterator[None]:
    """Tell in one line why a place cannot be downloaded.

    Raises
    ------
    RoadNetworkError
        If the internet does not answer, or OpenStreetMap knows no such place or no streets in it.
    """
    import osmnx as ox
    import requests

    try:
        yield
    except requests.exceptions.RequestException:
        raise RoadNetworkError(
            f"{place!r}: looking a place up needs the internet, and {_host(ox)} did not answer; "
            'offline, take an extract from https://download.geofabrik.de with source = "osm_file"'
        ) from None
    except (ValueError, TypeError) as error:  # OSMnx's errors are ValueErrors
        raise RoadNetworkError(f"{place!r}: OpenStreetMap has no streets for it: {error}") from None


def _download(place: str) -> Any:
    import osmnx as ox

    with online(place), osmnx_settings(useful_tags_way=[*ox.settings.useful_tags_way, *MODES]):
        graph = ox.graph_from_polygon(
            outline_of(place), network_type="drive", simplify=False, retain_all=True
        )
    closed = [edge for edge in graph.edges if closed_by(_texts(graph.edges[edge]))]
    graph.remove_edges_from(closed)
    return graph


def _texts(tags: Mapping[str, object]) -> dict[str, str]:
    return {key: value for key, value in tags.items() if isinstance(value, str)}


def _host(ox: Any) -> str:
    return str(ox.settings.nominatim_url).removeprefix("https://").split("/")[0]


@contextmanager
def osmnx_settings(**changed: Any) -> Iterator[None]:
    """Change OSMnx's settings for a moment; its answers are kept in our cache folder."""
    import osmnx as ox

    changed["cache_folder"] = str(cache_folder() / "osmnx")
    before = {name: getattr(ox.settings, name) for name in changed}
    try:
        for name, value in changed.items():
            setattr(ox.settings, name, value)
        yield
    finally:
        for name, value in before.items():
            setattr(ox.settings, name, value)
