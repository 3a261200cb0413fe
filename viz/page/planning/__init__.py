"""The Planning tab: where to station ambulances, tried on simulated days.

It knows location models and simulated checks, and no run under way. The page takes it by
`viz.page.planning.tab`.
"""
