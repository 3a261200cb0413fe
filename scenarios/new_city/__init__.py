"""A scenario of one's own from a map: what is tagged in it, what is guessed, and the files.

Knows maps, places and the keys of a scenario; runs and draws nothing.
"""

from __future__ import annotations

from scenarios.new_city.draft import CityDraft, DraftSite, draft_city, name_of
from scenarios.new_city.files import scenario_files

__all__ = ["CityDraft", "DraftSite", "draft_city", "name_of", "scenario_files"]
