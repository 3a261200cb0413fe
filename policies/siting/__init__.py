"""Where to put stations: covering models and robust models, usable without a simulation.

Places and travel times in, a plan with its proven gap out.
"""
