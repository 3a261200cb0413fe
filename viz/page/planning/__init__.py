"""The Planning tab: where to station ambulances, and who brings what to whom.

It knows location models, simulated checks and plans of deliveries, and no run under way. The page
takes it by `viz.page.planning.tab`.
"""
