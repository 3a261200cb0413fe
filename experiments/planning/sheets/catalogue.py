"""Every sheet that may be filled in: its columns with units, limits, examples and help.

The template, both readers and the page of the documentation are made from this list.
"""

from __future__ import annotations

import math

from experiments.planning.sheets.columns import Column, Sheet

YES_NO = ("yes", "no")
LAWS = (
    "normal",
    "Poisson",
    "negative binomial",
    "lognormal",
    "gamma",
    "empirical",
    "best fit",
)
OBJECTIVES = ("distance", "time", "cost", "sum of arrivals", "latest arrival")
DISTANCES = ("straight line", "grid", "given", "roads")
LOAD_UNITS = ("units", "kg", "litres")
LIMIT_KINDS = ("money", "units", "kg", "litres")


_LAW = Column(
    "law",
    "How demand scatters; best fit and empirical need the sheet Past demand",
    "choice",
    choices=LAWS,
    default="normal",
    aliases=("demand law", "distribution"),
)
_MEAN = Column(
    "mean demand",
    "Expected until the next delivery helps",
    unit="units",
    aliases=("mean", "demand"),
)
_SD = Column(
    "standard deviation",
    "How far demand strays from its mean; empty is 0",
    unit="units",
    aliases=("sd", "std"),
)
_STOCK = Column(
    "stock",
    "What is there already; negative if more is owed",
    unit="units",
    minimum=-1e12,
    default=0.0,
)
_COSTS = (
    Column("unit cost", "Price of a unit", unit="money"),
    Column(
        "holding cost",
        "What a unit costs that is left over",
        unit="money",
        aliases=("surplus cost",),
    ),
    Column("shortage cost", "What a unit costs that is asked for and not there", unit="money"),
)
_LAT = Column("latitude", "Degrees north", unit="°", minimum=-90, maximum=90, aliases=("lat",))
_LON = Column(
    "longitude", "Degrees east", unit="°", minimum=-180, maximum=180, aliases=("lon", "lng")
)
_PLANE = (
    Column(
        "x", "Instead of longitude: metres to the east, on a map in a plane", unit="m", minimum=-1e9
    ),
    Column("y", "Instead of latitude: metres to the north", unit="m", minimum=-1e9),
)

CENTRES = Sheet(
    "Centres",
    "Who is to be supplied, one row each. With one item its demand and costs stand here; with "
    "several leave them empty and fill in Items and Demand.",
    (
        Column("centre", "A name of its own", "text", required=True, aliases=("name",)),
        _LAT,
        _LON,
        _MEAN,
        _SD,
        _LAW,
        *_COSTS,
        _STOCK,
        Column("urgency", "Weight of waiting for the two objectives of arrival", default=1.0),
        Column("open from", "Earliest arrival", "time", default=0.0),
        Column("open to", "Latest arrival", "time", default=math.inf),
        Column(
            "service", "Time of unloading", unit="min", default=0.0, aliases=("service minutes",)
        ),
        Column(
            "value if served",
            "Empty: it must be served. A number, in metres, seconds or money as the objective is: "
            "it is left out where serving it costs more",
            aliases=("prize",),
        ),
        Column("population", "For you; not used in planning", maximum=1e12),
        *_PLANE,
    ),
    required=True,
    examples=tuple(
        {
            "centre": name,
            "latitude": lat,
            "longitude": lon,
            "mean demand": mean,
            "standard deviation": sd,
            "law": "normal",
            "unit cost": 1.0,
            "holding cost": 0.5,
            "shortage cost": 9.0,
            "urgency": urgency,
            "open from": opens,
            "open to": closes,
            "service": 15,
        }
        for name, lat, lon, mean, sd, urgency, opens, closes in (
            ("North clinic", 9.12, 7.40, 120, 30, 1, None, None),
            ("River camp", 9.08, 7.52, 80, 20, 2, None, None),
            ("East clinic", 9.04, 7.60, 100, 25, 1, 8.5, 12),
            ("Hill school", 8.96, 7.55, 60, 15, 1, None, None),
            ("South hospital", 8.90, 7.42, 150, 40, 3, None, None),
            ("West clinic", 9.02, 7.30, 90, 20, 1, None, None),
        )
    ),
)

DEMAND = Sheet(
    "Demand",
    "Only with several items: one row for each item at each centre.",
    (
        Column("centre", "As in Centres", "text", required=True),
        Column("item", "As in Items", "text", required=True),
        _MEAN,
        _SD,
        _LAW,
        _STOCK,
    ),
)

ITEMS = Sheet(
    "Items",
    "Only for several items, packs, weights or volumes: one row each. With one item and its costs "
    "in Centres, a single row here may still say its pack, weight and volume.",
    (
        Column("item", "A name of its own", "text", required=True, aliases=("name",)),
        *_COSTS,
        Column(
            "pack",
            "It is ordered in multiples of",
            unit="units",
            default=1.0,
            aliases=("pack size",),
        ),
        Column("minimum order", "A centre orders nothing or at least", unit="units", default=0.0),
        Column(
            "least service",
            "All demand is met with this probability at least",
            unit="%",
            maximum=99.99,
            default=0.0,
        ),
        Column(
            "shelf life",
            "In times between two deliveries: 1 if what is left over is of no use "
            "later (the usual); a large number if it keeps",
            unit="periods",
            minimum=1,
            default=1.0,
        ),
        Column(
            "leftover value",
            "Of a unit that can be used later; empty is its unit cost",
            unit="money",
        ),
        Column(
            "waste cost", "Of doing away with a unit past its shelf life", unit="money", default=0.0
        ),
        Column("weight", "Of one unit", unit="kg", default=1.0),
        Column("volume", "Of one unit", unit="litres", default=1.0),
    ),
)

PAST_DEMAND = Sheet(
    "Past demand",
    "Only for the laws empirical and best fit: a row for each past period, a column for each "
    "centre, headed by its name, or by centre / item where there are several items.",
    (Column("period", "Any text", "text"),),
)

VEHICLES = Sheet(
    "Vehicles",
    "One row for each vehicle, or for several that are alike.",
    (
        Column("vehicle", "A name of its own", "text", required=True, aliases=("name",)),
        Column("how many", "Of this kind", "whole", minimum=1, maximum=1000, default=1),
        Column(
            "capacity",
            "In the unit that Settings names under load counted in",
            required=True,
            above_minimum=True,
        ),
        Column("depot", "Where it starts; empty is the first", "text"),
        Column("end depot", "Where it ends; empty is where it started", "text"),
        Column("shift from", "Not on the road before", "time"),
        Column("shift to", "Back at the latest", "time", default=math.inf),
        Column(
            "trips",
            "At most so many",
            "whole",
            minimum=1,
            maximum=100,
            default=1,
            aliases=("max trips",),
        ),
        Column("fixed cost", "If it is used at all", unit="money", default=0.0),
        Column("cost per km", "Of driving", unit="money", default=0.0),
        Column("cost per hour", "Of driver and vehicle", unit="money", default=0.0),
        Column("reload", "Loading before each further trip", unit="min", default=0.0),
    ),
    required=True,
    examples=(
        {
            "vehicle": "Truck",
            "how many": 2,
            "capacity": 400,
            "depot": "Warehouse",
            "shift from": 8,
            "shift to": 17,
            "trips": 1,
            "cost per km": 0.8,
            "cost per hour": 12,
        },
        {
            "vehicle": "Pick-up",
            "how many": 1,
            "capacity": 150,
            "depot": "Warehouse",
            "shift from": 8,
            "shift to": 17,
            "trips": 2,
            "cost per km": 0.4,
            "cost per hour": 10,
            "reload": 30,
        },
    ),
)

DEPOTS = Sheet(
    "Depots",
    "Where vehicles start.",
    (
        Column("depot", "A name of its own", "text", required=True, aliases=("name",)),
        _LAT,
        _LON,
        *_PLANE,
    ),
    required=True,
    examples=({"depot": "Warehouse", "latitude": 9.03, "longitude": 7.45},),
)

LIMITS = Sheet(
    "Limits",
    "What all orders together may use: a budget, units, weight or volume.",
    (
        Column("limit", "A name of its own", "text", required=True, aliases=("name",)),
        Column("kind", "What it counts", "choice", choices=LIMIT_KINDS, default="money"),
        Column("amount", "At most", required=True),
        Column("item", "Only this item; empty is all", "text"),
    ),
    examples=({"limit": "Budget", "kind": "money", "amount": 700},),
)

LINKS = Sheet(
    "Links",
    "Ways between two places that you know, that are slow, or that are closed. Needed for all "
    "pairs that are driven where distances are given.",
    (
        Column("from", "A centre or depot", "text", required=True),
        Column("to", "A centre or depot", "text", required=True),
        Column("distance", "Length of the way", unit="km"),
        Column("time", "Of driving", unit="min"),
        Column(
            "both ways",
            "Whether it holds for the way back, too",
            "choice",
            choices=YES_NO,
            default="yes",
        ),
        Column("closed", "Nobody can drive it", "choice", choices=YES_NO, default="no"),
    ),
)

SETTINGS = Sheet(
    "Settings",
    "How it is planned; a setting that is left empty has its usual value.",
    (
        Column(
            "objective", "What is to be least", "choice", choices=OBJECTIVES, default="distance"
        ),
        Column(
            "distances",
            "Where lengths of ways come from; roads need --map",
            "choice",
            choices=DISTANCES,
            default="straight line",
        ),
        Column(
            "speed",
            "On straight lines, grid, and links without a time",
            unit="km/h",
            above_minimum=True,
            maximum=300,
            default=40.0,
        ),
        Column(
            "detour",
            "Length of a way over that of the straight line; of a straight line only",
            minimum=1,
            maximum=10,
            default=1.3,
        ),
        Column(
            "departure",
            "When vehicles leave whose shift names no hour; the hour whose traffic counts on roads",
            "time",
            default=8 * 3600.0,
        ),
        Column(
            "load counted in",
            "What capacities of vehicles are",
            "choice",
            choices=LOAD_UNITS,
            default="units",
        ),
        Column(
            "whole units",
            "Whether only whole units are ordered",
            "choice",
            choices=YES_NO,
            default="yes",
        ),
        Column(
            "search",
            "For routes; 0 lets the number of centres decide",
            unit="s",
            maximum=3600,
            default=0.0,
        ),
        Column("currency", "As it is printed", "text", default="money"),
    ),
)

SHEETS = (CENTRES, VEHICLES, DEPOTS, LIMITS, ITEMS, DEMAND, PAST_DEMAND, LINKS, SETTINGS)
"""In the order of the template."""
README = "Read me"
WRITTEN = (
    README,
    "Summary",
    "Orders",
    "Limits used",
    "Routes",
    "What if",
    "Pictures",
    "Fit",
    "Findings",
)
"""Sheets that a plan has and that are not read as input."""
