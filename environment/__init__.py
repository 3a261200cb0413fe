"""Where it happens: streets, places, calls, vehicles, an epidemic and supplies, as plain data.

Knows nothing of agents, clocks or policies, and neither Mesa nor SimPy. Its rooms build on each
other in this order: roads, places, maps, traffic, epidemic, supply, demand, fleet.
"""
