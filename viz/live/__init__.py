"""A run in motion, under way or saved, as frames that a browser map plays.

It reads what a run leaves in its trace and changes nothing but by the run's own interventions; it
knows no page. The widget, `viz.live.city_map`, is not exported: it loads anywidget.
"""

from viz.live.frame import Frame
from viz.live.live_run import LiveRun, SideBySide
from viz.live.observer import Observer
from viz.live.record import RecordedRun

__all__ = ["Frame", "LiveRun", "Observer", "RecordedRun", "SideBySide"]
