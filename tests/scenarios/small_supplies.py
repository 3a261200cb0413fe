"""A supply side for the tests' grid: two items, two suppliers, two stores, two districts."""

from typing import Any

TRUCKS = {"count": 1, "capacity_l": 500.0, "load_s": 600.0, "unload_s": 300.0}
SUPPLIERS: Any = (
    {"site_id": "P", "x": 400, "y": 400, "rate_per_day": {"masks": 3e3, "doses": 500.0}},
    {"site_id": "Q", "x": 0, "y": 400, "rate_per_day": {"masks": 300.0}},
)
STORES: Any = (
    {"site_id": "W", "x": 0, "y": 0, "stock": {"masks": 80}, "suppliers": {"masks": "Q"}},
    {"site_id": "V", "x": 800, "y": 800, "stock": {"doses": 10}, "reserve": {"masks": 40}},
)
SUPPLIES: Any = {
    "items": [
        {"name": "masks", "volume_l": 0.5, "per_1000_day": 20.0, "per_mission": 2.0},
        {"name": "doses", "volume_l": 0.1, "per_1000_day": 3.0, "shelf_life_days": 2.0},
    ],
    "sites": {
        "suppliers": [{**site, "lead_time_days": 0.1, "trucks": {**TRUCKS}} for site in SUPPLIERS],
        "stores": [{**site, "trucks": {**TRUCKS}} for site in STORES],
        "distributors": [
            {"site_id": "D0", "x": 0, "y": 0, "store": "W", "persons": 5000},
            {"site_id": "D1", "x": 800, "y": 600, "persons": 8000, "stock": {"masks": 20}},
        ],
    },
    "times": {"request_every_h": 6.0, "order_every_h": 8.0, "message_delay_s": 600.0},
}
EPIDEMIC: Any = {
    "persons": 13_000,
    "ambulance_share": 0.1,
    "outbreaks": [{"district": "D0", "day": 0, "cases": 30}],
}
