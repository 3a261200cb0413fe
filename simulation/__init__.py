"""One run: model, clock, processes, interventions, trace, tables and measures.

Builds the city and its agents, lets the clock run and hands over what happened.
"""
