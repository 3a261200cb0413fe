"""Readers of a trace: they turn its rows into legs, call and site marks, and stock.

A run under way and a saved one are read alike. They know the log of one run and no page.
"""

from viz.live.readers.calls import CallReader
from viz.live.readers.run_log import RunLog, log_of_model, log_of_result
from viz.live.readers.sites import SiteReader
from viz.live.readers.stock import StockReader
from viz.live.readers.streets import StreetReader
from viz.live.readers.vehicles import VehicleReader

__all__ = [
    "CallReader",
    "RunLog",
    "SiteReader",
    "StockReader",
    "StreetReader",
    "VehicleReader",
    "log_of_model",
    "log_of_result",
]
