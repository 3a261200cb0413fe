"""Robust location: stations, ambulances and lights safe against demand at its worst.

Uncertainty sets, the mixed-integer program, its cuts, and plans near its relaxation.
"""
