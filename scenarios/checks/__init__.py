"""What is wrong with a scenario, all of it at once, with the nearest name that is allowed.

Mistakes in a file, and contradictions between a scenario and its city.
"""
