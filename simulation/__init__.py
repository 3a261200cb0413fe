"""One run: model, build, processes, interventions, trace, and how one moment follows another.

Reads a scenario, makes the city and its agents, lets the clock run and hands over a result.
"""
