"""The Results tab: saved results, their charts, and their replay.

It reads folders of results and never writes. The page takes it by `viz.page.results.tab`.
"""
