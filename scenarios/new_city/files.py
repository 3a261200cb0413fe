"""The files of a new city: a commented scenario, its sites and its zones."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence

from environment.places.zones import Zones
from scenarios.new_city.draft import CityDraft, DraftSite
from scenarios.new_city.guesses import (
    BUSY_MIN_PER_CALL,
    CALLS_PER_1000_A_YEAR,
    LEAST_UTILISATION,
    MOST_UTILISATION,
    PEOPLE_PER_STREET_KM,
    UTILISATION,
)

SITES, ZONES = "sites.csv", "zones.csv"
WITH_FIRE_STATIONS = "sites_with_fire_stations.csv"


def scenario_files(draft: CityDraft) -> Mapping[str, bytes]:
    """Contents by file name, the map not among them."""
    files = {f"{draft.name}.toml": _toml(draft), SITES: _sites(draft.sites)}
    files[ZONES] = _zones(draft.zones)
    if draft.with_fire_stations:
        files[WITH_FIRE_STATIONS] = _sites(draft.with_fire_stations)
    return {name: text.encode() for name, text in files.items()}


def _sites(sites: Iterable[DraftSite]) -> str:
    heading = (
        "site_id",
        "kind",
        "lon",
        "lat",
        "name",
        "ambulances",
        "place_is",
        "ambulances_are",
        "emergency_ward",
        "osm_element",
    )
    rows = [
        (
            site.site_id,
            site.kind,
            f"{site.lon:.7f}",
            f"{site.lat:.7f}",
            site.name,
            site.ambulances,
            site.place_is,
            "guessed" if site.kind == "station" else "",
            "tagged" if site.has_ward else "",
            site.osm,
        )
        for site in sites
    ]
    return _csv([heading, *rows])


def _zones(zones: Zones) -> str:
    columns = (zones.zone_id.tolist(), zones.x.tolist(), zones.y.tolist())
    rows = [
        (zone, f"{lon:.7f}", f"{lat:.7f}", f"{share:.8f}")
        for zone, lon, lat, share in zip(*columns, zones.demand_share.tolist(), strict=True)
    ]
    return _csv([("zone_id", "lon", "lat", "demand_share"), *rows])


def _csv(rows: Iterable[Sequence[object]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


def counted(number: int, what: str) -> str:
    """``no stations``, ``1 station``, ``2 stations``."""
    return f"{number or 'no'} {what}{'' if number == 1 else 's'}"


def _quoted(text: str) -> str:
    """A text as TOML quotes it."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _plain(text: str) -> str:
    """A text that may stand in a comment: names of files and tags can hold anything."""
    return "".join(sign if sign.isprintable() else "?" for sign in text)


def _toml(draft: CityDraft) -> str:
    load = draft.load
    fewest, most = load.range_of_ambulances
    return TEMPLATE.format(
        name=draft.name,
        description=_quoted(f"{draft.name}: made by corridor new; guessed where its file says so"),
        source=draft.source.source,
        file=_quoted(str(draft.source.file)),
        notes="\n".join(f"# - {_plain(note)}" for note in draft.roads.notes) or "# - nothing",
        lights=f"{int(draft.roads.has_signal.sum()):,}",
        streets=ONLY_OF_OSM if draft.source.source == "osm_file" else "",
        sites=_about_sites(draft),
        fire=_about_fire_stations(draft),
        zones=_about_zones(draft),
        population=_about_population(draft),
        calls=f"{load.calls_per_day:g}",
        rate=f"{CALLS_PER_1000_A_YEAR:g}",
        ambulances=draft.ambulances,
        fleet=(
            f"{load.busy:.2f} are busy on the average ({BUSY_MIN_PER_CALL:g} min a call); at "
            f"{UTILISATION:.0%} that is {load.ambulances},\n#   at {MOST_UTILISATION:.0%} to "
            f"{LEAST_UTILISATION:.0%} it is {fewest} to {most}; every station has one at least"
        ),
    )


def _about_sites(draft: CityDraft) -> str:
    lines = []
    for kind, tag in (("station", "emergency=ambulance_station"), ("hospital", "amenity=hospital")):
        tagged, guessed = draft.of(kind, "tagged"), draft.of(kind, "guessed")
        if tagged:
            lines.append(f"# - TAGGED: {counted(len(tagged), kind)} ({tag}), places and names")
        else:
            number = counted(len(guessed), kind)
            lines.append(f"# - GUESSED: {number}, since nothing on the map is tagged {tag}")
    return "\n".join([*lines, *(f"# - left out: {line}" for line in draft.left_out)])


def _about_fire_stations(draft: CityDraft) -> str:
    if not draft.with_fire_stations:
        return ""
    return (
        "\n# where fire stations have ambulances, too; then in place of the line above:\n"
        f"# sites = {_quoted(WITH_FIRE_STATIONS)}"
    )


def _about_zones(draft: CityDraft) -> str:
    cells = f"{len(draft.zones):,} cells of {draft.zone_cell_m:g} m"
    if draft.population_file:
        return f"MEASURED: {cells} by the people of {_plain(draft.population_file)}"
    return f"GUESSED: {cells}, by junctions of streets with doors, which stand in for people"


def _about_population(draft: CityDraft) -> str:
    load = draft.load
    if load.population_given:
        return f"MEASURED: {load.population:,.0f} people, of {_plain(draft.population_file)}"
    return (
        f"GUESSED: {load.population:,.0f} people, {PEOPLE_PER_STREET_KM} on each of "
        f"{load.street_km:,.0f} km of streets with doors; --population gives them"
    )


ONLY_OF_OSM = """
# TAGGED: turn restrictions, from which sirens are exempt; "obey" has all keep to them:
# turn_restrictions = "siren_exempt"
# ferries = false # true has ferries that carry cars used"""

TEMPLATE = """\
# Made by corridor new. What is MEASURED comes from files, what is TAGGED from OpenStreetMap
# (© OpenStreetMap contributors, ODbL), and what is GUESSED waits for a better figure: put your own
# in its place and delete the word. Sources: docs/how-to/your_own_city.md. Try a change before:
#     corridor compare {name}.toml --arm now --arm more:demand.calls_per_day=50
description = {description}

[roads] # MEASURED: streets, lengths, one-way rules and limits as tagged
source = "{source}"
file = {file}
# What was mended:
{notes}
# GUESSED: speeds, those of the road class where no maxspeed is tagged; in km/h, to be replaced:
# speeds = {{ primary = 40, secondary = 35, residential = 25 }}{streets}

[places]
# sites.csv:
{sites}
# - GUESSED: the ambulances of every station (column ambulances)
sites = "sites.csv"{fire}
# {zones}
zones = "zones.csv"
off_map = "refuse" # "drop" leaves out zones and sites farther than max_access_m from any street
max_access_m = 1000

[run]
days = 7
warm_up_days = 0.25 # see corridor warm-up

[travel]
siren_speed_factor = 1.25 # GUESSED: speed with siren over normal speed
# speed by hour of the day over free flow, 24 numbers, for rush hours; without it none:
# hourly_speed_factors = [
#     1, 1, 1, 1, 1, 1, 0.9, 0.8, 0.8, 0.85, 0.9, 0.9,
#     0.9, 0.9, 0.9, 0.85, 0.8, 0.75, 0.8, 0.9, 0.95, 1, 1, 1,
# ]

[signals]
active = false # TAGGED: {lights} traffic lights; with true they cost time, by guessed cycles

[demand]
# {population}
# GUESSED: {rate} calls per 1,000 people and year (42.8 to 95.5 in Bavaria and Zealand)
calls_per_day = {calls}
# your own calls, with called_at, lon, lat and priority, in place of drawn ones:
# recorded_calls = "calls.csv"
address = "street" # somewhere along the streets of a zone
# GUESSED: durations in seconds
dispatch_delay = {{ distribution = "gamma", mean_s = 90, cv = 0.5 }} # 73 to 113 s in Helsinki
mobilisation = {{ distribution = "gamma", mean_s = 60, cv = 0.4 }} # turnout of NFPA 1710: 60 s
on_scene = {{ distribution = "lognormal", mean_s = 900, cv = 0.6 }} # median of the USA: 14 min
transported_share = 0.5 # 49.7 % in England, November 2024
handover = {{ distribution = "lognormal", mean_s = 900, cv = 0.6 }} # England's target: 15 min
trip_noise_cv = 0.15

[[demand.priorities]] # GUESSED: shares and targets; 55 % are priority A in Zealand
name = "high"
share = 0.55
target_s = 480 # put your own standard here
siren = true

[[demand.priorities]]
name = "low"
share = 0.45
target_s = 900
siren = false

[fleet]
# GUESSED: {ambulances} ambulances, as sites.csv spreads them over its stations:
#   {fleet}
# ambulances = {ambulances} # another number, spread anew

[policies]
dispatch = "nearest"
hospital = "nearest"
"""
