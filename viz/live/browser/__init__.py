"""The map's program for the browser: ES modules, their entry `city_map.js`, and their style.

It knows the messages of `viz.live.frame` and `viz.live.base_map`, words and colours come with
them, and it asks nobody for anything. `program` makes one module of all, which a widget carries.
"""

from viz.live.browser.bundle import program, style

__all__ = ["program", "style"]
