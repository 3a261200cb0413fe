"""A made-up city, from its river and main roads to its stations and hospitals.

Everything is drawn from the seed of the map, never from that of a run.
"""
