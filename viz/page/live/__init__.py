"""The Live tab: map, controls, figures, charts and story of a run under way.

It talks to a run by `viz.live` alone. The page takes it by `viz.page.live.tab`.
"""
