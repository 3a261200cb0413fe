"""The ambulance service: dispatch centre, ambulances, patients, hospitals and traffic control.

Knows policies through the gate only, and supplies through the care that crews give. It exports
nothing, for the reason given in `agents`.
"""
