"""Where it happens: streets, places, calls, vehicles, an epidemic and supplies, as plain data.

Knows nothing of agents, clocks or policies, and neither Mesa nor SimPy. Its rooms build on each
other: roads; places, traffic and epidemic; supply; demand; maps, fleet and disruptions.
"""
